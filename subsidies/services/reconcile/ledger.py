"""I1 entries balance, I2 books sum to zero, I3 nothing is overspent, and closed years only wind up."""

from django.utils.translation import gettext_lazy as _

from subsidies.services.reconcile.checks import Check

CHECKS = [
    Check(
        "I1",
        "entry_balances",
        _("entry {} of book {} does not balance: {} fen debit, {} fen credit"),
        """SELECT e.id, e.book_id, coalesce(sum(p.debit_fen), 0), coalesce(sum(p.credit_fen), 0)
        FROM subsidies_journalentry e LEFT JOIN subsidies_posting p ON p.entry_id = e.id
        GROUP BY e.id HAVING coalesce(sum(p.debit_fen), 0) <> coalesce(sum(p.credit_fen), 0) OR count(p.id) < 2""",
    ),
    Check(
        "I1",
        "entry_in_one_book",
        _("entry {} of book {} posts to book {}"),
        """SELECT e.id, e.book_id, a.book_id FROM subsidies_posting p JOIN subsidies_journalentry e ON e.id = p.entry_id
        JOIN subsidies_account a ON a.id = p.account_id WHERE a.book_id <> e.book_id""",
    ),
    Check(
        "I2",
        "book_sums_to_zero",
        _("the accounts of book {} sum to {} fen"),
        "SELECT book_id, sum(balance_fen) FROM subsidies_account GROUP BY book_id HAVING sum(balance_fen) <> 0",
    ),
    Check(
        "I2",
        "balance_is_its_postings",
        _("account {} of book {} says {} fen, its postings {}"),
        """SELECT a.kind, a.book_id, a.balance_fen, coalesce(s.fen, 0) FROM subsidies_account a
        LEFT JOIN (SELECT account_id, sum(debit_fen - credit_fen) AS fen FROM subsidies_posting GROUP BY account_id) s
            ON s.account_id = a.id
        WHERE a.balance_fen <> coalesce(s.fen, 0)""",
    ),
    Check(
        "I3",
        "account_not_overdrawn",
        _("account {} of book {} stands at {} fen"),
        """SELECT kind, book_id, balance_fen FROM subsidies_account
        WHERE (kind = 'appropriation' AND balance_fen > 0) OR (kind <> 'appropriation' AND balance_fen < 0)""",
    ),
    Check(
        "I3",
        "book_holds_its_entitlements",
        _("book {} holds {} fen {}; entitlements and recoveries say {}"),
        """WITH held AS (
            SELECT book_id, 'reserved' AS kind, sum(fen - offset_fen) AS fen FROM subsidies_entitlement
                WHERE state = 'reserved' GROUP BY book_id
            UNION ALL SELECT book_id, 'in_transit', sum(fen - offset_fen) FROM subsidies_entitlement
                WHERE state = 'sent' GROUP BY book_id
            UNION ALL SELECT book_id, 'paid', sum(CASE WHEN state = 'paid' THEN fen ELSE offset_fen END)
                FROM subsidies_entitlement GROUP BY book_id
            UNION ALL SELECT book_id, 'paid', -sum(ordered_fen - cancelled_fen) FROM subsidies_recoveryorder
                WHERE ordered_at IS NOT NULL GROUP BY book_id
            UNION ALL SELECT book_id, 'receivable',
                sum(ordered_fen - repaid_fen - offset_fen - written_off_fen - cancelled_fen)
                FROM subsidies_recoveryorder WHERE ordered_at IS NOT NULL GROUP BY book_id
            UNION ALL SELECT book_id, 'written_off', sum(written_off_fen) FROM subsidies_recoveryorder GROUP BY book_id
        ), sums AS (SELECT book_id, kind, sum(fen) AS fen FROM held GROUP BY book_id, kind)
        SELECT a.book_id, a.balance_fen, a.kind, coalesce(s.fen, 0) FROM subsidies_account a
        LEFT JOIN sums s ON s.book_id = a.book_id AND s.kind = a.kind
        WHERE a.kind IN ('reserved', 'in_transit', 'paid', 'receivable', 'written_off')
            AND a.balance_fen <> coalesce(s.fen, 0)""",
    ),
    Check(
        "I3",
        "closed_book_winds_up",
        _("entry {} of book {} is {}, after the year was closed"),
        """SELECT e.id, e.book_id, e.event FROM subsidies_journalentry e JOIN subsidies_book b ON b.id = e.book_id
        WHERE b.closed_at IS NOT NULL AND e.at > b.closed_at
            AND e.event IN ('issued', 'raised', 'cut', 'reserved', 'repaid', 'offset_repaid', 'carried_in')""",
    ),
    Check(
        "I3",
        "year_closed_by_a_document",
        _("book {} is closed, and no confirmed document closes it; or the other way round"),
        """SELECT b.id FROM subsidies_book b LEFT JOIN subsidies_budgetproposal d ON d.province_id = b.province_id
            AND d.fund_id = b.fund_id AND d.year = b.year AND d.kind = 'close' AND d.state = 'issued'
        WHERE (b.closed_at IS NULL) <> (d.id IS NULL)""",
    ),
    Check(
        "I3",
        "carried_has_a_successor",
        _("entitlement {} of {} fen was carried on, and its successor holds {}"),
        """SELECT t.id, t.fen - t.offset_fen, s.fen FROM subsidies_entitlement t
        LEFT JOIN subsidies_entitlement s ON s.carried_from_id = t.id
        WHERE (t.state = 'carried') <> (s.id IS NOT NULL) OR s.fen <> t.fen - t.offset_fen""",
    ),
]
