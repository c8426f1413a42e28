"""Templates of the paper: drafted by one person, published by another, each time checked as a whole."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from certificates.models import PaperTemplate
from certificates.paper.checking import LONGEST_PROVINCE, NAMES, Problem, problems
from certificates.paper.wording import Wording
from certificates.selectors.templates import may_edit, may_publish
from certificates.workflow import TEMPLATE_MOVES
from portal import clock, moves
from portal.accounts.models import Province, User
from portal.audit import services as audit
from portal.rules import RuleBroken


class BadTemplate(RuleBroken):
    """`problems`: each with the text it stands in, for the form."""

    code = "bad_template"
    message = _("Certificates cannot be printed by this template.")

    def __init__(self, found: list[Problem]) -> None:
        self.problems = found
        said = " ".join(f"{NAMES[place]}: {sentence}" for place, sentence in found)
        super().__init__(said, problems=[problem._asdict() for problem in found])


class TemplateOnThatDay(RuleBroken):
    code = "template_on_that_day"
    message = _("Another template of this province and kind begins on that day.")


class NotYourTemplate(RuleBroken):
    code = "not_your_template"
    message = _("You may look at this template, but not change it.")


class SameEditor(RuleBroken):
    code = "template_same_editor"
    message = _("Who edited a template cannot publish it.")


class PastChanged(RuleBroken):
    code = "template_changes_the_past"
    message = _("A template begins tomorrow at the earliest: all certificates of a day look alike.")


class ChangedMeanwhile(RuleBroken):
    code = "template_changed_meanwhile"
    message = _("Somebody else has changed this template meanwhile. Look at it again before you go on.")


@transaction.atomic
def draft(
    province: Province | None,
    kind: str,
    *,
    wording: Wording,
    valid_from: dt.date,
    by: User,
    at: dt.datetime,
    source: str = "",
) -> PaperTemplate:
    """A draft that prints nothing until somebody else publishes it. Raises NotYourTemplate, BadTemplate."""
    template = PaperTemplate(
        province=province,
        kind=kind,
        body=wording.as_json(),
        valid_from=valid_from,
        source=source,
        edited_by=by,
        edited_at=at,
    )
    if not may_edit(by, template):
        raise NotYourTemplate
    _save(template)
    audit.record(by=by, action="paper_template.drafted", thing=template, at=at, detail=_said(template))
    return template


@transaction.atomic
def change(
    template: PaperTemplate,
    *,
    wording: Wording,
    valid_from: dt.date,
    by: User,
    at: dt.datetime,
    revision: int | None = None,
    source: str = "",
) -> PaperTemplate:
    """Write a draft anew; `revision`: the one that was read. Raises NotYourTemplate, IllegalMove, ChangedMeanwhile,
    BadTemplate.
    """
    row = _locked(template, "change", revision=revision, may=may_edit(by, template))
    row.body, row.valid_from, row.source = wording.as_json(), valid_from, source
    row.edited_by, row.edited_at, row.revision = by, at, row.revision + 1
    _save(row)
    audit.record(by=by, action="paper_template.changed", thing=row, at=at, detail=_said(row))
    return row


@transaction.atomic
def publish(
    template: PaperTemplate, *, by: User, at: dt.datetime, revision: int | None = None
) -> PaperTemplate:
    """Certificates issued from its first day on are printed by it. `revision`: the one that was read.

    Raises NotYourTemplate, IllegalMove, ChangedMeanwhile, SameEditor, PastChanged, BadTemplate, TemplateOnThatDay.
    """
    row = _locked(template, "publish", revision=revision, may=may_publish(by, template))
    if by.pk == row.edited_by_id:
        raise SameEditor
    if row.valid_from <= clock.today(at):
        raise PastChanged
    _must_print(row)
    row.number = _next_number(row)
    row.published_by, row.published_at = by, at
    try:
        with transaction.atomic():
            row.save(update_fields=["number", "published_by", "published_at"])
    except IntegrityError as broken:
        raise TemplateOnThatDay from broken
    audit.record(by=by, action="paper_template.published", thing=row, at=at, detail=_said(row))
    return row


def _locked(template: PaperTemplate, step: str, *, revision: int | None, may: bool) -> PaperTemplate:
    row = PaperTemplate.objects.select_for_update().get(pk=template.pk)
    if not may:
        raise NotYourTemplate
    moves.check(TEMPLATE_MOVES, step, row.state)
    if revision is not None and revision != row.revision:
        raise ChangedMeanwhile
    return row


def _next_number(template: PaperTemplate) -> int:
    """Under the lock of the nation's number 1 of this kind, which is always there."""
    PaperTemplate.objects.select_for_update().get(province=None, kind=template.kind, number=1)
    return PaperTemplate.objects.of(template.province_id, template.kind).published().count() + 1


def _save(template: PaperTemplate) -> None:
    _must_print(template)
    try:
        template.full_clean(exclude=["province", "edited_by", "published_by"])
    except ValidationError as broken:
        raise RuleBroken(" ".join(broken.messages), code="bad_template") from None
    template.save()


def _must_print(template: PaperTemplate) -> None:
    province = template.province.full_name_zh if template.province else LONGEST_PROVINCE
    if found := problems(template.wording, template.kind, province=province):
        raise BadTemplate(found)


def _said(template: PaperTemplate) -> dict[str, object]:
    return {
        "kind": template.kind,
        "number": template.number,
        "valid_from": template.valid_from.isoformat(),
        "sha256": template.sha256,
    }
