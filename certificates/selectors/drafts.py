"""What a certificate would say if it were issued now, and what it would stand on."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

from django.conf import settings
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates import paper
from certificates.models import Certificate
from certificates.paper.wording import filled
from certificates.selectors.templates import InForce, in_force_on
from courses import selectors as courses
from learners import selectors as learners
from portal import clock
from portal.accounts import selectors as accounts
from portal.accounts.models import Province
from portal.rules import RuleBroken


class NoIdentity(RuleBroken):
    code = "no_identity"
    message = _("The learner has no verified name.")


class Wanted(NamedTuple):
    version_id: int
    kind: str  # "level" | "special" | "completion"
    course_code: str


@dataclass(frozen=True)
class Draft:
    """`facts` without the serial, which is given last. `grounds` is ready for JSON; see `_grounds`."""

    facts: paper.PaperFacts
    grounds: dict[str, object]
    holder_masked: str

    def paper(self, certificate: Certificate) -> paper.PaperFacts:
        return replace(self.facts, serial=certificate.serial)


def wanted_for(completions: Sequence[Model]) -> dict[int, Wanted]:
    """By the id of a `learners.Completion`, what its certificate is for."""
    learned = learners.learning_facts_of([completion.pk for completion in completions])
    taught = courses.certificate_facts_of({facts.version_id for facts in learned.values()})
    return {
        pk: Wanted(
            facts.version_id, taught[facts.version_id].certificate_kind, taught[facts.version_id].course_code
        )
        for pk, facts in learned.items()
    }


def drafts_of(certificates: Iterable[Certificate], *, at: dt.datetime) -> dict[int, Draft | Exception]:
    """By the id of the certificate: the draft, or what is in its way. The statements do not grow with their number."""
    rows = list(certificates)
    people = accounts.identities_of({row.user_id for row in rows})
    learned = learners.learning_facts_of({row.completion_id for row in rows})
    taught = courses.certificate_facts_of({row.version_id for row in rows})
    provinces = {province.code: province for province in accounts.provinces()}
    templates = in_force_on(clock.today(at), {row.province_id for row in rows})
    replaced = dict(
        Certificate.objects.filter(pk__in={row.replaces_id for row in rows if row.replaces_id}).values_list(
            "pk", "serial"
        )
    )
    found: dict[int, Draft | Exception] = {}
    for row in rows:
        try:
            if (person := people.get(row.user_id)) is None:
                raise NoIdentity  # noqa: TRY301 - kept like what the functions below raise
            found[row.pk] = _draft(
                row,
                person,
                learned[row.completion_id],
                taught[row.version_id],
                province=provinces[row.province_id],
                template=templates.of(row.province_id, row.kind),
                replaces=replaced.get(row.replaces_id, ""),
                on=clock.today(at),
            )
        except Exception as trouble:  # noqa: BLE001 - one bad row must not stop the rest; the caller notes it on the row
            found[row.pk] = trouble
    return found


def _draft(
    row: Certificate,
    person: accounts.IdentityFacts,
    learned: learners.LearningFacts,
    course: courses.CourseFacts,
    *,
    province: Province,
    template: InForce,
    replaces: str,
    on: dt.date,
) -> Draft:
    facts = paper.PaperFacts(
        serial="",
        code=row.code,
        verify_url=f"{settings.SITE_URL}/verify/{row.code}/",
        kind=row.kind,
        holder_name=person.full_name,
        holder_number=person.masked_number,
        course_title=course.title,
        course_title_en=course.title_en,
        occupation_code=course.occupation_code or "",
        occupation_name=course.occupation_name or "",
        occupation_edition=course.edition or "",
        level=course.level,
        hours=paper.hours(learned.valid_hours),
        course_hours=paper.hours(learned.course_hours),
        started_on=learned.started_on,
        completed_on=learned.completed_on,
        issued_on=on,
        issuer=filled(template.wording.issuer, {"province": province.full_name_zh}),
        issuer_en=filled(template.wording.issuer_en, {"province": province.name_en}),
        provider=course.organisation_name,
        replaces=replaces,
        sample=not settings.PRODUCTION,
    )
    paper.must_be_printable(facts, template.wording)
    grounds = _grounds(person, learned, course) | {"template": template.reference}
    return Draft(facts, grounds, person.masked_name)


def _grounds(
    person: accounts.IdentityFacts, learned: learners.LearningFacts, course: courses.CourseFacts
) -> dict[str, object]:
    """`course` (code, version), `standards` that it met, `identity_verified_at`, and what the learning stood on
    (`learners.selectors.completion`). The draft adds `template`, by which it is printed.
    """
    return {
        "course": {"code": course.course_code, "version": course.number},
        "occupation_edition": course.edition,
        "standards": [
            asdict(standard) | {"valid_from": standard.valid_from.isoformat()}
            for standard in course.standards
        ],
        "identity_verified_at": person.verified_at.isoformat(),
        **learned.grounds,
    }


class Difference(NamedTuple):
    label: str | Promise
    was: str
    becomes: str


_COMPARED = {
    "holder_name": _("Name"),
    "holder_number": _("Resident ID"),
    "course_title": _("Course"),
    "course_title_en": _("Course in English"),
    "occupation_name": _("Occupation"),
    "occupation_code": _("Occupation code"),
    "occupation_edition": _("Edition"),
    "level": _("Level"),
    "hours": _("Hours"),
    "course_hours": _("Hours of the standard"),
    "issuer": _("Issuer"),
    "issuer_en": _("Issuer in English"),
    "provider": _("Provider"),
}


def differences(certificate: Certificate, *, at: dt.datetime) -> list[Difference]:
    """What a replacement issued now would say otherwise. Raises what would be in its way: NoIdentity, UnprintableName."""
    draft = drafts_of([certificate], at=at)[certificate.pk]
    if isinstance(draft, Exception):
        raise draft
    said = certificate.paper_facts()
    return [
        Difference(label, str(was or "—"), str(becomes or "—"))
        for name, label in _COMPARED.items()
        if (was := getattr(said, name)) != (becomes := getattr(draft.facts, name))
    ]
