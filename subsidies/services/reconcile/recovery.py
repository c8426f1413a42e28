"""I12 recovered ≤ ordered ≤ net paid, and the sums of an order are those of what was confirmed."""

from django.utils.translation import gettext_lazy as _

from subsidies.services.reconcile.checks import Check

CHECKS = [
    Check(
        "I12",
        "recovered_within_ordered",
        _("recovery {}: {} fen settled of {} ordered"),
        """SELECT number, repaid_fen + offset_fen + written_off_fen + cancelled_fen, ordered_fen
        FROM subsidies_recoveryorder
        WHERE repaid_fen + offset_fen + written_off_fen + cancelled_fen > ordered_fen""",
    ),
    Check(
        "I12",
        "ordered_within_paid",
        _("claim {}: {} fen are recovered of {} paid"),
        """SELECT c.number, sum(o.ordered_fen - o.cancelled_fen), CASE WHEN t.state = 'paid' THEN t.fen ELSE 0 END
        FROM subsidies_recoveryorder o JOIN subsidies_entitlement t ON t.id = o.entitlement_id
        JOIN subsidies_claim c ON c.id = t.claim_id WHERE o.ordered_at IS NOT NULL GROUP BY c.id, t.id
        HAVING sum(o.ordered_fen - o.cancelled_fen) > CASE WHEN t.state = 'paid' THEN t.fen ELSE 0 END""",
    ),
    Check(
        "I12",
        "order_is_its_settlements",
        _("recovery {} says {} fen repaid, offset and written off; what was confirmed sums to {}"),
        """SELECT o.number, o.repaid_fen + o.offset_fen + o.written_off_fen, coalesce(sum(s.fen), 0)
        FROM subsidies_recoveryorder o
        LEFT JOIN subsidies_settlement s ON s.order_id = o.id AND s.state = 'confirmed' GROUP BY o.id
        HAVING o.repaid_fen <> coalesce(sum(s.fen) FILTER (WHERE s.kind = 'repayment'), 0)
            OR o.offset_fen <> coalesce(sum(s.fen) FILTER (WHERE s.kind = 'offset'), 0)
            OR o.written_off_fen <> coalesce(sum(s.fen) FILTER (WHERE s.kind = 'write_off'), 0)""",
    ),
    Check(
        "I12",
        "offset_is_in_the_entitlement",
        _("entitlement {} says {} fen offset; what was confirmed sums to {}"),
        """SELECT t.id, t.offset_fen, coalesce(sum(s.fen), 0) FROM subsidies_entitlement t
        LEFT JOIN subsidies_settlement s ON s.entitlement_id = t.id AND s.state = 'confirmed'
        WHERE t.offset_fen > 0 OR s.id IS NOT NULL GROUP BY t.id
        HAVING t.offset_fen <> coalesce(sum(s.fen), 0)""",
    ),
    Check(
        "I13",
        "recovery_is_its_last_step",
        _("recovery {} is {}, its last step led to {}"),
        """SELECT o.number, o.state, m.target FROM subsidies_recoveryorder o
        LEFT JOIN LATERAL (SELECT target FROM subsidies_recoverymove WHERE order_id = o.id ORDER BY id DESC LIMIT 1) m
            ON true
        WHERE o.state IS DISTINCT FROM m.target""",
    ),
]
