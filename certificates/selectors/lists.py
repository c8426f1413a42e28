"""A list of certificates as rows for a spreadsheet. Names are masked, as on the desk."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.models import Certificate
from portal import clock

AT_ONCE = 1_000
HEADINGS: tuple[str | Promise, ...] = (
    _("Number"),
    _("Learner"),
    _("Province"),
    _("Course code"),
    _("Course"),
    pgettext_lazy("certificate", "Kind"),
    _("Level"),
    _("Hours"),
    _("State"),
    _("Asked for"),
    _("Issued"),
    _("Why it could not be made"),
    _("Reason of the revocation"),
)


def rows_of(certificates: QuerySet[Certificate]) -> Iterator[list[object]]:
    """One row each, in the order of the list; few are in memory at a time."""
    return map(_row, _streamed(certificates))


def _streamed(certificates: QuerySet[Certificate]) -> Iterable[Certificate]:
    rows = certificates.defer("grounds", "holder_sealed")
    return rows.iterator(chunk_size=AT_ONCE)


def _row(certificate: Certificate) -> list[object]:
    said = certificate.facts or {}
    return [
        certificate.number,
        certificate.holder_masked,
        certificate.province_id,
        certificate.course_code,
        said.get("course_title", ""),
        certificate.kind,
        said.get("level"),
        said.get("hours", ""),
        certificate.get_state_display(),
        f"{certificate.requested_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}",
        certificate.issued_on.isoformat() if certificate.issued_on else "",
        certificate.failure or certificate.paper_failure,
        certificate.revoke_reason,
    ]
