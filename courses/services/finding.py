"""What makes a course findable: its grams, how it sounds, and the words that correct typing errors."""

import operator
from collections.abc import Iterable, Iterator

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from courses import grams
from courses.models import CatalogueRevision, Course, KnownWord
from courses.pinyin import place_in_alphabet, sounds, spelling
from courses.selectors.spelling import SHORTEST, near
from courses.services.copying import text_array

_NAMES = ("organisation.name_zh", "organisation.name_en", "occupation.name_zh", "occupation.name_en")
_SHORT_NAME = 6
"""Characters of a run of a title that is learnt whole."""
_LONGEST = 40
CHUNK = 500
INDEXED = ("haystack", "search", "alphabet", "indexed_names")
"""What `describe` sets."""


def _named(course: Course) -> tuple[str, ...]:
    """The texts that name the course; a word found here weighs more."""
    occupation = course.occupation
    return (course.title_zh, course.title_en, occupation.name_zh, occupation.name_en)


def _told(course: Course) -> tuple[str, ...]:
    return (
        course.organisation.name_zh,
        course.organisation.name_en,
        course.summary_zh,
        course.summary_en,
        course.code,
        course.occupation.code,
    )


def describe(course: Course) -> None:
    """Set what the search looks at, when the course is published; the caller saves `INDEXED`.

    Nobody searches drafts, so they have none of it. Pinyin is made of title, occupation and provider, not of the summary.
    """
    named, told = _named(course), _told(course)
    course.haystack = "\n".join((grams.haystack(*named), grams.haystack(*told)))
    lexemes = {*grams.grams(*named, *told), *sounds(*named, course.organisation.name_zh)}
    course.search = Func(
        Cast(Value(text_array(sorted(lexemes))), ArrayField(TextField())), function="array_to_tsvector"
    )
    course.alphabet = place_in_alphabet(course.title_zh)
    course.indexed_names = "\n".join(operator.attrgetter(*_NAMES)(course))


def index_courses(courses: QuerySet[Course] | None = None) -> int:
    """Make anew what the search looks at, for instance after its own rules changed. Gives the number of courses.

    Each chunk is a transaction of its own, so that nobody waits long; a second run changes nothing more.
    """
    rows = (Course.objects.all() if courses is None else courses).filter(published_at__isnull=False)
    keys, count = list(rows.order_by("pk").values_list("pk", flat=True)), 0
    for start in range(0, len(keys), CHUNK):
        with transaction.atomic():
            count += _index(
                Course.objects.filter(pk__in=keys[start : start + CHUNK]).select_for_update(of=("self",))
            )
    return count


@transaction.atomic
def index_renamed() -> int:
    """Index the next courses whose provider or occupation is called otherwise than the index knows. Gives how many.

    The names themselves are compared, so that no way of renaming can forget to tell.
    """
    names = [F(name.replace(".", "__")) for name in _NAMES]
    parts = [part for name in names for part in (name, Value("\n"))]
    now = Concat(*parts[:-1], output_field=TextField())
    listed = Course.objects.filter(published_at__isnull=False)
    renamed = listed.alias(names=now).exclude(indexed_names=F("names"))
    return _index(renamed.select_for_update(of=("self",), skip_locked=True), most=CHUNK)


def _index(rows: QuerySet[Course], *, most: int | None = None) -> int:
    courses = list(rows.select_related("occupation", "organisation").order_by("pk")[:most])
    for course in courses:
        describe(course)
    Course.objects.bulk_update(courses, INDEXED, batch_size=100)
    return len(courses)


def learn_next_words() -> bool:
    """Teach the correction of typing errors the words of the oldest revision not learnt yet. False when there is none."""
    with transaction.atomic():
        rows = CatalogueRevision.objects.select_for_update(skip_locked=True).filter(is_learnt=False)
        revision = rows.order_by("number").first()
        if revision is None:
            return False
        courses = Course.objects.published().filter(changed_in=revision.number)
        texts = courses.order_by().values_list(
            "title_zh", "title_en", "occupation__name_zh", "occupation__name_en", "organisation__name_en"
        )
        words: set[str] = set()
        for title_zh, title_en, *names in texts.iterator(chunk_size=2_000):
            words.update(_latin(title_en, *names[1:]), _short_runs(title_zh), _windows(names[0]))
        KnownWord.objects.bulk_create(
            (KnownWord(word=word, near=near(word)) for word in sorted(words)),
            batch_size=2_000,
            ignore_conflicts=True,
        )
        revision.is_learnt = True
        revision.save(update_fields=["is_learnt"])
    return True


def _latin(*texts: str) -> Iterator[str]:
    for text in texts:
        for kind, token in grams.tokens(text):
            if kind == "word" and token.isascii() and token.isalpha() and SHORTEST <= len(token) <= _LONGEST:
                yield token


def _spelt(parts: Iterable[str]) -> Iterator[str]:
    return (word for word in map(spelling, parts) if SHORTEST <= len(word) <= _LONGEST and word.isascii())


def _short_runs(title: str) -> Iterator[str]:
    runs = (token for kind, token in grams.tokens(title) if kind == "dense")
    return _spelt(run for run in runs if len(run) <= _SHORT_NAME)


def _windows(name: str) -> Iterator[str]:
    """Pinyin of every two characters and more of an occupation's name."""
    for _kind, run in grams.tokens(name):
        yield from _spelt(run[i:j] for i in range(len(run)) for j in range(i + 2, len(run) + 1))
