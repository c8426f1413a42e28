"""Which standard is in force, and what is still missing in a version by it, in words, each with its place."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property

from django.db.models import Q

from courses.models import ContentStandard, CourseVersion, Listed
from courses.models.catalogue import spoken
from courses.selectors.shapes import Titles, shape_and_titles, shapes_of
from courses.selectors.standard_words import MODULE_NAMES, Speech
from courses.standards import CourseShape, Finding, Standard, check, check_complete, narrow
from portal import clock

__all__ = ["InForce", "Report", "report_on", "reports_on", "standard_in_force"]


@dataclass(frozen=True)
class InForce:
    """The standards of one scope on one day: the nation's, the province's, and what holds by both."""

    national: ContentStandard | None = None
    provincial: ContentStandard | None = None

    def __bool__(self) -> bool:
        return bool(self.national or self.provincial)

    @cached_property
    def standard(self) -> Standard:
        """The nation's narrowed by the province's."""
        if self.national and self.provincial:
            return narrow(self.national.rules, self.provincial.rules)
        one = self.national or self.provincial
        return one.rules if one else Standard()

    def with_draft(self, draft: ContentStandard) -> "InForce":
        """As it would be with this one in the place of its predecessor."""
        if draft.is_national:
            return InForce(draft, self.provincial)
        return InForce(self.national, draft)

    @property
    def sources(self) -> list[ContentStandard]:
        return [one for one in (self.national, self.provincial) if one]


@dataclass(frozen=True)
class Report:
    """All findings of a version, failures first, with what was asked of it on which day."""

    findings: tuple[Finding, ...]
    in_force: InForce = field(default_factory=InForce)
    speech: Speech = field(default_factory=Speech)
    on: dt.date | None = None

    @property
    def failures(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def hints(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.ok and finding.warns)

    @property
    def met(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.ok)

    @property
    def passed(self) -> bool:
        return not self.failures

    @property
    def asks_standard(self) -> bool:
        """Whether the version is for the subsidy, so that there must be a standard."""
        return any(finding.rule == "standard_in_force" for finding in self.findings)

    @property
    def missing(self) -> list[str]:
        """A sentence for each finding that blocks."""
        return [self.speech.reason(finding) for finding in self.failures]

    def item(self, finding: Finding) -> dict[str, str]:
        """For `{% rules %}`; `where` is the title of the lesson or section that it names."""
        return {
            "state": "ok" if finding.ok else "wait" if finding.warns else "bad",
            "title": self.speech.title(finding),
            "value": self.speech.value(finding),
            "reason": self.speech.reason(finding),
            "where": self.speech.places.get(_anchor(finding), ""),
        }

    @property
    def items(self) -> list[dict[str, str]]:
        return [self.item(finding) for finding in self.findings]

    def stored(self) -> list[dict[str, object]]:
        """The findings as they are kept (StandardCheck, Shortfall)."""
        return [asdict(finding) for finding in self.findings]


def _anchor(finding: Finding) -> str:
    """`lesson-key`, else `section-key`, else nothing."""
    if finding.lesson:
        return f"lesson-{finding.lesson}"
    return f"section-{finding.section}" if finding.section else ""


def standard_in_force(
    *, occupation_id: int, certificate_kind: str, level: int | None, province_code: str, on: dt.date
) -> InForce:
    """The nation's standard and the province's, one statement. False where neither is in force."""
    rows = ContentStandard.objects.in_force(on).select_related("occupation", "province")
    found = rows.filter(
        Q(province=None) | Q(province=province_code),
        occupation=occupation_id,
        certificate_kind=certificate_kind,
        level=level,
    )
    by_scope = {row.is_national: row for row in found}
    return InForce(by_scope.get(True), by_scope.get(False))


def of_version(version: CourseVersion, *, on: dt.date) -> InForce:
    return standard_in_force(
        occupation_id=version.occupation_id,
        certificate_kind=version.certificate_kind,
        level=version.level,
        province_code=version.course.province_id,
        on=on,
    )


def modules_for(version: CourseVersion) -> dict[str, str]:
    """Names of the modules a section may teach, by code: the known ones, and those of the standard in force today."""
    own = of_version(version, on=clock.today(clock.now())).standard.names
    return {code: str(name) for code, name in MODULE_NAMES.items()} | {
        code: spoken(*names) for code, names in own.items()
    }


def report_on(version: CourseVersion, on: dt.date | None = None) -> Report:
    """What the version lacks by the standard in force on the day (today, where none is named).

    Six statements whatever the size of the course; one fewer for a course that is not for the subsidy.
    """
    day = on or clock.today(clock.now())
    in_force = of_version(version, on=day) if version.for_subsidy else InForce()
    shape, titles = shape_and_titles(version)
    return _report(version, shape, in_force, on=day, places=_places(titles))


def report_while_making(version: CourseVersion, films: Mapping[str, int]) -> Report:
    """What is missing already while `films` (lesson keys and how many) are being made: their length is not known yet."""
    shape, titles = shape_and_titles(version)
    lessons = tuple(replace(one, films=one.films + films.get(one.key, 0)) for one in shape.lessons)
    findings = sorted(check_complete(replace(shape, lessons=lessons)), key=lambda finding: finding.ok)
    return Report(tuple(findings), speech=Speech({}, _places(titles), scope_name(version)))


def _places(titles: Titles) -> dict[str, str]:
    """The titles in the reader's language."""
    return {anchor: spoken(*title) for anchor, title in titles.items()}


def reports_on(versions: Iterable[CourseVersion], in_force: InForce, *, on: dt.date) -> dict[int, Report]:
    """Reports by version id under one standard, in a bounded number of statements; places go by their keys."""
    rows = list(versions)
    shapes = shapes_of(rows)
    return {row.pk: _report(row, shapes[row.pk], in_force, on=on, places={}) for row in rows}


def _report(
    version: CourseVersion, shape: CourseShape, in_force: InForce, *, on: dt.date, places: dict[str, str]
) -> Report:
    findings = list(check_complete(shape))
    if version.for_subsidy:
        findings.append(Finding("standard_in_force", ok=bool(in_force), needed=1))
        findings += check(shape, in_force.standard) if in_force else []
    findings.sort(key=lambda finding: (finding.ok, finding.warns))
    speech = Speech(in_force.standard.names, places, scope_name(version))
    return Report(tuple(findings), in_force, speech, on)


def scope_name(of: Listed | ContentStandard) -> str:
    """焊工 6-18-02-04 (2022), Level 5 (junior)."""
    occupation = of.occupation
    return f"{occupation.name} {occupation.code} ({occupation.edition}), {of.level_name}"
