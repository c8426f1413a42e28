"""Bank profiles: written by one person, put live by another, and what a batch follows of them."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.accounts.roles import Role
from portal.moves import IllegalMove
from subsidies.bank.template import STANDARD
from subsidies.models import BankProfile
from subsidies.services import assembling, batches, files, profiles
from tests import factories
from tests.subsidies import money_world as world
from tests.subsidies import pain001
from tests.subsidies.test_bank import FIXED, ISO

pytestmark = pytest.mark.django_db
AT = world.AT
SAID = {
    "name": "示例银行",
    "bank_code": "102701000017",
    "template": STANDARD,
    "needs_name_check": True,
    "releaser_may_be_checker": False,
    "cooling_days": 3,
    "valid_from": AT.date(),
    "valid_to": None,
}


def drafted(by=None, **changes):
    by = by or world.officer(Role.FINANCE_MAKER)
    told = {"province": "520000", "code": "icbc", **SAID, **changes}
    return profiles.draft_profile(**told, by=by, at=AT)


def live(**changes):
    return profiles.put_live(drafted(**changes), by=world.officer(Role.FINANCE_CHECKER), at=AT)


def test_a_profile_is_put_live_by_another_person_and_ends_the_one_before():
    maker = world.officer(Role.FINANCE_MAKER)
    from portal.accounts.services import appoint

    appoint(maker, Role.FINANCE_CHECKER, by=None, at=AT, province=factories.province())
    vars(maker).pop("_live_appointments", None)
    draft = drafted(maker)
    with pytest.raises(profiles.SameAuthor):
        profiles.put_live(draft, by=maker, at=AT)
    with pytest.raises(profiles.NotYours):
        profiles.put_live(draft, by=world.officer(Role.FINANCE_CHECKER, "510000"), at=AT)
    first = profiles.put_live(draft, by=world.officer(Role.FINANCE_CHECKER), at=AT)
    second = live(name="第二版")
    first.refresh_from_db()
    assert (first.state, second.state, second.version) == ("ended", "live", 2)
    with pytest.raises(IllegalMove):
        profiles.change_profile(second, by=maker, at=AT, **SAID)


def test_a_draft_is_changed_or_discarded_and_there_is_one():
    draft = drafted()
    with pytest.raises(profiles.DraftExists):
        drafted()
    maker = world.officer(Role.FINANCE_MAKER)
    changed = profiles.change_profile(draft, by=maker, at=AT, **{**SAID, "cooling_days": 7})
    assert (changed.cooling_days, changed.made_by) == (7, maker)
    profiles.discard_profile(draft, by=maker, at=AT)
    assert drafted().version == 2


def test_a_template_that_makes_no_sense_is_no_profile():
    with pytest.raises(profiles.TemplateRefused) as refused:
        drafted(template={**STANDARD, "encoding": "latin1", "amount": "cent"})
    assert len(str(refused.value).split("\n")) == 2
    assert not BankProfile.objects.filter(code="icbc").exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"template": {}}, "frozen"),
        ({"cooling_days": 0}, "frozen"),
        ({"releaser_may_be_checker": True}, "frozen"),
        ({"state": "draft"}, "does not go from|live_by_somebody"),
        ({"live_by": None, "live_at": None}, "live_by_somebody"),
        ({"ended_at": AT}, "ended_at_a_time"),
        ({"state": "ended"}, "ended_at_a_time"),
    ],
)
def test_what_is_live_is_frozen_in_the_table_too(changes, says):
    profile = live()
    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        BankProfile.objects.filter(pk=profile.pk).update(**changes)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        profile.delete()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"cooling_days": 61}, "cooling_is_short"),
        ({"valid_to": AT.date() - dt.timedelta(days=1)}, "ends_after_it_begins"),
        ({"version": 0, "state": "gone"}, "state_is_known|does not go"),
    ],
)
def test_a_draft_keeps_to_its_rules_in_the_table_too(changes, says):
    draft = drafted()
    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        BankProfile.objects.filter(pk=draft.pk).update(**changes)
    with pytest.raises(IntegrityError, match="put_live_by_another"), transaction.atomic():
        BankProfile.objects.filter(pk=draft.pk).update(state="live", live_by=draft.made_by, live_at=AT)


def test_who_checked_releases_only_where_the_profile_says_so():
    world.budget(900_000)
    checker = world.officer(Role.FINANCE_CHECKER)
    batch, after = world.batch_of([world.claim()])
    batches.check_batch(batch, by=checker, at=after)
    with pytest.raises(batches.CheckedByYou):
        batches.release_batch(batch, by=checker, at=after)
    lenient = live(releaser_may_be_checker=True)
    _notice, after = world.noticed([world.claim()], at=after)
    maker = world.officer(Role.FINANCE_MAKER)
    other = assembling.make_batch(province="520000", by=maker, at=after, profile=lenient)
    batches.check_batch(other, by=checker, at=after)
    assert batches.release_batch(other, by=checker, at=after).state == "released"


def test_a_draft_an_ended_one_or_another_provinces_makes_no_batch():
    world.budget(900_000)
    _notice, after = world.noticed([world.claim()])
    maker = world.officer(Role.FINANCE_MAKER)
    draft = drafted()
    over = live(code="over", valid_to=AT.date())
    far = drafted(world.officer(Role.FINANCE_MAKER, "510000"), province="510000")
    for profile in (draft, over, far):
        with pytest.raises(assembling.ProfileUnusable):
            assembling.make_batch(province="520000", by=maker, at=after, profile=profile)


@pytest.mark.parametrize(
    "template", [STANDARD, FIXED, ISO, {**STANDARD, "kind": "xlsx"}], ids=lambda t: t["kind"]
)
def test_a_batch_is_paid_in_the_format_of_its_profile(template):
    world.budget(900_000)
    profile = live(template=template)
    person = factories.with_bank_account(factories.learner("欧阳\U00020bb7·阿依古丽"))
    _notice, after = world.noticed([world.claim(person=person), world.claim()])
    maker = world.officer(Role.FINANCE_MAKER)
    batch = assembling.make_batch(province="520000", by=maker, at=after, profile=profile)
    world.released(batch, at=after)
    files.write_payment_file(batch, at=after)
    batch.refresh_from_db()
    content = files.payment_file(batch, by=maker, at=after)
    if template is ISO:
        first = pain001.checked(content)[0]
        assert first["CdtTrfTxInf/Cdtr/Nm"] == "欧阳\U00020bb7·阿依古丽"
    elif template is FIXED:
        assert "欧阳\U00020bb7·阿依古丽".encode("gb18030") in content
    assert batch.file_name.split(".")[-2] in ("csv", "txt", "xlsx", "xml")


def test_a_name_that_the_format_cannot_carry_waits_with_its_reason():
    world.budget(900_000)
    profile = live(template={**STANDARD, "encoding": "gbk"})
    rare = world.claim(person=factories.with_bank_account(factories.learner("欧阳\U00020bb7")))
    _notice, after = world.noticed([rare, world.claim()])
    maker = world.officer(Role.FINANCE_MAKER)
    batch = assembling.make_batch(province="520000", by=maker, at=after, profile=profile)
    assert batch.line_count == 1
    from subsidies.models import LeftOut

    assert LeftOut.objects.get(claim=rare).reason == "unwritable"


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, monkeypatch):
    from portal import clock

    monkeypatch.setattr(clock, "now", lambda: AT)

    def sit(role):
        person = world.officer(role)
        factories.sign_in(client, person)
        return client

    return sit


FORM = {
    "province": "520000",
    "code": "icbc",
    "name": "示例银行",
    "bank_code": "102701000017",
    "kind": "csv",
    "encoding": "gb18030",
    "delimiter": "|",
    "line_end": "lf",
    "amount": "fen",
    "date": "YYYYMMDD",
    "heading": "on",
    "parts": json.dumps({key: STANDARD[key] for key in ("columns", "answers")}),
    "cooling_days": "5",
    "needs_name_check": "on",
    "valid_from": "2026-03-16",
}


def test_a_profile_is_written_in_the_browser_and_put_live_by_another(desk):
    client = desk(Role.FINANCE_MAKER)
    assert client.get(reverse("subsidies:new_bank_profile")).status_code == 200
    shown = client.post(reverse("subsidies:new_bank_profile"), {**FORM, "preview": "1"})
    assert "阿依古丽·麦麦提|9999991285726840913" in shown.content.decode()
    assert not BankProfile.objects.filter(code="icbc").exists()
    response = client.post(reverse("subsidies:new_bank_profile"), FORM)
    assert response.status_code == 302
    profile = BankProfile.objects.get(code="icbc")
    assert (profile.template["delimiter"], profile.template["amount"], profile.cooling_days) == (
        "|",
        "fen",
        5,
    )
    edit = reverse("subsidies:edit_bank_profile", args=[profile.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, {**FORM, "name": "改名"}).status_code == 302
    assert client.post(reverse("subsidies:live_bank_profile", args=[profile.pk])).status_code == 404
    client = desk(Role.FINANCE_CHECKER)
    page = client.get(reverse("subsidies:bank_profile", args=[profile.pk])).content.decode()
    assert reverse("subsidies:live_bank_profile", args=[profile.pk]) in page
    client.post(reverse("subsidies:live_bank_profile", args=[profile.pk]))
    profile.refresh_from_db()
    assert (profile.state, profile.name) == ("live", "改名")
    client = desk(Role.FINANCE_MAKER)
    following = client.get(reverse("subsidies:new_bank_profile"), {"from": profile.pk}).content.decode()
    assert "改名" in following


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"parts": "{"}, "JSON"),
        ({"parts": "[]"}, "JSON"),
        ({"parts": '{"columns": NaN}'}, "JSON"),
        ({"parts": "[" * 9000}, "JSON"),
        ({"parts": "{}"}, "template.columns"),
        ({"parts": json.dumps({"colour": 1})}, "template.colour"),
        ({"valid_to": "2020-01-01"}, "valid_to"),
        ({"cooling_days": "-1"}, "cooling_days"),
        ({"cooling_days": "９９"}, "cooling_days"),
        ({"kind": "iso20022"}, "debtor"),
        ({"province": "510000"}, "province"),
        ({"code": "no slug!"}, "code"),
    ],
)
def test_a_form_that_makes_no_sense_is_said_and_kept(desk, changes, says):
    client = desk(Role.FINANCE_MAKER)
    response = client.post(reverse("subsidies:new_bank_profile"), {**FORM, **changes})
    assert response.status_code == 422
    page = response.content.decode()
    assert says in page
    assert "示例银行" in page
    assert not BankProfile.objects.filter(code="icbc").exists()


def test_the_api_writes_and_puts_live(desk):
    client = desk(Role.FINANCE_MAKER)
    body = {
        "province": "520000",
        "code": "icbc",
        "name": "示例银行",
        "template": FIXED,
        "valid_from": "2026-03-16",
    }
    made = client.post("/api/subsidies/bank-profiles/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    bad = client.post(
        "/api/subsidies/bank-profiles/",
        {**body, "code": "x", "template": []},
        content_type="application/json",
    )
    assert (bad.status_code, bad.json()["code"]) == (409, "template_refused")
    client = desk(Role.FINANCE_CHECKER)
    done = client.post(f"/api/subsidies/bank-profiles/{made.json()['id']}/live/")
    assert (done.status_code, done.json()["state"]) == (200, "live")
    assert client.get("/api/subsidies/bank-profiles/").json()["results"][0]["code"] == "icbc"
