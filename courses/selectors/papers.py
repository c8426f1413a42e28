"""Papers of agreements and decisions as a reader may see them: an address only once the virus scan has passed them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from courses.media import signed_url
from courses.models import Document, PaperCheck
from courses.workflow import PaperState
from portal.accounts.models import User


@dataclass(frozen=True)
class Paper:
    """`state` is empty where there is no paper; `url` holds a short while, for this reader; `trouble` is a sentence."""

    name: str = ""
    state: str = ""
    url: str = ""
    trouble: str = ""

    @property
    def state_name(self) -> str:
        return str(PaperState(self.state).label)


def papers_of(rows: Iterable[Document], *, user: User | None, at: dt.datetime) -> list[Paper]:
    """One for each row, in their order; one statement. `user` is None for a paper that anybody may read."""
    rows = list(rows)
    keys = [row.document_key for row in rows if row.document_key]
    checks = {check.key: check for check in PaperCheck.objects.filter(key__in=keys)} if keys else {}
    return [_paper(row, checks, user=user, at=at) for row in rows]


def _paper(row: Document, checks: dict[str, PaperCheck], *, user: User | None, at: dt.datetime) -> Paper:
    if not row.document_key:
        return Paper()
    check = checks.get(row.document_key) or PaperCheck(key=row.document_key)
    url = trouble = ""
    if check.state == PaperState.PASSED:
        url = signed_url(row.document_key, user_id=user.pk if user else None, at=at)
    elif check.state == PaperState.REFUSED:
        trouble = _(
            "The virus scan found %(finding)s. The file was deleted. Enter a clean one; an agreement needs another number."
        ) % {"finding": check.finding}
    elif check.tries > 1:
        trouble = _("The virus scanner does not answer. It is asked again by itself.")
    return Paper(row.document_name, check.state, url, trouble)
