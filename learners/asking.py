"""The terms of asking: how long a text may be, how many questions somebody may ask, what may not stand in one."""

import datetime as dt
import unicodedata
from typing import Final

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from courses import text as markup
from portal import numbers
from portal.rules import RuleBroken

LONGEST: Final = 2_000
"""Characters of a question, as they are stored."""
LONGEST_ANSWER: Final = 8_000
SHORTEST_REASON, LONGEST_REASON = 5, 500

PER_HOUR: Final = 5
PER_DAY: Final = 20
"""Questions and follow-ups of one learner, in all courses together."""

CLAIM_LASTS: Final = dt.timedelta(minutes=30)
FIGURED_OVER: Final = dt.timedelta(days=90)
LONGEST_PAUSE: Final = 30
"""Days."""

ALIKE: Final = 0.45
"""From this likeness on a published question is shown before another is sent."""

KINDS = {
    "resident_id": _("a resident ID"),
    "phone": _("a phone number"),
    "bank_card": _("a bank card number"),
}


class NothingSaid(RuleBroken):
    code = "nothing_said"
    message = _("Write your question first.")


class TooLong(RuleBroken):
    code = "too_long"
    message = _("This text is too long. Shorten it, or ask in two parts.")


class PersonalNumber(RuleBroken):
    """`details["kinds"]` names what was found, never the number itself."""

    code = "personal_number"


def plain(text: str) -> str:
    """As it is stored: composed characters, plain line ends, no control characters, at most one empty line in a row."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in composed if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
    lines = [line.rstrip() for line in kept.split("\n")]
    return "\n".join(line for n, line in enumerate(lines) if line or (n and lines[n - 1])).strip()


def said(text: str, *, longest: int = LONGEST) -> str:
    """`plain`, and fit to be stored. Raises NothingSaid, TooLong, PersonalNumber."""
    text = plain(text)
    if not text:
        raise NothingSaid
    if len(text) > longest:
        raise TooLong
    refuse_personal_numbers(text)
    return text


def refuse_personal_numbers(text: str) -> None:
    """Raises PersonalNumber where a resident ID, a phone or a bank card number seems to stand in the text."""
    if found := numbers.personal_numbers_in(text):
        raise PersonalNumber(
            gettext("This text seems to hold %(what)s. Take it out and send again; nothing was stored.")
            % {"what": KINDS[found[0]]},
            kinds=found,
        )


def spoken(zh: str, en: str) -> str:
    """The text in the reader's language, where there is one in it."""
    return en if en and (get_language() or "").startswith("en") else zh


def html_of(zh: str, en: str) -> SafeString:
    """An answer as it is shown: its Markdown, cleaned."""
    return mark_safe(markup.from_markdown(spoken(zh, en)))  # noqa: S308 - cleaned by courses/text.py
