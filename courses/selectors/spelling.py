"""Typing errors: what was probably meant by words that find nothing.

Latin words and pinyin: one letter too many, too few, wrong, or two exchanged, looked up in `KnownWord`. Chinese of three
characters and more: one wrong character, by the grams of the others.
"""

import re
from collections import Counter
from collections.abc import Mapping

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.functions import Cast

from courses import grams
from courses.models import KnownWord
from courses.selectors.catalogue import published_courses
from courses.selectors.stock import Stock
from courses.shelf import Hits

SHORTEST = 4
_LONGEST = 40
_SHORTEST_RUN, _LONGEST_RUN = 3, 20
_LOOKED_AT = 60
_TRIED = 6
_WORD = re.compile(r"[a-z]+")


def near(word: str) -> list[str]:
    """The word, and the word without each one of its letters."""
    return sorted({word, *(word[:i] + word[i + 1 :] for i in range(len(word)))})


def corrected(stock: Stock, text: str, hits: Mapping[str, Hits]) -> str:
    """The text with better words for those that stand nowhere, if that finds something; else empty."""
    if (kept := stock.corrections.get(text)) is None:
        kept = _corrected(stock, text, hits)
        stock.keep_correction(text, kept)
    return kept


def _corrected(stock: Stock, text: str, hits: Mapping[str, Hits]) -> str:
    shelf, better = stock.shelf, {}
    for word in grams.words(text):
        if not shelf.find({word.text: hits[word.text]}, {}).unfiltered:
            meant = _latin(stock, word.text) if _WORD.fullmatch(word.text) else _chinese(word.text)
            if not meant:
                return ""
            better[word.text] = meant
    if not better:
        return ""
    told = " ".join(better.get(token, token) for _kind, token in grams.tokens(text[: grams.LONGEST_QUERY]))
    return told if shelf.find(stock.hits(grams.words(told)), {}).unfiltered else ""


def _latin(stock: Stock, word: str) -> str:
    if not SHORTEST <= len(word) <= _LONGEST:
        return ""
    rows = KnownWord.objects.filter(near__overlap=near(word)).values_list("word", flat=True)
    close = sorted(
        (w for w in rows[:_LOOKED_AT] if _one_apart(word, w)), key=lambda w: (w[0] != word[0], len(w), w)
    )
    found = {
        w: stock.shelf.find({w: hits}, {}).unfiltered
        for w, hits in stock.hits(one for w in close[:_TRIED] for one in grams.words(w)).items()
    }
    best = max(found, key=lambda w: (w[0] == word[0], found[w]), default="")
    return best if best and found[best] else ""


def _one_apart(a: str, b: str) -> bool:
    """One letter added, dropped or changed, or two neighbours exchanged."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[start:], b[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b if len(a) > len(b) else a == b[1:]


def _chinese(run: str) -> str:
    """What stands in the catalogue in place of a run that does not, with one character changed."""
    if not _SHORTEST_RUN <= len(run) <= _LONGEST_RUN:
        return ""
    asked, like = [], Q()
    for wrong in range(len(run)):
        parts = [part for part in (run[:wrong], run[wrong + 1 :]) if part]
        asked.append("(" + " & ".join(word.tsquery for part in parts for word in grams.words(part)) + ")")
        like |= Q(haystack__regex=re.escape(run[:wrong]) + r"\S" + re.escape(run[wrong + 1 :]))
    rows = published_courses().filter(
        Func(
            F("search"),
            Cast(Value(" | ".join(asked)), SearchQueryField()),
            template="(%(expressions)s)",
            arg_joiner=" @@ ",
            output_field=BooleanField(),
        ),
        like,
    )
    shapes = [re.compile(re.escape(run[:i]) + r"\S" + re.escape(run[i + 1 :])) for i in range(len(run))]
    stands = Counter(
        found
        for haystack in rows.order_by().values_list("haystack", flat=True)[:_LOOKED_AT]
        for found in {one for shape in shapes for one in shape.findall(haystack)}
    )
    return stands.most_common(1)[0][0] if stands else ""
