"""Home, the learner's desk, the figures of the road, the component page, and the errors that every page shares."""

import csv
import io
import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from portal.accounts.roles import Role
from portal.views import national, welcome
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_figures():
    cache.delete_many([welcome.FIGURES_KEY, national.KEPT_KEY])
    yield
    cache.delete_many([welcome.FIGURES_KEY, national.KEPT_KEY])


@pytest.fixture
def ministry(client):
    return factories.sign_in(client, factories.staff(Role.MINISTRY_REVIEWER))


def registered(name: str, count: int, *, code: str) -> None:
    for _ in range(count):
        factories.learner(name, code=code)


# -- home ----------------------------------------------------------------------------------------------------------


def test_a_visitor_reads_the_home_page_in_chinese_and_in_english(client):
    page = client.get(reverse("home"))
    assert page.status_code == 200
    assert 'lang="zh-CN"' in page.text
    assert "学一门手艺，" in page.text
    client.cookies["django_language"] = "en"
    assert "Learn a trade," in client.get(reverse("home")).text


def test_the_figures_are_those_of_this_installation(client, at):
    shown = welcome.figures(at)
    assert shown.provinces == 31
    assert shown.courses == 0
    assert shown.learners == 0


def test_figures_are_counted_once_a_minute(client, django_assert_max_num_queries):
    client.get(reverse("home"))
    with django_assert_max_num_queries(6):
        client.get(reverse("home"))


def test_home_is_for_reading_only(client):
    assert client.post(reverse("home")).status_code == 405


# -- switches ------------------------------------------------------------------------------------------------------


def test_large_type_is_set_by_a_form_and_kept_in_the_browser(client):
    answer = client.post(reverse("accounts:reading"), {"size": "large", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert 'data-reading="large"' in client.get(reverse("home")).text
    client.post(reverse("accounts:reading"), {"size": "normal"})
    assert "data-reading" not in client.get(reverse("home")).text


def test_large_type_follows_the_account_to_another_browser(client):
    person = factories.user("李芳", reading_size="large")
    assert 'data-reading="large"' in factories.sign_in(client, person).get(reverse("home")).text


def test_the_language_is_changed_by_a_form(client):
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert 'lang="en"' in client.get(reverse("home")).text


# -- the learner's desk --------------------------------------------------------------------------------------------


def test_the_desk_asks_visitors_to_sign_in(client):
    answer = client.get(reverse("my"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_the_desk_of_a_newcomer_shows_the_way_to_the_first_course(client):
    page = factories.sign_in(client, factories.user("李芳"), second_factor=False).get(reverse("my"))
    assert page.status_code == 200
    assert reverse("courses:catalogue") in page.text
    assert reverse("accounts:identity") in page.text


RARE_NAMES = [row["full_name"] for row in factories.rows("names.csv") if row["category"] != "common"]


@pytest.mark.parametrize("name", RARE_NAMES)
def test_every_name_is_greeted_as_it_stands_on_the_card(client, name):
    page = factories.sign_in(client, factories.learner(name), second_factor=False).get(reverse("my"))
    assert re.sub("[•・]", "·", name) in page.text


def test_the_desk_is_for_reading_only(client):
    assert factories.sign_in(client, factories.user()).post(reverse("my")).status_code == 405


# -- the figures of the road ---------------------------------------------------------------------------------------


def test_the_ministry_sees_all_provinces(ministry):
    registered("王建国", 2, code="520000")
    registered("李芳", 1, code="510000")
    page = ministry.get(reverse("overview"), {"by": "registered"})
    assert page.status_code == 200
    assert [(row.code, shown) for row, shown in page.context["rows"]][:2] == [("520000", 2), ("510000", 1)]
    assert len(page.context["rows"]) == 31
    assert page.context["totals"].registered == 3


def test_a_province_sees_itself_and_no_other(client):
    registered("李芳", 1, code="510000")
    guizhou = factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER, code="520000"))
    page = guizhou.get(reverse("overview"))
    assert [row.code for row, _shown in page.context["rows"]] == ["520000"]
    assert page.context["totals"].registered == 0
    assert "四川" not in page.text
    assert "510000" not in guizhou.get(reverse("overview_csv")).text


@pytest.mark.parametrize("page", ["overview", "overview_csv"])
def test_who_may_not_see_the_figures(client, page):
    assert client.get(reverse(page))["Location"].startswith(reverse("account_login"))
    learner = factories.sign_in(client, factories.learner(), second_factor=False)
    assert learner.get(reverse(page)).status_code == 404


def test_the_figures_need_the_second_factor(client):
    reviewer = factories.sign_in(client, factories.staff(Role.MINISTRY_REVIEWER), second_factor=False)
    assert reviewer.get(reverse("overview"))["Location"] == reverse("accounts:second_factor")


@pytest.mark.parametrize("asked", ["", "nonsense", "paid_fen", "code", "\x00", "paid"])
def test_an_unknown_figure_falls_back(ministry, asked):
    assert ministry.get(reverse("overview"), {"by": asked}).status_code == 200


def test_the_file_holds_what_the_table_holds(ministry):
    registered("王建国", 1, code="520000")
    answer = ministry.get(reverse("overview_csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 31
    guizhou = next(row for row in rows if row["code"] == "520000")
    assert (guizhou["registered"], guizhou["paid"], guizhou["paid_yuan"]) == ("1", "0", "0.00")


def test_the_api_says_what_the_page_says(ministry):
    registered("王建国", 1, code="520000")
    answer = ministry.get(reverse("api-overview"))
    assert answer.status_code == 200
    guizhou = next(row for row in answer.json()["provinces"] if row["code"] == "520000")
    assert guizhou["registered"] == 1
    assert (guizhou["paid_fen"], guizhou["paid_yuan"]) == (0, "0.00")


def test_the_api_is_shut_to_learners_and_to_a_session_without_second_factor(client):
    assert factories.sign_in(client, factories.learner()).get(reverse("api-overview")).status_code == 403
    reviewer = factories.staff(Role.MINISTRY_REVIEWER)
    assert (
        factories.sign_in(client, reviewer, second_factor=False).get(reverse("api-overview")).status_code
        == 403
    )


def test_the_number_of_questions_does_not_grow_with_the_people(ministry, django_assert_max_num_queries):
    registered("王建国", 5, code="520000")
    with django_assert_max_num_queries(24):
        ministry.get(reverse("overview"))


@pytest.mark.parametrize(
    ("value", "most", "shade"), [(0, 0, 1), (0, 10, 1), (1, 10, 1), (5, 10, 3), (10, 10, 5), (1, 1, 3)]
)
def test_shades_are_steps_of_the_largest_value(value, most, shade):
    assert national.shade(value, most) == shade


# -- the component page and the errors -----------------------------------------------------------------------------


def test_the_component_page_shows_every_icon(client):
    page = client.get(reverse("design"))
    assert page.status_code == 200
    assert page.text.count('class="icon"') > 70


def test_production_has_no_component_page(client, settings):
    settings.PRODUCTION = True
    assert client.get(reverse("design")).status_code == 404


def test_a_page_that_is_not_there_says_so(client):
    page = client.get("/no/such/page/")
    assert page.status_code == 404
    assert "这里没有这个页面" in page.text


def test_an_expired_form_says_so(client):
    client.handler.enforce_csrf_checks = True
    page = client.post(reverse("accounts:reading"), {"size": "large"})
    assert page.status_code == 403
    assert "这张表单已过期" in page.text


def test_a_broken_page_stands_alone(client, monkeypatch):
    def break_down(_at):
        raise RuntimeError("as a test wishes")

    monkeypatch.setattr(welcome, "figures", break_down)
    client.raise_request_exception = False
    page = client.get(reverse("home"))
    assert page.status_code == 500
    assert "页面出了故障" in page.text
    assert "Something broke on our side" in page.text


def test_health_answers_without_a_session(client):
    answer = client.get(reverse("health"))
    assert answer.json() == {"database": "ok"}
    assert not answer.cookies


# -- the rail ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "there", "not_there"),
    [
        (Role.PROVINCE_CATALOGUE, "courses:desk", "audit:list"),
        (Role.AUDITOR, "audit:list", None),
        (Role.MINISTRY_REVIEWER, "overview", "courses:desk"),
    ],
)
def test_the_rail_shows_what_opens(client, role, there, not_there):
    page = factories.sign_in(client, factories.staff(role)).get(reverse("overview"))
    rail = page.text.split('class="rail"')[1].split("</nav>")[0]
    assert reverse(there) in rail
    assert not_there is None or f'href="{reverse(not_there)}"' not in rail


def test_the_masthead_names_the_person(client):
    page = factories.sign_in(client, factories.user("李芳")).get(reverse("home"))
    assert "李芳" in page.text
    with translation.override("en"):
        assert reverse("account_logout") in page.text
