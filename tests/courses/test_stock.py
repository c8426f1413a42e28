"""What a process keeps of the catalogue is always that of the newest revision, and asking it costs two statements."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from courses import selectors, services, tasks
from courses.models import CatalogueRevision, Course
from courses.selectors.stock import stock
from portal.accounts.roles import Role
from tests import factories
from tests.guards import Reader


@pytest.fixture
def samples(committed_db, at):
    author, keeper = factories.user("author"), factories.staff(Role.PROVINCE_CATALOGUE, name="keeper")
    services.load_sample_courses(by=author, second=keeper, at=at)
    return keeper


def total(query=""):
    return selectors.search(QueryDict(query)).total


def statements(act):
    with CaptureQueriesContext(connection) as told:
        act()
    return [query["sql"] for query in told.captured_queries if not re.match(r"BEGIN|COMMIT", query["sql"])]


def test_a_transaction_that_changes_courses_is_one_revision(samples):
    before = CatalogueRevision.objects.count()
    with transaction.atomic():
        for course in Course.objects.published()[:3]:
            course.save()
    rows = CatalogueRevision.objects.order_by("-number")
    assert rows.count() == before + 1
    assert Course.objects.filter(changed_in=rows[0].number).count() == 3


def test_a_draft_is_no_revision(samples, at):
    before = CatalogueRevision.objects.count()
    published = Course.objects.published().first()
    services.create_course(
        code="GZ-9999", province=published.province, organisation=published.organisation, occupation=published.occupation,
        certificate_kind="special", level=None, title_zh="草稿", hours=1, delivery="video", by=published.created_by, at=at,
    )  # fmt: skip
    assert CatalogueRevision.objects.count() == before


def test_what_is_kept_follows_every_change(samples, at):
    assert total() == 248
    first = stock()
    assert stock() is first
    course = selectors.search(QueryDict("q=焊工")).page.object_list[0]
    with_word = total("q=焊工")
    services.suspend(
        course, by=factories.staff(Role.PROVINCE_CATALOGUE, code=course.province_id), at=at, reason="内容过时"
    )
    assert (total(), total("q=焊工")) == (247, with_word - 1)
    assert stock() is not first
    keeper = factories.staff(Role.PROVINCE_CATALOGUE, code=course.province_id, name="other")
    services.resume(Course.objects.get(pk=course.pk), by=keeper, at=at, reason="已改正")
    assert (total(), total("q=焊工")) == (248, with_word)


def test_what_is_rolled_back_was_never_kept(samples):
    assert total() == 248
    kept = stock()

    with transaction.atomic():
        Course.objects.filter(pk=Course.objects.published().first().pk).update(price_fen=1, delivery="live")
        assert total() == 248
        assert not stock().is_shared
        transaction.set_rollback(True)
    assert stock() is kept
    assert stock().is_shared


def test_a_changed_title_is_found_and_shown_at_once(samples):
    course = Course.objects.published().first()
    assert total("q=琴弦制作") == 0
    course.title_zh = "琴弦制作与调音"
    services.index_courses(Course.objects.filter(pk=course.pk))
    Course.objects.filter(pk=course.pk).update(title_zh=course.title_zh)
    services.index_courses(Course.objects.filter(pk=course.pk))
    found = selectors.search(QueryDict("q=qinxian")).page.object_list
    assert [c.title_zh for c in found] == ["琴弦制作与调音"]


def test_a_search_takes_two_statements_and_a_new_word_one_more(samples):
    total()
    for query in ("", "province=520000", "level=5&hours=40-80"):
        total(query)
        assert len(statements(lambda query=query: total(query))) <= 2, query
    assert len(statements(lambda: total("q=养老"))) <= 3
    many, few = "q=工", "q=景泰蓝"
    total(many), total(few)
    assert len(statements(lambda: total(many))) == len(statements(lambda: total(few))) == 1
    assert len(statements(lambda: total(f"{many}&page=3"))) == 2


def test_what_finds_nothing_is_corrected_once_the_words_are_learnt(samples):
    for query in ("q=zzzzzz", "q=yanglap"):
        total(query)
        assert len(statements(lambda query=query: total(query))) > 1, (
            "the vocabulary does not know all words yet"
        )
    tasks.learn_words()
    assert total("q=yanglap") > 0
    for query in ("q=zzzzzz", "q=yanglap"):
        total(query)
        assert len(statements(lambda query=query: total(query))) == 1, query


def test_the_page_takes_at_most_four_statements(samples):
    total()
    for query in ("", "q=养老", "q=焊&level=5&province=520000", "page=7"):
        for _again in range(2):
            assert len(statements(lambda query=query: Reader().get(f"/courses/?{query}"))) <= 4, query
    assert len(statements(lambda: Reader().get("/courses/"))) == 1, (
        "what another visitor saw is only asked for its revision"
    )


def test_what_a_page_reads_does_not_depend_on_how_many_there_are(samples):
    """Buffers of the statements of a search that has been asked before, its courses not."""

    def buffers(query):
        total(query)
        stock().cards.clear()
        told = 0
        for text in statements(lambda: total(query)):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}")
                plan = cursor.fetchone()[0][0]["Plan"]
                told += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return told

    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")  # the plan of a large table
        few, many, deep = buffers("q=工&province=520000"), buffers("q=工"), buffers("q=工&page=5")
        cursor.execute("RESET enable_seqscan")
    assert max(few, many, deep) <= 20 * 20 + 20


def test_many_threads_read_while_one_writes(samples, at):
    course = Course.objects.published().filter(delivery="video").first()
    keeper = factories.staff(Role.PROVINCE_CATALOGUE, code=course.province_id, name="writer")
    total("q=工")

    def read(_n):
        try:
            results = selectors.search(QueryDict("q=工&delivery=video&as=typed"))
            shown = next(f for f in results.facets if f.name == "delivery").values
            return results.total == next(v.count for v in shown if v.value == "video")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(read, n) for n in range(40)]
        services.suspend(course, by=keeper, at=at, reason="停")
        assert all(one.result() for one in asked)


def test_a_revision_of_another_past_is_not_built_upon(samples):
    """As after a backup was restored under a running process: same or lower numbers, other transactions."""
    total("q=工")
    kept = stock()
    kept.state = (kept.state[0] - 1, 1)
    with transaction.atomic():
        Course.objects.published().first().save()
    assert total() == 248
    assert stock() is not kept


@pytest.mark.django_db
def test_a_revision_has_one_number():
    with pytest.raises(DatabaseError), transaction.atomic():
        CatalogueRevision.objects.create(number=0, xact=1, at="2026-01-01T00:00Z")
