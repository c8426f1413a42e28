"""A published practical task, its assessors, and a learner's film at a chosen point, for tests of practical work."""

from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from courses import selectors as courses
from courses import services as catalogue
from courses.models import Film
from learners.models import Assessment, Submission
from learners.selectors.practice import sheet_in
from learners.services import assessing, practice
from learners.sheets import Mark, Ruling, Sheet
from portal.accounts.roles import Role
from tests import factories
from tests.courses import footage
from tests.learners import study

LEVELS = [{"zh": f"{n}级：𠮷", "en": f"Level {n}"} for n in range(4)]
TASK = {
    "minutes_allowed": 20,
    "film_most_minutes": 5,
    "film_most_megabytes": 50,
    "attempts": 2,
    "cooling_off_hours": 24,
    "pass_mark_percent": 60,
    "shows_zh": "双手、焊缝和面罩都要看得见。",
    "shows_en": "Both hands, the seam and the visor are seen.",
    "steps": [{"zh": "穿戴防护用品", "en": "Put on protection"}, {"zh": "焊一条平焊缝", "en": "Weld a seam"}],
    "tools": [{"zh": "焊机", "en": "Welding machine"}],
    "rules": [
        {"zh": "引弧前放下面罩", "en": "Visor down before striking", "fails": True},
        {"zh": "地面整洁", "en": "The floor is tidy", "fails": False},
    ],
    "criteria": [
        {"step": 1, "weight": 1, "zh": "防护", "en": "Protection", "levels": LEVELS},
        {"step": 2, "weight": 3, "zh": "焊缝成形", "en": "Shape of the seam", "levels": LEVELS},
    ],
}


def instructors(count=3, *, at, organisation=None):
    made = []
    for n in range(count):
        person = factories.user(f"阿依·古丽𠮷{n}", at=at)
        place = {"organisation": organisation or factories.organisation()}
        factories.services.appoint(person, Role.INSTRUCTOR, by=None, at=at, **place)
        made.append(person)
    return made


def enrolled(at, *, user=None, course=None, **task):
    """Somebody on a course with the task, and two instructors of its provider."""
    course = course or study.publish(at, task=TASK | task)
    return study.enrolled(at, user=user, course=course)


def lesson_of(enrolment):
    return courses.outline(enrolment.version_id).lesson("bench")


def task_of(submission):
    return courses.practical_task(submission.lesson_id)


def begun(enrolment, *, at, content=None):
    """A film all of which has arrived."""
    content = footage.film() if content is None else content
    told = {"by": enrolment.user, "at": at}
    row = practice.begin_submission(
        enrolment, lesson_of(enrolment), name="我的焊缝𠮷.mp4", size=len(content), **told
    )
    catalogue.receive(row.film, start=0, source=BytesIO(content), length=len(content), **told)
    return row


def made(enrolment, *, at, content=None):
    """A film that can be played."""
    row = begun(enrolment, at=at, content=content)
    footage.worked(at)
    return row


def handed_in(enrolment, *, at, content=None):
    row = made(enrolment, at=at, content=content)
    return practice.hand_in_film(row, declared=True, by=enrolment.user, at=at)


def shown(enrolment, *, at):
    """Handed in, with a film of which only the names and a few bytes are there."""
    row = begun(enrolment, at=at, content=b"few")
    film = row.film
    keys = {
        name: default_storage.save(f"{film.folder}/{file}", ContentFile(b"few"))
        for name, file in {
            "mp4_key": "plain.mp4",
            "poster_key": "poster.jpg",
            "hls_key": "first.m3u8",
        }.items()
    }
    Film.objects.filter(pk=film.pk).update(state="making")
    Film.objects.filter(pk=film.pk).update(
        state="ready", ready_at=at, milliseconds=60_000, width=320, height=180, due_at=None, **keys
    )
    return practice.hand_in_film(row, declared=True, by=enrolment.user, at=at)


def sheet(submission, *, level=2, levels=None, broken=()):
    task = task_of(submission)
    given = levels or [level] * len(task.criteria)
    return Sheet(
        {
            row.number: Mark(given[row.number - 1], row.number, f"看得清·{row.number}")
            for row in task.criteria
        },
        {
            rule.number: Ruling(True, 2, "面罩没放下") if rule.number in broken else Ruling(False)
            for rule in task.rules
        },
        advice="收弧再慢一点。",
    )


def paper(submission, seat) -> Assessment:
    return submission.assessments.standing().get(seat=seat)


def assess(submission: Submission, seat: int, *, at, **said) -> Assessment:
    """Write a paper and hand it in."""
    row = paper(submission, seat)
    told = {"by": row.assessor, "at": at}
    assessing.save_sheet(row, sheet(submission, **said), **told)
    return assessing.hand_in_paper(row, **told)


def passed(enrolment, *, at):
    row = handed_in(enrolment, at=at)
    for seat in (1, 2):
        assess(row, seat, at=at)
    row.refresh_from_db()
    return row


def stored(row: Assessment):
    return sheet_in(row, task_of(row.submission))
