import datetime as dt
from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from courses.models import Course, CourseVersion, ShortageListing, StandardCheck
from courses.selectors.facts import CourseFacts, StandardMet
from courses.workflow import State
from portal.accounts.access import ALL, has_role, in_provinces, organisations_of, provinces_of
from portal.accounts.models import User
from portal.accounts.roles import Role

_READERS = (Role.AUDITOR, Role.MINISTRY_REVIEWER)
_WITH_NAMES = ("occupation", "organisation", "province")


def published_courses() -> QuerySet[Course]:
    return Course.objects.published().select_related(*_WITH_NAMES)


def courses_visible_to(user: User | AnonymousUser) -> QuerySet[Course]:
    """Everybody sees what is listed; unlisted courses are seen by their province, their supplier, auditors, the ministry."""
    rows = Course.objects.select_related(*_WITH_NAMES, "current_version")
    provinces = provinces_of(user, Role.PROVINCE_CATALOGUE, *_READERS)
    if provinces is ALL:
        return rows
    own = organisations_of(user, Role.PROVIDER_MANAGER, Role.INSTRUCTOR)
    return rows.filter(
        Q(state__in=[State.PUBLISHED, State.SUSPENDED])
        | Q(province_id__in=provinces)
        | Q(organisation_id__in=own)
    )


def course_visible_to(user: User | AnonymousUser, code: str) -> Course:
    """Raises Http404 for what the reader may not know of."""
    course = courses_visible_to(user).filter(code=code).first() if "\x00" not in code else None
    if course is None:
        raise Http404
    return course


def titles_of(codes: Iterable[str]) -> dict[str, str]:
    """Titles by code, of courses that are published or suspended; other codes are missing."""
    rows = Course.objects.filter(code__in=list(codes), state__in=[State.PUBLISHED, State.SUSPENDED])
    return {course.code: course.title for course in rows}


def courses_of(organisation_id: int, codes: Iterable[str]) -> set[str]:
    """Those of these codes that are courses of a provider, published or not."""
    rows = Course.objects.filter(organisation=organisation_id, code__in=list(codes))
    return set(rows.values_list("code", flat=True))


def takes_learners(code: str) -> bool:
    """Whether somebody new could enrol today, as far as the catalogue is concerned."""
    return Course.objects.published().filter(code=code, is_sample=False).exists()


def taking_learners(codes: Iterable[str]) -> set[str]:
    """Those of these codes in whose course somebody new could enrol today, as far as the catalogue is concerned."""
    rows = Course.objects.published().filter(code__in=list(codes), is_sample=False)
    return set(rows.values_list("code", flat=True))


def at_the_desk(user: User) -> QuerySet[Course]:
    """The courses of the provinces whose catalogue the user keeps; auditors read all.

    `open_state` is the state of the version that is not frozen yet, null where there is none.
    """
    unfrozen = CourseVersion.objects.filter(course=OuterRef("pk"), frozen_at=None)
    rows = Course.objects.select_related(*_WITH_NAMES, "published_by").annotate(
        open_state=Subquery(unfrozen.values("state"))
    )
    return in_provinces(rows, provinces_of(user, Role.PROVINCE_CATALOGUE, Role.AUDITOR))


def course_at_the_desk(user: User, code: str) -> Course:
    """Raises Http404 for a course of another province."""
    course = at_the_desk(user).filter(code=code).first() if "\x00" not in code else None
    if course is None:
        raise Http404
    return course


def keeps(user: User, course: Course) -> bool:
    """Whether the user decides about this course: the catalogue's administrator of its province."""
    return has_role(user, Role.PROVINCE_CATALOGUE, province=course.province_id)


def course_to_decide(user: User, code: str) -> Course:
    """Raises Http404 for a course about which the user does not decide."""
    course = course_at_the_desk(user, code)
    if not keeps(user, course):
        raise Http404
    return course


def current_version(course: Course) -> CourseVersion:
    """The version new learners get. Raises CourseVersion.DoesNotExist for a course that was never published."""
    if course.current_version is None:
        raise CourseVersion.DoesNotExist
    return course.current_version


def versions_of(organisations: Iterable[int]) -> QuerySet[CourseVersion]:
    """Every version, frozen or not, of the courses of these organisations (ids)."""
    return CourseVersion.objects.filter(course__organisation_id__in=organisations)


def is_short(occupation_id: int, province_code: str, *, on: dt.date) -> bool:
    """Whether the province lists the occupation as short of workers on that day."""
    return _listed_short([occupation_id], [province_code], on=on).exists()


def _listed_short(
    occupations: Iterable[int], provinces: Iterable[str], *, on: dt.date
) -> QuerySet[ShortageListing]:
    rows = ShortageListing.objects.filter(
        occupation_id__in=occupations, province_id__in=provinces, valid_from__lte=on
    )
    return rows.filter(Q(valid_to=None) | Q(valid_to__gte=on))


def certificate_facts(version_id: int, *, on: dt.date | None = None) -> CourseFacts:
    """Facts of a frozen version for its certificate; `shortage` as listed on the day `on`, or on the day of publishing.

    Raises CourseVersion.DoesNotExist.
    """
    found = certificate_facts_of([version_id], on=on)
    if not found:
        raise CourseVersion.DoesNotExist
    return found[version_id]


def certificate_facts_of(version_ids: Iterable[int], *, on: dt.date | None = None) -> dict[int, CourseFacts]:
    """As `certificate_facts`, by the id of the version; what does not exist is missing. The statements do not grow with them."""
    versions = CourseVersion.objects.select_related("course__organisation", "occupation").in_bulk(
        set(version_ids)
    )
    days = {
        pk: on or (version.frozen_at.date() if version.frozen_at else None)
        for pk, version in versions.items()
    }
    short = {
        (day, occupation, province)
        for day in set(days.values()) - {None}
        for occupation, province in _listed_short(
            {version.occupation_id for version in versions.values()},
            {version.course.province_id for version in versions.values()},
            on=day,
        ).values_list("occupation_id", "province_id")
    }
    met = standards_met(versions)
    return {
        pk: CourseFacts(
            title=version.title_zh,
            title_en=version.title_en,
            occupation_code=version.occupation.code,
            occupation_name=version.occupation.name_zh,
            occupation_name_en=version.occupation.name_en,
            edition=version.occupation.edition,
            level=version.level,
            certificate_kind=version.certificate_kind,
            hours=version.hours,
            organisation_id=version.course.organisation_id,
            organisation_name=version.course.organisation.name_zh,
            organisation_name_en=version.course.organisation.name_en,
            province_code=version.course.province_id,
            course_code=version.course.code,
            shortage=(days[pk], version.occupation_id, version.course.province_id) in short,
            number=version.number,
            standards=met.get(pk, ()),
        )
        for pk, version in versions.items()
    }


def standards_met(version_ids: Iterable[int]) -> dict[int, tuple[StandardMet, ...]]:
    """The standards, the nation's first, by which each version was checked when it was published."""
    checks = StandardCheck.objects.filter(
        version_id__in=list(version_ids), step=StandardCheck.Step.PUBLISH, passed=True
    )
    found = {}
    for check in checks.select_related("national", "provincial").order_by("id"):
        found[check.version_id] = tuple(
            StandardMet(
                title=standard.title_zh,
                doc_no=standard.doc_no,
                valid_from=standard.valid.lower,
                sha256=standard.body_sha256,
            )
            for standard in (check.national, check.provincial)
            if standard
        )
    return found
