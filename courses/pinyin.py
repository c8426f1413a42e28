"""How Chinese sounds: the lexemes under which a text is found by pinyin (`~hangong`) and by initials (`^hg`).

From every character on, SYLLABLES characters are spelt, so that a query finds a text wherever in it the sound begins.
A character with several common readings is spelt in each: 银行 is yinhang and yinxing, since a learner types what he knows.
Characters without a reading divide; they are found by themselves (courses/grams.py).
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

import pypinyin
from pypinyin.constants import PINYIN_DICT

from courses.grams import INITIALS, SOUND, SYLLABLES, tokens

MOST_SPELLINGS = 32
"""Of one stretch of SYLLABLES characters."""
_MOST_READINGS = 3
_OFTEN_SEVERAL = frozenset(
    "行长重车调发还会间角觉卡看乐模强曲任散少省盛数弹提系校兴咽应着种转柏薄参曾差称传单地得都恶给更红划化解尽"
    "劲据壳露绿率厦剥削折粘朝石什识广秘区和正中处量累背便藏冲臭创答当倒斗分干冠好号荷横夹降结禁空扣落埋没磨"
    "模难宁炮片屏铺奇切亲圈色塞沙扇上舍似宿挑通吐为相要叶饮语载占涨只钻作大过术戏洗仇查尺刺率鲜膀"
)
_LETTERS = 37
_SORTED_BY = 12


def _readings(character: str, here: str) -> tuple[str, ...]:
    """`here`, the reading in this place, first."""
    known = [here]
    if character in _OFTEN_SEVERAL:
        known += pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True)[0]
    plain = dict.fromkeys(one for one in known if one.isascii() and one.isalpha())
    return tuple(plain)[:_MOST_READINGS]


def _stretches(run: str) -> list[str]:
    """The parts of a run whose characters all have a reading."""
    marked = "".join(c if ord(c) in PINYIN_DICT else " " for c in run)
    return marked.split()


@lru_cache(maxsize=20_000)
def _spelt(stretch: str) -> tuple[tuple[str, ...], ...]:
    here = pypinyin.lazy_pinyin(stretch, style=pypinyin.Style.NORMAL)
    if len(here) != len(stretch):
        here = [pypinyin.lazy_pinyin(c, style=pypinyin.Style.NORMAL)[0] for c in stretch]
    return tuple(_readings(character, reading) for character, reading in zip(stretch, here, strict=True))


@lru_cache(maxsize=20_000)
def _sounds_of(run: str) -> frozenset[str]:
    found: set[str] = set()
    for stretch in _stretches(run):
        spelt = _spelt(stretch)
        for start in range(len(spelt)):
            window = spelt[start : start + SYLLABLES]
            if not all(window):
                window = window[: next(i for i, readings in enumerate(window) if not readings)]
            for said in islice(product(*window), MOST_SPELLINGS if window else 0):
                found.add(SOUND + "".join(said))
                found.add(INITIALS + "".join(one[0] for one in said))
    return frozenset(found)


def sounds(*texts: str) -> set[str]:
    """The lexemes of pinyin and initials of all Chinese in the texts."""
    found: set[str] = set()
    for text in texts:
        for kind, token in tokens(text):
            if kind == "dense":
                found |= _sounds_of(token)
    return found


def _syllables(text: str) -> Iterator[str]:
    """Each character in its reading of this place, words as they are."""
    for kind, token in tokens(text):
        if kind == "dense":
            for stretch in _stretches(token):
                yield from (readings[0] for readings in _spelt(stretch) if readings)
        else:
            yield token


def spelling(text: str) -> str:
    """The text in letters without spaces."""
    return "".join(_syllables(text))


def place_in_alphabet(title: str) -> int:
    """A number that sorts titles by their first twelve letters of pinyin; digits stand before letters."""
    spelt = (letter for syllable in _syllables(title) for letter in syllable)
    letters = list(islice((c for c in spelt if c.isascii() and c.isalnum()), _SORTED_BY))
    place = 0
    for letter in letters + [""] * (_SORTED_BY - len(letters)):
        place = place * _LETTERS + ("0123456789abcdefghijklmnopqrstuvwxyz".index(letter) + 1 if letter else 0)
    return place
