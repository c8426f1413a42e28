"""A copy of own data: whole by the table of what is kept, made by a worker, for its owner alone, and gone after some days."""

import csv
import datetime as dt
import io
import json
import zipfile

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.accounts.models import User
from portal.audit.models import Entry
from portal.notices.models import Notice
from portal.owndata import kept, making, services
from portal.owndata.models import Copy
from portal.owndata.tasks import delete_old_copies, make_due_copies
from tests import factories
from tests.learners import study

OURS = (
    "accounts",
    "audit",
    "notices",
    "owndata",
    "portal",
    "courses",
    "learners",
    "certificates",
    "subsidies",
)
DAY = dt.timedelta(days=1)


@pytest.fixture
def person(db, at):
    person = factories.with_bank_account(factories.learner("欧阳𠮷祥", at=at), at=at)
    study.sit(study.ready(at, user=person), at=at)
    return person


@pytest.fixture
def now(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    return at


@pytest.fixture
def mine(client, person):
    return factories.sign_in(client, person, second_factor=False)


def pack_of(copy):
    with default_storage.open(copy.file_key) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def made(person, at):
    copy = services.ask(person, at=at)
    assert services.make_next(at=at)
    copy.refresh_from_db()
    return copy


# -- the table and the models ---------------------------------------------------------------------------------------


def models():
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def test_every_table_of_a_person_stands_in_the_table_of_what_is_kept():
    """Whatever points to a person, or to a table that is kept of one, is in a copy or says why not."""
    known = set(kept.KEPT) | set(kept.NOT_IN_A_COPY)
    persons = {User._meta.label} | set(kept.KEPT)
    missing = {
        model._meta.label
        for model in models()
        for field in model._meta.fields
        if field.is_relation and field.related_model._meta.label in persons
    } - known
    assert missing == set()
    assert set(kept.KEPT) & set(kept.NOT_IN_A_COPY) == set()
    assert known <= {model._meta.label for model in models()}


@pytest.mark.parametrize("label", kept.KEPT)
def test_every_path_leads_to_a_person_and_no_secret_is_a_field(label, person):
    assert making.rows_of(label, person).count() >= 0
    names = {field.name for field in making.fields_of(label)}
    assert kept.KEPT[label].hidden <= {field.name for field in apps.get_model(label)._meta.fields}
    assert not [name for name in names if name.endswith(("_sealed", "_index", "seed", "password", "nonce"))]


# -- the file -------------------------------------------------------------------------------------------------------


def test_the_copy_holds_what_is_kept_and_nothing_of_another(person, at):
    study.sit(
        study.ready(at, user=factories.learner("赵小红"), course=study.publish(at, code="GZ-S2")), at=at
    )
    pack = pack_of(made(person, at))
    assert {f"data/{label}.json" for label in kept.KEPT} | {"index.html", "time-ledger.csv"} == set(
        pack.namelist()
    )
    enrolments = json.loads(pack.read("data/learners.Enrolment.json"))
    assert [row["course_code"] for row in enrolments] == ["GZ-S1"]
    answers = json.loads(pack.read("data/learners.Answer.json"))
    assert len(answers) == 4
    ledger = list(csv.DictReader(io.StringIO(pack.read("time-ledger.csv").decode("utf-8-sig"))))
    assert (ledger[0]["entry"], ledger[0]["kind"], ledger[0]["place"]) == ("credit", "reading", "1")
    assert len(ledger) == len(json.loads(pack.read("data/learners.LedgerRow.json")))
    page = pack.read("index.html").decode()
    assert '<html lang="zh-CN">' in page
    assert "实名信息" in page
    everything = "".join(pack.read(name).decode() for name in pack.namelist())
    for secret in (
        person.phone,
        person.identity.number,
        person.identity.full_name,
        "9999991285726840905",
        "赵",
    ):
        assert secret not in everything
    assert person.masked_phone in everything


def test_the_task_makes_it_once_and_tells_its_owner(person, now):
    copy = services.ask(person, at=now)
    with pytest.raises(services.HasOne):
        services.ask(person, at=now)
    assert make_due_copies() == 1
    assert make_due_copies() == 0
    copy.refresh_from_db()
    assert (copy.state, copy.done) == ("ready", len(kept.KEPT))
    assert Notice.objects.filter(user=person, kind="data.ready").count() == 1
    services.make(copy, at=now)  # a second worker that was slow
    assert Notice.objects.filter(user=person, kind="data.ready").count() == 1
    assert set(Entry.objects.filter(action__startswith="own_data").values_list("action", flat=True)) == {
        "own_data.asked",
        "own_data.made",
    }


def test_what_fails_is_tried_again_and_given_up(person, at, monkeypatch):
    def full(*_told, **_words):
        raise OSError("no room")

    monkeypatch.setattr("portal.owndata.making.write", full)
    copy = services.ask(person, at=at)
    for turn in range(services.MOST_TRIES + 1):
        assert services.make_next(at=at + turn * services.LEASE)
    copy.refresh_from_db()
    assert (copy.state, copy.due_at) == ("failed", None)
    assert not services.make_next(at=at + DAY)
    services.ask(person, at=at + DAY)


def test_a_copy_is_deleted_when_its_days_are_over(person, at, monkeypatch):
    copy = made(person, at)
    key = copy.file_key
    monkeypatch.setattr("portal.clock.now", lambda: at + 6 * DAY)
    assert delete_old_copies() == 0
    monkeypatch.setattr("portal.clock.now", lambda: at + 7 * DAY)
    assert delete_old_copies() == 1
    assert delete_old_copies() == 0
    copy.refresh_from_db()
    assert (copy.state, copy.file_key) == ("deleted", "")
    assert not default_storage.exists(key)


# -- pages ----------------------------------------------------------------------------------------------------------


def test_the_page_says_what_is_kept_and_leads_from_asking_to_the_file(mine, person, now):
    url = reverse("owndata:copy")
    assert "为什么" in mine.get(url).text
    assert mine.post(url).status_code == 302
    assert "制作中" in mine.get(url).text
    assert mine.post(url, follow=True).status_code == 200
    assert Copy.objects.count() == 1
    make_due_copies()
    copy = Copy.objects.get()
    link = reverse("owndata:fetch", args=[copy.uid])
    assert link in mine.get(url).text
    answer = mine.post(link)
    assert answer["Content-Type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    assert Entry.objects.filter(action="own_data.fetched").count() == 1
    assert mine.post(reverse("owndata:delete")).status_code == 302
    assert mine.post(link).status_code == 404


def test_nobody_fetches_the_copy_of_another_and_nothing_old(mine, client, person, now, monkeypatch):
    other = made(factories.learner("李芳"), now)
    assert mine.post(reverse("owndata:fetch", args=[other.uid])).status_code == 404
    mine.post(reverse("owndata:delete"))
    other.refresh_from_db()
    assert other.state == "ready"
    own = made(person, now)
    monkeypatch.setattr("portal.clock.now", lambda: now + 7 * DAY)
    assert mine.post(reverse("owndata:fetch", args=[own.uid])).status_code in {302, 404}


def test_the_database_refuses_what_the_rules_forbid(person, at):
    copy = made(person, at)
    rows = Copy.objects.filter(pk=copy.pk)

    def refused(name, **changes):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**changes)

    refused("copy_state_has_its_file_and_times", file_key="")
    refused("copy_done_within_parts", done=copy.parts + 1)
    refused("copy_expires_after_it_is_ready", expires_at=copy.ready_at)
    with pytest.raises(IntegrityError, match="copy_one_live_per_person"), transaction.atomic():
        Copy.objects.create(user=person, language="en", asked_at=at, due_at=at, parts=1)
