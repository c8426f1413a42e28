"""What packages say of an enrolment, by lesson; and the memory that a package is given when it opens again."""

import json
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses import selectors as courses
from learners import ranges, workflow
from learners.models import Coverage, Enrolment, PackageSession, PackageState
from learners.selectors.editions import edition as edition_of


@dataclass(frozen=True)
class PackageWord:
    """Of a whole lesson: completed where each part of the package says so."""

    status: str
    word: str
    score: Decimal | None

    @property
    def score_word(self) -> str:
        if self.score is None:
            return ""
        return _("%(n)s points") % {"n": f"{self.score.normalize():f}"}


NOT_OPENED = "not_opened"
_DONE = (PackageState.Status.PASSED, PackageState.Status.COMPLETED)


def package_words(enrolment: Enrolment) -> dict[int, PackageWord]:
    """By lesson id, for the lessons that were opened."""
    found: dict[int, list[PackageState]] = {}
    for row in enrolment.package_states.defer("told"):
        found.setdefault(row.lesson_id, []).append(row)
    return {lesson_id: _word(rows) for lesson_id, rows in found.items()}


def package_word(enrolment: Enrolment, lesson: courses.LessonFacts) -> PackageWord:
    found = package_words(enrolment).get(lesson.id)
    if found is not None:
        return found
    return PackageWord(NOT_OPENED, pgettext("package", "Not opened yet"), None)


def _word(rows: list[PackageState]) -> PackageWord:
    """Of one part its own word; of several the one that is furthest behind, and no score."""
    if len(rows) == 1:
        row = rows[0]
        return PackageWord(row.status, str(row.get_status_display()), row.score)
    states = {row.status for row in rows}
    order = PackageState.Status
    last = next(
        (one for one in (order.FAILED, order.OPENED, order.INCOMPLETE, order.COMPLETED) if one in states),
        order.PASSED,
    )
    return PackageWord(last.value, str(last.label), None)


def memory_of(enrolment: Enrolment, lesson: courses.LessonFacts, number: int) -> str:
    """What the frame begins with, as JSON: the values it told last, and a name that is nobody's."""
    row = enrolment.package_states.filter(lesson_id=lesson.id, number=number).first()
    about = {"id": f"e{enrolment.pk}", "name": pgettext("person", "Learner"), "resumes": row is not None}
    return json.dumps({"values": row.told if row else {}, "about": about}, ensure_ascii=False)


def package_time(session: PackageSession) -> dict[str, object]:
    """A session as its page shows it: what the server has seen, what the package says, what waits for its question."""
    seen = ranges.total(ranges.from_json(session.seen))
    row = Coverage.objects.get(enrolment_id=session.enrolment_id, lesson_id=session.lesson_id)
    left = max(0, session.length_ms - row.covered_ms - row.held_ms)
    earned = min(seen, session.declared, left) if session.state == workflow.LIVE else 0
    return {
        "session": session.pk,
        "state": session.state,
        "beat_ms": edition_of(session.edition_id).beat_ms,
        "seen_ms": seen,
        "declared_ms": session.declared,
        "waiting_ms": earned + row.held_ms,
    }


def planned_ms(enrolment_id: int, lesson_id: int) -> int:
    """What a package that somebody has opened can earn at most."""
    rows = PackageSession.objects.filter(enrolment_id=enrolment_id, lesson_id=lesson_id)
    return rows.values_list("length_ms", flat=True).first() or 0
