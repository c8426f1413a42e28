"""I4 nobody is paid twice, I5 one live or settled line, I10 nothing before its notice ended, I11 answers applied once."""

from django.utils.translation import gettext_lazy as _

from subsidies.services.reconcile.checks import Check

CHECKS = [
    Check(
        "I4",
        "certificate_paid_once",
        _("certificate {} is paid through {} claims"),
        """SELECT c.certificate_serial, count(DISTINCT c.id) FROM subsidies_claim c
        JOIN subsidies_entitlement t ON t.claim_id = c.id AND t.state NOT IN ('released', 'carried')
        GROUP BY c.certificate_serial, c.purpose HAVING count(DISTINCT c.id) > 1""",
    ),
    Check(
        "I4",
        "right_paid_once",
        _("one person is paid twice for occupation {} level {}: {} claims"),
        """SELECT c.occupation, c.level, count(DISTINCT c.id) FROM subsidies_claim c
        JOIN subsidies_entitlement t ON t.claim_id = c.id AND t.state NOT IN ('released', 'carried')
        WHERE c.certificate_kind = 'level' GROUP BY c.person_key, c.occupation, c.level, c.purpose
        HAVING count(DISTINCT c.id) > 1""",
    ),
    Check(
        "I5",
        "one_live_line",
        _("entitlement {} has {} lines that are live or settled"),
        """SELECT entitlement_id, count(*) FROM subsidies_batchline WHERE state IN ('open', 'sent', 'settled')
        GROUP BY entitlement_id HAVING count(*) > 1""",
    ),
    Check(
        "I5",
        "batch_totals",
        _("batch {} says {} lines of {} fen; it has {} of {}"),
        """SELECT b.number, b.line_count, b.total_fen, count(l.id), coalesce(sum(l.fen), 0) FROM subsidies_batch b
        LEFT JOIN subsidies_batchline l ON l.batch_id = b.id
        GROUP BY b.id HAVING b.line_count <> count(l.id) OR b.total_fen <> coalesce(sum(l.fen), 0)""",
    ),
    Check(
        "I5",
        "line_pays_what_is_due",
        _("line {} pays {} fen, and {} are due of its entitlement"),
        """SELECT l.id, l.fen, t.fen - t.offset_fen FROM subsidies_batchline l
        JOIN subsidies_entitlement t ON t.id = l.entitlement_id
        WHERE l.claim_id <> t.claim_id
            OR (l.state IN ('open', 'sent', 'settled') AND l.fen <> t.fen - t.offset_fen)""",
    ),
    Check(
        "I10",
        "notice_ended_before",
        _("line {} of claim {} was made before a public notice of it had ended"),
        """SELECT l.id, c.number FROM subsidies_batchline l JOIN subsidies_claim c ON c.id = l.claim_id
        WHERE NOT EXISTS (SELECT 1 FROM subsidies_noticeline n JOIN subsidies_notice p ON p.id = n.notice_id
            WHERE n.claim_id = l.claim_id AND p.ended_at <= l.made_at AND p.ended_at >= p.ends_at)""",
    ),
    Check(
        "I10",
        "account_of_the_payee",
        _("line {} of claim {} pays to an account of somebody else"),
        """SELECT l.id, c.number FROM subsidies_batchline l JOIN subsidies_claim c ON c.id = l.claim_id
        JOIN accounts_bankaccount a ON a.id = l.account_id
        WHERE a.organisation_id IS DISTINCT FROM c.payee_organisation_id
            OR (c.payee_organisation_id IS NULL AND a.user_id IS DISTINCT FROM c.claimant_id)""",
    ),
    Check(
        "I10",
        "no_hold_at_release",
        _("claim {} was released while a hold was open"),
        """SELECT DISTINCT c.number FROM subsidies_batchline l JOIN subsidies_batch b ON b.id = l.batch_id
        JOIN subsidies_claim c ON c.id = l.claim_id JOIN subsidies_hold h ON h.claim_id = c.id
        WHERE b.released_at IS NOT NULL AND h.opened_at < b.released_at
            AND (h.closed_at IS NULL OR h.closed_at > b.released_at)""",
    ),
    Check(
        "I11",
        "answer_fits_line",
        _("line {} is {} and its bank answers say otherwise"),
        """SELECT l.id, l.state FROM subsidies_batchline l
        LEFT JOIN subsidies_bankanswer a ON a.line_id = l.id AND a.applied_at IS NOT NULL
            AND a.late = (l.late_at IS NOT NULL)
        WHERE (l.state = 'settled' AND a.result IS DISTINCT FROM 'paid')
            OR (l.state = 'returned' AND a.result IS DISTINCT FROM 'returned')
            OR (l.state NOT IN ('settled', 'returned') AND a.id IS NOT NULL) OR a.fen <> l.fen""",
    ),
    Check(
        "I11",
        "batch_fits_lines",
        _("batch {} is {} with {} lines open, {} at the bank"),
        """SELECT b.number, b.state, count(*) FILTER (WHERE l.state = 'open'),
            count(*) FILTER (WHERE l.state = 'sent')
        FROM subsidies_batch b JOIN subsidies_batchline l ON l.batch_id = b.id GROUP BY b.id
        HAVING (b.state IN ('assembling', 'assembled', 'checked', 'releasing', 'cancelling'))
                <> (count(*) FILTER (WHERE l.state = 'open') = count(*))
            OR (b.state = 'cancelled') <> (count(*) FILTER (WHERE l.state = 'removed') = count(*))
            OR (b.state = 'answered' AND count(*) FILTER (WHERE l.state = 'sent') > 0)""",
    ),
]
