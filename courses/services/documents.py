"""Bringing courses to what their supplier says of them, many at a time and as often as he likes."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from itertools import islice

from django.db import transaction

from courses.documents import CourseDocument, cleaned, over, validate
from courses.models import Course, CourseVersion, Lesson, Occupation, Question
from courses.models.catalogue import WORDS
from courses.problems import Problem
from courses.selectors.documents import Found, found
from courses.selectors.occupations import occupations_by_code
from courses.services.catalogue import new_codes
from courses.services.copying import copy_models
from courses.services.filling import Filling, bring_in_place, fill_new
from courses.workflow import EDITABLE, State
from portal.accounts.models import Organisation, Province, User
from portal.audit.services import record

CHUNK = 500
"""Courses judged and written together: what bounds memory, and the number of statements for each."""
_SAME_WORDS = sorted(set(WORDS) - {"occupation", "key_groups"})


@dataclass(frozen=True)
class Fate:
    """What becomes, or would become, of one document: `created`, `updated`, `unchanged` or `refused`.

    `changes` names the fields of the document in which it differs from what is there.
    """

    ref: str
    fate: str
    course_code: str = ""
    problems: tuple[Problem, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass
class _Case:
    document: CourseDocument
    problems: list[Problem] = field(default_factory=list)
    occupation: Occupation | None = None
    course: Course | None = None
    found: Found | None = None
    changes: tuple[str, ...] = ()

    @property
    def fate(self) -> str:
        if self.problems:
            return "refused"
        if self.course is None:
            return "created"
        return "updated" if self.changes else "unchanged"

    def told(self, code: str = "") -> Fate:
        code = code or (self.course.code if self.course else "")
        return Fate(self.document.partner_ref, self.fate, code, tuple(self.problems), self.changes)


def _chunks(documents: Iterable[CourseDocument]) -> Iterator[list[CourseDocument]]:
    rest = iter(documents)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _opened(documents: list[CourseDocument], seen: Counter[str]) -> list[_Case]:
    cases = []
    for said in documents:
        problems = validate(said)
        case = _Case(said if problems else cleaned(said), problems)
        ref = case.document.partner_ref
        seen[ref] += 1
        if seen[ref] > 1:
            case.problems.append(Problem("partner_ref", "ref_twice", {"value": ref[:80]}))
        cases.append(case)
    return cases


def _find_occupations(cases: list[_Case]) -> None:
    found = occupations_by_code({(case.document.occupation, case.document.edition) for case in cases})
    for case in cases:
        match found[case.document.occupation, case.document.edition]:
            case Problem() as problem:
                case.problems.append(problem)
            case occupation:
                case.occupation = occupation


def _find_courses(cases: list[_Case], organisation: Organisation, *, lock: bool) -> None:
    refs = {case.document.partner_ref for case in cases}
    rows = Course.objects.filter(organisation=organisation, partner_ref__in=refs).order_by("pk")
    courses = {row.partner_ref: row for row in (rows.select_for_update() if lock else rows)}
    versions = CourseVersion.objects.filter(course__in=courses.values()).order_by("number")
    newest = {row.course_id: row for row in versions.select_related("course", "occupation")}
    whole = found(newest.values())
    for case in cases:
        case.course = courses.get(case.document.partner_ref)
        if case.course is not None:
            case.course.organisation = organisation
            case.found = whole[newest[case.course.pk].pk]


def _held(cases: list[_Case]) -> dict[int, str]:
    """Lessons that would go, or would no longer be films, and hold something no document can tell: their keys by id."""
    going = {}
    for case in cases:
        if case.found is None or case.found.version.frozen_at or case.document.sections is None:
            continue
        kinds = {lesson.key: lesson.kind for lesson in case.document.lessons}
        for key, row in case.found.lessons.items():
            stays = kinds.get(key)
            if stays != row.kind and not (row.is_film and stays in Lesson.FILMS):
                going[row.pk] = key
    holders = [r for r in Lesson._meta.related_objects if r.related_model is not Question] if going else []  # noqa: SLF001
    held = set()
    for holder in holders:
        name = f"{holder.field.name}_id"
        rows = holder.related_model._base_manager.filter(**{f"{name}__in": going})  # noqa: SLF001
        held.update(rows.values_list(name, flat=True))
    return {pk: key for pk, key in going.items() if pk in held}


def _judge_known(case: _Case, province: Province, held: dict[int, str]) -> None:
    course, there = case.course, case.found
    if course.province_id != province.pk:
        case.problems.append(Problem("partner_ref", "other_province"))
        case.course = None
        return
    case.document = over(case.document, there.document)
    names = [f.name for f in fields(CourseDocument)]
    case.changes = tuple(
        name for name in names if getattr(case.document, name) != getattr(there.document, name)
    )
    if not case.changes:
        return
    if course.state == State.WITHDRAWN:
        case.problems.append(Problem("", "withdrawn"))
    elif there.version.frozen_at is None and there.version.state not in EDITABLE:
        case.problems.append(Problem("", "under_review"))
    for pk, key in held.items():
        if there.lessons.get(key) and there.lessons[key].pk == pk:
            case.problems.append(Problem("sections", "holds_files", {"value": key}))


def _judged(
    documents: list[CourseDocument],
    organisation: Organisation,
    province: Province,
    seen: Counter[str],
    *,
    lock: bool,
) -> list[_Case]:
    cases = _opened(documents, seen)
    sound = [case for case in cases if not case.problems]
    _find_occupations(sound)
    sound = [case for case in sound if not case.problems]
    _find_courses(sound, organisation, lock=lock)
    held = _held(sound)
    for case in sound:
        if case.course is None:
            case.document = over(case.document, None)
        else:
            _judge_known(case, province, held)
    return cases


def _words(case: _Case) -> dict[str, object]:
    told = {name: getattr(case.document, name) for name in _SAME_WORDS}
    return {**told, "occupation": case.occupation, "key_groups": list(case.document.key_groups)}


def _create(
    cases: list[_Case], organisation: Organisation, province: Province, by: User, at: dt.datetime
) -> dict[int, str]:
    courses = []
    for case, code in zip(cases, new_codes(province, len(cases)), strict=True):
        course = Course(
            code=code,
            partner_ref=case.document.partner_ref,
            province=province,
            organisation=organisation,
            created_at=at,
            created_by=by,
            **_words(case),
        )
        courses.append(course)
    copy_models(courses)
    versions = [
        CourseVersion(course=course, number=1, created_at=at, created_by=by, **_words(case))
        for course, case in zip(courses, cases, strict=True)
    ]
    copy_models(versions)
    fill_new([Filling(v, case.document) for v, case in zip(versions, cases, strict=True)])
    return {id(case): course.code for case, course in zip(cases, courses, strict=True)}


def _open_next(cases: list[_Case], by: User, at: dt.datetime) -> None:
    versions = CourseVersion.objects.bulk_create(
        CourseVersion(
            course=case.course,
            number=case.found.version.number + 1,
            created_at=at,
            created_by=by,
            **_words(case),
        )
        for case in cases
    )
    fill_new([Filling(v, c.document, c.found) for v, c in zip(versions, cases, strict=True)])


def _bring(cases: list[_Case]) -> None:
    for case in cases:
        for name, value in _words(case).items():
            setattr(case.found.version, name, value)
        case.found.version.revision += 1
    CourseVersion.objects.bulk_update(
        [case.found.version for case in cases], [*WORDS, "revision"], batch_size=100
    )
    bring_in_place([Filling(case.found.version, case.document, case.found) for case in cases])
    unlisted = [case for case in cases if case.course.state == State.UNLISTED]
    for case in unlisted:
        for name, value in _words(case).items():
            setattr(case.course, name, value)
    Course.objects.bulk_update([case.course for case in unlisted], WORDS, batch_size=100)


def _write(
    cases: list[_Case], organisation: Organisation, province: Province, by: User, at: dt.datetime
) -> list[Fate]:
    new = [case for case in cases if case.fate == "created"]
    changed = [case for case in cases if case.fate == "updated"]
    codes: dict[int, str] = {}
    if new:
        codes = _create(new, organisation, province, by, at)
    if ahead := [case for case in changed if case.found.version.frozen_at]:
        _open_next(ahead, by, at)
    if in_place := [case for case in changed if not case.found.version.frozen_at]:
        _bring(in_place)
    fates = [case.told(codes.get(id(case), "")) for case in cases]
    detail = {
        word: [fate.course_code for fate in fates if fate.fate == word] for word in ("created", "updated")
    }
    if any(detail.values()):
        record(
            by=by,
            action="course.documents_applied",
            thing=organisation,
            at=at,
            province=province.pk,
            detail=detail,
        )
    return fates


@transaction.atomic
def apply_documents(
    organisation: Organisation,
    province: Province,
    documents: Iterable[CourseDocument],
    *,
    by: User,
    at: dt.datetime,
    heard: Callable[[int], None] = lambda _done: None,
) -> list[Fate]:
    """Bring the organisation's courses to the documents, by the supplier's own reference; all of it or, on an error, none.

    An unknown reference becomes a course with a draft. An open draft is brought to the document in place; a published
    course gets its next version, and only if something differs. A refused document changes nothing and does not stop
    the others. `heard` is told how many documents are done. Writes one audit entry for every 500 documents.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    seen: Counter[str] = Counter()
    fates: list[Fate] = []
    for chunk in _chunks(documents):
        cases = _judged(chunk, organisation, province, seen, lock=True)
        fates += _write(cases, organisation, province, by, at)
        heard(len(fates))
    return fates


def foresee(
    organisation: Organisation, province: Province, documents: Iterable[CourseDocument]
) -> Iterator[Fate]:
    """What `apply_documents` would do now. Writes nothing."""
    seen: Counter[str] = Counter()
    for chunk in _chunks(documents):
        for case in _judged(chunk, organisation, province, seen, lock=False):
            yield case.told()
