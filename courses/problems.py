"""What can be wrong with a course that somebody sends, kept as a rule and its facts, and said in the reader's language."""

import re
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.models.catalogue import spoken

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

SENTENCES: dict[str, str | Promise] = {
    "missing": _("This must be filled in."),
    "too_long": _("At most %(most)s characters; there are %(actual)s."),
    "unstorable": _("It contains a control character."),
    "bad_key": _("A key is 1 to 40 letters, digits, hyphens and underscores: “%(value)s” is not."),
    "key_twice": _("The key “%(value)s” is used twice."),
    "ref_twice": _("The reference “%(value)s” is used twice."),
    "bad_choice": _("“%(value)s” is not one of: %(choices)s."),
    "bad_number": _("A number from %(least)s to %(most)s is needed here; it says %(value)s."),
    "level_needed": _("A level certificate needs a level from 5 to 1; other certificates have none."),
    "planned_not_wanted": _("A film and a reading lesson have their own length: no minutes are planned."),
    "too_many_sections": _("At most %(most)s sections; there are %(actual)s."),
    "too_many_lessons": _("At most %(most)s lessons; there are %(actual)s."),
    "too_many_questions": _("At most %(most)s questions; there are %(actual)s."),
    "few_options": _("A question needs 2 to 8 different options."),
    "bad_right": _("The right answer must be among the options: one, or at least two for several answers."),
    "no_options": _("A number or a short text has no options to choose from."),
    "bad_order": _("Every step needs its place in the order, once."),
    "bad_right_number": _(
        "The right number and how far an answer may be off are needed, with at most 6 decimals."
    ),
    "number_not_wanted": _("Only a question for a number has a right number and a unit."),
    "bad_accepted": _("At most %(most)s accepted texts, each with a letter or digit in it."),
    "accepted_not_wanted": _("Only a question for a short text has accepted texts."),
    "picture_missing": _("A spot needs its picture, which is put in at the desk."),
    "picture_not_wanted": _("Only a question for a spot in a picture has a picture and places in it."),
    "bad_area": _("Each spot needs its place in the picture: left, top, width and height in percent."),
    "too_many_parts": _("At most %(most)s parts, and no more questions in them than the exam asks."),
    "unknown_occupation": _(
        "There is no occupation %(code)s in the %(edition)s edition of the classification."
    ),
    "other_edition": _("%(code)s is %(name)s in the %(edition)s edition, not in the %(now)s edition."),
    "occupation_became": _(
        "%(code)s is %(name)s in the %(edition)s edition. In the %(now)s edition, did you mean %(meant)s?"
    ),
    "under_review": _("The course lies with the province for review. Take it back first."),
    "withdrawn": _("The course was withdrawn for good."),
    "other_province": _("This reference belongs to a course of another province."),
    "holds_files": _(
        "Lesson “%(value)s” holds a film or a package, which this would lose. Remove it at the desk."
    ),
}
"""What is said of a problem. The desk, the returned file and the API say the same."""


def in_words(more: dict[str, object]) -> dict[str, object]:
    """What a sentence needs, in the reader's language: occupations are told as dicts, several in a list."""
    return {name: _in_words(value) for name, value in more.items()}


def _in_words(value: object) -> object:
    if isinstance(value, list):
        return gettext(" or ").join(str(_in_words(one)) for one in value)
    if not isinstance(value, dict):
        return value
    named = {"code": value.get("code", ""), "name": spoken(value["zh"], value["en"])}
    if value.get("is_work_type"):
        return gettext("%(code)s %(name)s (of which it is a work type now)") % named
    return "{code} {name}".format(**named).strip()


@dataclass(frozen=True)
class Problem:
    """`place` is the way to it in the document, such as `sections.0.lessons.2.kind`; empty for the course as a whole."""

    place: str
    rule: str
    more: dict[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """In the reader's language."""
        return str(SENTENCES[self.rule]) % in_words(self.more)


def storable(text: str) -> str:
    """Without what the database cannot hold."""
    return _CONTROL.sub("", text)
