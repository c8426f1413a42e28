"""What learning time has come to: of a lesson, of a course, of a day; and why some of it did not count."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import BigIntegerField, Case, F, Q, Sum, When
from django.utils.functional import Promise

from courses import selectors as courses
from learners import ranges, reasons
from learners.counting import DAY, SHANGHAI
from learners.models import Contest, CountingEdition, Coverage, Enrolment, LedgerRow, PlaySession
from learners.ranges import Ranges
from learners.selectors.beats import standing
from learners.selectors.editions import edition as edition_of
from learners.selectors.outlines import outline_of
from learners.states import Lesson, State

DONE_SLACK = 2_000
"""A lesson is done when no more than this is missing; the hours still count only what was seen."""

_GAP = 1_000


# -- a lesson -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LessonProgress:
    """Milliseconds. `held_ms` waits for a question; `required_ms` is the film's or the page's length, 0 for a quiz."""

    covered_ms: int
    required_ms: int
    done: bool
    held_ms: int = 0
    shut: bool = False


def length_of(lesson: courses.LessonFacts | courses.LessonLength, edition: CountingEdition) -> int:
    """The most that a lesson can earn, in ms: the film, the time to read the page, what is planned for a class or package."""
    if lesson.kind == "reading":
        return reading_ms(lesson.characters, edition)
    if lesson.kind == "package" or by_attendance(lesson):
        return lesson.planned_seconds * 1000
    return lesson.seconds * 1000


def by_attendance(lesson: courses.LessonFacts) -> bool:
    """Live classes and practice on site count by check-in and the instructor's signature."""
    return lesson.kind == "live" or (lesson.kind == "practical" and lesson.on_site)


def reading_ms(characters: int, edition: CountingEdition) -> int:
    return characters * 60_000 // edition.reading_characters_per_minute


def rule_lesson(lesson: courses.LessonFacts, edition: CountingEdition) -> Lesson:
    reading = lesson.kind == "reading"
    return Lesson(length=length_of(lesson, edition), no_skip=lesson.no_skip and not reading, reading=reading)


def is_done(covered_ms: int, required_ms: int) -> bool:
    return required_ms > 0 and required_ms - covered_ms <= min(DONE_SLACK, required_ms // 10)


def lesson_progress(enrolment_id: int) -> dict[int, LessonProgress]:
    """Every lesson of the enrolment's version by its id. A quiz has no length; whether it was passed is known elsewhere."""
    return progress_by_lesson(Enrolment.objects.get(pk=enrolment_id))


def progress_by_lesson(enrolment: Enrolment) -> dict[int, LessonProgress]:
    edition = edition_of(enrolment.edition_id)
    rows = {row.lesson_id: row for row in Coverage.objects.filter(enrolment=enrolment)}
    found = {}
    for lesson in outline_of(enrolment).lessons:
        required, row = length_of(lesson, edition), rows.get(lesson.id)
        covered = row.covered_ms if row else 0
        found[lesson.id] = LessonProgress(
            covered_ms=covered,
            required_ms=required,
            done=is_done(covered, required),
            held_ms=row.held_ms if row else 0,
            shut=bool(row and row.shut_at),
        )
    return found


@dataclass(frozen=True)
class Span:
    """A piece of a lesson in seconds; kind is counted, or fast: seen, and waiting for its question."""

    start: float
    end: float
    kind: str


def spans(covered: Ranges, held: Ranges) -> list[Span]:
    pieces = [(a, b, "counted") for a, b in ranges.without(covered, held)]
    pieces += [(a, b, "fast") for a, b in held]
    return [Span(a / 1000, b / 1000, kind) for a, b, kind in sorted(pieces)]


def missing(length: int, seen: Ranges) -> list[tuple[int, int]]:
    """Whole seconds of a lesson of `length` ms that are not among what was seen."""
    gaps = ranges.without([(0, length)], seen)
    return [(start // 1000, -(-end // 1000)) for start, end in gaps if end - start >= _GAP]


def held_media(stretches: Iterable[dict]) -> Ranges:
    return ranges.merged(piece for row in stretches for piece in ranges.from_json(row["media"]))


@dataclass(frozen=True)
class LessonCoverage:
    """One lesson as its page shows it; milliseconds."""

    length: int
    covered: Ranges
    held: Ranges
    position: int
    high_water: int
    shut: bool
    waits_until: dt.datetime | None = None

    @property
    def counted_ms(self) -> int:
        return ranges.total(self.covered)

    @property
    def held_ms(self) -> int:
        return ranges.total(self.held)

    @property
    def counted_seconds(self) -> int:
        return self.counted_ms // 1000

    @property
    def held_seconds(self) -> int:
        return self.held_ms // 1000

    @property
    def position_seconds(self) -> float:
        return self.position / 1000

    @property
    def spans(self) -> list[tuple[float, float, str]]:
        pieces = spans(ranges.merged(self.covered + self.held), self.held)
        return [(span.start, span.end, span.kind) for span in pieces]

    @property
    def missing(self) -> list[tuple[int, int]]:
        """What was neither seen nor counted yet, in whole seconds; less than a second is left aside."""
        return missing(self.length, self.covered + self.held)

    def lacks(self, media: Iterable[tuple[int, int]]) -> bool:
        """Whether some of these whole seconds is still missing."""
        pieces = [(start * 1000, end * 1000) for start, end in media]
        return ranges.total(ranges.without(pieces, self.covered + self.held)) > DONE_SLACK


def lesson_coverage(enrolment: Enrolment, lesson: courses.LessonFacts) -> LessonCoverage:
    """With what a live session of the lesson holds at this moment."""
    edition = edition_of(enrolment.edition_id)
    row = Coverage.objects.filter(enrolment=enrolment, lesson_id=lesson.id).first()
    live = PlaySession.objects.filter(
        user_id=enrolment.user_id, state=PlaySession.State.LIVE, enrolment=enrolment, lesson_id=lesson.id
    ).first()
    length = length_of(lesson, edition)
    if row is None:
        return LessonCoverage(length, (), (), 0, 0, shut=False)
    state = standing(live).state if live else None
    return LessonCoverage(
        length=length,
        covered=ranges.from_json(row.covered),
        held=ranges.merged(p for s in state.held for p in s.media) if state else held_media(row.held),
        position=state.position if state else row.position,
        high_water=state.high_water if state else row.high_water,
        shut=row.shut_at is not None,
        waits_until=row.held_at + dt.timedelta(hours=edition.confirm_within_hours) if row.held_at else None,
    )


# -- hours ----------------------------------------------------------------------------------------------------------


COUNTED = Case(
    When(entry=LedgerRow.Entry.CREDIT, then=F("ms")),
    When(entry=LedgerRow.Entry.TAKEN, then=-F("ms")),
    default=0,
    output_field=BigIntegerField(),
)
"""What a row adds to the sum: a credit its time, what was taken back less than nothing, a refusal nothing."""


def _credited_ms(**narrow: object) -> int:
    return LedgerRow.objects.filter(**narrow).aggregate(sum=Sum(COUNTED))["sum"] or 0


def counted_seconds(enrolment_id: int) -> int:
    """Confirmed seconds, at most what the course is published with."""
    enrolment = Enrolment.objects.get(pk=enrolment_id)
    return _counted(enrolment, _credited_ms(enrolment_id=enrolment_id))


def _counted(enrolment: Enrolment, confirmed_ms: int) -> int:
    hours = outline_of(enrolment).hours
    return min(confirmed_ms // 1000, int(hours * edition_of(enrolment.edition_id).class_hour_seconds))


def valid_hours(enrolment: Enrolment) -> Fraction:
    """Whole class hours (学时), rounded down once for the course, by the enrolment's edition."""
    edition = edition_of(enrolment.edition_id)
    return whole_hours(_credited_ms(enrolment_id=enrolment.pk), outline_of(enrolment).hours, edition)


def whole_hours(confirmed_ms: int, course_hours: Fraction, edition: CountingEdition) -> Fraction:
    """Confirmed time as class hours (学时), at most what the course is published with, rounded down once."""
    most = int(course_hours * edition.class_hour_seconds)
    return Fraction(min(confirmed_ms // 1000, most) // edition.class_hour_seconds)


def day_start(at: dt.datetime) -> dt.datetime:
    ms = int(at.timestamp()) * 1000
    return dt.datetime.fromtimestamp(((ms + SHANGHAI) // DAY * DAY - SHANGHAI) // 1000, dt.UTC)


def counted_today_ms(user_id: int, at: dt.datetime) -> int:
    """Credited on the Shanghai day of `at`, over all courses; a piece over midnight belongs to the day it ends in.

    What was taken back later does not open the day again.
    """
    start = day_start(at)
    rows = LedgerRow.objects.filter(user_id=user_id, entry=LedgerRow.Entry.CREDIT)
    return (
        rows.filter(wall__endswith__gt=start, wall__endswith__lte=start + dt.timedelta(days=1)).aggregate(
            ms=Sum("ms")
        )["ms"]
        or 0
    )


def held_today_ms(user_id: int, at: dt.datetime) -> int:
    """Provisional credit of today's ended sessions: it may still be confirmed, so it fills the day too."""
    start = int(day_start(at).timestamp()) * 1000
    rows = Coverage.objects.filter(user_id=user_id, held_at__isnull=False).values_list("held", flat=True)
    return sum(
        ranges.total(ranges.from_json(stretch["media"]))
        for held in rows
        for stretch in held
        if stretch["wall_to"] > start
    )


def held_wall(user_id: int) -> Ranges:
    """Wall ranges that provisional credit of ended sessions has a claim on; ms since the epoch."""
    rows = Coverage.objects.filter(user_id=user_id, held_at__isnull=False).values_list("held", flat=True)
    return ranges.merged((row["wall_from"], row["wall_to"]) for held in rows for row in held)


@dataclass(frozen=True)
class Refusal:
    """Time of one lesson that did not count, for one reason, on one day."""

    lesson: courses.LessonFacts | None
    code: str
    sentence: str | Promise
    remedy: str | Promise
    seconds: int
    began: dt.datetime
    ended: dt.datetime
    media: tuple[tuple[int, int], ...]
    """In whole seconds of the lesson."""
    row: int
    granted_seconds: int
    contest: Contest | None
    """What the learner said to it, and what a person answered."""


@dataclass(frozen=True)
class Taken:
    """Counted time of a lesson that two people took back."""

    lesson: courses.LessonFacts | None
    seconds: int
    at: dt.datetime
    why: str
    began: dt.datetime
    ended: dt.datetime


@dataclass(frozen=True)
class Waiting:
    """Provisional time of a lesson that was left: it counts once its question is answered, until then."""

    lesson: courses.LessonFacts | None
    seconds: int
    until: dt.datetime


@dataclass(frozen=True)
class LessonHours:
    lesson: courses.LessonFacts
    counted_seconds: int
    held_seconds: int
    length_seconds: int
    missing: tuple[tuple[int, int], ...] = ()
    """Of a film that was begun, in whole seconds."""


@dataclass(frozen=True)
class Hours:
    """Class hours (学时) as exact fractions; seconds whole."""

    course_hours: Fraction
    confirmed_seconds: int
    counted_seconds: int
    held_seconds: int
    refused_seconds: int
    today_seconds: int
    class_hour_seconds: int
    daily_cap_hours: int
    checks_passed: int
    checks_asked: int
    lessons: tuple[LessonHours, ...]
    refusals: tuple[Refusal, ...]
    waiting: tuple[Waiting, ...]
    taken: tuple[Taken, ...]

    @property
    def counted_hours(self) -> Fraction:
        """Not yet rounded: for the learner's eye."""
        return Fraction(self.counted_seconds, self.class_hour_seconds)

    @property
    def valid_hours(self) -> Fraction:
        return Fraction(self.counted_seconds // self.class_hour_seconds)

    @property
    def held_hours(self) -> Fraction:
        return Fraction(self.held_seconds, self.class_hour_seconds)

    @property
    def today_hours(self) -> Fraction:
        return Fraction(self.today_seconds, self.class_hour_seconds)


def _refusals(rows: Iterable[LedgerRow], lessons: dict[int, courses.LessonFacts]) -> tuple[Refusal, ...]:
    found = []
    for row in rows:
        why = reasons.of(row.reason)
        found.append(
            Refusal(
                lesson=lessons.get(row.lesson_id),
                code=row.reason,
                sentence=why.sentence,
                remedy=why.remedy,
                seconds=-(-row.ms // 1000),
                began=row.wall.lower,
                ended=row.wall.upper,
                media=tuple((a // 1000, -(-b // 1000)) for a, b in row.media),
                row=row.pk,
                granted_seconds=sum(answer.ms for answer in row.answers.all()) // 1000,
                contest=next(iter(row.contests.all()), None),
            )
        )
    return tuple(found)


def _taken(rows: Iterable[LedgerRow], lessons: dict[int, courses.LessonFacts]) -> tuple[Taken, ...]:
    return tuple(
        Taken(lessons.get(row.lesson_id), -(-row.ms // 1000), row.at, row.why, row.wall.lower, row.wall.upper)
        for row in rows
    )


def _left_out(
    lesson: courses.LessonFacts, row: Coverage | None, now: State | None
) -> tuple[tuple[int, int], ...]:
    """What is missing of a film that somebody has begun."""
    if row is None or not lesson.is_film:
        return ()
    seen = now.covered if now else ranges.from_json(row.covered) + held_media(row.held)
    return tuple(missing(lesson.seconds * 1000, seen)) if seen else ()


def hours_of(enrolment: Enrolment, *, at: dt.datetime, most: int = 200) -> Hours:
    """Everything about an enrolment's time; at most the `most` latest refusals."""
    edition, outline = edition_of(enrolment.edition_id), outline_of(enrolment)
    lessons = {lesson.id: lesson for lesson in outline.lessons}
    coverage = {row.lesson_id: row for row in Coverage.objects.filter(enrolment=enrolment)}
    live = PlaySession.objects.filter(enrolment=enrolment, state=PlaySession.State.LIVE).first()
    rows = LedgerRow.objects.filter(enrolment=enrolment)
    refused = rows.filter(entry=LedgerRow.Entry.REFUSED)
    granted = Q(entry=LedgerRow.Entry.CREDIT, about__isnull=False)
    sums = rows.aggregate(
        refused=Sum("ms", filter=Q(entry=LedgerRow.Entry.REFUSED), default=0),
        granted=Sum("ms", filter=granted, default=0),
    )
    by_lesson = dict(rows.order_by().values_list("lesson_id").annotate(sum=Sum(COUNTED)))
    now = standing(live).state if live else None
    held = {key: row.held_ms for key, row in coverage.items()}
    if now:
        held[live.lesson_id] = held.get(live.lesson_id, 0) + now.provisional
    confirmed = sum(by_lesson.values())
    window = dt.timedelta(hours=edition.confirm_within_hours)
    return Hours(
        course_hours=outline.hours,
        confirmed_seconds=confirmed // 1000,
        counted_seconds=min(confirmed // 1000, int(outline.hours * edition.class_hour_seconds)),
        held_seconds=sum(held.values()) // 1000,
        refused_seconds=-(-(sums["refused"] - sums["granted"]) // 1000),
        today_seconds=counted_today_ms(enrolment.user_id, at) // 1000,
        class_hour_seconds=edition.class_hour_seconds,
        daily_cap_hours=edition.daily_cap_hours,
        checks_passed=sum(row.passed for row in coverage.values()),
        checks_asked=sum(row.passed + row.failures for row in coverage.values()),
        lessons=tuple(
            LessonHours(
                lesson,
                by_lesson.get(lesson.id, 0) // 1000,
                held.get(lesson.id, 0) // 1000,
                length_of(lesson, edition) // 1000,
                _left_out(
                    lesson, coverage.get(lesson.id), now if now and live.lesson_id == lesson.id else None
                ),
            )
            for lesson in outline.lessons
        ),
        refusals=_refusals(refused.order_by("-id").prefetch_related("answers", "contests")[:most], lessons),
        waiting=tuple(
            Waiting(lessons.get(key), row.held_ms // 1000, row.held_at + window)
            for key, row in coverage.items()
            if row.held_at
        ),
        taken=_taken(rows.filter(entry=LedgerRow.Entry.TAKEN).order_by("-id")[:most], lessons),
    )
