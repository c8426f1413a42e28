"""I10 what a check holds: every hold by a check has its finding, and every finding that holds has its hold.

What was found of a claim that the bank had already gets its hold when the claim comes back and is to be paid again.
"""

from django.utils.translation import gettext_lazy as _

from subsidies.services.reconcile.checks import Check

CHECKS = [
    Check(
        "I10",
        "hold_has_its_finding",
        _("hold {} of claim {} rests on a finding about something else, or one that was dismissed"),
        """SELECT h.id, c.number FROM subsidies_hold h JOIN subsidies_finding f ON f.id = h.finding_id
        JOIN subsidies_claim c ON c.id = h.claim_id
        WHERE f.action <> 'hold' OR (f.claim_id IS NOT NULL AND f.claim_id <> h.claim_id)
            OR (h.closed_at IS NULL AND f.state = 'dismissed') OR (h.closed_at IS NOT NULL AND f.state = 'open')""",
    ),
    Check(
        "I10",
        "finding_has_its_hold",
        _("finding {} should hold claim {}, and nothing holds it"),
        """SELECT f.id, c.number FROM subsidies_finding f JOIN subsidies_claim c ON c.id = f.claim_id
        WHERE f.action = 'hold' AND f.state = 'open'
            AND c.state NOT IN ('payable', 'paid', 'sent', 'rejected', 'rejected_final', 'lapsed', 'withdrawn')
            AND NOT EXISTS (SELECT 1 FROM subsidies_hold h WHERE h.finding_id = f.id AND h.claim_id = c.id)""",
    ),
]
