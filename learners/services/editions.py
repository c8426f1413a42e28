"""Counting editions: the default that ships with the product, and those that the ministry and provinces publish."""

import datetime as dt
import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from learners.models import CountingEdition
from learners.selectors.edition_desk import may_edit
from learners.selectors.editions import numbers_of
from learners.workflow import EDITION_MOVES
from portal import clock, moves
from portal.accounts.models import Province, User
from portal.audit import services as audit
from portal.rules import RuleBroken

DATA = Path(__file__).resolve().parents[1] / "data" / "counting_editions.json"


class EditionOnThatDay(RuleBroken):
    code = "edition_on_that_day"
    message = _("Another counting edition of this province begins on that day.")


class BadEdition(RuleBroken):
    code = "bad_edition"
    message = _("These numbers contradict each other.")


class NotYourEdition(RuleBroken):
    code = "not_your_edition"
    message = _("You may look at this counting rule, but not change it.")


class SameEditor(RuleBroken):
    code = "edition_same_editor"
    message = _("Who edited a counting rule cannot publish it.")


class PastChanged(RuleBroken):
    code = "edition_changes_the_past"
    message = _("A counting rule begins tomorrow at the earliest: the past stays as it was.")


class ChangedMeanwhile(RuleBroken):
    code = "edition_changed_meanwhile"
    message = _("Somebody else has changed this counting rule meanwhile. Look at it again before you go on.")


def load_default_editions() -> int:
    """Write the editions of data/counting_editions.json that are not there yet; gives how many. Safe to run again."""
    new = 0
    for row in json.loads(DATA.read_text(encoding="utf-8"))["editions"]:
        facts = dict(row)
        key = {
            "province_id": facts.pop("province"),
            "valid_from": dt.date.fromisoformat(facts.pop("valid_from")),
        }
        facts["published_at"] = dt.datetime.fromisoformat(facts["published_at"])
        if not CountingEdition.objects.published().filter(**key).exists():
            CountingEdition.objects.create(**key, **facts)
            new += 1
    return new


@transaction.atomic
def publish_edition(
    *,
    province: Province | None,
    name: str,
    valid_from: dt.date,
    by: User | None,
    at: dt.datetime,
    source: str = "",
    fictional: bool = False,
    **numbers: int,
) -> CountingEdition:
    """Put an edition in force at once, as the demo and the tests do; a desk drafts it and has it published.

    `numbers`: fields of CountingEdition. Raises EditionOnThatDay, and ValidationError for numbers that contradict each other.
    """
    same_day = CountingEdition.objects.published().filter(province=province, valid_from=valid_from)
    if same_day.exists():
        raise EditionOnThatDay
    edition = CountingEdition(
        province=province,
        name=name,
        valid_from=valid_from,
        published_at=at,
        source=source,
        fictional=fictional,
        **numbers,
    )
    edition.full_clean()
    edition.save(force_insert=True)
    audit.record(
        by=by, action="counting_edition.published", thing=edition, at=at, province=edition.province_id
    )
    return edition


# -- at the desk ----------------------------------------------------------------------------------------------------


@transaction.atomic
def draft_edition(
    *, province: Province | None, by: User, at: dt.datetime, **words: object
) -> CountingEdition:
    """A draft, in force from `valid_from` once somebody else publishes it. `words`: name, source, valid_from, numbers.

    Raises NotYourEdition, BadEdition.
    """
    edition = CountingEdition(province=province, edited_by=by, edited_at=at, **words)
    if not may_edit(by, edition):
        raise NotYourEdition
    _save(edition)
    audit.record(by=by, action="counting_edition.drafted", thing=edition, at=at, detail=_said(edition))
    return edition


@transaction.atomic
def change_edition(
    edition: CountingEdition, *, by: User, at: dt.datetime, revision: int | None = None, **words: object
) -> CountingEdition:
    """Write a draft anew. Raises NotYourEdition, IllegalMove, ChangedMeanwhile, BadEdition."""
    row = _locked(edition, "change", by=by, revision=revision)
    for name, value in words.items():
        setattr(row, name, value)
    row.edited_by, row.edited_at, row.revision = by, at, row.revision + 1
    _save(row)
    audit.record(by=by, action="counting_edition.changed", thing=row, at=at, detail=_said(row))
    return row


@transaction.atomic
def publish_draft(
    edition: CountingEdition, *, by: User, at: dt.datetime, revision: int | None = None
) -> CountingEdition:
    """Put a draft in force from its first day, for enrolments made from then on. `revision`: the one that was read.

    Raises NotYourEdition, IllegalMove, ChangedMeanwhile, SameEditor, PastChanged, EditionOnThatDay.
    """
    row = _locked(edition, "publish", by=by, revision=revision)
    if by.pk == row.edited_by_id:
        raise SameEditor
    if row.valid_from <= clock.today(at):
        raise PastChanged
    row.published_by, row.published_at = by, at
    try:
        with transaction.atomic():
            row.save(update_fields=["published_by", "published_at"])
    except IntegrityError as broken:
        raise EditionOnThatDay from broken
    audit.record(by=by, action="counting_edition.published", thing=row, at=at, detail=_said(row))
    return row


def _locked(edition: CountingEdition, step: str, *, by: User, revision: int | None) -> CountingEdition:
    row = CountingEdition.objects.select_for_update().get(pk=edition.pk)
    if not may_edit(by, row):
        raise NotYourEdition
    moves.check(EDITION_MOVES, step, row.state)
    if revision is not None and revision != row.revision:
        raise ChangedMeanwhile
    return row


def _save(edition: CountingEdition) -> None:
    try:
        edition.full_clean(exclude=["province", "edited_by", "published_by"])
    except ValidationError as broken:
        raise BadEdition(" ".join(broken.messages)) from None
    edition.save()


def _said(edition: CountingEdition) -> dict[str, object]:
    return {"valid_from": edition.valid_from.isoformat(), **numbers_of(edition)}
