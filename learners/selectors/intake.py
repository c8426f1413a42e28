"""The terms of enrolment of a course, its seats and its line, for whoever wants to enrol and for the provider's desk."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from courses import selectors as courses
from learners.models import Enrolment, Intake, WaitingPlace
from learners.workflow import WAITING_ENDS, WaitingState
from portal import clock
from portal.accounts import selectors as people
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role

DESK_ROLES = (Role.PROVIDER_MANAGER, Role.INSTRUCTOR, Role.PROVINCE_CATALOGUE, Role.AUDITOR)


def intake_of(course_code: str) -> Intake | None:
    return Intake.objects.select_related("only_province").filter(course_code=course_code).first()


def seats_taken(course_code: str) -> int:
    """Who learns now, and for whom a seat is kept."""
    learning = Enrolment.objects.active().filter(course_code=course_code).count()
    return learning + WaitingPlace.objects.offered().filter(course_code=course_code).count()


def missing_courses(user: User, intake: Intake) -> list[str]:
    """Codes of the courses that the user would have to complete first."""
    codes = list(intake.prerequisites.values_list("course_code", flat=True))
    done = set()
    if codes and user.is_authenticated:
        rows = Enrolment.objects.completed().filter(user_id=user.pk, course_code__in=codes)
        done = set(rows.values_list("course_code", flat=True))
    return [code for code in codes if code not in done]


def learning_ends_on(enrolment: Enrolment) -> dt.date | None:
    """The last day of learning: as told on the first day, or later where the provider has lengthened it; None: no end."""
    return last_days([enrolment]).get(enrolment.pk)


def last_days(rows: Iterable[Enrolment]) -> dict[int, dt.date]:
    """As `learning_ends_on`, by enrolment; those without an end are missing. At most one statement."""
    ending = [row for row in rows if row.learn_until]
    if not ending:
        return {}
    intakes = Intake.objects.filter(course_code__in={row.course_code for row in ending})
    now = dict(intakes.values_list("course_code", "learn_until"))
    days = {row.pk: (row.learn_until, now.get(row.course_code, row.learn_until)) for row in ending}
    return {pk: max(told, later) for pk, (told, later) in days.items() if later}


def is_over(enrolment: Enrolment, *, at: dt.datetime) -> bool:
    last = learning_ends_on(enrolment)
    return last is not None and clock.today(at) > last


# -- the line -------------------------------------------------------------------------------------------------------


def place_of(user: User, course_code: str) -> WaitingPlace | None:
    """The live place in this line."""
    if not user.is_authenticated:
        return None
    return WaitingPlace.objects.live().filter(user_id=user.pk, course_code=course_code).first()


def places_of(user: User) -> QuerySet[WaitingPlace]:
    return WaitingPlace.objects.live().filter(user_id=user.pk)


def place_visible_to(user: User, place_id: int) -> WaitingPlace:
    """Raises Http404 for somebody else's, and for one that is over."""
    place = places_of(user).filter(pk=place_id).first()
    if place is None:
        raise Http404
    return place


def number_in_line(place: WaitingPlace) -> int:
    """1 for whoever gets the next seat."""
    before = Q(joined_at__lt=place.joined_at) | Q(joined_at=place.joined_at, pk__lt=place.pk)
    rows = WaitingPlace.objects.waiting().filter(course_code=place.course_code)
    return rows.filter(before).count() + 1


def courses_with_a_line() -> list[str]:
    rows = WaitingPlace.objects.live().order_by("course_code")
    return list(rows.values_list("course_code", flat=True).distinct())


@dataclass(frozen=True)
class Place:
    """A place in a line as its holder sees it."""

    row: WaitingPlace
    title: str
    number: int

    @property
    def is_offered(self) -> bool:
        return self.row.state == WaitingState.OFFERED


def places_described(user: User) -> list[Place]:
    rows = list(places_of(user))
    titles = courses.titles_of(row.course_code for row in rows)
    return [Place(row, titles.get(row.course_code, row.course_code), number_in_line(row)) for row in rows]


# -- before enrolling -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Terms:
    """The intake as somebody sees it who thinks of enrolling. `required` are (code, title, completed)."""

    intake: Intake
    taken: int
    required: tuple[tuple[str, str, bool], ...]
    place: Place | None

    @property
    def free(self) -> int | None:
        """None: any number."""
        return None if self.intake.seats is None else max(0, self.intake.seats - self.taken)

    @property
    def is_full(self) -> bool:
        return self.free == 0


def terms_for(user: User, course_code: str) -> Terms | None:
    """None where the provider has set nothing: anybody may enrol at any time."""
    intake = intake_of(course_code)
    if intake is None:
        return None
    codes = list(intake.prerequisites.values_list("course_code", flat=True))
    titles, missing = courses.titles_of(codes), missing_courses(user, intake)
    row = place_of(user, course_code)
    return Terms(
        intake=intake,
        taken=seats_taken(course_code),
        required=tuple((code, titles.get(code, code), code not in missing) for code in codes),
        place=Place(row, "", number_in_line(row)) if row else None,
    )


# -- the desk -------------------------------------------------------------------------------------------------------


def may_set(user: User, course: object) -> bool:
    """The managers of the course's provider. `course` is one of courses.selectors."""
    return has_role(user, Role.PROVIDER_MANAGER, organisation=course.organisation_id)


@dataclass(frozen=True)
class Row:
    course: object
    intake: Intake | None
    learning: int
    waiting: int


def described(rows: Iterable[object]) -> list[Row]:
    """In three statements however many courses there are."""
    rows = list(rows)
    codes = [course.code for course in rows]
    intakes = Intake.objects.in_bulk(codes)
    learning = _counts(Enrolment.objects.active().filter(course_code__in=codes))
    waiting = _counts(WaitingPlace.objects.live().filter(course_code__in=codes))
    return [
        Row(course, intakes.get(course.code), learning.get(course.code, 0), waiting.get(course.code, 0))
        for course in rows
    ]


def _counts(rows: QuerySet) -> dict[str, int]:
    return dict(rows.order_by().values_list("course_code").annotate(n=Count("id")))


@dataclass(frozen=True)
class InLine:
    row: WaitingPlace
    learner: str


def line_of(course_code: str) -> QuerySet[WaitingPlace]:
    """Everybody who stands in it, in order."""
    return WaitingPlace.objects.exclude(state__in=WAITING_ENDS).filter(course_code=course_code)


def named(rows: Iterable[WaitingPlace]) -> list[InLine]:
    """With masked names."""
    rows = list(rows)
    names = people.masked_names_of({row.user_id for row in rows})
    return [InLine(row, names.get(row.user_id, "")) for row in rows]
