"""A plain scan by sound, written another way than the search's own: character by character, every reading it could have."""

from functools import cache

import pypinyin

from courses.pinyin import _OFTEN_SEVERAL


@cache
def readings(run):
    here = pypinyin.lazy_pinyin(run, style=pypinyin.Style.NORMAL, errors=lambda text: ["?"] * len(text))
    found = []
    for character, reading in zip(run, here, strict=True):
        known = [reading]
        if character in _OFTEN_SEVERAL:
            known += pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True)[0]
        plain = [one for one in dict.fromkeys(known) if one.isascii() and one.isalpha()]
        found.append(tuple(plain[:3]))
    return found


def sounds_like(word, run):
    """Whether the word is how characters in a row sound, or their initials, from any of them on; the last may be begun."""
    spelt = readings(run)
    if not (word.isascii() and word.isalpha()):
        return False
    by_initials = len(word) > 1 and any(
        start + len(word) <= len(spelt)
        and all(any(one.startswith(letter) for one in spelt[start + n]) for n, letter in enumerate(word))
        for start in range(len(spelt))
    )
    return by_initials or any(_spells(word, spelt[start:]) for start in range(len(spelt)))


def _spells(rest, spelt):
    if not rest:
        return True
    return bool(spelt) and any(
        one.startswith(rest) or (rest.startswith(one) and _spells(rest[len(one) :], spelt[1:]))
        for one in spelt[0]
    )
