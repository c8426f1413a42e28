"""Search: everything that stands there is found, nothing else; counts that hold; addresses to share."""

import re

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses import grams, selectors, services, tasks
from courses.models import Course, Occupation
from courses.selectors.asked import PER_PAGE, Params
from courses.selectors.search import matching
from courses.services import finding
from tests import factories
from tests.courses.sounding import sounds_like

pytestmark = pytest.mark.django_db

TITLES = [
    "焊工（五级）：安全、识图与平焊入门",
    "电工电焊工电工",
    "CO₂ 气体保护焊 Ｗｅｌｄｉｎｇ ABC",
    "工焊",
    "𠮷野家厨师：𬌗骨处理",
    "𱍐与㐂的装裱",
    "Moving and turning a bedridden older person",
    "百分之百%_\\'引号",
    "蒙古族·皮画",
]
ALPHABET = [*sorted(set("".join(TITLES))), "𮯠", "\U000f0001", "é", "ß"]


def found(query):
    return [course.code for course in selectors.search(QueryDict(query)).page.object_list]


@pytest.fixture
def titles(make_course, keeper, author, at):
    """One published course per title, quickly: only what search reads."""
    for number, title in enumerate(TITLES):
        course = make_course(f"GZ-{number:04}", ready=True, title_zh=title, title_en="")
        services.submit(course, by=author, at=at)
        services.publish(course, by=keeper, at=at)
    return TITLES


def stands_in(query, title):
    """The plain scan: dense runs stand in a run as they are, words begin a word or sound like characters."""
    runs = [token for kind, token in grams.tokens(title) if kind == "dense"]
    words = [token for kind, token in grams.tokens(title) if kind == "word"]
    return all(
        any(token in run for run in runs)
        if kind == "dense"
        else any(word.startswith(token) for word in words) or any(sounds_like(token, run) for run in runs)
        for kind, token in grams.tokens(query)
    )


def test_a_published_course_is_found_by_one_two_and_more_characters(publish_course):
    publish_course()
    assert found("q=焊") == found("q=焊工") == found("q=平焊入门") == found("q=weld") == ["GZ-0001"]
    assert found("q=电工") == []


def test_pairs_that_lie_apart_are_not_taken_for_a_run(titles):
    assert {c.title_zh for c in matching("电焊工电")} == {"电工电焊工电工"}
    assert not matching("焊工工电").exists()


@pytest.mark.parametrize("query", ["𠮷", "𬌗骨", "𱍐", "㐂", "𱍐与㐂"])
def test_rare_characters_are_found(titles, query):
    assert [c.title_zh for c in matching(query)] == [t for t in TITLES if query in t]


def test_width_case_and_compatibility_do_not_matter(titles):
    for query in ("co2", "ＣＯ２", "CO₂", "welding", "WELDI", "ａｂｃ"):
        assert [c.title_zh for c in matching(query)] == [TITLES[2]], query


def test_recall_and_precision_are_one_against_a_plain_scan(titles):
    courses = {course.pk: course.title_zh for course in Course.objects.all()}

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.one_of(
            st.text(st.sampled_from(ALPHABET), min_size=1, max_size=6),
            st.tuples(st.sampled_from(TITLES), st.integers(0, 12), st.integers(1, 6)).map(
                lambda x: x[0][x[1] : x[1] + x[2]]
            ),
            st.sampled_from(
                ["hg", "hangong", "han gong", "diangong", "rumen", "dian焊工", "qith", "h", "baoh", "zx"]
            ),
        )
    )
    def prove(query):
        if not list(grams.tokens(query)):
            return
        hits = set(matching(query, Course.objects.published()).values_list("pk", flat=True))
        # the other texts of a course are the same for all: provider, occupation, code
        common = "焊工 Welder 贵州示例六有限公司 Guizhou Sample Six Ltd 6-18-02-04"
        expected = {
            pk
            for pk, title in courses.items()
            if all(
                stands_in(token, title) or stands_in(token, common) or re.match(r"gz|0", token)
                for _kind, token in grams.tokens(query)
            )
        }
        missed = {pk for pk in expected - hits if not re.search(r"(?i)gz|0", query)}
        assert not missed, f"{query!r} misses {[courses[pk] for pk in missed]}"
        assert hits <= expected, f"{query!r} finds too much"

    prove()


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_makes_a_query_that_its_own_grams_answer(text):
    own = set(grams.grams(text))
    for word in grams.words(text):
        assert word.tsquery[0] in "'("
        assert not word.run or len(word.run) > 2
        assert own


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "焊" * 5000,
        "q=%00%00焊",
        "q='%3A*|!%26()<->",
        "q=%5C%27%3B--",
        "q=%ED%A0%80",
        "page=99999999999999999999&q=焊",
        "page=-1",
        "page=²",
        "page=٣",
        "province=%00&level=abc&level=9&provider=1e5&provider=99999999999999999999",
        "province=" + "1" * 999,
        "sort=drop&delivery=%27&occupation=%25&major=",
        "&".join(f"occupation={n}" for n in range(900)),
    ],
)
def test_whatever_stands_in_the_address_the_page_answers(client, publish_course, query):
    publish_course()
    assert client.get(f"/courses/?{query}").status_code == 200
    assert client.get(f"/api/courses/?{query}").status_code == 200


def test_a_query_of_signs_alone_finds_nothing(publish_course):
    publish_course()
    results = selectors.search(QueryDict("q=！？…"))
    assert (results.total, results.page.object_list) == (0, [])


def test_facet_counts_leave_out_their_own_choice(publish_course):
    publish_course("GZ-0001", level=5)
    publish_course("GZ-0002", level=4)
    publish_course("GZ-0003", level=4, delivery="live")
    publish_course("GZ-0004", certificate_kind="special", level=None, delivery="live")

    def counts(query, facet):
        facets = {f.name: f for f in selectors.search(QueryDict(query)).facets}
        return {v.value: v.count for v in facets[facet].values}

    assert counts("", "level") == {"5": 1, "4": 2, "special": 1}
    assert counts("level=4", "level") == {"5": 1, "4": 2, "special": 1}
    assert counts("level=4", "delivery") == {"video": 1, "live": 1}
    assert counts("delivery=live&level=4", "level") == {"4": 1, "special": 1}
    assert counts("q=焊&province=520000", "province") == {"520000": 4}
    both = selectors.search(QueryDict("level=4&delivery=live"))
    assert (both.total, both.unfiltered) == (1, 4)
    assert [c.code for c in both.page.object_list] == ["GZ-0003"]
    for facet in both.facets:
        for value in facet.values:
            alone = QueryDict(f"{facet.name}={value.value}")
            assert selectors.search(alone).total == counts("", facet.name)[value.value]


def test_only_published_courses_are_found(make_course, publish_course, keeper, at):
    make_course("GZ-0008", ready=True)
    suspended = publish_course("GZ-0009")
    services.suspend(suspended, by=keeper, at=at, reason="内容过时")
    publish_course("GZ-0010")
    assert found("") == ["GZ-0010"]


def test_a_renamed_provider_is_found_by_its_new_name_and_not_by_the_old(publish_course, provider):
    publish_course()
    publish_course("GZ-0002", organisation=factories.organisation())
    assert found("q=贵州示例六") == ["GZ-0001"]
    provider.name_zh, provider.name_en = "黔南𠮷·启明学校", "Dawn School"
    provider.save()
    assert (tasks.index_renamed_courses(), tasks.index_renamed_courses()) == (1, 0)
    assert found("q=启明学校") == found("q=𠮷·启明") == found("q=dawn") == found("q=qiming") == ["GZ-0001"]
    assert found("q=贵州示例六") == found("q=guizhoushiliu") == []


def test_a_renamed_occupation_is_found_by_its_new_name_chunk_by_chunk(publish_course, monkeypatch):
    monkeypatch.setattr(finding, "CHUNK", 1)
    for number in range(3):
        publish_course(f"GZ-{number:04}", title_zh="安全入门", title_en="")
    assert found("q=焊工") == ["GZ-0002", "GZ-0001", "GZ-0000"]
    Occupation.objects.filter(code="6-18-02-04").update(name_zh="熔接工", name_en="")
    assert (tasks.index_renamed_courses(), tasks.index_renamed_courses()) == (3, 0)
    assert sorted(found("q=熔接工")) == ["GZ-0000", "GZ-0001", "GZ-0002"]
    assert found("q=焊工") == []


def test_suspended_courses_learn_new_names_too_and_drafts_when_they_are_published(
    make_course, publish_course, provider, author, keeper, at
):
    make_course("GZ-0001", ready=True)
    services.suspend(publish_course("GZ-0002"), by=keeper, at=at, reason="抽查")
    provider.name_zh = "新名"
    provider.save()
    assert tasks.index_renamed_courses() == 1
    services.resume(Course.objects.get(code="GZ-0002"), by=keeper, at=at, reason="已查")
    assert found("q=新名") == ["GZ-0002"]
    draft = services.submit(Course.objects.get(code="GZ-0001"), by=author, at=at)
    services.publish(draft, by=keeper, at=at)
    assert set(found("q=新名")) == {"GZ-0001", "GZ-0002"}


def test_pages_are_bounded_and_each_course_stands_on_one(publish_course, author, keeper, at):
    services.load_sample_courses(by=author, second=keeper, at=at)
    seen = [code for page in range(1, 14) for code in found(f"page={page}")]
    assert len(seen) == len(set(seen)) == 248
    assert len(found("page=1")) == PER_PAGE
    assert found("page=5000") == found("page=13"), "beyond the last page stands the last page"


def test_addresses_can_be_shared_and_undone():
    params = Params.read(QueryDict("page=3&level=5&q= 焊工  入门 &level=4&sort=short&x=1"))
    assert params.address() == "?q=%E7%84%8A%E5%B7%A5+%E5%85%A5%E9%97%A8&level=4&level=5&sort=short"
    assert params.without("level", "5").chosen == {"level": ("4",)}
    assert params.canonical == params.address() + "&page=3"
    assert Params.read(QueryDict("level=4&sort=short&level=5&level=5&q=焊工+入门&page=3")) == params
    assert Params.read(QueryDict("sort=newest&page=1&q=")).canonical == ""
    assert Params.read(QueryDict("q=焊&sort=relevance")).canonical == "?q=%E7%84%8A"


def test_a_branch_of_the_tree_gives_way_to_what_is_chosen_on_it():
    params = Params.read(QueryDict("major=6&occupation=6-18-02&occupation=4-10&occupation=6-18-02-04"))
    assert params.chosen["occupation"] == ("4-10", "6-18-02-04")


def test_a_chosen_value_without_hits_still_shows_and_can_be_taken_away(publish_course, provider):
    publish_course()
    chosen = (
        f"q=焊&level=1&province=510000&occupation=4-03-02-01&major=4&delivery=live&provider={provider.pk}"
    )
    results = selectors.search(QueryDict(chosen))
    assert results.total == 0
    assert len(results.chips) == 5
    assert all(chip.label for chip in results.chips)
    nonsense = selectors.search(QueryDict("level=99&province=1&occupation=x&major=x&delivery=x&provider=0"))
    assert nonsense.chips == []
