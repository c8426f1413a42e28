"""The list on the desk: narrowed, sorted, and cut into pages that cost the same however long the list is."""

import datetime as dt
import unicodedata
import uuid
from dataclasses import asdict, dataclass
from typing import Final

from django.db.models import QuerySet

from certificates import codes, workflow
from certificates.models import Certificate, Proposal
from certificates.selectors.certificates import proposals_visible_to
from portal import numbers
from portal.accounts.models import User

PROPOSED: Final = "proposed"
PAPERLESS: Final = "paperless"

NEW, OLD, ISSUED_LAST, ISSUED_FIRST = "new", "old", "issued_last", "issued_first"
ORDERS: Final = {
    NEW: ("-pk",),
    OLD: ("pk",),
    ISSUED_LAST: ("-issued_on", "-pk"),
    ISSUED_FIRST: ("issued_on", "pk"),
}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; whatever is empty narrows nothing. `only`: PROPOSED waits for a second person, PAPERLESS
    has a paper that could not be made. `batch` is a uid.
    """

    words: str = ""
    state: str = ""
    kind: str = ""
    level: int | None = None
    course: str = ""
    province: str = ""
    issued_from: dt.date | None = None
    issued_to: dt.date | None = None
    batch: uuid.UUID | None = None
    only: str = ""
    sort: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """Days of issue are read by the day of issue: so the database finds them without looking at the others."""
        by_day = self.issued_from or self.issued_to
        return ORDERS.get(self.sort, ORDERS[ISSUED_LAST if by_day else NEW])

    @property
    def is_by_day(self) -> bool:
        return self.order[0].endswith("issued_on")

    def as_json(self) -> dict[str, object]:
        """Only what narrows: without the order."""
        told = {
            name: value for name, value in asdict(self).items() if value not in ("", None) and name != "sort"
        }
        return {name: value if isinstance(value, int) else str(value) for name, value in told.items()}


def narrowed(certificates: QuerySet[Certificate], by: Filters) -> QuerySet[Certificate]:
    rows = certificates
    if by.words:
        rows = _worded(rows, by.words)
    exactly = {
        "state": by.state,
        "kind": by.kind,
        "facts__level": by.level,
        "course_code": by.course,
        "province_id": by.province,
        "batch__uid": by.batch,
        "issued_on__gte": by.issued_from,
        "issued_on__lte": by.issued_to,
    }
    rows = rows.filter(**{field: value for field, value in exactly.items() if value not in ("", None)})
    if by.only == PROPOSED:
        rows = rows.filter(pk__in=Proposal.objects.open().order_by().values("certificate_id"))
    elif by.only == PAPERLESS:
        rows = rows.exclude(paper_failure="")
    return rows.filter(issued_on__isnull=False) if by.is_by_day else rows


def _worded(rows: QuerySet[Certificate], words: str) -> QuerySet[Certificate]:
    """By what the words look like: a verification code, a uid, the beginning of a number, a name, else the code of a course.

    A name that is typed in full is masked before it is looked for.
    """
    plain = codes.plain(words)
    if codes.is_well_formed(plain):
        return rows.filter(code=plain)
    if (uid := _uid(words)) is not None:
        return rows.filter(uid=uid)
    upper = "".join(unicodedata.normalize("NFKC", words).upper().split())
    if upper.startswith("ZX"):
        return rows.filter(serial__startswith=upper)
    name = words.replace("＊", "*")
    if not name.isascii():
        return rows.filter(holder_masked=name if "*" in name else numbers.mask_name(name))
    return rows.filter(course_code__in={words, upper})


def _uid(words: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(words.strip())
    except ValueError:
        return None


def open_proposals(user: User) -> QuerySet[Proposal]:
    """Those a second person is to decide, the oldest first."""
    rows = proposals_visible_to(user).open().order_by("proposed_at", "pk")
    return rows.select_related("certificate", "proposed_by", "province")


def failed_papers(certificates: QuerySet[Certificate]) -> bool:
    return certificates.exclude(paper_failure="").exists()


def is_waiting(certificate: Certificate) -> bool:
    """For an officer's batch."""
    return (
        certificate.state == workflow.REQUESTED
        and certificate.due_at is None
        and certificate.batch_id is None
    )
