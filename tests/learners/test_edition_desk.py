"""The desk of counting editions: drafted by one person, tried over real beats, published by another."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from learners import tasks
from learners.models import CountingEdition, EditionTrial
from learners.selectors.edition_desk import editions_visible_to
from learners.selectors.editions import edition_in_force, numbers_of
from learners.selectors.replays import handle_of
from learners.services import editions, trials
from learners.workflow import DRAFT, EDITION_MOVES, PUBLISHED
from portal import moves
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories

TOMORROW = dt.date(2026, 3, 17)
WORDS = {"name": "贵州规则𠮷·一", "source": "虚构〔2026〕1 号", "valid_from": TOMORROW}
FORM = {
    "name": "贵州规则𠮷·一",
    "source": "虚构〔2026〕1 号",
    "valid_from": "2026-04-01",
    "class_hour_seconds": "2700",
    "daily_cap_hours": "6",
    "quiz_share_percent": "10",
    "reading_characters_per_minute": "300",
    "beat_ms": "15",
    "min_gap_ms": "7.5",
    "max_gap_ms": "120",
    "seek_slack_ms": "2",
    "silent_after_seconds": "900",
    "check_min_ms": "480",
    "check_max_ms": "900",
    "check_answer_seconds": "60",
    "check_failures": "3",
    "confirm_within_hours": "24",
}


@pytest.fixture
def writer(db):
    return factories.staff(Role.PROVINCE_CATALOGUE, name="起草人")


@pytest.fixture
def second(db):
    return factories.staff(Role.PROVINCE_CATALOGUE, name="复核人")


@pytest.fixture
def draft(writer, at):
    return editions.draft_edition(province=factories.province(), by=writer, at=at, **WORDS)


@pytest.fixture(autouse=True)
def now(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)


def browser(client, person):
    return factories.sign_in(client, person)


# -- the services ---------------------------------------------------------------------------------------------------


def test_drafted_changed_and_published_by_a_second_person(draft, writer, second, at):
    changed = editions.change_edition(draft, by=writer, at=at, daily_cap_hours=6)
    assert (changed.revision, changed.daily_cap_hours) == (2, 6)
    editions.publish_draft(draft, by=second, at=at, revision=2)
    assert edition_in_force("520000", TOMORROW).pk == draft.pk
    assert edition_in_force("520000", TOMORROW - dt.timedelta(days=1)).province_id is None
    assert edition_in_force("510000", TOMORROW).province_id is None
    said = Entry.objects.filter(thing_id=str(draft.pk), thing_type="learners.countingedition").order_by("id")
    assert [(row.action, row.by_id) for row in said] == [
        ("counting_edition.drafted", writer.pk),
        ("counting_edition.changed", writer.pk),
        ("counting_edition.published", second.pk),
    ]
    assert said[2].detail["daily_cap_hours"] == 6


def test_the_editor_does_not_publish(draft, writer, at):
    with pytest.raises(editions.SameEditor):
        editions.publish_draft(draft, by=writer, at=at)


def test_the_past_stays_as_it_was(draft, writer, second, at):
    editions.change_edition(draft, by=writer, at=at, valid_from=at.date())
    with pytest.raises(editions.PastChanged):
        editions.publish_draft(draft, by=second, at=at)


def test_what_was_changed_meanwhile_is_not_published(draft, writer, second, at):
    editions.change_edition(draft, by=writer, at=at, check_failures=4)
    with pytest.raises(editions.ChangedMeanwhile):
        editions.publish_draft(draft, by=second, at=at, revision=1)


def test_two_of_one_day_and_a_second_publishing_are_refused(draft, writer, second, at):
    other = editions.draft_edition(province=factories.province(), by=writer, at=at, **WORDS)
    editions.publish_draft(draft, by=second, at=at)
    with pytest.raises(editions.EditionOnThatDay):
        editions.publish_draft(other, by=second, at=at)
    with pytest.raises(moves.IllegalMove):
        editions.publish_draft(draft, by=second, at=at)
    with pytest.raises(moves.IllegalMove):
        editions.change_edition(draft, by=second, at=at, check_failures=4)


def test_numbers_that_contradict_are_refused_in_a_sentence(draft, writer, at):
    with pytest.raises(editions.BadEdition, match="间隔"):
        editions.change_edition(draft, by=writer, at=at, min_gap_ms=20_000)


def test_the_nations_is_the_ministrys_and_a_provinces_its_own(draft, writer, at):
    ministry, far = (
        factories.staff(Role.MINISTRY_REVIEWER),
        factories.staff(Role.PROVINCE_CATALOGUE, code="510000"),
    )
    for person in (ministry, far):
        with pytest.raises(editions.NotYourEdition):
            editions.change_edition(draft, by=person, at=at, check_failures=4)
        assert draft not in editions_visible_to(person)
    with pytest.raises(editions.NotYourEdition):
        editions.draft_edition(province=None, by=writer, at=at, **WORDS)
    national = editions.draft_edition(province=None, by=ministry, at=at, **WORDS)
    assert national not in editions_visible_to(writer)


@pytest.mark.parametrize("step", EDITION_MOVES)
@pytest.mark.parametrize("state", [DRAFT, PUBLISHED])
def test_every_cell_of_the_table(step, state):
    if state in EDITION_MOVES[step].sources:
        assert moves.check(EDITION_MOVES, step, state) == EDITION_MOVES[step].target
    else:
        with pytest.raises(moves.IllegalMove):
            moves.check(EDITION_MOVES, step, state)


# -- what the database refuses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"edited_at": None}, "edited_at_with_by"),
        ({"edited_at": None, "edited_by": None}, "draft_has_its_editor"),
        ({"published_at": dt.datetime(2026, 3, 16, 2, tzinfo=dt.UTC)}, "published_by_a_second_person"),
    ],
)
def test_an_edition_has_its_two_people(draft, changed, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        CountingEdition.objects.filter(pk=draft.pk).update(**changed)


def test_nor_does_the_database_let_one_person_publish_or_the_past_change(draft, writer, second, at):
    rows = CountingEdition.objects.filter(pk=draft.pk)
    with pytest.raises(IntegrityError, match="published_by_a_second_person"), transaction.atomic():
        rows.update(published_at=at, published_by=writer)
    with pytest.raises(IntegrityError, match="begins_after_its_publishing"), transaction.atomic():
        rows.update(published_at=at, published_by=second, valid_from=at.date())


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"due_at": None}, "edition_trial_is_due_or_ended"),
        ({"step": 0}, "edition_trial_step_from_one"),
        ({"learners": 1}, "edition_trial_learners_add_up"),
        ({"losers": 1}, "edition_trial_learners_add_up"),
    ],
)
def test_a_trial_is_whole(draft, writer, at, changed, name):
    trials.begin_trial(draft, by=writer, at=at)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        EditionTrial.objects.update(**changed)


def test_one_trial_of_an_edition_at_a_time(draft, writer, at):
    trials.begin_trial(draft, by=writer, at=at)
    with pytest.raises(trials.TrialUnderWay):
        trials.begin_trial(draft, by=writer, at=at)


# -- the trial ------------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(player, learning):
    player.open()
    player.watch()
    player.post(f"sessions/{player.session}/close/", {})
    return learning


@pytest.fixture
def harsh(watched, writer, at):
    return editions.draft_edition(
        province=factories.province(), by=writer, at=at, **WORDS, class_hour_seconds=600, daily_cap_hours=2
    )


def test_a_trial_counts_before_and_after_and_the_task_runs_twice(harsh, watched, writer, at, monkeypatch):
    trials.begin_trial(harsh, by=writer, at=at)
    later = at + dt.timedelta(days=1)
    monkeypatch.setattr("portal.clock.now", lambda: later)
    assert tasks.work_on_due_trials() == 1
    assert tasks.work_on_due_trials() == 0
    run = EditionTrial.objects.get()
    assert (run.done, run.learners, run.sessions, run.losers, run.gainers) == (1, 1, 1, 1, 0)
    assert (run.before_ms, run.after_ms) == (2_700_000, 1_200_000)
    assert run.refused_after["daily_cap"] > 0
    assert run.worst == [{"ref": handle_of(watched.user.uid), "before": 2_700_000, "after": 1_200_000}]
    assert run.ended_at == later


def test_a_trial_goes_on_learner_by_learner(harsh, watched, writer, at):
    from tests.learners import lessons

    lessons.learning(at, of=watched.enrolment.version, user=factories.learner("欧阳𠮷"))
    run = trials.begin_trial(harsh, by=writer, at=at)
    assert run.total == 2
    assert [trials.try_some(run.pk, at=at, chunk=1) for _turn in range(3)] == [1, 1, 0]
    run.refresh_from_db()
    assert (run.done, run.learners) == (2, 1)
    assert run.ended_at


def test_another_provinces_beats_are_not_tried(harsh, at):
    far = factories.staff(Role.PROVINCE_CATALOGUE, code="510000")
    theirs = editions.draft_edition(province=factories.province("510000"), by=far, at=at, **WORDS)
    assert trials.begin_trial(theirs, by=far, at=at).total == 0


# -- the pages ------------------------------------------------------------------------------------------------------


def test_the_desk_shows_the_nations_and_ones_own(client, draft, writer):
    text = browser(client, writer).get(reverse("learners:editions")).content.decode()
    assert "国家默认学时认定规则（一）" in text
    assert "贵州规则𠮷·一" in text


def test_a_draft_begins_from_what_is_in_force_and_is_kept(client, writer):
    address = reverse("learners:edition-new") + "?for=520000"
    page = browser(client, writer).get(address).content.decode()
    assert re.search(r'name="min_gap_ms"[^>]*value="7.5"|value="7.5"[^>]*name="min_gap_ms"', page)
    answer = client.post(address, FORM)
    kept = CountingEdition.objects.get(province="520000")
    assert answer.url == reverse("learners:edition", args=[kept.pk])
    assert numbers_of(kept) == {
        **numbers_of(CountingEdition.objects.get(province=None)),
        "daily_cap_hours": 6,
    }
    assert kept.is_draft


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"min_gap_ms": "20"}, "间隔"),
        ({"check_answer_seconds": "59"}, "60"),
        ({"name": ""}, "必填|填写|required"),
    ],
)
def test_a_wrong_number_gets_a_sentence_and_keeps_what_was_typed(client, writer, wrong, sentence):
    answer = browser(client, writer).post(reverse("learners:edition-new") + "?for=520000", {**FORM, **wrong})
    assert answer.status_code == 422
    assert re.search(sentence, answer.content.decode())
    assert "虚构〔2026〕1 号" in answer.content.decode()
    assert not CountingEdition.objects.filter(province="520000").exists()


def test_a_draft_is_tried_and_published_on_its_page(client, harsh, watched, writer, second, monkeypatch, at):
    page = reverse("learners:edition", args=[harsh.pk])
    browser(client, writer)
    assert "请由另一人发布" in client.get(page).content.decode() or "另" in client.get(page).content.decode()
    client.post(reverse("learners:edition-try", args=[harsh.pk]))
    assert 'hx-trigger="every 3s"' in client.get(page).content.decode()
    tasks.work_on_due_trials()
    text = client.get(page).content.decode()
    assert "已试算" in text
    assert handle_of(watched.user.uid) in text
    assert "20:00" in text
    assert "王建国" not in text
    refused = client.post(reverse("learners:edition-publish", args=[harsh.pk]), {"revision": 1})
    assert refused.status_code == 422
    assert "不能自己发布" in refused.content.decode()
    browser(client, second)
    answer = client.post(reverse("learners:edition-publish", args=[harsh.pk]), {"revision": 1})
    assert answer.status_code == 302
    harsh.refresh_from_db()
    assert harsh.published_by == second


def test_the_desk_asks_no_more_for_more_editions(client, writer, at, django_assert_max_num_queries):
    for day in range(5):
        words = {**WORDS, "valid_from": TOMORROW + dt.timedelta(days=day)}
        editions.draft_edition(province=factories.province(), by=writer, at=at, **words)
    browser(client, writer).get(reverse("learners:editions"))
    with django_assert_max_num_queries(12):
        client.get(reverse("learners:editions"))
