"""Text to grams, by one function for index and query.

Writing without spaces (Chinese, Japanese, Korean) becomes runs of characters, of which every character and every pair
is a gram: one character finds, two characters find, and from three on `haystack` is looked at again, since pairs alone
may lie apart. Words of other scripts are kept whole and found by how they begin. Nothing is taken from a dictionary, so
rare characters, also beyond U+FFFF or newer than the program's Unicode tables, are found like any other.

A word of Latin letters may also be meant as pinyin: `~hangong` and `^hg` are lexemes that courses/pinyin.py makes from
the same tokens. Both marks divide words, so no text can bring them in by itself.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST_WORD = 60
LONGEST_QUERY = 80
MOST_WORDS = 10
_DENSE_FROM = 0x2E80
_IDEOGRAPHIC_PLANES = range(0x20000, 0x40000)
_JOINED_BY_PAIRS = 2
SOUND, INITIALS = "~", "^"
SYLLABLES = 6
"""So many syllables a lexeme of pinyin holds; a longer query is cut into pieces of that many."""
_SYLLABLE = re.compile(r"[^aeiouv]*[aeiouv]+(?:ng(?![aeiouv])|[nr](?![aeiouv]))?|[^aeiouv]+$")
_PINYIN = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Word:
    """One thing that must be found: `tsquery` asks the index for it; a `run` must also stand in the haystack as it is."""

    text: str
    tsquery: str
    run: str = ""


@lru_cache(maxsize=20_000)
def _kind(character: str) -> str:
    """`dense` for writing without spaces, `word` for the rest of letters and digits, empty for what divides."""
    point = ord(character)
    if point in _IDEOGRAPHIC_PLANES or unicodedata.category(character) == "Co":
        return "dense"
    if unicodedata.category(character)[0] == "M":
        return "word"
    if not character.isalnum():
        return ""
    return "dense" if point >= _DENSE_FROM else "word"


@lru_cache(maxsize=1_000)
def tokens(text: str) -> tuple[tuple[str, str], ...]:
    """(kind, token) in order; kind is `dense` or `word`. Width, case and compatibility forms do not matter.

    What is indexed asks three times for the same text, and for the same providers and occupations course after course.
    """
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept, last = "", ""
    for character in plain:
        if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
            continue  # variation selectors choose a glyph, not a character
        kind = _kind(character)
        if kind != last:
            if kept:
                yield last, kept
            kept, last = "", kind
        if kind:
            kept += character
    if kept:
        yield last, kept


def haystack(*texts: str) -> str:
    """The texts as they are compared: tokens with single spaces between them."""
    return " ".join(token for text in texts for _kind_, token in tokens(text))


def _grams(run: str) -> list[str]:
    return [*run, *(run[i : i + _JOINED_BY_PAIRS] for i in range(len(run) - 1))]


def grams(*texts: str) -> list[str]:
    """All lexemes under which the texts are found, sorted, each once."""
    found: set[str] = set()
    for text in texts:
        for kind, token in tokens(text):
            found.update(_grams(token) if kind == "dense" else [token[:LONGEST_WORD]])
    return sorted(found)


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _begins(lexeme: str) -> str:
    return _quoted(lexeme) + ":*"


def _heard(word: str) -> Iterator[str]:
    """What a Latin word asks for if it is meant as pinyin, in full and as initials."""
    syllables = _SYLLABLE.findall(word)
    pieces = ["".join(syllables[i : i + SYLLABLES]) for i in range(0, len(syllables), SYLLABLES)]
    yield " & ".join(_begins(SOUND + piece) for piece in pieces)
    if len(word) >= _JOINED_BY_PAIRS:
        letters = [word[i : i + SYLLABLES] for i in range(0, len(word), SYLLABLES)]
        yield " & ".join(_begins(INITIALS + piece) for piece in letters)


def words(text: str) -> tuple[Word, ...]:
    """What must be found, each once: dense runs as they stand, words by how they begin or how characters sound.

    Reads LONGEST_QUERY characters and MOST_WORDS words.
    """
    found: dict[str, Word] = {}
    for kind, token in tokens(text[:LONGEST_QUERY]):
        if len(found) == MOST_WORDS:
            break
        if kind == "dense":
            pairs = [token[i : i + _JOINED_BY_PAIRS] for i in range(len(token) - 1)] or [token]
            run = token if len(token) > _JOINED_BY_PAIRS else ""
            found[token] = Word(token, " & ".join(map(_quoted, dict.fromkeys(pairs))), run)
            continue
        sound = token.replace("ü", "v")
        asked = [_begins(token[:LONGEST_WORD]), *(_heard(sound) if _PINYIN.fullmatch(sound) else ())]
        found[token] = Word(token, " | ".join(f"({one})" for one in asked) if asked[1:] else asked[0])
    return tuple(found.values())


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1: the share of pairs and words of the shorter that stand in the other, too."""
    first, second = (set(_told_apart(text)) for text in (one, other))
    smaller = min(len(first), len(second))
    return len(first & second) / smaller if smaller else 0.0


def _told_apart(text: str) -> Iterator[str]:
    """Grams that mean something by themselves: pairs and words, not single characters."""
    return (gram for gram in grams(text) if len(gram) >= _JOINED_BY_PAIRS)
