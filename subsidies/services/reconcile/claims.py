"""I6 four eyes, I9 lines sum to the amount, I13 states agree with what happened, I16 a no names what it rests on."""

from django.utils.translation import gettext_lazy as _

from subsidies.services.reconcile.checks import Check

CHECKS = [
    Check(
        "I6",
        "nobody_sits_twice",
        _("person {} sits at claim {} {} times, or has handed it in"),
        """SELECT s.user_id, c.number, count(*) FROM subsidies_claimseat s JOIN subsidies_claim c ON c.id = s.claim_id
        WHERE s.given_up_at IS NULL GROUP BY s.user_id, c.id
        HAVING count(*) > 1 OR s.user_id IN (c.claimant_id, c.agent_id)""",
    ),
    Check(
        "I6",
        "two_said_yes",
        _("claim {} is {} and {} people said yes to it"),
        """SELECT c.number, c.state, count(DISTINCT s.user_id) FROM subsidies_claim c
        LEFT JOIN subsidies_claimseat s ON s.claim_id = c.id AND s.given_up_at IS NULL
            AND s.seat IN ('first', 'second', 'ministry', 'ministry_second')
        WHERE c.state IN ('awaiting_funds', 'approved', 'in_notice', 'payable', 'in_batch', 'sent', 'paid')
        GROUP BY c.id HAVING count(DISTINCT s.user_id) < 2""",
    ),
    Check(
        "I6",
        "payers_did_not_review",
        _("person {} has a part in batch {} and a seat at claim {} of it"),
        """SELECT s.user_id, b.number, c.number FROM subsidies_batch b JOIN subsidies_batchline l ON l.batch_id = b.id
        JOIN subsidies_claim c ON c.id = l.claim_id
        JOIN subsidies_claimseat s ON s.claim_id = c.id AND s.given_up_at IS NULL
            AND s.user_id IN (b.made_by_id, b.checked_by_id, b.released_by_id)
        WHERE b.released_at IS NOT NULL AND s.taken_at <= b.released_at""",
    ),
    Check(
        "I13",
        "state_is_the_last_step",
        _("claim {} is {}, its last step led to {}"),
        """SELECT c.number, c.state, m.target FROM subsidies_claim c LEFT JOIN LATERAL (
            SELECT target FROM subsidies_claimmove WHERE claim_id = c.id ORDER BY place DESC LIMIT 1) m ON true
        WHERE m.target IS DISTINCT FROM c.state""",
    ),
    Check(
        "I13",
        "steps_follow_each_other",
        _("step {} of claim {} does not follow the one before it"),
        """SELECT m.place, c.number FROM (
            SELECT claim_id, place, source, at, row_number() OVER w AS n, lag(target) OVER w AS before,
                lag(at) OVER w AS earlier
            FROM subsidies_claimmove WINDOW w AS (PARTITION BY claim_id ORDER BY place)) m
        JOIN subsidies_claim c ON c.id = m.claim_id
        WHERE m.n <> m.place OR (m.before IS NOT NULL AND m.source <> m.before) OR m.at < m.earlier""",
    ),
    Check(
        "I16",
        "a_no_names_its_clause",
        _("claim {} is {} and no decision names the clause that it rests on"),
        """SELECT c.number, c.state FROM subsidies_claim c
        WHERE c.state IN ('returned', 'rejected', 'in_appeal', 'rejected_final') AND NOT EXISTS (
            SELECT 1 FROM subsidies_decision d CROSS JOIN LATERAL jsonb_array_elements(d.reasons) r
            WHERE d.claim_id = c.id AND d.act IN ('sent_back', 'rejected', 'struck', 'upheld')
                AND coalesce(r ->> 'ref', '') <> '')""",
    ),
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
        "I9",
        "contract_counts_what_it_granted",
        _("contract {} says {} people and {} fen are granted, its claims {} and {}, of {} and {} at most"),
        """SELECT c.number, c.granted_people, c.granted_fen, g.people, g.fen, c.people, c.sum_fen
        FROM subsidies_projectcontract c CROSS JOIN LATERAL (
            SELECT count(*) AS people, coalesce(sum(amount_fen), 0) AS fen FROM subsidies_claim
            WHERE contract_id = c.id
                AND state IN ('awaiting_funds', 'approved', 'in_notice', 'payable', 'in_batch', 'sent', 'paid')) g
        WHERE (c.granted_people, c.granted_fen) IS DISTINCT FROM (g.people, g.fen)
            OR g.people > c.people OR g.fen > c.sum_fen""",
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
