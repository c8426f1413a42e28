"""Bringing many questions into a draft at once: a question is the same by its stem and options; none is taken away."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Max

from courses.documents import MOST
from courses.models import CourseVersion, ImportRow, Question
from courses.question_documents import QuestionDocument
from courses.selectors.documents import question_document
from courses.services.copying import copy_in
from courses.services.filling import QUESTION_COLUMNS, question_row
from courses.sheets.questions import Asked, folded, same
from courses.sheets.troubles import Trouble

Fate = ImportRow.Fate
_WORDS = ("kind", "stem_en", "why_zh", "why_en", "unit")
_WRITTEN = ("number", "tolerance", "tolerance_in_percent", "accepted")


@dataclass
class Judged:
    asked: Asked
    fate: str
    lesson_id: int | None = None
    there: Question | None = None
    changes: tuple[str, ...] = ()


def judge_questions(version: CourseVersion, rows: Iterable[Asked], *, categories: bool) -> list[Judged]:
    """What would become of each. With `categories` a lesson that the draft does not have means the exam's bank."""
    lessons = dict(version.lessons.values_list("key", "pk"))
    known = {
        (row.lesson_id, same(question_document(row))): row for row in Question.objects.filter(version=version)
    }
    room = MOST["questions"] - len(known)
    first: dict[tuple[object, ...], int] = {}
    judged = []
    for asked in rows:
        case = Judged(asked, Fate.REFUSED, lessons.get(asked.lesson))
        judged.append(case)
        if asked.left_out:
            case.fate = Fate.LEFT_OUT
            asked.troubles.append(Trouble("", "kind_left_out", {"value": asked.left_out}))
            continue
        if asked.lesson and case.lesson_id is None and not categories:
            asked.troubles.append(Trouble("lesson", "unknown_lesson", {"value": asked.lesson[:40]}))
        if asked.troubles or asked.document is None:
            continue
        name = (case.lesson_id, same(asked.document))
        if name in first:
            asked.troubles.append(Trouble("", "question_twice", {"first": first[name]}))
            continue
        first[name] = asked.number
        case.there = known.get(name)
        if case.there is None and not room:
            more = {"most": MOST["questions"], "actual": MOST["questions"] + 1}
            asked.troubles.append(Trouble("", "too_many_questions", more))
            continue
        room -= case.there is None
        _compare(case)
    return judged


def _compare(case: Judged) -> None:
    if case.there is None:
        case.fate = Fate.CREATED
        return
    there = question_document(case.there)
    case.asked.document = _over(case.asked.document, there)
    now, then = _told(case.asked.document), _told(there)
    case.changes = tuple(name for name in now if now[name] != then[name])
    case.fate = Fate.UPDATED if case.changes else Fate.UNCHANGED


def _over(said: QuestionDocument, there: QuestionDocument) -> QuestionDocument:
    """The question as it would be then: English and a unit that the file does not tell stay, and percent that say the same."""
    known = {folded(option.zh): option.en for option in there.options}
    if said.kind == there.kind == "numeric" and (said.number, _room(said)) == (there.number, _room(there)):
        said = replace(said, tolerance=there.tolerance, tolerance_in_percent=there.tolerance_in_percent)
    return replace(
        said,
        unit=said.unit or (there.unit if said.kind == there.kind else ""),
        stem_en=said.stem_en or there.stem_en,
        why_en=said.why_en or there.why_en,
        options=tuple(replace(o, en=o.en or known.get(folded(o.zh), "")) for o in said.options),
    )


def _room(asked: QuestionDocument) -> Decimal | None:
    """How far off an answer may be."""
    if asked.number is None or asked.tolerance is None or not asked.tolerance_in_percent:
        return asked.tolerance
    return abs(asked.number) * asked.tolerance / 100


def _told(asked: QuestionDocument) -> dict[str, object]:
    """What may differ in the same question; of its options the right ones and the English, by their Chinese texts."""
    texts = {option.key: folded(option.zh) for option in asked.options}
    right = [texts[key] for key in asked.right if key in texts]
    return {
        "right": right if asked.kind == "ordering" else sorted(right),
        "number": asked.number,
        "tolerance": (asked.tolerance, asked.tolerance_in_percent),
        "accepted": asked.accepted,
        "options_en": {folded(option.zh): option.en for option in asked.options},
        **{name: getattr(asked, name) for name in _WORDS},
    }


def write_questions(version: CourseVersion, judged: Iterable[Judged]) -> None:
    """Add what is new behind what is there, and change what differs. The caller holds the course's row."""
    position = Question.objects.filter(version=version).aggregate(last=Max("position"))["last"] or 0
    new, changed = [], []
    for case in judged:
        document = case.asked.document
        if case.fate == Fate.CREATED:
            position += 1
            new.append(
                question_row(document, position, version.pk, case.lesson_id, for_exam=case.lesson_id is None)
            )
        elif case.fate == Fate.UPDATED:
            row, told = case.there, _told(document)
            for name in (*_WORDS, *_WRITTEN):
                setattr(row, name, getattr(document, name))
            row.accepted = list(document.accepted)
            if row.kind not in Question.CHOSEN:
                row.moment = None
            row.right_keys = sorted(o["key"] for o in row.options if folded(o["zh"]) in told["right"])
            row.options = [{**o, "en": told["options_en"][folded(o["zh"])]} for o in row.options]
            if document.kind == "ordering":
                row.options, row.right_keys = _ordered(document)
            changed.append(row)
    copy_in(Question, QUESTION_COLUMNS, new)
    fields = [*_WORDS, *_WRITTEN, "options", "right_keys", "moment"]
    Question.objects.bulk_update(changed, fields, batch_size=200)


def _ordered(asked: QuestionDocument) -> tuple[list[dict[str, str]], list[str]]:
    return [{"key": o.key, "zh": o.zh, "en": o.en} for o in asked.options], list(asked.right)
