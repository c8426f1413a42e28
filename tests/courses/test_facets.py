"""Facets: every count is what ticking the value gives, whatever else is chosen."""

from collections import Counter

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses import selectors, services
from courses.models import Course
from courses.selectors.asked import FACETS, Params
from portal import clock
from portal.accounts.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def samples(author, keeper, at):
    """Those of two provinces count for the subsidy, where they are offered for it."""
    services.load_sample_courses(by=author, second=keeper, at=at)
    for provider in Organisation.objects.filter(province_id__in=["510000", "520000"]):
        services.decide(
            provider,
            provider.province,
            "list",
            effective_on=clock.today(at),
            reason="核验",
            by=keeper,
            at=at,
        )
    return list(Course.objects.published().select_related("occupation"))


def values_of(course):
    """Under which values of each facet a course stands, told from its row alone."""
    hours = course.hours_tenths / 10
    band = "0-40" if hours < 40 else "40-80" if hours < 80 else "80-120" if hours < 120 else "120-"
    occupation = course.occupation
    return {
        "subsidised": {"yes"} if course.subsidised else set(),
        "occupation": {occupation.code, occupation.minor_code, occupation.major_code},
        "level": {str(course.level) if course.level else course.certificate_kind},
        "province": {course.province_id},
        "hours": {band},
        "delivery": {course.delivery},
        "group": set(course.key_groups),
        "price": set() if course.price_fen else {"free"},
        "provider": {str(course.organisation_id)},
    }


def chosen_by(courses, chosen, leave_out=""):
    return [
        stands
        for stands in courses
        if all(stands[facet] & set(values) for facet, values in chosen.items() if facet != leave_out)
    ]


def test_counts_equal_those_of_a_plain_count_for_any_filters(samples):
    told = [values_of(course) | {"title": course.title_zh} for course in samples]
    known = {facet: sorted({value for stands in told for value in stands[facet]}) for facet in FACETS}

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.fixed_dictionaries(
            {},
            optional={
                facet: st.lists(st.sampled_from(known[facet]), min_size=1, max_size=2) for facet in FACETS
            },
        ),
        st.sampled_from(["", "", "工", "护理", "technology", "de"]),
    )
    def prove(chosen, word):
        query = QueryDict(mutable=True)
        query.update({"q": word, "as": "typed"})
        for facet, values in chosen.items():
            query.setlist(facet, values)
        params = Params.read(query)
        results = selectors.search(params)
        if word:
            found = set(_all_codes(f"q={word}&as=typed"))
            rows = [s for s, course in zip(told, samples, strict=True) if course.code in found]
        else:
            rows = told
        assert results.total == len(chosen_by(rows, params.chosen))
        assert results.unfiltered == len(rows)
        for facet in results.facets:
            counts = Counter(v for s in chosen_by(rows, params.chosen, facet.name) for v in s[facet.name])
            shown = {value.value: value.count for value in facet.values}
            assert {v: n for v, n in shown.items() if n} == {v: counts[v] for v in shown if counts[v]}
            assert set(params.chosen.get(facet.name, ())) <= set(shown), "what is chosen stays visible"
            if facet.name not in {"occupation", "provider"}:
                assert set(counts) <= set(shown)

    prove()


def _all_codes(query):
    first = selectors.search(QueryDict(query))
    pages = range(1, first.page.paginator.num_pages + 1)
    return [
        c.code for page in pages for c in selectors.search(QueryDict(f"{query}&page={page}")).page.object_list
    ]


def test_the_tree_opens_along_what_is_chosen(samples):
    def tree(query):
        facets = {facet.name: facet for facet in selectors.search(QueryDict(query)).facets}
        return facets["occupation"].values

    assert {value.depth for value in tree("")} == {0}
    opened = tree("occupation=4")
    assert [value.value for value in opened if value.chosen] == ["4"]
    minor = next(value for value in opened if value.depth == 1)
    assert minor.value.startswith("4-")
    leaves = [value for value in tree(f"occupation={minor.value}") if value.depth == 2]
    assert leaves
    assert sum(leaf.count for leaf in leaves) == minor.count
    assert all(leaf.value.startswith(minor.value) for leaf in leaves)


def test_at_a_changed_course_the_counts_change_at_once(publish_course, keeper, at):
    publish_course("GZ-0001")
    other = publish_course("GZ-0002", delivery="live")
    assert selectors.search(QueryDict("")).total == 2
    services.suspend(other, by=keeper, at=at, reason="内容过时")
    results = selectors.search(QueryDict(""))
    assert results.total == 1
    assert [v.value for f in results.facets if f.name == "delivery" for v in f.values] == ["video"]


def test_courses_are_sorted_by_pinyin(publish_course):
    for number, title in enumerate(["重庆小面", "电工入门", "Abc 焊接", "安全生产", "𠮷野家厨师"]):
        publish_course(f"GZ-000{number}", title_zh=title, level=5)
    found = selectors.search(QueryDict("sort=title")).page.object_list
    assert [c.title_zh for c in found] == ["Abc 焊接", "安全生产", "重庆小面", "电工入门", "𠮷野家厨师"]
