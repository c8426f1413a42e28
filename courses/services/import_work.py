"""What a worker does with an uploaded file: read it, show what it would do, and do it, all or nothing.

Reading writes rows in chunks and begins anew when a worker was lost. Applying is one transaction: it reads the file
again, and where the outcome would be another than the preview showed, nothing is kept and the preview is made anew.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO

from django.core.files.storage import default_storage
from django.db import connection, transaction

from courses.models import Course, CourseVersion, ImportJob, ImportRow
from courses.services.documents import Fate, apply_documents, foresee
from courses.services.imports import _move
from courses.services.question_banks import Judged, judge_questions, write_questions
from courses.sheets import courses as course_rows
from courses.sheets import gift, moodle
from courses.sheets import questions as question_rows
from courses.sheets.columns import TABLES
from courses.sheets.courses import Entry
from courses.sheets.questions import Asked
from courses.sheets.troubles import Trouble
from courses.workflow import IMPORT_DUE, ImportState
from portal.audit.services import record
from portal.sheets.reading import BadFile, Line, decoded, lines, refuse
from portal.sheets.tables import Table, table

LEASE = dt.timedelta(minutes=6)
"""Longer than the hard limit of a task: a job taken up that long ago was lost with its worker."""
SOON = dt.timedelta(seconds=30)
MOST_ATTEMPTS = 3
CHUNK = 500
_MOST_TROUBLES = 20
"""Kept of one course; the rest would say the same."""


class Overtaken(Exception):  # noqa: N818 - nothing is wrong
    """Somebody else has the job now, or it was cancelled."""


class MovedOn(Exception):  # noqa: N818 - nothing is wrong
    """The catalogue is no longer what the preview was made of."""


def claim(pk: int, *, at: dt.datetime) -> ImportJob | None:
    """Take a due job up, if nobody else has; one that failed three times is given up."""
    with transaction.atomic():
        rows = ImportJob.objects.filter(pk=pk, state__in=IMPORT_DUE, due_at__lte=at)
        job = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if job is None:
            return None
        if job.attempt >= MOST_ATTEMPTS:
            _move(job, "fail", problem="given_up", finished_at=at)
            return None
        job.attempt += 1
        if job.state == ImportState.UPLOADED:
            return _move(job, "read", due=at + LEASE, attempt=job.attempt)
        job.due_at = at + LEASE
        job.save(update_fields=["attempt", "due_at"])
        return job


def work(job: ImportJob, *, at: dt.datetime) -> None:
    """Read or apply a job that was taken up. What fails by rule is written down; anything else is raised."""
    try:
        if job.state == ImportState.READING:
            _read(job, at=at)
        else:
            _apply(job, at=at)
    except BadFile as bad:
        with _still_mine(job) as mine:
            more = bad.details.get("more", {})
            rule = str(bad.details.get("rule", "broken"))
            _move(mine, "fail", problem=rule, problem_more=more, finished_at=at)
    except MovedOn:
        with _still_mine(job) as mine:
            _move(mine, "look_again", due=at, looked_again=True, attempt=0)
    except Overtaken:
        pass


def postpone(job: ImportJob, *, at: dt.datetime) -> None:
    """After an error that is nobody's fault: try once more soon."""
    rows = ImportJob.objects.filter(pk=job.pk, attempt=job.attempt, state__in=IMPORT_DUE)
    rows.update(due_at=at + SOON)


@contextmanager
def _still_mine(job: ImportJob) -> Iterator[ImportJob]:
    """The job's row, locked, unless somebody else has the job. Raises Overtaken."""
    with transaction.atomic():
        rows = ImportJob.objects.filter(pk=job.pk, attempt=job.attempt, state=job.state)
        mine = rows.select_for_update(of=("self",)).first()
        if mine is None:
            raise Overtaken
        yield mine


# -- the file -------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(job: ImportJob) -> Iterator[BinaryIO]:
    try:
        file = default_storage.open(job.file_key, "rb")
    except OSError as gone:
        raise refuse("gone") from gone
    with file:
        yield file


def _table(file: BinaryIO, job: ImportJob) -> tuple[Table, Iterator[Line]]:
    rows = lines(file, job.form)
    head = next((line for line in rows if not line.is_blank), None)
    if head is None:
        raise refuse("no_headings")
    return table(head, TABLES[job.kind]), rows


def _filled(file: BinaryIO, job: ImportJob) -> int:
    """Rows below the headings. Raises BadFile when there are none, or too many."""
    found, rows = _table(file, job)
    count = sum(not line.is_blank for line in rows if line.number > found.row)
    if not count:
        raise refuse("nothing_in_it")
    return count


def _entries(file: BinaryIO, job: ImportJob) -> Iterator[Entry]:
    found, rows = _table(file, job)
    return course_rows.entries(rows, found)


def _asked(file: BinaryIO, job: ImportJob) -> list[Asked]:
    if job.form == ImportJob.Form.MOODLE:
        found = list(moodle.questions(file))
    elif job.form == ImportJob.Form.GIFT:
        found = list(gift.questions(decoded(file)))
    else:
        head, rows = _table(file, job)
        found = list(question_rows.rows(rows, head))
    if not found:
        raise refuse("nothing_in_it")
    return found


# -- the preview ----------------------------------------------------------------------------------------------------


def _kept(troubles: Iterable[tuple[int, Trouble]]) -> list[dict[str, object]]:
    rows = islice(troubles, _MOST_TROUBLES)
    return [{"row": row, "column": t.column, "rule": t.rule, "more": t.more} for row, t in rows]


def _course_row(job: ImportJob, entry: Entry, fate: Fate | None) -> ImportRow:
    told = [(row, trouble) for row, rows in sorted(entry.troubles.items()) for trouble in rows]
    if fate is not None:
        told += [entry.place(problem) for problem in fate.problems]
    return ImportRow(
        job=job,
        number=entry.rows[0],
        last=entry.rows[-1],
        ref=entry.ref[:80],
        label=_storable(entry.title)[:120],
        fate=fate.fate if fate else ImportRow.Fate.REFUSED,
        course_code=fate.course_code if fate else "",
        troubles=_kept(told),
        changes=list(fate.changes) if fate else [],
    )


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def _judged(job: ImportJob, entries: list[Entry]) -> list[ImportRow]:
    sound = [entry for entry in entries if not entry.refused]
    fates = foresee(job.organisation, job.province, (entry.document() for entry in sound))
    told = dict(zip(map(id, sound), fates, strict=True))
    return [_course_row(job, entry, told.get(id(entry))) for entry in entries]


def _question_row(job: ImportJob, case: Judged) -> ImportRow:
    asked = case.asked
    return ImportRow(
        job=job,
        number=asked.number,
        last=asked.number,
        ref=asked.lesson[:80] if case.lesson_id else "",
        label=_storable(asked.title)[:120],
        fate=case.fate,
        troubles=_kept((asked.number, trouble) for trouble in asked.troubles),
        changes=list(case.changes),
    )


def _read(job: ImportJob, *, at: dt.datetime) -> None:
    with _still_mine(job):
        ImportRow.objects.filter(job=job).delete()
    counts: Counter[str] = Counter()
    with _opened(job) as file:
        if job.kind == ImportJob.Kind.COURSES:
            total = _filled(file, job)
            chunks = (_judged(job, part) for part in _parts(_entries(file, job)))
        else:
            asked = _asked(file, job)
            total = len(asked)
            cases = judge_questions(_draft(job.course), asked, categories=_has_categories(job))
            chunks = _parts(_question_row(job, case) for case in cases)
        done = 0
        for rows in chunks:
            done += sum(row.last - row.number + 1 for row in rows)
            counts.update(row.fate for row in rows)
            with _still_mine(job) as mine:
                ImportRow.objects.bulk_create(rows)
                mine.rows, mine.done = total, min(done, total)
                mine.save(update_fields=["rows", "done"])
    with _still_mine(job) as mine:
        _move(mine, "preview", counts=dict(counts), rows=total, done=total, attempt=0)


def _parts(things: Iterable) -> Iterator[list]:
    rest = iter(things)
    while part := list(islice(rest, CHUNK)):
        yield part


def _has_categories(job: ImportJob) -> bool:
    return job.form in (ImportJob.Form.MOODLE, ImportJob.Form.GIFT)


def _draft(course: Course) -> CourseVersion:
    version = course.versions.filter(frozen_at=None).first()
    if version is None or not version.is_editable:
        raise refuse("no_draft")
    return version


# -- applying -------------------------------------------------------------------------------------------------------


@contextmanager
def _heard(job: ImportJob) -> Iterator[Callable[[int], None]]:
    """Tells how far the work is on a connection of its own: what the transaction has done nobody else can see yet."""
    line = connection.copy()
    many = max(sum(job.counts.get(word, 0) for word in _TAKEN), 1)

    def tell(done: int) -> None:
        with line.cursor() as cursor:
            cursor.execute(
                "UPDATE courses_importjob SET done = %s WHERE id = %s AND attempt = %s AND state = 'applying'",
                [job.rows * done // many, job.pk, job.attempt],
            )

    try:
        yield tell
    finally:
        line.close()


_TAKEN = ("created", "updated", "unchanged")


def _apply(job: ImportJob, *, at: dt.datetime) -> None:
    with _opened(job) as file, _heard(job) as heard, transaction.atomic():
        if job.kind == ImportJob.Kind.COURSES:
            _apply_courses(job, file, heard, at=at)
        else:
            _apply_questions(job, file, at=at)
        with _still_mine(job) as mine:
            _move(mine, "finish", done=job.rows, finished_at=at)
            record(
                by=job.decided_by, action="import.applied", thing=job, at=at, detail={"counts": job.counts}
            )


def _apply_courses(job: ImportJob, file: BinaryIO, heard: Callable[[int], None], *, at: dt.datetime) -> None:
    """Raises MovedOn when a single course would fare otherwise than the preview says."""
    shown = dict(ImportRow.objects.filter(job=job, fate__in=_TAKEN).values_list("ref", "fate"))
    told = (entry.document() for entry in _entries(file, job) if not entry.refused and entry.ref in shown)
    fates = apply_documents(job.organisation, job.province, told, by=job.decided_by, at=at, heard=heard)
    if {fate.ref: fate.fate for fate in fates} != shown:
        raise MovedOn
    codes = {fate.ref: fate.course_code for fate in fates}
    new = list(ImportRow.objects.filter(job=job, fate="created"))
    for row in new:
        row.course_code = codes[row.ref]
    ImportRow.objects.bulk_update(new, ["course_code"], batch_size=CHUNK)


def _apply_questions(job: ImportJob, file: BinaryIO, *, at: dt.datetime) -> None:
    course = Course.objects.select_for_update(of=("self",)).get(pk=job.course_id)
    version = _draft(course)
    cases = judge_questions(version, _asked(file, job), categories=_has_categories(job))
    shown = dict(ImportRow.objects.filter(job=job).values_list("number", "fate"))
    if {case.asked.number: case.fate for case in cases} != shown:
        raise MovedOn
    write_questions(version, cases)
    detail = {"version": version.number, "counts": job.counts}
    record(by=job.decided_by, action="question.brought_in", thing=course, at=at, detail=detail)
