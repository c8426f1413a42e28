import datetime as dt
import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from certificates import codes, paper, selectors, services, workflow
from certificates.models import Certificate, SerialCounter
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from tests import factories
from tests.certificates import making
from tests.certificates.test_paper import NAMES, read_qr, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def requested(at):
    return services.request(making.completion(), at=at)


@pytest.fixture
def issued(requested, at):
    return services.issue(requested, at=at)


def test_a_request_takes_the_next_number_of_the_province_and_year(at):
    serials = [
        services.request(making.completion(code=code), at=at).serial
        for code in ("520000", "520000", "110000")
    ]
    assert serials == ["ZX-52-2026-0000001", "ZX-52-2026-0000002", "ZX-11-2026-0000001"]
    next_year = services.request(making.completion(), at=at + dt.timedelta(days=365))
    assert next_year.serial == "ZX-52-2027-0000001"


def test_the_year_is_that_of_shanghai():
    newyear = dt.datetime(2025, 12, 31, 17, tzinfo=dt.UTC)
    assert services.request(making.completion(), at=newyear).serial == "ZX-52-2026-0000001"


def test_asked_twice_gives_the_first_and_spends_no_number(requested, at):
    assert services.request(requested.completion, at=at) == requested
    assert SerialCounter.objects.get().last == 1


def test_issue_freezes_the_facts_and_files_the_paper(issued, at):
    assert issued.state == workflow.ISSUED
    assert issued.issued_on == dt.date(2026, 3, 16)
    pdf = selectors.pdf_of(issued)
    assert hashlib.sha256(pdf).digest() == bytes(issued.pdf_sha256)
    assert default_storage.exists(issued.pdf_key)
    said = words_of(pdf)
    for words in (
        "王建国",
        issued.serial,
        "焊工（四级/中级工）",
        "贵州省职业技能培训管理机构",
        "2026年3月16日",
    ):
        assert words in said
    path = reverse("certificates:verified", args=[issued.code])
    assert [address.endswith(path) for address in read_qr(pdf)] == [True]


def test_the_full_name_is_stored_sealed_only(issued):
    assert issued.holder_name == "王建国"
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM certificates_certificate c")
        assert "王建国" not in cursor.fetchone()[0]
    assert issued.holder_masked == "王*国"


@pytest.mark.parametrize("name", [n for n in NAMES if any(ord(c) > 0xFFFF for c in n) or "·" in n])
def test_rare_names_survive_from_registration_to_paper(name, at):
    certificate = services.issue(services.request(making.completion(name=name), at=at), at=at)
    assert name in words_of(selectors.pdf_of(Certificate.objects.get(pk=certificate.pk)))


def test_issue_leaves_a_trace_without_personal_data(issued):
    actions = list(
        Entry.objects.filter(thing_type="certificates.certificate").values_list("action", flat=True)
    )
    assert sorted(actions) == ["certificate.issued", "certificate.requested"]
    assert "王" not in str(list(Entry.objects.values_list("detail", "reason")))


def test_issued_once_only(issued, at):
    with pytest.raises(IllegalMove):
        services.issue(issued, at=at)


def test_a_torn_file_of_a_killed_worker_is_written_anew(requested, at, settings):
    first = services.issue(requested, at=at)
    whole = selectors.pdf_of(first)
    default_storage.delete(first.pdf_key)
    default_storage.save(first.pdf_key, ContentFile(whole[:1000]))
    assert selectors.pdf_of(first) == whole
    services.archive.put(first.pdf_key, whole)
    with default_storage.open(first.pdf_key) as file:
        assert file.read() == whole


def test_a_lost_file_is_drawn_again(issued):
    whole = selectors.pdf_of(issued)
    default_storage.delete(issued.pdf_key)
    assert selectors.pdf_of(issued) == whole


def test_take_up_counts_the_attempt_and_plans_the_next_before_the_work(requested, at):
    taken = services.take_up(at=at)
    assert (taken.pk, taken.attempts, taken.due_at) == (requested.pk, 1, at + services.FIRST_WAIT)
    assert services.take_up(at=at) is None


def test_one_that_kills_its_worker_each_time_ends_failed(requested, at):
    for _attempt in range(services.ATTEMPTS):
        assert services.take_up(at=at).state == workflow.REQUESTED
        at += dt.timedelta(hours=2)
    given_up = services.take_up(at=at)
    assert given_up.state == workflow.FAILED
    assert given_up.failure
    assert services.take_up(at=at + dt.timedelta(days=1)) is None


def test_put_off_keeps_the_reason_and_gives_up_at_last(requested, at):
    services.take_up(at=at)
    assert services.put_off(requested, at=at, reason="OSError: disk full").state == workflow.REQUESTED
    Certificate.objects.filter(pk=requested.pk).update(attempts=services.ATTEMPTS)
    assert services.put_off(requested, at=at, reason="OSError: disk full").state == workflow.FAILED
    assert selectors.status_counts_by_province()["520000"]["failed"] == 1


def test_an_operator_has_it_made_again(requested, at):
    failed = services.put_off(requested, at=at, reason="no glyph", for_good=True)
    with pytest.raises(services.NotYours):
        services.retry(failed, by=factories.staff(Role.PROVINCE_REVIEWER), at=at)
    again = services.retry(failed, by=factories.staff(Role.OPERATOR), at=at)
    assert services.issue(again, at=at).state == workflow.ISSUED


@pytest.mark.parametrize("role", [Role.PROVINCE_REVIEWER, Role.OPERATOR])
def test_revoke_says_when_by_whom_and_why(issued, at, role):
    person = factories.staff(role)
    revoked = services.revoke(issued, by=person, at=at, reason="  实操考核记录 与本人不符 ")
    assert (revoked.state, revoked.revoked_by, revoked.revoke_reason) == (
        "revoked",
        person,
        "实操考核记录 与本人不符",
    )
    assert Entry.objects.get(action="certificate.revoked").by == person


def test_a_revoked_certificate_supports_no_claim(issued, at):
    assert selectors.claimable(issued.user, issued.serial).level == 4
    services.revoke(issued, by=factories.staff(Role.OPERATOR), at=at, reason="wrong person")
    assert selectors.certificate_facts(issued.serial).state == "revoked"
    with pytest.raises(Certificate.DoesNotExist):
        selectors.claimable(issued.user, issued.serial)


def test_claimable_only_by_its_holder(issued):
    with pytest.raises(Certificate.DoesNotExist):
        selectors.claimable(factories.learner("李莲花"), issued.serial)


def test_revoke_refuses_another_province_other_roles_and_no_reason(issued, at):
    for person in (
        factories.staff(Role.PROVINCE_REVIEWER, code="110000"),
        factories.staff(Role.MINISTRY_REVIEWER),
        factories.staff(Role.AUDITOR),
        issued.user,
    ):
        with pytest.raises(services.NotYours):
            services.revoke(issued, by=person, at=at, reason="some reason")
    with pytest.raises(services.ReasonMissing):
        services.revoke(issued, by=factories.staff(Role.OPERATOR), at=at, reason="  a \n b")
    issued.refresh_from_db()
    assert issued.state == workflow.ISSUED


def test_revoked_once_only(issued, at):
    operator = factories.staff(Role.OPERATOR)
    services.revoke(issued, by=operator, at=at, reason="wrong person")
    with pytest.raises(IllegalMove):
        services.revoke(issued, by=operator, at=at, reason="wrong person")


BROKEN = [
    ("no certificate goes", {"state": "lost"}),
    ("certificate_due_while_requested", {"due_at": None}),
    ("certificate_issued_with_its_paper", {"state": "issued", "due_at": None}),
    ("certificate_issued_with_its_paper", {"pdf_key": "x"}),
    ("certificate_revoked_by_somebody_for_a_reason", {"revoke_reason": "x"}),
    ("certificate_failed_for_a_reason", {"state": "failed", "due_at": None}),
]


@pytest.mark.parametrize(("name", "change"), BROKEN)
def test_the_database_refuses_a_half_truth(requested, name, change):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        Certificate.objects.filter(pk=requested.pk).update(**change)


def test_the_database_refuses_a_revocation_without_words(issued, at):
    for change in (
        {"state": "revoked"},
        {"state": "revoked", "revoked_at": at, "revoked_by": issued.user},
        {"state": "revoked", "revoked_at": at, "revoke_reason": "x"},
    ):
        with pytest.raises(IntegrityError, match="certificate_revoked_by_somebody"), transaction.atomic():
            Certificate.objects.filter(pk=issued.pk).update(**change)
    early = {"revoked_at": at - dt.timedelta(days=1), "revoked_by": issued.user, "revoke_reason": "x"}
    with pytest.raises(IntegrityError, match="certificate_revoked_after_issued"), transaction.atomic():
        Certificate.objects.filter(pk=issued.pk).update(state="revoked", **early)


@pytest.mark.parametrize(
    "change",
    [
        {"facts": {}},
        {"facts_sha256": bytes(32)},
        {"pdf_key": "other"},
        {"pdf_sha256": bytes(32)},
        {"issued_on": dt.date(2020, 1, 1)},
        {"holder_masked": "李*"},
        {"serial": "ZX-52-2026-9999999"},
        {"code": codes.new_code()},
        {"user_id": 0},
    ],
)
def test_the_database_refuses_to_change_a_paper(issued, change):
    with pytest.raises(DatabaseError, match=r"frozen|fixed"), transaction.atomic():
        Certificate.objects.filter(pk=issued.pk).update(**change)


def test_a_revocation_stays_as_it_is(issued, at):
    services.revoke(issued, by=factories.staff(Role.OPERATOR), at=at, reason="wrong person")
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Certificate.objects.filter(pk=issued.pk).update(revoke_reason="another")


@pytest.mark.parametrize("state", ["issued", "revoked", "failed"])
def test_the_database_refuses_a_late_beginning(at, state):
    completion = making.completion()
    with pytest.raises(DatabaseError, match="begins as requested"), transaction.atomic():
        Certificate.objects.create(
            completion=completion,
            user=completion.user,
            province=completion.province,
            version=completion.enrolment.version,
            serial="ZX-52-2026-0000001",
            code=codes.new_code(),
            requested_at=at,
            state=state,
        )


def test_the_database_refuses_illegal_moves(issued, at):
    for state, more in (("requested", {"due_at": at}), ("failed", {"failed_at": at, "failure": "x"})):
        with pytest.raises(DatabaseError, match="no certificate goes from issued"), transaction.atomic():
            Certificate.objects.filter(pk=issued.pk).update(state=state, **more)


def test_the_database_never_loses_a_row(issued):
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        Certificate.objects.filter(pk=issued.pk).delete()


def test_serial_numbers_only_go_up_one_by_one(requested):
    for change in ({"last": 0}, {"last": 3}):
        with pytest.raises(DatabaseError, match="one by one"), transaction.atomic():
            SerialCounter.objects.update(**change)
    with pytest.raises(DatabaseError, match="one by one"), transaction.atomic():
        SerialCounter.objects.all().delete()


def test_one_certificate_per_completion_and_one_counter_per_year(requested, at):
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(
            completion=requested.completion,
            user=requested.user,
            province=requested.province,
            version=requested.version,
            serial="ZX-52-2026-0000009",
            code=codes.new_code(),
            requested_at=at,
            due_at=at,
        )
    with pytest.raises(IntegrityError, match="serial_counter_one_per"), transaction.atomic():
        SerialCounter.objects.create(province=requested.province, year=2026)


@pytest.mark.parametrize(
    ("field", "value", "name"),
    [("serial", "ZX52-2026-000001", "certificate_serial_form"), ("code", "O" * 28, "certificate_code_form")],
)
def test_numbers_have_their_form(at, field, value, name):
    completion = making.completion()
    row = {"serial": "ZX-52-2026-0000009", "code": codes.new_code(), field: value}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Certificate.objects.create(
            completion=completion,
            user=completion.user,
            province=completion.province,
            version=completion.enrolment.version,
            requested_at=at,
            due_at=at,
            **row,
        )


def test_hours_are_cut_never_rounded_up():
    from fractions import Fraction

    assert [paper.hours(Fraction(n)) for n in ("3", "79.996", "2.50", "0.1", "100")] == [
        "3",
        "79.99",
        "2.5",
        "0.1",
        "100",
    ]
