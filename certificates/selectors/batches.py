"""Batches and how far they are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from certificates import workflow
from certificates.models import Certificate, IssuingBatch, IssuingTerms
from certificates.selectors.certificates import DESK_ROLES, ISSUERS
from courses import selectors as courses
from portal.accounts import selectors as accounts
from portal.accounts.access import has_role, in_provinces, provinces_of
from portal.accounts.models import Province, User

PART = 500
"""So many papers are taken away at once."""


@dataclass(frozen=True)
class Progress:
    """Certificates of a batch. `waiting` are those it has not come to; of a cancelled batch, those it gave back."""

    total: int
    issued: int
    failed: int

    @property
    def waiting(self) -> int:
        return max(0, self.total - self.done)

    @property
    def done(self) -> int:
        return self.issued + self.failed

    @property
    def percent(self) -> int:
        """Full only when all are through."""
        return 100 * self.done // self.total if self.total else 100


def batches_visible_to(user: User) -> QuerySet[IssuingBatch]:
    return in_provinces(IssuingBatch.objects.all(), provinces_of(user, *DESK_ROLES))


def progress_of(batch: IssuingBatch) -> Progress:
    if batch.ended_at is not None:
        return Progress(batch.total, batch.issued, batch.failed)
    return _progress(batch, counts_of(batch))


def _progress(batch: IssuingBatch, counts: dict[str, int]) -> Progress:
    issued = sum(counts.get(state, 0) for state in workflow.ON_PAPER)
    return Progress(batch.total, issued, counts.get(workflow.FAILED, 0))


def progress_of_all(batches: Iterable[IssuingBatch]) -> dict[int, Progress]:
    """By the id of the batch; one statement for all that are open."""
    rows = list(batches)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    under_way = Certificate.objects.filter(batch_id__in=[row.pk for row in rows if row.ended_at is None])
    for pk, state, n in under_way.order_by().values_list("batch_id", "state").annotate(n=Count("id")):
        counts[pk][state] = n
    return {row.pk: progress_of(row) if row.ended_at else _progress(row, counts[row.pk]) for row in rows}


def issues_by_batch(province_code: str) -> bool:
    return IssuingTerms.objects.filter(province_id=province_code, by_batch=True).exists()


def waiting_by_course(province_code: str) -> dict[str, int]:
    """Course code → how many certificates wait there for a batch."""
    rows = Certificate.objects.waiting_for_a_batch().filter(province_id=province_code)
    return dict(rows.order_by("course_code").values_list("course_code").annotate(n=Count("id")))


@dataclass(frozen=True)
class WaitingCourse:
    """`title` is empty for a course that is no longer published."""

    code: str
    title: str
    count: int


def waiting_courses(province_code: str) -> list[WaitingCourse]:
    """Most first."""
    waiting = waiting_by_course(province_code)
    titles = courses.titles_of(waiting)
    rows = [WaitingCourse(code, titles.get(code, ""), count) for code, count in waiting.items()]
    return sorted(rows, key=lambda row: (-row.count, row.code))


def desk_provinces(user: User) -> list[Province]:
    """Those whose certificates the user may see."""
    held = provinces_of(user, *DESK_ROLES)
    return [province for province in accounts.provinces() if province.code in held]


def may_issue(user: User, province_code: str) -> bool:
    return has_role(user, *ISSUERS, province=province_code)


def counts_of(batch: IssuingBatch) -> dict[str, int]:
    """State → how many certificates the batch has taken over."""
    return dict(batch.certificates.order_by().values_list("state").annotate(n=Count("id")))


def results_of(batch: IssuingBatch, *, state: str = "") -> QuerySet[Certificate]:
    """What the batch has taken over, in the order in which it was asked for. `state`: "issued" means any that is on paper."""
    rows = batch.certificates.order_by("pk")
    if state == workflow.ISSUED:
        return rows.on_paper()
    return rows.filter(state=state) if state in {workflow.REQUESTED, workflow.FAILED} else rows


def parts_of(batch: IssuingBatch) -> int:
    """In how many parts its papers are taken away."""
    return -(-batch.certificates.on_paper().count() // PART)


def papers_in(batch: IssuingBatch, part: int) -> Iterator[Certificate]:
    """Part 1, 2, …: by serial, so that what is issued meanwhile comes behind. Few are in memory at a time."""
    rows = batch.certificates.on_paper().order_by("serial")
    first = (part - 1) * PART
    ids = list(rows.values_list("pk", flat=True)[first : first + PART])
    for start in range(0, len(ids), 50):
        yield from Certificate.objects.filter(pk__in=ids[start : start + 50]).order_by("serial")
