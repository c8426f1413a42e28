"""Time that did not count is contested and answered; time that counted is taken back by two people."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learners import ranges
from learners.models import Contest, Correction, Coverage, LedgerHead, LedgerRow
from learners.selectors import contests as selectors
from learners.selectors import time as hours
from learners.selectors.mine import courses_of
from learners.services import contests, corrections, ledger, play, settling
from learners.services.words import WordsMissing
from learners.states import Post
from portal import chain, clock
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories
from tests.learners import lessons
from tests.learners.test_shut_lessons import far_teacher

SAID = "𠮷林的网断了，我一直在看·真的。"
WHY = "电话核实：本人在学，网络故障。"
SECOND = dt.timedelta(seconds=1)
MINUTE = 60_000


@transaction.atomic
def write(learning, *posts, key="film", kind="video"):
    """Rows as the rule would have written them; `posts` are (minute, minutes, reason)."""
    coverage = play.locked_coverage(learning.enrolment, learning.facts(key).id)
    start = clock.milliseconds(learning.at)
    rows = [
        Post(
            start + a * MINUTE,
            start + (a + n) * MINUTE,
            ((a * MINUTE, (a + n) * MINUTE),),
            n * MINUTE,
            reason,
        )
        for a, n, reason in posts
    ]
    edition = learning.enrolment.edition
    told = {"kind": kind, "edition_id": edition.pk, "daily_cap": 7 * 2_700_000, "at": learning.at}
    settling.merge(coverage, ledger.post(coverage, rows, **told))
    coverage.save()
    return list(LedgerRow.objects.filter(enrolment=learning.enrolment).order_by("place"))


def assert_chain_holds(user):
    previous = chain.START
    for row in LedgerRow.objects.filter(user=user).order_by("place"):
        assert bytes(row.previous) == previous
        assert bytes(row.digest) == chain.digest(previous, row.payload())
        previous = bytes(row.digest)
    assert bytes(LedgerHead.objects.get(user=user).digest) == previous


@pytest.fixture
def refused(learning):
    """Ten minutes that a gap cost."""
    return write(learning, (0, 10, "gap"))[0]


@pytest.fixture
def keeper(db, at):
    return factories.staff(Role.PROVINCE_CATALOGUE, at=at)


@pytest.fixture
def teacher(db, at):
    return factories.staff(Role.INSTRUCTOR, at=at)


@pytest.fixture
def contest(refused, learning, at):
    return contests.contest(refused, by=learning.user, at=at, words=SAID)


def grant(contest, by, at, reason=WHY):
    return contests.answer(contest, by=by, at=at, grant=True, reason=reason)


# -- contesting -----------------------------------------------------------------------------------------------------


def test_a_refused_row_is_contested_once(contest, refused, learning, at):
    assert (contest.state, contest.words) == ("waiting", SAID)
    with pytest.raises(contests.ContestedAlready):
        contests.contest(refused, by=learning.user, at=at, words=SAID)
    assert Entry.objects.filter(action="time.contested").count() == 1
    assert SAID not in str(list(Entry.objects.values_list("reason", "detail")))


def test_only_time_of_ones_own_that_did_not_count(refused, learning, at):
    counted = write(learning, (20, 5, ""))[-1]
    for row, person in ((refused, factories.learner("赵小红", at=at)), (counted, learning.user)):
        with pytest.raises(contests.NotRefused):
            contests.contest(row, by=person, at=at, words=SAID)
    with pytest.raises(WordsMissing):
        contests.contest(refused, by=learning.user, at=at, words=" \x00 ？ ")


def test_four_at_once_make_one_contest(together):
    at = factories.AT
    learning = lessons.learning(at)
    row = write(learning, (0, 10, "gap"))[0]

    def act(number):
        try:
            contests.contest(row, by=learning.user, at=at, words=SAID)
        except contests.ContestedAlready:
            return False
        return True

    assert sum(together(act, 4)) == 1
    assert Contest.objects.count() == 1


# -- answering ------------------------------------------------------------------------------------------------------


def test_what_is_granted_is_a_new_row_and_covers_the_lesson(contest, refused, learning, keeper, at):
    grant(contest, keeper, at + MINUTE * dt.timedelta(milliseconds=1))
    credit = LedgerRow.objects.get(entry="credit")
    assert (credit.about, credit.by, credit.why, credit.second) == (refused, keeper, WHY, None)
    assert (credit.ms, credit.media, credit.wall) == (10 * MINUTE, [[0, 10 * MINUTE]], refused.wall)
    coverage = Coverage.objects.get()
    assert (coverage.covered, coverage.covered_ms) == ([[0, 10 * MINUTE]], 10 * MINUTE)
    found = hours.hours_of(learning.enrolment, at=at)
    assert (found.counted_seconds, found.refused_seconds) == (600, 0)
    assert (found.refusals[0].granted_seconds, found.refusals[0].contest.answer) == (600, WHY)
    entry = Entry.objects.get(action="time.granted")
    assert (entry.by, entry.reason, entry.detail) == (keeper, WHY, {"row": refused.pk, "ms": 600_000})
    assert_chain_holds(learning.user)


def test_what_is_kept_changes_no_time(contest, learning, teacher, at):
    contests.answer(contest, by=teacher, at=at, grant=False, reason="录像显示无人。")
    contest.refresh_from_db()
    assert (contest.state, contest.answer, contest.answered_by) == ("kept", "录像显示无人。", teacher)
    assert hours.counted_seconds(learning.enrolment.pk) == 0
    with pytest.raises(contests.AnsweredAlready):
        grant(contest, teacher, at)


def test_nobody_answers_their_own_nor_another_desks(contest, learning, at):
    accounts.appoint(learning.user, Role.PROVINCE_CATALOGUE, by=None, at=at, province=factories.province())
    others = (
        learning.user,
        factories.staff(Role.PROVINCE_CATALOGUE, code="510000", at=at),
        far_teacher(at),
        factories.staff(Role.AUDITOR, at=at),
        factories.staff(Role.PROVINCE_REVIEWER, at=at),
        factories.user(at=at),
    )
    for person in others:
        with pytest.raises(contests.NotYoursToAnswer):
            grant(contest, person, at)


def test_an_answer_has_a_reason(contest, keeper, at):
    with pytest.raises(WordsMissing):
        grant(contest, keeper, at, reason="好")


def test_what_was_watched_again_since_is_not_granted_twice(contest, learning, keeper, at):
    """Six of the ten minutes were watched again; then a later sitting earned the rest."""
    coverage = Coverage.objects.get()
    later = clock.milliseconds(at) + 60 * MINUTE
    again = Post(later, later + 6 * MINUTE, ((0, 6 * MINUTE),), 6 * MINUTE)
    told = {"kind": "video", "edition_id": learning.enrolment.edition_id, "daily_cap": 10**9, "at": at}
    settling.merge(coverage, ledger.post(coverage, [again], **told))
    coverage.save()
    assert ranges.total(p for post in contests.grantable(contest.row) for p in post.media) == 4 * MINUTE
    grant(contest, keeper, at)
    assert hours.counted_seconds(learning.enrolment.pk) == 600
    assert Coverage.objects.get().covered_ms == 10 * MINUTE


def test_minutes_of_other_learning_stay_with_it(contest, learning, keeper, at):
    write(learning, (2, 3, ""), key="short")
    grant(contest, keeper, at)
    granted = LedgerRow.objects.filter(entry="credit", about__isnull=False).order_by("wall")
    assert [row.ms for row in granted] == [2 * MINUTE, 5 * MINUTE]
    assert hours.counted_seconds(learning.enrolment.pk) == 600
    assert_chain_holds(learning.user)


def test_a_full_day_stays_full(db, keeper, at):
    edition = lessons.fictional_edition(at, daily_cap_hours=1)  # an hour of half a minute
    learning = lessons.learning(at, edition=edition)
    row = write(learning, (0, 10, "gap"))[0]
    contest = contests.contest(row, by=learning.user, at=at, words=SAID)
    grant(contest, keeper, at)
    assert LedgerRow.objects.get(entry="credit").ms == 30_000
    assert LedgerRow.objects.filter(entry="refused").count() == 1
    second = write(learning, (20, 10, "gap"))[-1]
    contest = contests.contest(second, by=learning.user, at=at, words=SAID)
    assert contests.grantable(second) == []
    with pytest.raises(contests.NothingToGrant):
        grant(contest, keeper, at)
    contest.refresh_from_db()
    assert contest.state == "waiting"


def test_a_course_counts_no_more_than_it_is_published_with(db, at, keeper):
    edition = lessons.fictional_edition(at)
    learning = lessons.learning(at, edition=edition, hours=1)
    row = write(learning, (0, 10, "gap"))[0]
    grant(contests.contest(row, by=learning.user, at=at, words=SAID), keeper, at)
    assert hours.counted_seconds(learning.enrolment.pk) == 30


def test_a_sitting_that_runs_does_not_earn_again_what_was_granted(player, learning, keeper):
    """The film plays while the contest about its first ten minutes is granted."""
    row = write(learning, (0, 10, "gap"))[0]
    contest = contests.contest(row, by=learning.user, at=player.clock.at, words=SAID)
    player.clock.go(3_600_000)
    player.open(0)
    player.beat()
    grant(contest, keeper, player.clock.at)
    player.watch()
    assert hours.counted_seconds(learning.enrolment.pk) == 2_700
    assert Coverage.objects.get(lesson_id=learning.facts("film").id).covered_ms == 2_700_000
    spent = LedgerRow.objects.filter(entry="credit").values_list("ms", flat=True)
    assert sum(spent) == 2_700_000
    assert LedgerRow.objects.filter(entry="refused", reason="repeat").exists()
    assert_chain_holds(learning.user)


def test_a_page_read_after_a_grant_counts_the_rest(learning, keeper, at):
    """What a page's session left waiting is answered for after a grant of the same text."""
    held = {
        "wall_from": clock.milliseconds(at),
        "wall_to": clock.milliseconds(at) + 30_000,
        "media": [[0, 30_000]],
    }
    coverage = play.locked_coverage(learning.enrolment, learning.facts("page").id)
    coverage.held, coverage.held_ms, coverage.held_at = [held], 30_000, at
    settling.merge(coverage, ((0, 20_000),))
    coverage.save()
    learning.at = at + dt.timedelta(minutes=5)
    assert lessons.read(learning, minutes=2).credited == 40_000
    assert Coverage.objects.get().covered_ms == 60_000


@pytest.mark.parametrize("verdicts", [(True, True), (True, False)])
def test_two_at_once_answer_once(together, verdicts):
    at = factories.AT
    learning = lessons.learning(at)
    row = write(learning, (0, 10, "gap"))[0]
    contest = contests.contest(row, by=learning.user, at=at, words=SAID)
    people = [factories.staff(Role.PROVINCE_CATALOGUE, at=at) for _ in range(2)]

    def act(number):
        try:
            contests.answer(contest, by=people[number], at=at, grant=verdicts[number], reason=WHY)
        except contests.AnsweredAlready:
            return False
        return True

    assert sum(together(act, 2)) == 1
    assert LedgerRow.objects.filter(entry="credit").count() <= 1


def test_parallel_contests_of_the_same_minutes_count_once(together):
    """Two refused rows about the same minutes and the same film, granted by two people at once."""
    at = factories.AT
    learning = lessons.learning(at)
    rows = write(learning, (0, 10, "gap"), (0, 10, "hidden"))
    asked = [contests.contest(row, by=learning.user, at=at, words=SAID) for row in rows]
    people = [factories.staff(Role.PROVINCE_CATALOGUE, at=at) for _ in range(2)]

    def act(number):
        try:
            grant(asked[number], people[number], at)
        except contests.NothingToGrant:
            return False
        return True

    assert sorted(together(act, 2)) == [False, True]
    assert hours.counted_seconds(learning.enrolment.pk) == 600
    assert_chain_holds(learning.user)


# -- taking back ----------------------------------------------------------------------------------------------------


@pytest.fixture
def credit(learning):
    return write(learning, (0, 10, ""))[-1]


@pytest.fixture
def correction(credit, teacher, at):
    return corrections.propose(credit, by=teacher, at=at, seconds=240, why="现场检查：本人不在。")


def test_two_people_take_time_back(correction, credit, learning, teacher, keeper, at):
    assert hours.counted_seconds(learning.enrolment.pk) == 600
    corrections.decide(correction, by=keeper, at=at + SECOND, confirm=True)
    row = LedgerRow.objects.get(entry="taken")
    assert (row.about, row.by, row.second, row.ms) == (credit, teacher, keeper, 240_000)
    assert row.media == [[360_000, 600_000]]
    found = hours.hours_of(learning.enrolment, at=at)
    assert (found.counted_seconds, found.taken[0].seconds, found.taken[0].why) == (360, 240, correction.why)
    assert found.lessons[0].counted_seconds == 360
    assert Coverage.objects.get().covered == [[0, 360_000]]
    assert hours.counted_today_ms(learning.user.pk, at) == 600_000
    assert_chain_holds(learning.user)


def test_the_list_of_courses_knows_what_people_decided(learning, teacher, keeper, at):
    def said():
        course = courses_of(learning.user, at=at)[0]
        full = hours.hours_of(learning.enrolment, at=at)
        assert course.uncounted_seconds == full.refused_seconds
        assert course.hours == hours.valid_hours(learning.enrolment)
        return course.hours, course.uncounted_seconds

    refused, credit = write(learning, (0, 10, "gap"), (10, 50, ""))
    assert said() == (1, 600)
    grant(contests.contest(refused, by=learning.user, at=at, words=SAID), keeper, at)
    assert said() == (1, 0)
    taken = corrections.propose(credit, by=teacher, at=at, seconds=1_200, why=WHY)
    corrections.decide(taken, by=keeper, at=at, confirm=True)
    assert said() == (0, 0)


def test_what_was_taken_back_can_be_earned_again(correction, player, learning, keeper):
    corrections.decide(correction, by=keeper, at=player.clock.at, confirm=True)
    player.clock.go(24 * 3_600_000)
    player.open(0)
    player.watch()
    assert hours.counted_seconds(learning.enrolment.pk) == 2_700


def test_the_sum_never_falls_below_zero(correction, credit, learning, teacher, keeper, at):
    corrections.decide(correction, by=keeper, at=at, confirm=True)
    with pytest.raises(corrections.NothingCounted):
        corrections.propose(credit, by=teacher, at=at, seconds=361, why="现场检查：本人不在。")
    rest = corrections.propose(credit, by=teacher, at=at, seconds=360, why="现场检查：本人不在。")
    corrections.decide(rest, by=keeper, at=at, confirm=True)
    assert hours.counted_seconds(learning.enrolment.pk) == 0
    assert Coverage.objects.get().covered == []
    with pytest.raises(corrections.NothingCounted):
        corrections.propose(credit, by=teacher, at=at, seconds=1, why="现场检查：本人不在。")


def test_one_alone_takes_nothing_back(correction, learning, teacher, keeper, at):
    for person in (teacher, factories.staff(Role.INSTRUCTOR, at=at), learning.user):
        with pytest.raises(corrections.NotYoursToCorrect):
            corrections.decide(correction, by=person, at=at, confirm=True)
    corrections.decide(correction, by=teacher, at=at, confirm=False)
    with pytest.raises(corrections.DecidedAlready):
        corrections.decide(correction, by=keeper, at=at, confirm=True)
    own = corrections.propose(correction.row, by=keeper, at=at, seconds=60, why="现场检查：本人不在。")
    with pytest.raises(corrections.SamePerson):
        corrections.decide(own, by=keeper, at=at, confirm=True)
    assert not LedgerRow.objects.filter(entry="taken").exists()


def test_who_may_propose(credit, correction, learning, at):
    keeper = factories.staff(Role.PROVINCE_CATALOGUE, at=at)
    with pytest.raises(corrections.ProposedAlready):
        corrections.propose(credit, by=keeper, at=at, seconds=1, why="现场检查：本人不在。")
    for person in (learning.user, far_teacher(at), factories.staff(Role.AUDITOR, at=at)):
        with pytest.raises(corrections.NotYoursToCorrect):
            corrections.propose(credit, by=person, at=at, seconds=1, why="现场检查：本人不在。")


def test_a_granted_row_can_be_taken_back_too(contest, learning, teacher, keeper, at):
    grant(contest, teacher, at)
    row = LedgerRow.objects.get(entry="credit")
    made = corrections.propose(row, by=teacher, at=at, seconds=600, why="现场检查：本人不在。")
    corrections.decide(made, by=keeper, at=at, confirm=True)
    found = hours.hours_of(learning.enrolment, at=at)
    assert (found.counted_seconds, found.lessons[0].counted_seconds) == (0, 0)
    assert_chain_holds(learning.user)


# -- the database ---------------------------------------------------------------------------------------------------


def copy(row, **changed):
    kept = [f for f in row._meta.concrete_fields if f.name not in {"id", *changed}]
    fields = {f.attname: getattr(row, f.attname) for f in kept}
    return type(row)(**{**fields, **changed})


def breaks(act, name):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        act()


def test_rows_of_people_are_whole(refused, credit, learning, teacher, keeper, at):
    taken = {"entry": "taken", "place": 9, "about": credit, "by": teacher, "second": keeper, "why": WHY}
    granted = {"entry": "credit", "reason": "", "place": 9, "about": refused, "by": teacher, "why": WHY}
    for base, said, name in (
        (credit, {**taken, "second": None}, "ledger_row_of_a_person_with_author_and_reason"),
        (credit, {**taken, "why": ""}, "ledger_row_of_a_person_with_author_and_reason"),
        (credit, {"entry": "taken", "place": 9}, "ledger_row_taken_from_a_credit"),
        (credit, {**taken, "second": teacher}, "ledger_row_decided_by_others"),
        (credit, {**taken, "by": learning.user}, "ledger_row_decided_by_others"),
        (credit, {**taken, "about": refused}, "about a row of the same lesson"),
        (credit, {**taken, "ms": 600_001}, "come to more than it has"),
        (refused, {**granted, "about": credit}, "about a row of the same lesson"),
        (refused, {**granted, "ms": 600_001}, "come to more than it has"),
        (refused, {**granted, "why": ""}, "ledger_row_of_a_person_with_author_and_reason"),
    ):
        breaks(copy(base, **said).save, name)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"state": "kept"}, "contest_answered_by_somebody_with_a_reason"),
        ({"answer": "好"}, "contest_answered_by_somebody_with_a_reason"),
        ({"words": ""}, "contest_says_why"),
    ],
)
def test_a_contest_is_whole(contest, changed, name):
    breaks(lambda: Contest.objects.update(**changed), name)


def test_a_contest_is_answered_by_another_and_once(contest, learning, teacher, at):
    told = {"state": "kept", "answered_at": at, "answer": WHY}
    breaks(lambda: Contest.objects.update(answered_by=learning.user, **told), "contest_answered_by_another")
    breaks(copy(contest).save, "contest_one_per_row")
    Contest.objects.update(answered_by=teacher, **told)
    breaks(lambda: Contest.objects.update(words="改一改"), "decided once")
    breaks(Contest.objects.all().delete, "never deleted")


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"ms": 0}, "correction_takes_something"),
        ({"why": ""}, "correction_says_why"),
        ({"state": "dropped"}, "correction_decided_by_somebody"),
    ],
)
def test_a_correction_is_whole(correction, changed, name):
    breaks(lambda: Correction.objects.update(**changed), name)


def test_a_correction_is_decided_by_others(correction, learning, teacher, at):
    told = {"state": "confirmed", "decided_at": at}
    breaks(lambda: Correction.objects.update(decided_by=teacher, **told), "correction_confirmed_by_a_second")
    breaks(lambda: Correction.objects.update(decided_by=learning.user, **told), "correction_by_others")
    breaks(copy(correction).save, "correction_one_open_per_row")
    with pytest.raises(IntegrityError, match="begins as proposed"), transaction.atomic():
        copy(correction, state="dropped", decided_at=at, decided_by=teacher).save()


# -- pages and API --------------------------------------------------------------------------------------------------


def test_the_learner_contests_from_the_page_of_hours_and_reads_the_answer(
    client, refused, learning, keeper, at
):
    factories.sign_in(client, learning.user, second_factor=False)
    page = reverse("learners:hours", args=[learning.enrolment.pk])
    ask = reverse("learners:contest", args=[learning.enrolment.pk, refused.pk])
    assert ask in client.get(page).content.decode()
    answer = client.post(ask, {"words": "短"})
    assert answer.status_code == 422
    assert "短</textarea>" in answer.content.decode()
    text = client.post(ask, {"words": SAID}, follow=True).content.decode()
    assert SAID in text
    assert "等待答复" in text
    assert ask not in text
    grant(Contest.objects.get(), keeper, at)
    text = client.get(page).content.decode()
    assert WHY in text
    assert "已认可" in text
    assert client.post(ask, {"words": SAID}).status_code == 302


@pytest.mark.parametrize("typed", ["", "x", "0", "-1", "9" * 30, "𠮷"])
def test_what_is_no_number_of_an_enrolment_stays_with_a_sentence(client, teacher, typed):
    factories.sign_in(client, teacher)
    page = client.get(reverse("learners:contests"), {"enrolment": typed})
    text = page.content.decode()
    assert page.status_code == 422
    assert "field__error" in text
    assert not typed or f'value="{typed}"' in text


def test_a_ledger_is_opened_by_the_number_of_the_enrolment(client, learning, teacher):
    factories.sign_in(client, teacher)
    assert ">None<" not in (text := client.get(reverse("learners:contests")).content.decode())
    assert 'value="None"' not in text
    page = client.get(reverse("learners:contests"), {"enrolment": f" {learning.enrolment.pk} "})
    assert page.url == reverse("learners:desk-ledger", args=[learning.enrolment.pk])


def test_the_desk_answers(client, contest, learning, teacher):
    factories.sign_in(client, teacher)
    desk = client.get(reverse("learners:contests")).content.decode()
    page = reverse("learners:contest-desk", args=[contest.pk])
    assert page in desk
    assert "王建国" not in desk
    text = client.get(page).content.decode()
    assert SAID in text
    assert "10:00" in text
    assert client.post(page, {"reason": "好", "verdict": "grant"}).status_code == 422
    answer = client.post(page, {"reason": WHY, "verdict": "grant"}, follow=True)
    assert page not in answer.content.decode()
    assert hours.counted_seconds(learning.enrolment.pk) == 600
    assert client.post(page, {"reason": WHY, "verdict": "keep"}).status_code == 422


def test_the_ledger_leads_to_taking_back(client, credit, learning, teacher, keeper):
    factories.sign_in(client, teacher)
    number = learning.enrolment.pk
    answer = client.get(reverse("learners:contests"), {"enrolment": number})
    assert answer.url == reverse("learners:desk-ledger", args=[number])
    page = reverse("learners:take-back", args=[credit.pk])
    assert page in client.get(answer.url).content.decode()
    assert client.post(page, {"minutes": "x", "why": WHY}).status_code == 422
    assert client.post(page, {"minutes": "99", "why": WHY}).status_code == 302
    made = Correction.objects.get()
    assert made.ms == 600_000
    page, decide = (reverse(f"learners:{n}", args=[made.pk]) for n in ("correction", "correction-decide"))
    assert 'value="confirm"' not in client.get(page).content.decode()
    client.post(decide, {"verdict": "confirm"})
    assert hours.counted_seconds(number) == 600
    factories.sign_in(client, keeper)
    assert 'value="confirm"' in client.get(page).content.decode()
    client.post(decide, {"verdict": "confirm"})
    assert hours.counted_seconds(number) == 0
    factories.sign_in(client, learning.user, second_factor=False)
    assert WHY in client.get(reverse("learners:hours", args=[number])).content.decode()


def test_a_number_that_no_enrolment_has_is_not_there(client, keeper):
    factories.sign_in(client, keeper)
    assert client.get(reverse("learners:desk-ledger", args=[987654321])).status_code == 404


def test_five_contests_cost_no_more_queries_than_one(client, keeper, at):
    of = lessons.version(at)

    def one_more():
        learning = lessons.learning(at, of=of)
        row = write(learning, (0, 10, "gap"), (20, 5, ""))[0]
        contests.contest(row, by=learning.user, at=at, words=SAID)
        return learning

    learning = one_more()
    factories.sign_in(client, keeper)
    pages = [reverse("learners:contests"), reverse("learners:desk-ledger", args=[learning.enrolment.pk])]
    counts = []
    for turn in range(2):
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                client.get(page)
            counts.append(len(asked))
        if not turn:
            for _ in range(4):
                one_more()
            write(learning, *((30 + n, 1, "") for n in range(5)))
    assert counts[:2] == counts[2:]


def test_whoever_has_waited_longest_comes_first(learning, keeper, at):
    rows = write(learning, (0, 10, "gap"), (20, 10, "gap"))
    late = contests.contest(rows[0], by=learning.user, at=at + SECOND, words=SAID)
    early = contests.contest(rows[1], by=learning.user, at=at, words=SAID)
    assert list(selectors.waiting_contests(keeper)) == [early, late]


def test_the_api_contests_and_answers(client, refused, learning, keeper, at):
    told = {"content_type": "application/json"}
    factories.sign_in(client, learning.user, second_factor=False)
    url = reverse("api-contests", args=[learning.enrolment.pk])
    (refusal,) = client.get(reverse("api-hours", args=[learning.enrolment.pk])).json()["refusals"]
    assert (refusal["row"], refusal["contest"]) == (refused.pk, None)
    assert client.post(url, {"row": refused.pk, "words": SAID}, **told).status_code == 201
    assert client.post(url, {"row": refused.pk, "words": SAID}, **told).json()["code"] == "contested_already"
    assert client.post(url, {"row": 10**9, "words": SAID}, **told).status_code == 404
    (mine,) = client.get(url).json()
    factories.sign_in(client, keeper)
    (row,) = client.get(reverse("api-contests-waiting")).json()["results"]
    assert (row["id"], row["seconds"], row["reason"]) == (mine["id"], 600, "gap")
    assert "王建国" not in str(row)
    answer = reverse("api-contest-answer", args=[row["id"]])
    assert client.post(answer, {"verdict": "perhaps", "reason": WHY}, **told).status_code == 400
    assert client.post(answer, {"verdict": "grant", "reason": WHY}, **told).json()["state"] == "granted"
    assert client.post(answer, {"verdict": "keep", "reason": WHY}, **told).status_code == 409
    assert hours.counted_seconds(learning.enrolment.pk) == 600
