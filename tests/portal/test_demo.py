"""The demo world and its desk. In test mode there is none, so each test opens it for itself."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from courses.selectors.catalogue import course_visible_to
from courses.selectors.content import outline
from learners.selectors.editions import edition_in_force
from portal import calendar, clock
from portal.accounts.roles import Role
from portal.accounts.selectors import bank_account_of, identity_of
from portal.demo import accounts, claims, money, world
from portal.demo.people import BY_KEY, GUIZHOU, PEOPLE
from subsidies.selectors import claims_visible_to
from subsidies.services import reconcile


@pytest.fixture
def demo(settings, tmp_path, monkeypatch):
    settings.DEMO = True
    # the demo loads calendars, and nothing here is ever committed
    monkeypatch.setattr(calendar, "_kept", None)
    monkeypatch.setattr(calendar, "KEPT_SECONDS", -1)
    # drawn films are kept from run to run
    (settings.VAR_DIR / "films").mkdir(parents=True, exist_ok=True)
    (tmp_path / "films").symlink_to(settings.VAR_DIR / "films")
    settings.VAR_DIR, settings.DEMO_CLOCK = tmp_path, tmp_path / "clock"
    return tmp_path


def test_everybody_has_a_phone_of_their_own():
    """Two people with one phone would be one account with both roles."""
    assert len({person.phone for person in PEOPLE}) == len(PEOPLE) == len(BY_KEY)


def test_there_is_no_desk_outside_the_demo(client, db):
    assert client.get(reverse("demo")).status_code == 404
    assert client.post(reverse("demo_clock"), {"by": "3600"}).status_code == 404
    with pytest.raises(CommandError, match="ZHIXUN_MODE=demo only"):
        call_command("load_demo")


def test_the_desk_shows_people_with_codes_that_open_and_messages(client, db, demo, at):
    from allauth.mfa.totp.internal.auth import validate_totp_code
    from allauth.mfa.utils import decrypt

    from portal.accounts import sms

    people = accounts.everybody(at=at)
    sms.send("+8613900000001", "您的验证码是 123456", at=at)
    page = client.get(reverse("demo")).content.decode()
    for person in PEOPLE:
        assert person.phone in page
    assert "123456" in page
    code = accounts.code_of(people["reviewer"])
    assert code in page
    secret = decrypt(people["reviewer"].authenticator_set.get().data["secret"])
    assert validate_totp_code(secret, code)
    assert accounts.code_of(people["learner"]) == ""


def test_the_clock_moves_forward_only_and_by_the_steps_offered(client, db, demo):
    before = clock.now()
    assert client.post(reverse("demo_clock"), {"by": "86400"}).status_code == 302
    assert clock.now() - before >= dt.timedelta(days=1)
    refused = client.post(reverse("demo_clock"), {"by": "-86400"})
    assert refused.status_code == 422
    assert clock.offset() == dt.timedelta(days=1)
    assert client.get(reverse("demo_clock")).status_code == 405


def test_people_are_made_once_with_role_name_and_card(db, demo, at):
    people = accounts.everybody(at=at)
    again = accounts.everybody(at=at)
    assert {key: user.pk for key, user in people.items()} == {key: user.pk for key, user in again.items()}
    assert identity_of(people["learner"]) is not None
    assert bank_account_of(people["learner"]) is not None
    assert identity_of(people["newcomer"]) is None
    held = {person.role for person in PEOPLE if person.role}
    assert held == set(Role)
    assert BY_KEY["elsewhere"].province != GUIZHOU


def test_the_world_is_loaded_once_however_often_it_is_asked(client, db, demo):
    first = list(world.load())
    second = list(world.load())
    assert "248 sample courses are new" in first
    assert "5 policy versions are new" in first
    assert "1 project contracts are new" in first
    assert f"{len(claims.CLAIMANTS)} claims are new" in first
    assert [line for line in second if line.endswith("are new")] == [
        "0 counting editions are new",
        "0 drafts of counting editions are new",
        "0 sample courses are new",
        "0 standards are new",
        "0 licences of providers are new",
        "0 films of practical work are new",
        "0 classes are new",
        "0 terms of enrolment are new",
        "0 key groups are new",
        "0 invited members of staff are new",
        "0 questions of a learner are new",
        "0 appeals are new",
        "0 certificates issued elsewhere are new",
        "0 policy versions are new",
        "0 project contracts are new",
        "0 budgets are new",
        "0 claims are new",
    ]
    course = course_visible_to(accounts.user_of(BY_KEY["newcomer"]), "GZ-DEMO")
    plan = outline(course.current_version_id)
    assert {lesson.kind for lesson in plan.lessons} == {"video", "reading", "quiz"}
    edition = edition_in_force(GUIZHOU, clock.today(clock.now()))
    assert edition.class_hour_seconds == 30
    assert edition.fictional
    assert edition_in_force("510000", clock.today(clock.now())).class_hour_seconds == 2_700
    states = Counter(claims_visible_to(accounts.user_of(BY_KEY["auditor"])).values_list("state", flat=True))
    assert states == {
        "checked": 3,
        "in_first_review": 6,
        "in_second_review": 2,
        "in_ministry_review": 2,
        "returned": 1,
        "reject_proposed": 1,
        "in_appeal": 1,
        "in_notice": 3,
        "in_batch": 2,
        "payable": 1,
        "paid": 4,
    }
    assert reconcile.prove(at=clock.now()).findings == []
    for proof in ("verify_audit", "prove_time"):
        call_command(proof)
    page = client.get(reverse("demo")).content.decode()
    assert page.count("莫小妹") == 1
    assert "13900000100" in page
    printed = (demo / "demo-accounts.txt").read_text()
    assert printed.count("139000000") == len(PEOPLE)
    assert printed.isascii(), "the terminal speaks one language"


def test_the_third_policy_differs_by_its_days_and_hours_only():
    second = {
        "version": 2,
        "valid": ["2020-07-01", "2021-12-31"],
        "doc_no": "sample A/2",
        "title": {},
        "eligibility": [{"type": "min_hours", "min": "40"}, {"type": "age_between", "min": 16}],
    }
    third = money._third(second)
    assert third["eligibility"] == [{"type": "min_hours", "min": "3"}, {"type": "age_between", "min": 16}]
    assert second["eligibility"][0]["min"] == "40"
    assert third["valid"] == ["2022-01-01", None]
