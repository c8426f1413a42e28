"""Batches and how far they are."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from certificates import workflow
from certificates.models import Certificate, IssuingBatch, IssuingTerms
from certificates.selectors.certificates import DESK_ROLES
from portal.accounts.models import User
from portal.accounts.roles import in_provinces, provinces_of


@dataclass(frozen=True)
class Progress:
    """Certificates of a batch. `waiting` are those it has not come to; of a cancelled batch, those it gave back."""

    total: int
    issued: int
    failed: int

    @property
    def waiting(self) -> int:
        return max(0, self.total - self.issued - self.failed)

    @property
    def percent(self) -> int:
        """Full only when all are through."""
        return 100 * (self.issued + self.failed) // self.total if self.total else 100


def batches_visible_to(user: User) -> QuerySet[IssuingBatch]:
    return in_provinces(IssuingBatch.objects.all(), provinces_of(user, *DESK_ROLES))


def progress_of(batch: IssuingBatch) -> Progress:
    if batch.ended_at is not None:
        return Progress(batch.total, batch.issued, batch.failed)
    counts = dict(batch.certificates.order_by().values_list("state").annotate(n=Count("id")))
    issued = sum(counts.get(state, 0) for state in workflow.ON_PAPER)
    return Progress(batch.total, issued, counts.get(workflow.FAILED, 0))


def issues_by_batch(province_code: str) -> bool:
    return IssuingTerms.objects.filter(province_id=province_code, by_batch=True).exists()


def waiting_by_course(province_code: str) -> dict[str, int]:
    """Course code → how many certificates wait there for a batch."""
    rows = Certificate.objects.waiting_for_a_batch().filter(province_id=province_code)
    return dict(rows.order_by("course_code").values_list("course_code").annotate(n=Count("id")))
