"""Content and duration standards: written by one person, published by another, never changed afterwards."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from courses.models import ContentStandard, Occupation
from courses.selectors.standard_words import CONTRADICTIONS, loosening_sentences
from courses.services.checks import begin_recheck
from courses.standards import StandardError, fingerprint, loosenings, narrow, read_standard
from courses.standards.body import contradictions
from courses.workflow import STANDARD_MOVES
from portal import clock, moves
from portal.accounts.models import Province, User
from portal.audit.services import record
from portal.rules import RuleBroken

LAST_YEAR = 2999
"""Days after it are slips of the hand, and none can be counted on from the calendar's end."""


class BadStandard(RuleBroken):
    code = "bad_standard"
    message = _("The standard cannot be used as it is written.")


class Loosens(RuleBroken):
    """`details["rules"]` names the rules."""

    code = "standard_loosens"
    message = _("A province may only narrow the nation's standard.")


class SameEditor(RuleBroken):
    code = "standard_same_editor"
    message = _("Who edited a standard cannot publish it.")


class DaysOverlap(RuleBroken):
    code = "standard_days_overlap"
    message = _("Another published standard is in force on some of these days.")


class PastChanged(RuleBroken):
    code = "standard_changes_the_past"
    message = _(
        "A standard that takes the place of another begins tomorrow at the earliest: the past stays as it was."
    )


class ChangedMeanwhile(RuleBroken):
    code = "standard_changed_meanwhile"
    message = _("Somebody else has changed this standard meanwhile. Look at it again before you go on.")


@dataclass(frozen=True, kw_only=True)
class StandardWords:
    """What is written of a standard. `last_day` None: no end is set."""

    province: Province | None
    occupation: Occupation
    certificate_kind: str
    level: int | None
    first_day: dt.date
    title_zh: str
    doc_no: str
    source: str
    body: dict[str, Any]
    last_day: dt.date | None = None
    title_en: str = ""
    is_fictional: bool = False
    mend_days: int = 90

    def fields(self) -> dict[str, Any]:
        kept = {name: value for name, value in vars(self).items() if name not in {"first_day", "last_day"}}
        if max(self.first_day, self.last_day or self.first_day).year > LAST_YEAR:
            raise BadStandard(_("A standard's days lie before the year 3000."))
        after = self.last_day + dt.timedelta(days=1) if self.last_day else None
        if after and after <= self.first_day:
            raise BadStandard(_("The last day lies before the first."))
        return {
            **kept,
            "valid": DateRange(self.first_day, after, "[)"),
            "body_sha256": fingerprint(self.body),
        }


@transaction.atomic
def draft_standard(words: StandardWords, *, by: User, at: dt.datetime) -> ContentStandard:
    """Keep a standard as a draft. Raises BadStandard (with the place), Loosens, django ValidationError."""
    row = ContentStandard(**words.fields(), edited_by=by, edited_at=at)
    _save(row)
    record(by=by, action="standard.drafted", thing=row, at=at, detail={"sha256": row.body_sha256})
    return row


@transaction.atomic
def change_standard(
    standard: ContentStandard, words: StandardWords, *, by: User, at: dt.datetime, revision: int | None = None
) -> ContentStandard:
    """Write a draft anew. Raises IllegalMove, ChangedMeanwhile, BadStandard, Loosens, django ValidationError."""
    row = ContentStandard.objects.select_for_update().get(pk=standard.pk)
    _move(row, "change")
    if revision is not None and revision != row.revision:
        raise ChangedMeanwhile
    for name, value in words.fields().items():
        setattr(row, name, value)
    row.edited_by, row.edited_at, row.revision = by, at, row.revision + 1
    _save(row)
    record(by=by, action="standard.changed", thing=row, at=at, detail={"sha256": row.body_sha256})
    return row


@transaction.atomic
def publish_standard(
    standard: ContentStandard, *, by: User, at: dt.datetime, revision: int | None = None
) -> ContentStandard:
    """Put a draft in force from its first day; the one in force until then ends the day before.

    `revision` is the one the publisher has read. Leaves the recheck of published courses due.

    Raises IllegalMove, SameEditor, ChangedMeanwhile, BadStandard, Loosens, PastChanged, DaysOverlap.
    """
    row = ContentStandard.objects.select_for_update().get(pk=standard.pk)
    _move(row, "publish")
    if by.pk == row.edited_by_id:
        raise SameEditor
    if revision is not None and revision != row.revision:
        raise ChangedMeanwhile
    _refuse_loose(row)
    _end_predecessor(row, at=at)
    row.published_by, row.published_at = by, at
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "published_by", "published_at"])
    except IntegrityError as broken:
        raise DaysOverlap from broken
    begin_recheck(row, at=at)
    record(by=by, action="standard.published", thing=row, at=at, detail={"sha256": row.body_sha256})
    return row


def _move(row: ContentStandard, step: str) -> None:
    row.state = moves.check(STANDARD_MOVES, step, row.state)


def _end_predecessor(row: ContentStandard, *, at: dt.datetime) -> None:
    before = (
        ContentStandard.objects.select_for_update()
        .published()
        .like(row)
        .filter(valid__overlap=row.valid, valid__startswith__lt=row.first_day)
        .first()
    )
    if before is None:
        return
    if row.first_day <= clock.today(at):
        raise PastChanged
    before.valid = DateRange(before.first_day, row.first_day, "[)")
    before.save(update_fields=["valid"])


def _save(row: ContentStandard) -> None:
    _refuse_bad(row)
    _refuse_loose(row)
    try:
        row.full_clean(exclude=["published_by", "province"])
    except ValidationError as broken:
        raise BadStandard(" ".join(broken.messages)) from None
    row.save()


def _refuse_bad(row: ContentStandard) -> None:
    try:
        read_standard(row.body, national=row.is_national)
    except StandardError as problem:
        raise BadStandard(CONTRADICTIONS.get(problem.contradiction, str(problem))) from None


def _refuse_loose(row: ContentStandard) -> None:
    """A province against the nation's standards on its days: nothing milder, and nothing that no course could meet."""
    if row.is_national:
        return
    provincial = row.rules
    above = ContentStandard.objects.published().filter(
        province=None,
        occupation=row.occupation_id,
        certificate_kind=row.certificate_kind,
        level=row.level,
        valid__overlap=row.valid,
    )
    for one in above:
        national = one.rules
        if found := loosenings(national, provincial):
            said = loosening_sentences(found, national, provincial)
            raise Loosens(" ".join([str(Loosens.message), *said]), rules=[loose.rule for loose in found])
        for code in contradictions(narrow(national, provincial)):
            raise BadStandard(CONTRADICTIONS[code])
