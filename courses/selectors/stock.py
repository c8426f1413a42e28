"""The shelf of this process, brought up to the newest revision of the catalogue before each reading.

One statement asks for the revision. Only when it has moved are the courses read that changed in between, and for a word
that was asked before only its hits among them. A transaction that itself changed the catalogue reads a shelf of its own,
so nothing that may be rolled back is ever kept.
"""

import struct
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
from django.db import connection
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from courses.grams import Word
from courses.models import Course, Lesson, Occupation
from courses.shelf import GROUPS, ROW, Hits, Shelf
from portal.accounts import selectors as accounts
from portal.groups import groups

DELIVERIES = tuple(Course.Delivery.values)
GROUP_CODES = tuple(groups())[:GROUPS]
WORDS_BYTES = 96 * 2**20
CARDS = 4_096
CORRECTIONS = 2_000
_REVISION = """
SELECT number, xact, is_learnt, xact = pg_current_xact_id_if_assigned()::text::bigint FROM courses_cataloguerevision
ORDER BY number DESC LIMIT 1
"""
_STANDS = "SELECT 1 FROM courses_cataloguerevision WHERE number = %s AND xact = %s"
_ROWS = """
COPY (
    SELECT id::int8, changed_in::int8, (extract(epoch FROM published_at) * 1000000)::int8, alphabet::int8, hours_tenths::int4,
        occupation_id::int4, organisation_id::int4, province_id::int4,
        CASE certificate_kind WHEN 'level' THEN level WHEN 'special' THEN 6 ELSE 7 END::int4,
        array_position({deliveries}, delivery)::int4, subsidised::int4, (price_fen = 0)::int4,
        CASE WHEN key_groups = '{{}}' THEN 0 ELSE (
            SELECT COALESCE(bit_or(1 << array_position({groups}, k)), 0) >> 1 FROM unnest(key_groups) k
            WHERE k = ANY ({groups})
        ) END::int4, (state = 'published')::int4
    FROM courses_course WHERE {which}
) TO STDOUT WITH (FORMAT binary)
"""
_HITS = """
SELECT string_agg(int4send(id::int4), '') FILTER (WHERE named), string_agg(int4send(id::int4), '') FILTER (WHERE NOT named)
FROM (
    SELECT id, strpos(' ' || split_part(haystack, E'\\n', 1), %s) > 0 AS named FROM courses_course
    WHERE state = 'published' AND changed_in > %s AND search @@ %s::tsquery AND haystack LIKE %s
) hit
"""
_HEAD = struct.calcsize("!11sii")


Names = dict[str, tuple[str, str]]
"""Code → its Chinese and its English name."""


class Tree:
    """The occupations by major and minor group, so that one count a course becomes counts of all branches."""

    def __init__(self, rows: Iterable[Occupation]) -> None:
        rows = sorted(rows, key=lambda row: (row.major_code, row.minor_code, row.code))
        self.ids = np.array([row.pk for row in rows], "i8")
        self.codes = [row.code for row in rows]
        self.names: Names = {}
        self.minors, self.majors = _Branches(), _Branches()
        for number, row in enumerate(rows):
            self.names[row.code] = (row.name_zh, row.name_en)
            self.names[row.minor_code] = (row.minor_zh, "")
            self.names[row.major_code] = (row.major_zh, row.major_en)
            self.majors.add(row.major_code, self.minors.add(row.minor_code, number))

    def ids_under(self, values: Collection[str]) -> list[int]:
        """Ids of the occupations that are chosen or lie on a chosen branch."""
        minors = {n for n, code in enumerate(self.minors.codes) if code in values}
        minors.update(
            m for n, code in enumerate(self.majors.codes) if code in values for m in self.majors.below[n]
        )
        chosen = {n for n, code in enumerate(self.codes) if code in values}
        chosen.update(one for minor in minors for one in self.minors.below[minor])
        return self.ids[sorted(chosen)].tolist() if chosen else []


class _Branches:
    """One level of the tree: its codes, and the numbers of what lies below each."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.below: list[list[int]] = []

    def add(self, code: str, below: int) -> int:
        if not self.codes or self.codes[-1] != code:
            self.codes.append(code)
            self.below.append([])
        if below not in self.below[-1]:
            self.below[-1].append(below)
        return len(self.codes) - 1


class _Rows:
    """What PostgreSQL copies out, cut into rows while it comes, so that the whole never stands in memory twice."""

    def __init__(self) -> None:
        self.rest, self.parts, self.begun = b"", [], False

    def write(self, data: bytes) -> None:
        self.rest += data
        if len(self.rest) > 2**20:
            self.cut()

    def cut(self) -> None:
        if not self.begun and len(self.rest) >= _HEAD:
            self.rest, self.begun = self.rest[_HEAD:], True
        count = len(self.rest) // _ROW.itemsize
        if count:
            rows = np.frombuffer(self.rest[: count * _ROW.itemsize], _ROW)
            self.parts.append(rows[[name for name in ROW.names if not name.endswith("_length")]].copy())
            self.rest = self.rest[count * _ROW.itemsize :]

    def all(self) -> np.ndarray:
        self.cut()
        return np.concatenate(self.parts) if self.parts else np.empty(0, ROW)


_ROW = np.dtype([("fields", ">i2"), *ROW.descr])


@dataclass
class Stock:
    """What a process knows of the catalogue, as of `state`: number and transaction of the newest revision.

    `is_shared` is false for one that must not outlive its transaction.
    """

    state: tuple[int, int] = (-1, -1)
    shelf: Shelf = field(default_factory=Shelf.empty)
    words: OrderedDict[Word, Hits] = field(default_factory=OrderedDict)
    cards: OrderedDict[int, tuple[int, Course]] = field(default_factory=OrderedDict)
    tree: Tree = field(default_factory=lambda: Tree(()))
    beside: dict[str, dict[int | str, Model]] = field(default_factory=dict)
    """Occupations, provinces and providers by their keys: what the courses of all pages share."""
    provinces: Names = field(default_factory=dict)
    providers: dict[int, tuple[str, str]] = field(default_factory=dict)
    is_shared: bool = True
    is_learnt: bool = False
    """Whether the vocabulary knows all of this revision, so that what it corrects may be kept."""
    corrections: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    # -- the shelf

    def bring_up(self, state: tuple[int, int]) -> None:
        self.shelf = self.shelf.changed(state[0], _changed_since(self.shelf.number))
        self.state = state
        occupations = Occupation.objects.in_bulk()
        provinces = {province.pk: province for province in accounts.provinces()}
        organisations = accounts.organisations(np.unique(self.shelf.columns["provider"]).tolist())
        self.beside = {"occupation": occupations, "province": provinces, "organisation": organisations}
        self.tree = Tree(occupations.values())
        self.provinces = {key: (row.name_zh, row.name_en) for key, row in provinces.items()}
        self.providers = {key: (row.name_zh, row.name_en) for key, row in organisations.items()}

    # -- words

    def hits(self, words: Iterable[Word]) -> dict[str, Hits]:
        """One statement for each word that was not asked since the catalogue changed last."""
        return {word.text: self._hits(word) for word in words}

    def _hits(self, word: Word) -> Hits:
        number = self.shelf.number
        with self.lock:
            known = self.words.get(word)
            if known is not None and known.number == number:
                self.words.move_to_end(word)
                return known
        known = self.shelf.hits(number, _hits_since(word, known.number if known else -1), known)
        with self.lock:
            self.words[word] = known
            self.words.move_to_end(word)
            while sum(hits.size for hits in self.words.values()) > WORDS_BYTES and len(self.words) > 1:
                self.words.popitem(last=False)
        return known

    def keep_correction(self, text: str, better: str) -> None:
        if self.is_learnt:
            if len(self.corrections) >= CORRECTIONS:
                self.corrections.clear()
            self.corrections[text] = better

    # -- courses

    def courses(self, ids: list[int]) -> list[Course]:
        """As they stand on a page, in this order. One statement for those that are not known as they are now."""
        changed_in = self.shelf.columns["changed_in"]
        versions = {key: int(changed_in[self.shelf.slot_of[key]]) for key in ids}
        with self.lock:
            found = {
                key: kept[1] for key in ids if (kept := self.cards.get(key)) and kept[0] == versions[key]
            }
        missing = [key for key in ids if key not in found]
        fresh = {course.pk: self._beside(course) for course in _courses(missing)} if missing else {}
        with self.lock:
            self.cards |= {key: (versions[key], course) for key, course in fresh.items()}
            while len(self.cards) > CARDS:
                self.cards.popitem(last=False)
        found |= fresh
        return [found[key] for key in ids if key in found]

    def _beside(self, course: Course) -> Course:
        for name, known in self.beside.items():
            setattr(course, name, known[getattr(course, f"{name}_id")])
        return course


def _courses(ids: list[int]) -> QuerySet[Course]:
    lessons = (
        Lesson.objects.filter(version_id=OuterRef("current_version_id"))
        .order_by()
        .values("version_id")
        .annotate(n=Count("id"))
        .values("n")
    )
    return (
        Course.objects.published()
        .filter(pk__in=ids)
        .annotate(lesson_count=Coalesce(Subquery(lessons), 0))
        .defer("haystack", "search")
    )


_stock, _lock = Stock(), threading.Lock()


def stock() -> Stock:
    """The catalogue as of now. One statement when nothing has changed."""
    global _stock  # noqa: PLW0603 - one of a process
    with connection.cursor() as cursor:
        cursor.execute(_REVISION)
        number, xact, learnt, own = cursor.fetchone()
    if own:
        mine = Stock(is_shared=False)
        mine.bring_up((number, xact))
        return mine
    kept = _stock
    if kept.state == (number, xact):
        kept.is_learnt = learnt
        return kept
    with _lock:
        kept = _stock
        if kept.state[0] >= number or not _stands(kept.state):
            kept = Stock() if kept.state != (number, xact) else kept
        if kept.state != (number, xact):
            fresh = Stock(kept.state, kept.shelf, OrderedDict(kept.words), OrderedDict(kept.cards))
            fresh.bring_up((number, xact))
            kept = _stock = fresh
    return kept


def _stands(state: tuple[int, int]) -> bool:
    """Whether the revision that is known is one of this database's past."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, state)
        return cursor.fetchone() is not None


def _texts(values: Iterable[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{value}'" for value in values) + "]"


def _changed_since(number: int) -> np.ndarray:
    """Courses that are published, and with an earlier shelf also those that were."""
    which = f"changed_in > {number:d}" + (
        " AND state = 'published'" if number < 0 else " AND published_at IS NOT NULL"
    )
    rows = _Rows()
    with connection.cursor() as cursor:
        cursor.copy_expert(
            _ROWS.format(which=which, deliveries=_texts(DELIVERIES), groups=_texts(GROUP_CODES)), rows
        )
    return rows.all()


def _hits_since(word: Word, number: int) -> list[np.ndarray]:
    with connection.cursor() as cursor:
        named = f" {word.text}" if word.text.isascii() else word.text
        cursor.execute(_HITS, [named, number, word.tsquery, f"%{word.run}%"])
        return [np.frombuffer(bytes(ids or b""), ">i4").astype("i4") for ids in cursor.fetchone()]
