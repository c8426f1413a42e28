"""Contenders of the catalogue: the page, the search page, the search alone, and its bare statements."""

import multiprocessing
import re
import time
import unicodedata
from collections.abc import Callable
from functools import lru_cache, reduce
from itertools import cycle
from operator import or_
from urllib.parse import urlencode

import psycopg2
import pypinyin
from django.db import connection, connections
from django.db.models import Count, Q
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.rounds import Figures, repeated
from courses import grams, selectors
from courses.models import Course
from courses.selectors.stock import stock

WORDS = {
    "one character": ("焊", "工", "茶", "护", "电", "车", "餐", "养"),
    "two characters": ("焊工", "养老", "护理", "电工", "安全", "茶艺", "景泰", "机器"),
    "three and more": ("护理员", "上岗培训", "养老护理", "农民工", "职业道德", "工业机器人", "失能老人"),
    "pinyin": ("hangong", "yanglao", "hg", "gongyejiqiren", "dian gong", "jtl"),
    "English": ("welding", "care", "robot", "lacquer", "entry course", "training provider", "kitch"),
    "nothing to find": ("龘", "量子", "宇宙航行", "zzzz", "焊龘", "xylophone quartet"),
}
_FACETS = (
    {},
    {"province": "520000"},
    {"level": "4"},
    {"occupation": "6"},
    {"delivery": "video", "level": "5"},
    {"province": "440000", "sort": "short"},
    {"page": "2"},
    {"subsidised": "yes", "hours": "40-80"},
    {"group": "veteran", "price": "free"},
    {"page": "40", "sort": "title"},
)
_PROVINCES = (
    "110000",
    "130000",
    "320000",
    "330000",
    "370000",
    "410000",
    "430000",
    "440000",
    "510000",
    "520000",
    "610000",
)
PROCESSES = 2
"""As many as the machine has cores and the web server has workers."""


def searches() -> list[str]:
    """Query strings: every word, with varied facets, sorts and pages, and facets without a word."""
    facets = cycle(_FACETS)
    asked = [{"q": word, **next(facets)} for words in WORDS.values() for word in words]
    asked += [{"q": word} for words in WORDS.values() for word in words]
    asked += [facet for facet in _FACETS if facet]
    # neighbours in the list must not be of one kind: a round ends anywhere in it
    return [urlencode(asked[n * 7 % len(asked)]) for n in range(len(asked))]


def many_searches() -> list[str]:
    """Words, facets, provinces and pages crossed: far more than any process keeps answers of."""
    words = [word for words in WORDS.values() for word in words]
    asked = [
        {"q": word, **facets, "province": province}
        for word in words
        for facets in _FACETS
        for province in _PROVINCES
    ]
    return [urlencode(asked[n * 1_009 % len(asked)]) for n in range(len(asked))]


def naive(query: str) -> tuple[int, list[list], list[Course]]:
    """The same answer as a first version would give it: `icontains` over the texts, one GROUP BY a facet."""
    asked = QueryDict(query)
    rows = Course.objects.published().select_related("organisation", "province", "occupation")
    for word in asked.get("q", "").split():
        texts = (
            "title_zh",
            "title_en",
            "summary_zh",
            "occupation__name_zh",
            "occupation__name_en",
            "organisation__name_zh",
        )
        rows = rows.filter(reduce(or_, (Q(**{f"{text}__icontains": word}) for text in texts)))
    if province := asked.get("province"):
        rows = rows.filter(province_id=province)
    if level := asked.get("level"):
        rows = rows.filter(level=level)
    facets = [
        list(rows.order_by().values_list(column).annotate(n=Count("id")))
        for column in (
            "occupation__code",
            "level",
            "province_id",
            "delivery",
            "organisation_id",
            "subsidised",
        )
    ]
    return rows.count(), facets, list(rows.order_by("-published_at")[:20])


def naively(queries: list[str], processes: int = PROCESSES) -> Callable[[float], Figures]:
    def make(number: int) -> Callable[[], object]:
        asked = cycle(queries[number * 11 % len(queries) :] + queries[: number * 11 % len(queries)])
        return lambda: naive(next(asked))

    return side_by_side(make, processes)


def statements(path: str, client: Client | None = None) -> list[str]:
    """The SQL of one page, as sent."""
    client = client or Client()
    client.get(path)
    with CaptureQueriesContext(connection) as told:
        client.get(path)
    return [query["sql"] for query in told.captured_queries]


def search_statements(queries: list[str]) -> list[tuple[str, ...]]:
    """For each search its statements with the values in them, ready for a bare cursor."""
    found = []
    for query in queries:
        with CaptureQueriesContext(connection) as told:
            selectors.search(QueryDict(query))
        found.append(tuple(q["sql"] for q in told.captured_queries))
    return found


def side_by_side(make: Callable[[int], Callable[[], object]], processes: int) -> Callable[[float], Figures]:
    """A contender of some processes without any HTTP: `make(n)` runs in the n-th and gives what it repeats.

    One process is this one.
    """
    if processes == 1:
        return lambda seconds: repeated(make(0), seconds)

    def child(number: int, seconds: float, out: object) -> None:
        out.send(repeated(make(number), seconds))
        out.close()
        connections.close_all()

    def act(seconds: float) -> Figures:
        connections.close_all()
        context, begin, pairs = multiprocessing.get_context("fork"), time.perf_counter(), []
        for number in range(processes):
            ours, theirs = context.Pipe(duplex=False)
            worker = context.Process(target=child, args=(number, seconds, theirs), daemon=True)
            worker.start()
            pairs.append((worker, ours))
        figures = Figures()
        for worker, ours in pairs:
            if not ours.poll(seconds + 60):
                raise RuntimeError(f"A worker said nothing for {time.perf_counter() - begin:.0f} s.")
            figures.join(ours.recv())
            worker.join()
        return figures

    return act


def first_time() -> Figures:
    """Every word once, in this process, which knows the catalogue but not the word."""
    selectors.search(QueryDict())
    figures, begin = Figures(), time.process_time()
    for words in WORDS.values():
        for word in words:
            before = time.perf_counter()
            selectors.search(QueryDict(urlencode({"q": word})))
            figures.add((time.perf_counter() - before) * 1000)
    figures.seconds = sum(figures.times) / 1000
    figures.cpu = (time.process_time() - begin) * 1000 / figures.requests
    return figures


def searching(queries: list[str], processes: int = PROCESSES) -> Callable[[float], Figures]:
    """`courses.selectors.search`, answer and all, in processes of their own that know every word already."""
    first_time()

    def make(number: int) -> Callable[[], object]:
        asked = cycle(queries[number * 11 % len(queries) :] + queries[: number * 11 % len(queries)])
        return lambda: selectors.search(QueryDict(next(asked)))

    return side_by_side(make, processes)


def bare_statements(texts: list[tuple[str, ...]], processes: int = PROCESSES) -> Callable[[float], Figures]:
    """The same statements through psycopg2 alone: what PostgreSQL needs for them."""

    def make(number: int) -> Callable[[], object]:
        # the bare driver parses `%` only where values are given, so the texts go as they are
        cursor = bare_link().cursor()
        asked = cycle(texts[number * 11 % len(texts) :] + texts[: number * 11 % len(texts)])

        def once() -> None:
            for text in next(asked):
                cursor.execute(text)
                cursor.fetchall()

        return once

    return side_by_side(make, processes)


def bare_link() -> psycopg2.extensions.connection:
    """As the portal's role, without Django. Commits by itself."""
    names = ("host", "port", "user", "dbname", "password")
    known = connection.get_connection_params()
    link = psycopg2.connect(**{name: known[name] for name in names if known.get(name)}, connect_timeout=5)
    link.autocommit = True
    return link


# -- recall ---------------------------------------------------------------------------------------------------------


def recall() -> dict[str, object]:
    """Every search word against a scan of the plain texts in Python: what is found of what there is, and what is too much."""
    texts = [
        (course.pk, _plain(course)) for course in Course.objects.select_related("occupation", "organisation")
    ]
    found_in_all = there_in_all = extra = 0
    missed = []
    for words in WORDS.values():
        for text in words:
            there = {key for key, plain in texts if all(_stands(word, *plain) for word in text.split())}
            found = _found(text)
            found_in_all, there_in_all = found_in_all + len(found & there), there_in_all + len(there)
            extra += len(found - there)
            missed += [text] if there - found else []
    return {
        "recall": round(found_in_all / there_in_all, 6) if there_in_all else 1.0,
        "found": found_in_all,
        "there": there_in_all,
        "too_much": extra,
        "missed": missed,
        "words": sum(map(len, WORDS.values())),
    }


def _found(text: str) -> set[int]:
    """Ids of all pages of the product's own search, uncorrected."""
    goods = stock()
    mask = goods.shelf.find(goods.hits(grams.words(text)), {}).mask
    return set(goods.shelf.columns["id"][mask].tolist())


def _plain(course: Course) -> tuple[str, list[tuple[str, str]]]:
    """The texts, and how title, occupation and provider sound: in full and as initials from each character on."""
    occupation, provider = course.occupation, course.organisation
    texts = (
        course.title_zh, course.title_en, course.summary_zh, course.summary_en, occupation.name_zh, occupation.name_en,
        provider.name_zh, provider.name_en, course.code, occupation.code,
    )  # fmt: skip
    plain = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
    return plain, [one for text in (texts[0], texts[4], texts[6]) for one in _sounds(text)]


@lru_cache(100_000)
def _sounds(text: str) -> list[tuple[str, str]]:
    """The reading in its place of each run of Chinese; other readings are proved in the tests."""
    runs = re.findall(r"[\u4e00-\u9fff]+", text)
    spelt = [pypinyin.lazy_pinyin(run, style=pypinyin.Style.NORMAL) for run in runs]
    return [("".join(s[n:]), "".join(one[0] for one in s[n:])) for s in spelt for n in range(len(s))]


def _stands(word: str, text: str, sounds: list[tuple[str, str]]) -> bool:
    """Chinese stands anywhere; a Latin word stands where a word begins, or sounds like characters."""
    if not word.isascii():
        return word in text
    heard = any(
        full.startswith(word) or (len(word) > 1 and initials.startswith(word)) for full, initials in sounds
    )
    return heard or bool(re.search(rf"\b{word}", text, re.ASCII))
