"""The world that is measured: rows written in bulk by the database's superuser, past triggers, in the form services leave.

Always the same for the same number: seeded, and each size holds the smaller ones.
"""

import csv
import datetime as dt
import io
import random
from collections.abc import Iterator
from functools import lru_cache
from itertools import cycle
from pathlib import Path

import psycopg2.extensions

from courses import grams, pinyin
from courses.models import Course, Occupation
from portal.accounts.models import Organisation, Province, User

PROVIDERS = 500
LESSONS = 4
FILM_SECONDS = 2_700
SAMPLES = Path(__file__).resolve().parents[1] / "courses" / "data" / "courses_sample.csv"
_BODIES = (
    "职业技能培训学校",
    "技工学校",
    "智能制造培训中心",
    "养老护理培训中心",
    "劳动力市场培训部",
    "开放学院",
)
_BEGIN = dt.datetime(2021, 1, 4, 1, 0, tzinfo=dt.UTC)
_PHRASES = (
    "从识图、备料到成品检验，跟着师傅一步一步做。",
    "每一课都有机位特写和安全提示。",
    "适合没有基础、准备上岗的学员。",
    "含法律法规、安全生产与职业道德模块。",
    "结合本地企业的真实工位拍摄。",
    "学完可参加相应等级的技能评价。",
    "重点讲常见故障的判断与处理。",
    "手机上就能学，随时接着看。",
    "面向农民工、退役军人与高校毕业生。",
    "配有题库和结业考试。",
)
GROUPS = ("migrant_worker", "registered_unemployed", "veteran", "disabled")
_COLUMNS = [
    "id",
    "code",
    "province_id",
    "organisation_id",
    "occupation_id",
    "title_zh",
    "title_en",
    "summary_zh",
    "hours_tenths",
    "delivery",
    "certificate_kind",
    "level",
    "subsidised",
    "price_fen",
    "key_groups",
    "at",
    "author",
    "second",
    "haystack",
    "grams",
    "alphabet",
]
CHUNK = 20_000
MANY = 100_000
"""From so many new courses on the index is made after them."""
_INDEX = """
CREATE INDEX course_search ON courses_course USING gin (search) WITH (fastupdate = off) WHERE state = 'published'
"""
_COURSES = """
INSERT INTO courses_course (id, code, province_id, organisation_id, occupation_id, title_zh, title_en, summary_zh,
    summary_en, hours_tenths, delivery, certificate_kind, level, for_subsidy, subsidised, price_fen, key_groups, state,
    is_sample, current_version_id, created_at, created_by_id, published_at, published_by_id, suspended_reason,
    withdrawn_reason, partner_ref, haystack, search, alphabet, indexed_names, changed_in)
SELECT id, code, province_id, organisation_id, occupation_id, title_zh, title_en, summary_zh, '', hours_tenths, delivery,
    certificate_kind, level, subsidised, subsidised, price_fen, key_groups, 'published', true, id, at, author, at, second, '',
    '', '', haystack, array_to_tsvector(string_to_array(grams, ' ')), alphabet,
    (SELECT concat_ws(E'\\n', o.name_zh, o.name_en, k.name_zh, k.name_en) FROM accounts_organisation o, courses_occupation k
        WHERE o.id = organisation_id AND k.id = occupation_id),
    (SELECT max(number) FROM courses_cataloguerevision) FROM incoming;
INSERT INTO courses_courseversion (id, course_id, number, state, revision, created_at, created_by_id, submitted_at,
    submitted_by_id, returned_reason, frozen_at, published_by_id, occupation_id, title_zh, title_en, summary_zh, summary_en,
    hours_tenths, delivery, certificate_kind, level, for_subsidy, price_fen, key_groups)
SELECT id, id, 1, 'published', 1, at, author, at, author, '', at, second, occupation_id, title_zh, title_en, summary_zh, '',
    hours_tenths, delivery, certificate_kind, level, subsidised, price_fen, key_groups FROM incoming;
INSERT INTO courses_section (id, version_id, key, position, title_zh, title_en, module, revision)
SELECT id, id, 'contents', 1, '课程内容', '', '', 1 FROM incoming;
INSERT INTO courses_lesson (version_id, section_id, key, position, kind, teaching, on_site, title_zh, title_en, seconds,
    planned_seconds, body_zh, body_en, characters, no_skip, transcript_zh, transcript_en, revision, body_format,
    source_zh, source_en)
SELECT i.id, i.id, 'lesson-' || n, n, 'video', 'theory', false, '第' || n || '课', '', %(seconds)s, 0, '', '', 0, true, '', '', 1, 'html', '', ''
    FROM incoming i, generate_series(1, %(lessons)s) n;
DROP TABLE incoming;
"""
_REVISION = """
INSERT INTO courses_cataloguerevision (number, xact, at, is_learnt)
SELECT max(number) + 1, pg_current_xact_id()::text::bigint, now(), false FROM courses_cataloguerevision
"""


def open_gates(link: psycopg2.extensions.connection) -> None:
    """From now on the connection writes without triggers and foreign keys, as a restore does; and makes the row of the bare update."""
    with link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_row (id int PRIMARY KEY, n bigint NOT NULL, told text NOT NULL)"
        )
        cursor.execute(
            "INSERT INTO bench_row SELECT n, 0, '' FROM generate_series(1, 1000) n ON CONFLICT DO NOTHING"
        )
        cursor.execute("GRANT SELECT, UPDATE ON bench_row TO zhixun_app")


def count_on(link: psycopg2.extensions.connection) -> None:
    """New rows take numbers after those that were written by hand."""
    with link.cursor() as cursor:
        for table in ("courses_course", "courses_courseversion", "courses_section"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608 - ours
            )


class Catalogue:
    """Published courses that grow: `grow_to(n)`."""

    def __init__(self, link: psycopg2.extensions.connection, *, providers: int = PROVIDERS) -> None:
        self.link, self.size = link, 0
        self.author, self.second = (somebody(name).pk for name in ("author", "second"))
        self.providers = _providers(link, providers)
        self.occupations = list(Occupation.objects.filter(edition="2022").order_by("code"))
        with SAMPLES.open(encoding="utf-8", newline="") as file:
            self.samples = list(csv.DictReader(file))

    def grow_to(self, size: int) -> None:
        many = size - self.size >= MANY
        with self.link.cursor() as cursor:
            if many:
                cursor.execute("DROP INDEX course_search")
            while self.size < size:
                self._add(cursor, min(size - self.size, CHUNK))
            if many:
                cursor.execute("SET maintenance_work_mem = '1GB'")
                cursor.execute(_INDEX)
        settle(self.link)

    def multiply(self, times: int) -> None:
        """Every course so many times over, by PostgreSQL itself: enough to be searched, without lessons of their own.

        The frequency of every word stays what it is; only codes, ids and moments differ.
        """
        other = {
            "id": "c.id + n * span",
            "code": "'BM-' || (10000000 + c.id + n * span)",
            "published_at": "c.published_at + n * interval '1 second'",
            "changed_in": "(SELECT max(number) FROM courses_cataloguerevision)",
        }
        columns = [field.column for field in Course._meta.concrete_fields]  # noqa: SLF001 - Django's documented names
        told = ", ".join(other.get(column, f"c.{column}") for column in columns)
        with self.link.cursor() as cursor:
            cursor.execute("DROP INDEX course_search")
            cursor.execute(_REVISION)
            cursor.execute(
                f"INSERT INTO courses_course ({', '.join(columns)}) SELECT {told} FROM courses_course c, "  # noqa: S608 - ours
                "generate_series(1, %s) n, (SELECT max(id) AS span FROM courses_course) s",
                [times - 1],
            )
            self.size *= times
            cursor.execute("SET maintenance_work_mem = '1GB'")
            cursor.execute(_INDEX)
        settle(self.link)

    def _add(self, cursor: psycopg2.extensions.cursor, count: int) -> None:
        cursor.execute("SELECT COALESCE(max(id), 0) FROM courses_course")
        first = cursor.fetchone()[0] + 1
        cursor.execute(
            "CREATE TEMP TABLE incoming (id bigint, code text, province_id text, organisation_id bigint, occupation_id "
            "bigint, title_zh text, title_en text, summary_zh text, hours_tenths int, delivery text, certificate_kind "
            "text, level smallint, subsidised boolean, price_fen bigint, key_groups text[], at timestamptz, author bigint, "
            "second bigint, haystack text, grams text, alphabet bigint)"
        )
        rows = io.StringIO()
        for number in range(self.size, self.size + count):
            row = self._row(first + number - self.size, number)
            rows.write("\t".join("\\N" if row[name] is None else str(row[name]) for name in _COLUMNS) + "\n")
        rows.seek(0)
        cursor.execute(_REVISION)
        cursor.copy_expert("COPY incoming FROM STDIN", rows)
        cursor.execute(_COURSES, {"seconds": FILM_SECONDS, "lessons": LESSONS})
        for table in ("courses_course", "courses_courseversion"):
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count - 1])
        self.size += count

    def _row(self, key: int, number: int) -> dict[str, object]:
        chance = random.Random(number)
        sample, occupation = chance.choice(self.samples), chance.choice(self.occupations)
        provider = chance.choice(self.providers)
        level = chance.choice((5, 5, 5, 4, 4, 4, 3, 3, 2, 1, None, None))
        period = f"第{number % 97 + 1}期"
        title = f"{occupation.name_zh}：{sample['title_zh']}（{period}）"
        named = (
            occupation.name_zh,
            occupation.name_en,
            sample["title_zh"],
            sample["title_en"],
            period,
            str(number % 97 + 1),
        )
        summary, code = chance.sample(_PHRASES, 3), f"BM-{number:07}"
        told = (provider.name_zh, provider.name_en, *summary, code, occupation.code)
        lexemes: set[str] = set()
        for part in (*named, *told[:-2]):
            lexemes |= _grams(part)
        lexemes.update(grams.grams(*told[-2:]), *map(_sounds, (*named[::2], provider.name_zh)))
        groups = chance.sample(GROUPS, chance.choice((0, 0, 0, 1, 2)))
        return {
            "id": key,
            "code": code,
            "province_id": provider.province_id,
            "organisation_id": provider.pk,
            "occupation_id": occupation.pk,
            "title_zh": title,
            "title_en": f"{sample['title_en']}, {number % 97 + 1}",
            "summary_zh": "".join(summary),
            "hours_tenths": chance.randrange(100, 1400, 20),
            "delivery": chance.choice(("video", "video", "video", "workshop_filmed", "live", "assessment")),
            "certificate_kind": "level" if level else chance.choice(("special", "completion")),
            "level": level,
            "subsidised": chance.random() < 0.6,  # noqa: PLR2004
            "price_fen": chance.choice((0, 0, 9_900, 19_900, 48_000)),
            "key_groups": "{" + ",".join(groups) + "}",
            "at": _BEGIN + dt.timedelta(minutes=number * 7 % 2_000_003),
            "author": self.author,
            "second": self.second,
            "haystack": "\\n".join(
                (
                    " ".join(
                        _plain(part)
                        for part in (title, f"{sample['title_en']}, {number % 97 + 1}", *named[:2])
                    ),
                    " ".join(_plain(part) for part in told),
                )
            ),
            "grams": " ".join(lexemes),
            "alphabet": _alphabet(title),
        }


# The parts of a text repeat; what services make of each (courses/services/finding.py) is remembered.
_grams = lru_cache(100_000)(lambda part: frozenset(grams.grams(part)))
_sounds = lru_cache(100_000)(lambda part: frozenset(pinyin.sounds(part)))
_plain = lru_cache(100_000)(grams.haystack)
_alphabet = lru_cache(100_000)(pinyin.place_in_alphabet)


def settle(link: psycopg2.extensions.connection) -> None:
    """As after a quiet night: statistics and visibility known, nothing waiting to be written."""
    with link.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def somebody(name: str) -> User:
    person = User(display_name=name, joined_at=_BEGIN)
    person.set_unusable_password()
    person.save()
    return person


def _named(providers: int) -> Iterator[Organisation]:
    provinces = cycle(Province.objects.order_by("code"))
    for number, province in zip(range(providers), provinces, strict=False):
        yield Organisation(
            name_zh=f"{province.name_zh}{_BODIES[number % len(_BODIES)]}（{number // 31 + 1}）",
            name_en=f"{province.name_en} training provider {number + 1}",
            uscc=f"BENCH{number:013}",
            kind="school",
            province=province,
        )


def _providers(link: psycopg2.extensions.connection, providers: int) -> list[Organisation]:
    if not Organisation.objects.filter(uscc__startswith="BENCH").exists():
        Organisation.objects.bulk_create(_named(providers))
    return list(Organisation.objects.filter(uscc__startswith="BENCH").order_by("uscc"))
