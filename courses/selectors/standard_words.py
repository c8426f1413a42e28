"""Rules and findings in words, in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from courses.models.catalogue import spoken
from courses.standards import MODULE, Bound, Finding, Freedom, Loosening, Standard, Unit
from courses.standards.rules import type_of
from portal.templatetags.zhixun import clockface

TITLES: dict[str, str | Promise] = {
    "has_lessons": gettext_lazy("It has lessons"),
    "lesson_has_film": gettext_lazy("Every film is there"),
    "lesson_has_text": gettext_lazy("Every page has its text"),
    "lesson_has_questions": gettext_lazy("Films and quizzes have questions"),
    "has_exam": gettext_lazy("It has a closing exam"),
    "bank_holds_exam": gettext_lazy("The bank is enough for the exam"),
    "standard_in_force": gettext_lazy("A standard is in force"),
    "material_covers_hours": gettext_lazy("The material lasts as long as the hours declared"),
    "class_hour_seconds": gettext_lazy("A class hour lasts %(needed)s"),
    "reading_pace": gettext_lazy("A minute of reading is %(needed)s characters"),
    "min_hours": gettext_lazy("At least %(needed)s class hours"),
    "max_hours": gettext_lazy("At most %(needed)s class hours"),
    "theory_min": gettext_lazy("At least %(needed)s%% theory"),
    "practice_min": gettext_lazy("At least %(needed)s%% practice"),
    "online_max": gettext_lazy("At most %(needed)s%% online"),
    "lesson_max_seconds": gettext_lazy("No lesson is longer than %(needed)s"),
    "workshop_captions": gettext_lazy("Workshop films have Chinese captions"),
    "bank_min": gettext_lazy("At least %(needed)s questions in the bank"),
    "exam_questions": gettext_lazy("The exam asks at least %(needed)s questions"),
    "exam_pass_mark": gettext_lazy("The exam is passed with at least %(needed)s%%"),
    "exam_minutes": gettext_lazy("The exam gives at least %(needed)s minutes"),
    "exam_attempts": gettext_lazy("The exam may be taken at most %(needed)s times"),
    "module": gettext_lazy("%(module)s: at least %(needed)s class hours"),
}
REASONS: dict[str, str | Promise] = {
    "has_lessons": gettext_lazy("It has no lesson."),
    "lesson_has_film": gettext_lazy("Lesson %(lesson)s has no film."),
    "lesson_has_text": gettext_lazy("Lesson %(lesson)s has no text."),
    "lesson_has_questions": gettext_lazy("Lesson %(lesson)s has no questions."),
    "has_exam": gettext_lazy("It has no closing exam."),
    "bank_holds_exam": gettext_lazy("The exam asks %(needed)s questions, the bank holds only %(actual)s."),
    "standard_in_force": gettext_lazy("No standard is in force for %(scope)s."),
    "material_covers_hours": gettext_lazy(
        "It lasts %(actual)s of the %(needed)s needed; %(missing)s are missing."
    ),
    "min_hours": gettext_lazy("%(actual)s class hours are declared; %(missing)s are missing."),
    "max_hours": gettext_lazy("%(actual)s class hours are declared; %(missing)s too many."),
    "theory_min": gettext_lazy("Theory is %(actual)s%% of the time, not %(needed)s%%."),
    "practice_min": gettext_lazy("Practice is %(actual)s%% of the time, not %(needed)s%%."),
    "online_max": gettext_lazy("%(actual)s%% of the time is online; %(needed)s%% are allowed."),
    "lesson_max_seconds": gettext_lazy(
        "Lesson %(lesson)s lasts %(actual)s; %(needed)s are allowed. Split it."
    ),
    "workshop_captions": gettext_lazy("Lesson %(lesson)s has a workshop film without Chinese captions."),
    "bank_min": gettext_lazy("The bank holds %(actual)s questions; %(missing)s are missing."),
    "exam_questions": gettext_lazy("The exam asks %(actual)s questions, not %(needed)s."),
    "exam_pass_mark": gettext_lazy("The exam is passed with %(actual)s%%, not %(needed)s%%."),
    "exam_minutes": gettext_lazy("The exam gives %(actual)s minutes, not %(needed)s."),
    "exam_attempts": gettext_lazy("The exam may be taken %(actual)s times; %(needed)s are allowed."),
    "module": gettext_lazy("%(module)s has %(actual)s class hours; %(missing)s are missing."),
}
"""What is said when a rule is not met."""
NO_SECTION = gettext_lazy("No section teaches %(module)s; %(needed)s class hours are needed.")
MODULE_NAMES: dict[str, str | Promise] = {
    "law": pgettext_lazy("module", "Law"),
    "safety": pgettext_lazy("module", "Work safety"),
    "fire": pgettext_lazy("module", "Fire safety"),
    "ethics": pgettext_lazy("module", "Professional ethics"),
    "health": pgettext_lazy("module", "Occupational health"),
    "environment": pgettext_lazy("module", "Environmental protection"),
    "quality": pgettext_lazy("module", "Quality"),
    "skills": pgettext_lazy("module", "Operating skills"),
}
FREEDOMS: dict[Freedom, str | Promise] = {
    Freedom.FLOOR: gettext_lazy("Provinces may ask for more"),
    Freedom.CEILING: gettext_lazy("Provinces may allow less"),
    Freedom.FIXED: gettext_lazy("The same everywhere"),
    Freedom.OPEN: gettext_lazy("Provinces set it themselves"),
}
CONTRADICTIONS: dict[str, str | Promise] = {
    "hours_cross": gettext_lazy("At least more class hours than at most: no course could meet both."),
    "modules_exceed": gettext_lazy("The modules need more class hours than a course may have at most."),
    "shares_exceed": gettext_lazy("Theory and practice together are more than the whole course."),
}
"""Why no course could ever meet a standard."""
_SECONDS = {"material_covers_hours"}
_YES = {
    "has_lessons",
    "lesson_has_film",
    "lesson_has_text",
    "lesson_has_questions",
    "has_exam",
    "standard_in_force",
}


@dataclass(frozen=True)
class Speech:
    """What the words need besides the findings: names of modules, titles of lessons and sections, the scope."""

    modules: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""

    def module(self, code: str) -> str:
        if code in MODULE_NAMES:
            return str(MODULE_NAMES[code])
        return spoken(*self.modules[code]) if code in self.modules else code

    def _numbers(self, finding: Finding) -> dict[str, str]:
        unit = _unit(finding.rule)
        return {
            "needed": shown(unit, finding.needed),
            "actual": shown(unit, finding.actual),
            "missing": shown(unit, abs(finding.needed - finding.actual)),
            "lesson": self.places.get(f"lesson-{finding.lesson}", finding.lesson),
            "module": self.module(finding.module),
            "scope": self.scope,
        }

    def title(self, finding: Finding) -> str:
        return str(TITLES[finding.rule]) % self._numbers(finding)

    def reason(self, finding: Finding) -> str:
        """Why it is not met; empty when it is."""
        if finding.ok:
            return ""
        said = NO_SECTION if finding.rule == "module" and not finding.section else REASONS[finding.rule]
        return str(said) % self._numbers(finding)

    def value(self, finding: Finding) -> str:
        if _unit(finding.rule) == Unit.YES:
            return ""
        numbers = self._numbers(finding)
        percent = "%" if _unit(finding.rule) == Unit.PERCENT else ""
        return f"{numbers['actual']}{percent} / {numbers['needed']}{percent}"


def _unit(rule: str) -> Unit:
    if rule in _YES:
        return Unit.YES
    if rule in _SECONDS:
        return Unit.SECONDS
    if rule == "bank_holds_exam":
        return Unit.QUESTIONS
    return type_of(MODULE if rule == "module" else rule).unit


def shown(unit: Unit, number: int) -> str:
    if unit == Unit.HOURS:
        return f"{number / 10:g}"
    if unit == Unit.SECONDS:
        return clockface(number)
    if unit == Unit.YES:
        return pgettext("demanded", "yes") if number else pgettext("demanded", "no")
    return f"{number:,}"


def rule_title(key: str, bound: Bound, standard: Standard) -> str:
    """A rule of a standard as a sentence: At least 88 class hours."""
    speech = Speech(standard.names)
    if key.startswith(MODULE):
        code = key.removeprefix(MODULE)
        return speech.title(Finding("module", ok=True, needed=bound.value, module=code))
    if key == "workshop_captions" and not bound.value:
        return _("Workshop films may be without captions")
    return speech.title(Finding(key, ok=True, needed=bound.value))


@dataclass(frozen=True)
class RuleShown:
    """One rule of a standard in words. `change` is new, changed or same beside the standard before it."""

    key: str
    title: str
    freedom: str
    warns: bool
    change: str = ""
    before: str = ""


def rules_shown(standard: Standard, *, national: bool, before: Standard | None = None) -> list[RuleShown]:
    return [
        RuleShown(
            key=key,
            title=rule_title(key, bound, standard),
            freedom=str(FREEDOMS[bound.freedom]) if national else "",
            warns=bound.warns,
            **_change(key, bound, before),
        )
        for key, bound in standard.bounds.items()
    ]


def _change(key: str, bound: Bound, before: Standard | None) -> dict[str, str]:
    if before is None:
        return {}
    old = before.bounds.get(key)
    if old is None:
        return {"change": "new"}
    if old == bound:
        return {"change": "same"}
    return {"change": "changed", "before": rule_title(key, old, before)}


def dropped(standard: Standard, before: Standard | None) -> list[str]:
    """Rules of the standard before that this one no longer has."""
    if before is None:
        return []
    return [rule_title(k, bound, before) for k, bound in before.bounds.items() if k not in standard.bounds]


def loosening_sentences(found: Iterable[Loosening], national: Standard, provincial: Standard) -> list[str]:
    """One sentence for each rule that the nation does not let a province set so."""
    sentences = []
    for one in found:
        nation = rule_title(one.rule, Bound(one.needed), national)
        here = rule_title(one.rule, Bound(one.asked), provincial)
        sentences.append(
            _("The nation says “%(nation)s” (%(freedom)s); the province cannot say “%(here)s”.")
            % {"nation": nation, "freedom": FREEDOMS[one.freedom], "here": here}
        )
    return sentences
