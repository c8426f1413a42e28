"""Sentences that people write beside what they ask or decide."""

from django.utils.translation import gettext_lazy as _

from portal.rules import RuleBroken

SHORTEST, LONGEST = 5, 500


class WordsMissing(RuleBroken):
    code = "reason_missing"
    message = _("Say why, in at least five characters.")


def tidy(words: str) -> str:
    """One line without control characters. Raises WordsMissing where nothing is said."""
    words = " ".join(words.replace("\x00", "").split())
    if len(words) < SHORTEST:
        raise WordsMissing
    return words[:LONGEST]
