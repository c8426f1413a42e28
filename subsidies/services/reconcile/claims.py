"""I9 lines sum to the amount, I13 states agree with what happened. Add what else is asked of claims here (I6, I8, I16)."""

from django.utils.translation import gettext_lazy as _

from subsidies.services.reconcile.checks import Check

CHECKS = [
    Check(
        "I9",
        "lines_sum_to_amount",
        _("claim {} says {} fen, its lines {}"),
        """SELECT c.number, c.amount_fen, s.fen FROM subsidies_claim c
        CROSS JOIN LATERAL (SELECT coalesce(sum((l ->> 'fen')::numeric), 0) AS fen
            FROM jsonb_array_elements(c.lines) l) s
        WHERE s.fen <> c.amount_fen""",
    ),
    Check(
        "I9",
        "entitlements_sum_to_lines",
        _("claim {}: fund {} owes {} fen by its lines, {} by its entitlements"),
        """WITH owed AS (
            SELECT c.id, l ->> 'fund' AS fund, sum((l ->> 'fen')::numeric) AS fen FROM subsidies_claim c
            CROSS JOIN LATERAL jsonb_array_elements(c.lines) l GROUP BY c.id, l ->> 'fund'
        ), held AS (
            SELECT claim_id AS id, fund_id AS fund,
                sum(CASE state WHEN 'carried' THEN offset_fen ELSE fen END) AS fen,
                bool_or(state <> 'carried') AS live
            FROM subsidies_entitlement WHERE state <> 'released' GROUP BY claim_id, fund_id
        )
        SELECT c.number, held.fund, coalesce(owed.fen, 0), held.fen FROM held JOIN subsidies_claim c ON c.id = held.id
        LEFT JOIN owed ON owed.id = held.id AND owed.fund = held.fund
        WHERE held.live AND held.fen <> coalesce(owed.fen, 0)""",
    ),
    Check(
        "I13",
        "claim_and_entitlements_agree",
        _("claim {} is {}; {} fen of {} are set aside, at the bank or paid"),
        """SELECT c.number, c.state, coalesce(sum(t.fen), 0), c.amount_fen FROM subsidies_claim c
        LEFT JOIN (SELECT claim_id, CASE state WHEN 'carried' THEN offset_fen ELSE fen END AS fen
            FROM subsidies_entitlement WHERE state <> 'released') t ON t.claim_id = c.id GROUP BY c.id
        HAVING coalesce(sum(t.fen), 0) <> CASE
            WHEN c.state IN ('approved', 'in_notice', 'payable', 'in_batch', 'sent', 'paid') THEN c.amount_fen
            ELSE 0 END""",
    ),
    Check(
        "I13",
        "claim_and_lines_agree",
        _("claim {} is {}, its lines {} open and {} at the bank, unpaid entitlements {}"),
        """SELECT c.number, c.state, l.opened, l.sent, t.unpaid FROM subsidies_claim c
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 'open') AS opened,
            count(*) FILTER (WHERE state = 'sent') AS sent FROM subsidies_batchline WHERE claim_id = c.id) l
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE state IN ('reserved', 'sent')) AS unpaid
            FROM subsidies_entitlement WHERE claim_id = c.id) t
        WHERE (c.state = 'in_batch') <> (l.opened > 0) OR (c.state = 'sent') <> (l.sent > 0)
            OR (c.state = 'paid' AND t.unpaid > 0)""",
    ),
]
