"""Views of the queue that an officer keeps: own ones only, few, and without the words that were searched."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.accounts.roles import Role
from subsidies.models import SavedView
from subsidies.services import saved_views
from tests import factories

pytestmark = pytest.mark.django_db
QUEUE = "subsidies:queue"


@pytest.fixture
def officer():
    return factories.staff(Role.PROVINCE_REVIEWER)


@pytest.fixture
def keep(officer, at):
    def act(name="今天到期", *, view="due", desk="", by=officer):
        return saved_views.save_view(name, view=view, desk=desk, province=None, by=by, at=at)

    return act


def test_a_view_is_kept_shown_and_removed(client, officer):
    browser = factories.sign_in(client, officer)
    told = {"view": "all", "desk": "first", "province": "520000", "name": "初审·𠮷", "q": "王小红"}
    answer = browser.post(reverse("subsidies:save_view"), told)
    saved = SavedView.objects.get()
    assert (
        answer.url
        == f"{reverse(QUEUE)}?{saved.query}"
        == f"{reverse(QUEUE)}?view=all&desk=first&province=520000"
    )
    page = browser.get(answer.url)
    assert "初审·𠮷" in page.content.decode()
    assert page.context["shown_query"] == saved.query
    assert browser.post(reverse("subsidies:remove_view", args=[saved.pk])).url == reverse(QUEUE)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"view": "due", "name": ""}, "给这个视图起一个名称"),
        ({"view": "due", "name": "今天到期"}, "已经有同名的视图"),
        ({"view": "due", "name": "x" * 31}, "30"),
        ({"view": "due", "name": "a\x00b"}, ""),
        ({"view": "nothing", "name": "新"}, ""),
    ],
)
def test_what_cannot_be_kept_says_why_and_keeps_what_was_typed(client, officer, keep, told, sentence):
    keep()
    page = factories.sign_in(client, officer).post(reverse("subsidies:save_view"), told)
    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert page.context["save"]["name"].value() == told["name"]
    assert SavedView.objects.count() == 1


def test_nobody_removes_or_sees_the_view_of_another(client, keep):
    saved = keep("只给自己")
    browser = factories.sign_in(client, factories.staff(Role.SECOND_REVIEWER))
    assert browser.post(reverse("subsidies:remove_view", args=[saved.pk])).status_code == 404
    assert "只给自己" not in browser.get(reverse(QUEUE)).content.decode()


def test_there_are_no_more_than_find_room(keep):
    for number in range(saved_views.MOST):
        keep(f"视图 {number}")
    with pytest.raises(saved_views.TooMany):
        keep("再来一个")


def test_whoever_reads_no_claims_keeps_no_view(keep):
    with pytest.raises(saved_views.NotYours):
        keep(by=factories.learner())


def test_a_view_that_is_not_is_not_kept(keep):
    with pytest.raises(saved_views.ViewUnknown):
        keep(view="everything")


@pytest.mark.parametrize(
    ("names", "constraint"),
    [(["甲", "甲"], "saved_view_name_once"), ([""], "saved_view_has_a_name")],
)
def test_the_database_refuses(officer, at, names, constraint):
    *before, last = [SavedView(user=officer, name=name, view="due", saved_at=at) for name in names]
    for row in before:
        row.save()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        last.save()


def test_the_queue_asks_no_more_with_many_views(client, officer, keep, django_assert_max_num_queries):
    browser = factories.sign_in(client, officer)
    browser.get(reverse(QUEUE))
    with django_assert_max_num_queries(60) as few:
        browser.get(reverse(QUEUE))
    for number in range(saved_views.MOST):
        keep(f"视图 {number}")
    with django_assert_max_num_queries(len(few)):
        browser.get(reverse(QUEUE))
