"""Learners of a former platform: brought in once, sealed, claimed by who they are, and forgotten in time."""

import csv
import datetime as dt
import gzip
import logging
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from stdnum.cn import ric

from learners.models import EarlierEnrolment, Enrolment
from portal import crypto, embedded
from portal.accounts import importing, services, tasks
from portal.accounts.bringing import Job
from portal.accounts.models import Arrival, ArrivalChunk, ArrivalFile, Identity, SentMessage, User
from portal.audit.models import Entry
from portal.embedded.places import ROOT
from tests import databases, factories
from tests.learners import study

HEAD = "name,resident_id,phone,joined_on"


def number(n):
    body = f"520102{dt.date(1980, 1, 1) + dt.timedelta(days=n):%Y%m%d}996"
    return body + ric.calc_check_digit(body + "0")


def phone(n):
    return str(15_812_340_000 + n)


def line(n, name="王建国"):
    return f"{name},{number(n)},{phone(n)},2019-05-{n % 28 + 1:02}"


@pytest.fixture
def written(tmp_path):
    def write(*lines, head=HEAD, name="people.csv"):
        path = tmp_path / name
        text = "\n".join([head, *lines]) + "\n"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def bring(path, *words, province="520000"):
    call_command("import_learners", str(path), "--province", province, *map(str, words))


def refused(path):
    with path.with_name(path.name + ".refused.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(path):
    return [(int(row["line"]), row["code"]) for row in refused(path)]


@pytest.mark.django_db
def test_people_are_there_sealed_and_have_agreed_to_nothing(written, capsys):
    bring(written(line(1, "𠮷田·买买提"), line(2)))
    person = User.objects.by_phone(f"+86{phone(1)}")
    assert (person.phone, person.province_id, person.display_name) == (f"+86{phone(1)}", "520000", "")
    assert (person.phone_verified_at, person.last_login) == (None, None)
    assert not person.has_usable_password()
    assert person.joined_at == dt.datetime(2019, 5, 1, 16, tzinfo=dt.UTC)
    assert person.uid.version == 7
    assert person.arrival.full_name == "𠮷田·买买提"
    assert bytes(person.arrival.number_index) == crypto.blind_index(number(1), purpose="resident_id")
    assert not person.consents.exists()
    assert not Identity.objects.exists()
    assert "2 accepted, 0 refused." in capsys.readouterr().out
    entry = Entry.objects.get(action="arrivals.brought_in")
    assert (entry.chain_id, entry.detail["accepted"], entry.detail["refused"]) == ("520000", 2, 0)


@pytest.mark.django_db
def test_each_wrong_row_is_named_with_its_reason_and_nothing_of_it_in_full(written):
    factories.learner(number=number(30))
    there = factories.user()
    path = written(
        line(1),
        f"王,{number(2)},{phone(2)},2019-05-01",
        f"王芳,{number(3)[:-1]}{(int(number(3)[-1], 36) + 1) % 10},{phone(3)},2019-05-01",
        f"王芳,110105491231002,{phone(4)},2019-05-01",
        f"王芳,{number(5)},12,2019-05-01",
        f"王芳,{number(6)},{phone(6)},2019-02-30",
        f"王芳,{number(7)},{phone(1)},2019-05-01",
        f"王芳,{number(1)},{phone(8)},2019-05-01",
        f"王芳,{number(9)},{there.phone},2019-05-01",
        f"王芳,{number(30)},{phone(10)},2019-05-01",
        "only,three,fields",
        '"王芳,broken',
        "",
        f'"王芳",{number(11)},"{phone(11)}",2019-05-01',
        f"=王芳(,{number(12)},{phone(12)},2019-05-01",
        f"\x00\x00,{number(13)},{phone(13)},2019-05-01",
    )
    path.write_bytes(path.read_bytes() + b"\xd6\xd0,x,y,z\r\n" + line(14).encode() + b"\r\n")
    bring(path)
    assert codes(path) == [
        (3, "bad_name"), (4, "id_check_digit"), (5, "id_15_digits"), (6, "phone"), (7, "bad_day"),
        (8, "phone_twice"), (9, "id_twice"), (10, "phone_known"), (11, "id_known"), (12, "row_form"),
        (13, "row_form"), (16, "bad_name"), (17, "bad_name"), (18, "not_utf8"),
    ]  # fmt: skip
    told = path.with_name("people.csv.refused.csv").read_text(encoding="utf-8")
    assert not re.search(r"\d{9}", told)
    assert refused(path)[0]["resident_id"] == f"{number(2)[:4]}{'*' * 12}{number(2)[-2:]}"
    assert refused(path)[11]["name"] == "'=**("
    assert all(row["reason"] for row in refused(path))
    assert Arrival.objects.count() == 3
    assert not ArrivalChunk.objects.exclude(refusals=[]).exists()


@pytest.mark.django_db
def test_a_file_brought_in_twice_adds_nothing(written, capsys):
    path = written(*map(line, range(4)), line(1))
    bring(path)
    path.with_name("people.csv.refused.csv").unlink()
    bring(path)
    assert "nothing was added" in capsys.readouterr().out
    assert (User.objects.count(), Entry.objects.filter(action="arrivals.brought_in").count()) == (4, 1)
    packed = path.with_name("people.csv.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    bring(packed)
    assert [code for _line, code in codes(packed)] == [*["phone_known"] * 4, "phone_twice"]
    assert User.objects.count() == 4


@pytest.mark.django_db
def test_another_province_neither_takes_a_person_nor_learns_whose_they_are(written):
    path = written(line(1))
    bring(path)
    bring(path, province="530000")
    assert codes(path) == [(2, "phone_known")]
    assert "520000" not in path.with_name("people.csv.refused.csv").read_text(encoding="utf-8")
    assert User.objects.get().province_id == "520000"


@pytest.mark.django_db
def test_a_check_brings_nothing_in_and_names_what_stands_in_two_chunks(written, capsys):
    path = written(line(1), line(2), line(3), line(1), "x")
    bring(path, "--check", "--workers", 1, "--chunk-bytes", 60)
    assert codes(path) == [(5, "phone_twice"), (6, "row_form")]
    assert "checked only, 3 accepted, 2 refused" in capsys.readouterr().out
    assert not User.objects.exists()
    assert not ArrivalFile.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "lacks: joined_on, name"),
        (b"name,phone\n", "lacks: joined_on, resident_id"),
        (b"name,name,resident_id,phone,joined_on\n", "twice"),
        ("姓名".encode("gbk") + b"\n", "UTF-8"),
        (b"\x1f\x8b broken", "cannot be read"),
    ],
)
def test_an_unusable_file_is_answered_in_one_sentence(tmp_path, content, said):
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        bring(path)
    with pytest.raises(CommandError, match="no province"):
        bring(path, province="999999")


@pytest.mark.django_db
def test_chunks_cut_a_file_at_line_ends_and_number_its_lines(written):
    path = written(*map(line, range(9)), "wrong")
    bring(path, "--workers", 1, "--chunk-bytes", 100)
    assert Arrival.objects.count() == 9
    assert ArrivalChunk.objects.count() > 3
    assert codes(path) == [(11, "row_form")]


# -- several processes ------------------------------------------------------------------------------------------------


def started(path, *words):
    cluster, _broker = embedded.here()
    environment = os.environ | {"DATABASE_URL": cluster.url(database=databases.database_name())}
    command = [
        sys.executable,
        "-W",
        "ignore",
        "manage.py",
        "import_learners",
        str(path),
        "--province",
        "520000",
    ]
    return subprocess.Popen(
        [*command, *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(held, run):
    """Waits for what the run does, however slow the machine; a run that has ended says why."""
    while not held():
        assert run.poll() is None, run.communicate()[0]
        time.sleep(0.05)


def test_a_killed_run_goes_on_where_it_was(committed_db, written):
    """A chunk waits for a phone number that somebody is entering; meanwhile the run is killed."""
    path = written(*map(line, range(40)), line(39), "wrong")
    cluster, _broker = embedded.here()
    held = cluster.connect(database=databases.database_name())
    held.autocommit = False
    with held.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_user (password, uid, display_name, phone_sealed, phone_index, language, reading_size,"
            " is_active, joined_at) VALUES ('!', gen_random_uuid(), '', '', %s, 'zh-hans', 'normal', true, now())",
            [crypto.blind_index(f"+86{phone(30)}", purpose="phone")],
        )
        run = started(path, "--workers", "2", "--chunk-bytes", "300")
        until(lambda: ArrivalChunk.objects.count() >= 3, run)
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
    done = ArrivalChunk.objects.count()
    assert 0 < Arrival.objects.count() < 40
    held.rollback()
    held.close()
    again = started(path, "--workers", "2")
    said, _err = again.communicate(timeout=120)
    assert "40 accepted, 2 refused" in said
    assert Arrival.objects.count() == User.objects.count() == 40
    assert ArrivalChunk.objects.count() > done
    assert [number for number, _code in codes(path)] == [42, 43]


def test_two_runs_at_once_share_a_file(committed_db, written):
    path = written(*map(line, range(40)))
    runs = [started(path, "--workers", "2", "--chunk-bytes", "200") for _n in range(2)]
    said = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert all("40 accepted" in text for text in said)
    assert Arrival.objects.count() == User.objects.count() == 40
    assert Entry.objects.filter(action="arrivals.brought_in").count() == 1


# -- what was begun there ---------------------------------------------------------------------------------------------


@pytest.fixture
def course(db, at):
    return study.publish(at)


def earlier(written, *lines, head="course,phone,resident_id,enrolled_on,hours"):
    return written(*lines, head=head, name="earlier.csv")


def test_earlier_enrolments_wait_for_their_people(course, written):
    path = earlier(
        written,
        f"{course.code},{phone(1)},,2020-01-02,24.5",
        f"{course.code},,{number(2)},2020-01-02,",
        f"GZ-NONE,{phone(1)},,2020-01-02,1",
        f"{course.code},{phone(9)},,2020-01-02,1",
        f"{course.code},,,2020-01-02,1",
        f"{course.code},{phone(1)},,2020-01-02,viel",
        f"{course.code},{phone(1)},,2099-01-02,1",
        f"{course.code},,{number(1)},2020-01-02,1",
        f"{course.code},12,,2020-01-02,1",
        f"{course.code},,12,2020-01-02,1",
    )
    bring(written(line(1), line(2)), "--enrolments", path)
    rows = EarlierEnrolment.objects.order_by("user").values_list(
        "course_code", "declared_tenths", "enrolled_on"
    )
    assert list(rows) == [(course.code, 245, dt.date(2020, 1, 2)), (course.code, 0, dt.date(2020, 1, 2))]
    assert codes(path) == [
        (4, "course_unknown"), (5, "person_unknown"), (6, "person_missing"), (7, "bad_hours"), (8, "bad_day"),
        (9, "enrolled_twice"), (10, "phone"), (11, "id_form"),
    ]  # fmt: skip
    assert not Enrolment.objects.exists()
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    bring(path.with_name("people.csv"), "--enrolments", path)
    assert EarlierEnrolment.objects.count() == 2
    bring(path.with_name("people.csv"), "--enrolments", path, province="530000")
    assert {code for _line, code in codes(path)} >= {"person_unknown"}
    assert EarlierEnrolment.objects.count() == 2


def sign_in_by_code(client, n):
    page = client.post(reverse("account_request_login_code"), {"phone": phone(n)})
    code = re.search(r"\d{6}", SentMessage.objects.latest("sent_at", "id").text)[0]
    client.post(page["Location"], {"code": code})


def test_the_first_sign_in_fills_in_the_name_and_begins_the_courses_on_consent(course, written, client):
    bring(
        written(line(1, "𠮷田·买买提")),
        "--enrolments",
        earlier(written, f"{course.code},{phone(1)},,2020-01-02,3"),
    )
    sign_in_by_code(client, 1)
    page = client.get(reverse("accounts:identity"))
    text = page.content.decode()
    assert 'value="𠮷田·买买提"' in text
    assert page.context["form"].initial["province"] == "520000"
    assert page.context["is_brought_in"]
    assert number(1) not in text
    form = {"name": "𠮷田·买买提", "number": number(1), "province": "520000"}
    assert client.post(reverse("accounts:identity"), form).status_code == 422
    assert Arrival.objects.exists()
    assert client.post(reverse("accounts:identity"), form | {"agreed": "on"}).status_code == 302
    person = User.objects.by_phone(f"+86{phone(1)}")
    assert person.consents.count() == 1
    assert not Arrival.objects.exists()
    assert Enrolment.objects.get(user=person).course_code == course.code
    row = EarlierEnrolment.objects.get(user=person)
    assert (row.taken_up_at is not None, row.declared_tenths) == (True, 30)
    entry = Entry.objects.get(action="identity.registered")
    assert entry.detail["arrival"] == "claimed"


def test_who_has_the_phone_of_somebody_else_gets_nothing_of_theirs(course, written, at):
    bring(written(line(1)), "--enrolments", earlier(written, f"{course.code},{phone(1)},,2020-01-02,3"))
    person = User.objects.by_phone(f"+86{phone(1)}")
    services.register_real_name(
        person, name="胡𨱑", number=number(2), province=factories.province(), agreed=True, at=at
    )
    assert not Arrival.objects.exists()
    assert not EarlierEnrolment.objects.exists()
    assert not Enrolment.objects.exists()
    assert Entry.objects.get(action="identity.registered").detail["arrival"] == "set_aside"


def test_a_course_that_is_closed_meanwhile_stays_as_it_was_told(course, written, at):
    bring(written(line(1)), "--enrolments", earlier(written, f"{course.code},{phone(1)},,2020-01-02,3"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE learners_earlierenrolment SET course_code = 'GZ-GONE'")
    person = User.objects.by_phone(f"+86{phone(1)}")
    services.register_real_name(
        person, name="王建国", number=number(1), province=factories.province(), agreed=True, at=at
    )
    assert EarlierEnrolment.objects.get().taken_up_at is None
    assert not Enrolment.objects.exists()


# -- forgetting -------------------------------------------------------------------------------------------------------


def test_who_does_not_register_is_forgotten_in_time(course, written, settings, client):
    held = factories.user("holds a role")
    bring(
        written(*map(line, range(1, 5))),
        "--enrolments",
        earlier(written, f"{course.code},{phone(1)},,2020-01-02,3"),
    )
    others = User.objects.filter(arrival=None).count()
    sign_in_by_code(client, 2)
    keeper = User.objects.by_phone(f"+86{phone(3)}")
    services.appoint(
        keeper, "province_catalogue", by=held, at=keeper.joined_at, province=factories.province()
    )
    assert tasks.forget_unclaimed_arrivals() == 0
    settings.ARRIVALS_KEPT = dt.timedelta()
    assert tasks.forget_unclaimed_arrivals() == 3  # the people, their empty file, the file of enrolments
    assert tasks.forget_unclaimed_arrivals() == 0
    assert not Arrival.objects.exists()
    assert not EarlierEnrolment.objects.exists()
    left = {User.objects.by_phone(f"+86{phone(n)}") is not None for n in (2, 3)}
    assert left == {True}
    assert User.objects.count() == others + 2
    assert Entry.objects.filter(action="arrivals.forgotten").count() == 2


# -- nothing in the open ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_personal_number_stands_anywhere_but_sealed(written, caplog, capsys, tmp_path):
    caplog.set_level(logging.DEBUG)
    path = written(
        line(1, "上官𠮷林"),
        line(1, "上官𠮷林"),
        f"上官𠮷林,{number(2)},138,2019-05-01",
        f"王,{number(3)},{phone(3)},2019-05-01",
    )
    bring(path)
    secrets = ["上官𠮷林", *(value for n in (1, 2, 3) for value in (number(n), phone(n)))]
    said = capsys.readouterr()
    told = said.out + said.err + path.with_name("people.csv.refused.csv").read_text(encoding="utf-8")
    told += "".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))
    assert not [secret for secret in secrets if secret in told]
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == [
        "people.csv",
        "people.csv.refused.csv",
    ]
    assert path.with_name("people.csv.refused.csv").stat().st_mode & 0o077 == 0
    with connection.cursor() as cursor:
        tables = [t.name for t in connection.introspection.get_table_list(cursor) if t.type == "t"]
        for table in tables:
            for secret in secrets:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s OR t::text LIKE %s',  # noqa: S608
                    [f"%{secret}%", f"%{secret.encode().hex()}%"],
                )
                assert cursor.fetchone() == (0,), f"{table} holds a number"


@pytest.mark.django_db
def test_a_failure_is_told_without_the_row(at):
    """PostgreSQL's own sentence quotes what it refuses; what the command says does not."""
    file = ArrivalFile.objects.create(
        province_id="520000", told="people", digest=b"\1" * 32, chunk_bytes=1, begun_at=at
    )
    job = Job(importing.KINDS["people"], tuple(HEAD.split(",")), number(1), at, at.date(), file.pk)
    said = importing.work_safely(job, 0, 2, line(1).encode())
    assert "StringDataRightTruncation from line 2 on" in said
    assert number(1) not in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"digest": b"\1" * 32}, "arrival_file_once"),
        ({"finished_at": factories.AT - dt.timedelta(days=1)}, "arrival_file_finished_after_begun"),
    ],
)
def test_the_database_refuses(change, constraint):
    told = {
        "province_id": "520000",
        "told": "people",
        "digest": b"\2" * 32,
        "chunk_bytes": 1,
        "begun_at": factories.AT,
    }
    ArrivalFile.objects.create(**told | {"digest": b"\1" * 32})
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ArrivalFile.objects.create(**told | change)


@pytest.mark.django_db
def test_a_chunk_and_an_earlier_course_are_there_once():
    file = ArrivalFile.objects.create(
        province_id="520000", told="people", digest=b"\1" * 32, chunk_bytes=1, begun_at=factories.AT
    )
    ArrivalChunk.objects.create(file=file, number=0)
    with pytest.raises(IntegrityError, match="arrival_chunk_once"), transaction.atomic():
        ArrivalChunk.objects.create(file=file, number=0)
    course = {
        "user": factories.user(),
        "province_id": "520000",
        "course_code": "A",
        "enrolled_on": factories.AT.date(),
    }
    EarlierEnrolment.objects.create(**course)
    with pytest.raises(IntegrityError, match="earlier_enrolment_once_per_course"), transaction.atomic():
        EarlierEnrolment.objects.create(**course)
