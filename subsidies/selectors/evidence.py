"""What a reviewer looks at beside the rules: the learning record, exam and practice, the certificate, the person's other claims."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from certificates import selectors as certificates
from learners import selectors as learners
from portal.accounts.models import User
from subsidies.models import Claim, ClaimMove, ClaimSeat, Hold
from subsidies.selectors.claims import reviews_visible_to


@dataclass(frozen=True)
class Evidence:
    """`exam` and `practice` are as the completion kept them, None where there was none; `state` is the certificate's today."""

    state: str
    learned: learners.LearningFacts | None
    record: learners.LearningRecord | None

    @property
    def exam(self) -> dict[str, Any] | None:
        return self.learned.grounds.get("exam") if self.learned else None

    @property
    def practice(self) -> Any:
        return self.learned.grounds.get("practice") if self.learned else None


def evidence_of(claim: Claim) -> Evidence:
    try:
        standing = certificates.standing_for(claim.certificate_serial)
        completion_id = certificates.certificate_facts(claim.certificate_serial).completion_id
    except ObjectDoesNotExist:
        return Evidence("", None, None)
    return Evidence(
        standing.state, learners.learning_facts(completion_id), learners.learning_record(completion_id)
    )


MOST_SHOWN = 50


def others_of(claim: Claim, user: User) -> tuple[list[Claim], int]:
    """The person's other claims: those that this officer may see, and how many there are in other provinces."""
    rows = Claim.objects.of_person(bytes(claim.person_key)).exclude(pk=claim.pk)
    seen = reviews_visible_to(user).filter(pk__in=rows.values("pk")).order_by("-pk")[:MOST_SHOWN]
    here = list(seen)
    return here, rows.count() - len(here)


def seats_of(claim: Claim) -> list[ClaimSeat]:
    """Who sits at the claim now."""
    return list(claim.seats.filter(given_up_at=None).select_related("user"))


def moves_of(claim: Claim) -> list[ClaimMove]:
    return list(claim.moves.select_related("by"))


def holds_of(claim: Claim) -> list[Hold]:
    return list(claim.holds.select_related("opened_by", "closed_by", "finding"))
