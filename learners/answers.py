"""An answer as it is kept: a list of texts. Keys of options and spots, sorted; all keys of an ordering in the order given;
or one text, of a number or a few words, as it was typed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from portal.rules import RuleBroken

LONGEST_TEXT: Final = 500
MOST_KEYS: Final = 20
"""As the database has it (learners.models.Answer)."""


class UnknownOption(RuleBroken):
    code = "unknown_option"
    message = _("This question has no such option.")


class OneOnly(RuleBroken):
    code = "one_only"
    message = _("Only one answer can be chosen here.")


class NotAnOrder(RuleBroken):
    code = "not_an_order"
    message = _("Give every step a place of its own, from first to last.")


class NotANumber(RuleBroken):
    code = "not_a_number"
    message = _("Write one number, such as 12.5, without marks between thousands.")


class TooLong(RuleBroken):
    code = "answer_too_long"
    message = _("An answer has at most 500 characters.")


def shaped(question: courses.QuestionFacts, given: Iterable[str]) -> list[str]:
    """The answer as it is kept; empty is no answer. Raises UnknownOption, OneOnly, NotAnOrder, NotANumber, TooLong."""
    said = list(given)
    if question.is_written:
        return _written(question, said)
    known = [key for key, _text in question.options]
    if not set(said) <= set(known):
        raise UnknownOption
    if question.kind == "ordering":
        if said and sorted(said) != sorted(known):
            raise NotAnOrder
        return said
    if not question.several and len(set(said)) > 1:
        raise OneOnly
    return sorted(set(said))


def _written(question: courses.QuestionFacts, said: Sequence[str]) -> list[str]:
    texts = [kept for text in said if (kept := " ".join(text.replace("\x00", "").split()))]
    if len(texts) > 1:
        raise OneOnly
    if texts and len(texts[0]) > LONGEST_TEXT:
        raise TooLong
    if texts and question.kind == "numeric":
        try:
            courses.read_number(texts[0], question.unit)
        except courses.Unclear as unclear:
            raise NotANumber from unclear
    return texts


def places_in(question: courses.QuestionFacts, data: Mapping[str, str], name: str) -> dict[str, str]:
    """Of an ordering, the place chosen for each step, by key."""
    return {key: data.get(f"{name}-{key}", "")[:4] for key, _text in question.options}


def read(question: courses.QuestionFacts, data: Mapping[str, str], name: str) -> list[str]:
    """What a form says, as `shaped` takes it. Raises NotAnOrder for places that are none."""
    if question.kind != "ordering":
        return [text[: LONGEST_TEXT + 1] for text in data.getlist(name)][:MOST_KEYS]
    places = places_in(question, data, name)
    if not any(places.values()):
        return []
    wanted = [str(number) for number in range(1, len(places) + 1)]
    if sorted(places.values()) != sorted(wanted):
        raise NotAnOrder
    return sorted(places, key=lambda key: int(places[key]))


def spoken(question: courses.QuestionFacts, given: Sequence[str]) -> str:
    """The answer in words, for whoever reads it."""
    if question.is_written:
        return " ".join([*given, question.unit] if given else given)
    texts = dict(question.options)
    told = [texts.get(key, key) for key in given]
    return (" → " if question.kind == "ordering" else "; ").join(told)
