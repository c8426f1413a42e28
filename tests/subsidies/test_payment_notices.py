"""What lists show of people by the policy's mask, and payments that are published once more."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.accounts.roles import Role
from subsidies import masks
from subsidies.models import Claim, PaymentLine, PaymentNotice
from subsidies.policy.body import MASK
from subsidies.services import notices, payment_notices
from subsidies.services.reconcile import breaches
from tests import factories
from tests.subsidies import making, recovery_world
from tests.subsidies import money_world as world

AT = world.AT
db = pytest.mark.django_db


# -- masks ------------------------------------------------------------------------------------------------------------


def test_every_kind_that_a_policy_may_name_is_there():
    assert set(masks.MASKS) == set(MASK.schema["enum"])


@pytest.mark.parametrize(
    ("kind", "name", "number"),
    [
        ("name_1_id_4", "王*国", "1101************2X"),
        ("name_1_id_last_4", "王*国", "**************002X"),
        ("name_1_id_0", "王*国", ""),
        ("surname_id_0", "王**", ""),
    ],
)
def test_what_each_kind_shows(kind, name, number):
    mask = masks.MASKS[kind]
    assert (mask.name("王建国"), mask.number("11010519491231002X")) == (name, number)


@given(name=st.text(min_size=2, max_size=80), kind=st.sampled_from(sorted(masks.MASKS)))
def test_no_mask_leaves_a_name_or_a_number_whole(name, kind):
    mask = masks.MASKS[kind]
    assert "*" in mask.name(name)
    assert len(mask.name(name)) <= len(name)
    assert "19491231" not in mask.number("11010519491231002X")


def test_names_of_any_script_are_masked():
    assert masks.surname_only("买买提·吐尔逊") == "买**·***"
    assert masks.surname_only("𠮷田") == "𠮷*"
    assert masks.surname_only("王") == "*"


def approved(person, mask, *, at=AT):
    """A claim of its own policy, approved by it."""
    claim = world.claim(person=person, at=at)
    row = making.PolicyVersion.objects.filter(body__notice__mask=mask).first() or making.policy(
        version=10 + len(mask), notice={"mask": mask, "publish_payment": True}
    )
    world.approved_by_policy(world.approve(claim, at=at), row, at=at)
    return claim


@db
def test_a_notice_shows_what_the_policy_of_each_claim_leaves():
    world.budget(900_000)
    person = factories.with_bank_account(factories.learner("买买提·吐尔逊"))
    hidden = approved(person, "surname_id_0")
    usual = world.approve(world.claim())
    notice = notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    told = {line["name"]: line["id"] for line in notice.paper["lines"]}
    assert told == {"买**·***": "", usual.holder_masked: usual.number_masked}
    line = notice.lines.get(claim=hidden)
    assert (line.holder_masked, line.number_masked) == ("买**·***", "")
    for clear in (person.identity.full_name, person.identity.number):
        assert clear not in str(notice.paper)
    assert notices.digest(notice.paper) == notice.sha256


@db
def test_where_the_policy_wants_the_usual_mask_no_identity_is_opened(monkeypatch):
    world.budget(900_000)
    world.approve(world.claim())
    opened = []
    monkeypatch.setattr("portal.crypto.unseal", lambda *_told, **named: opened.append(named))
    notices.publish_notice(province="520000", by=world.officer(Role.FINANCE_MAKER), at=AT)
    assert opened == []


# -- payments ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def paid(db):
    """Two paid claims, one of them under a policy that asks for it; and the moment after."""
    version = making.policy(notice={"publish_payment": True, "mask": "name_1_id_last_4"})
    world.budget(900_000)
    asked, other = world.claim(), world.claim()
    after = recovery_world.paid([asked, other])
    world.approved_by_policy(asked, version)
    return asked, after


def publish(at, by=None):
    by = by or world.officer(Role.FINANCE_MAKER)
    return payment_notices.publish_payment(province="520000", by=by, at=at)


def test_what_was_paid_is_published_once_where_the_policy_asks(paid):
    claim, at = paid
    notice = publish(at)
    assert notice.number == "PP-52-2026-0001"
    assert notice.paper["lines"] == [
        {
            "no": 1,
            "name": claim.holder_masked,
            "id": "*" * 14 + claim.claimant.identity.number[-4:],
            "occupation": "电工",
            "level": None,
            "fen": 120_000,
            "paid_on": clock.today(at).isoformat(),
        }
    ]
    assert notices.digest(notice.paper) == notice.sha256
    claim.refresh_from_db()
    assert claim.state == "paid"
    assert list(breaches()) == []
    with pytest.raises(payment_notices.NothingToPublish):
        publish(at)


def test_only_who_publishes_notices_publishes_payments(paid):
    _claim, at = paid
    for stranger in (
        world.officer(Role.PROVINCE_REVIEWER, "510000"),
        world.officer(Role.FINANCE_CHECKER),
        factories.learner(),
    ):
        with pytest.raises(notices.NotYours):
            publish(at, by=stranger)
    assert publish(at, by=world.officer(Role.PROVINCE_REVIEWER)).lines.count() == 1


def test_what_does_not_fit_goes_into_the_next_list(paid, monkeypatch):
    claim, at = paid
    monkeypatch.setattr(payment_notices, "MOST_CLAIMS", 1)
    other = Claim.objects.exclude(pk=claim.pk).get()
    world.approved_by_policy(other, making.PolicyVersion.objects.get())
    assert [publish(at).number, publish(at).number] == ["PP-52-2026-0001", "PP-52-2026-0002"]


def test_a_changed_list_is_found_by_the_proof(paid):
    _claim, at = paid
    notice = publish(at)
    fields = {f.attname: getattr(notice, f.attname) for f in PaymentNotice._meta.concrete_fields}
    PaymentNotice.objects.create(
        **{**fields, "id": None, "place": 2, "number": "PP-52-2026-0002", "sha256": "0" * 64}
    )
    assert [breach.values for breach in breaches()] == [("PP-52-2026-0002",)]


@pytest.mark.parametrize("table", [PaymentNotice, PaymentLine])
def test_a_published_list_is_never_changed(paid, table):
    _claim, at = paid
    publish(at)
    for act in (lambda: table.objects.update(province="510000"), lambda: table.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"line_no": 1, "claim": "other"}, "payment_line_once"),
        ({}, "payment_line_one_per_claim"),
        ({"claim": "other", "fen": 0}, "payment_line_above_zero"),
        ({"claim": "unpaid"}, "only what was paid"),
        ({"claim": "other", "province_id": "510000"}, "only what was paid"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(paid, changes, says):
    claim, at = paid
    line = publish(at).lines.get()
    others = {"other": Claim.objects.exclude(pk=claim.pk).get(), "unpaid": world.claim()}
    told = {f.attname: getattr(line, f.attname) for f in PaymentLine._meta.concrete_fields if f.name != "id"}
    told |= {"line_no": 2, **changes}
    if named := told.pop("claim", None):
        told["claim_id"] = others[named].pk
    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        PaymentLine.objects.create(**told)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"number": "PP-X"}, "payment_notice_one_per_place"),
        ({"number": "PP-X", "place": 2, "sha256": "x"}, "digest"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(paid, changes, says):
    _claim, at = paid
    notice = publish(at)
    told = {
        f.attname: getattr(notice, f.attname) for f in PaymentNotice._meta.concrete_fields if f.name != "id"
    }
    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        PaymentNotice.objects.create(**(told | changes))


def test_the_desk_publishes_and_everybody_reads(paid, client, monkeypatch):
    claim, at = paid
    monkeypatch.setattr(clock, "now", lambda: at + dt.timedelta(hours=1))
    factories.sign_in(client, world.officer(Role.FINANCE_MAKER))
    desk = client.get(reverse("subsidies:notice_desk"))
    assert "1,200" in desk.content.decode()
    done = client.post(reverse("subsidies:publish_payments"), {"province": "520000"}, follow=True)
    assert claim.holder_masked in done.content.decode()
    again = client.post(reverse("subsidies:publish_payments"), {"province": "520000"}, follow=True)
    assert str(payment_notices.NothingToPublish.message) in again.content.decode()
    client.logout()
    listed = client.get(reverse("subsidies:payment_notices"), {"province": "520000"}).content.decode()
    assert "PP-52-2026-0001" in listed
    assert (
        "PP-52"
        not in client.get(reverse("subsidies:payment_notices"), {"province": "510000"}).content.decode()
    )
    page = client.get(reverse("subsidies:payment_notice", args=["PP-52-2026-0001"])).content.decode()
    assert claim.holder_masked in page
    assert claim.claimant.identity.full_name not in page
    assert client.get(reverse("subsidies:payment_notice", args=["PP-52-2026-0009"])).status_code == 404


def test_the_api_does_the_same(paid, client):
    _claim, at = paid
    factories.sign_in(client, world.officer(Role.FINANCE_MAKER))
    made = client.post(
        reverse("api-payment-notice-publish"), {"province": "520000"}, content_type="application/json"
    )
    assert (made.status_code, made.json()["line_count"], made.json()["total_fen"]) == (201, 1, 120_000)
    again = client.post(
        reverse("api-payment-notice-publish"), {"province": "520000"}, content_type="application/json"
    )
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_publish")
    client.logout()
    number = made.json()["number"]
    assert client.get(reverse("api-payment-notice", args=[number])).json() == made.json()
    assert [row["number"] for row in client.get(reverse("api-payment-notices")).json()["results"]] == [number]
    (line,) = client.get(reverse("api-payment-notice-lines", args=[number])).json()["results"]
    assert (line["fen"], line["paid_on"]) == (120_000, clock.today(at).isoformat())


@db
def test_lists_cost_the_same_with_many_rows(client, django_assert_max_num_queries):
    version = making.policy(notice={"publish_payment": True})
    world.budget(900_000)
    made = [world.claim() for _ in range(5)]
    after = recovery_world.paid(made)
    for claim in made:
        world.approved_by_policy(claim, version)
    maker = world.officer(Role.FINANCE_MAKER)
    with django_assert_max_num_queries(25):
        publish(after, by=maker)
    for address in (
        reverse("subsidies:payment_notices"),
        reverse("subsidies:payment_notice", args=["PP-52-2026-0001"]),
    ):
        with django_assert_max_num_queries(6):
            assert client.get(address).status_code == 200
