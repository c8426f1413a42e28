import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from certificates import codes, paper, selectors, services, workflow
from certificates.models import Certificate, SerialCounter
from certificates.services.issuing import NotYours, Outcome, digest
from portal.accounts import services as accounts
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


def test_a_certificate_takes_the_next_number_of_the_province_and_year_when_it_is_issued(at):
    serials = [making.issued(code=code, at=at).serial for code in ("520000", "520000", "110000")]
    assert serials == ["ZX-52-2026-0000001", "ZX-52-2026-0000002", "ZX-11-2026-0000001"]
    assert making.issued(at=at + dt.timedelta(days=365)).serial == "ZX-52-2027-0000001"


def test_the_year_is_that_of_shanghai():
    newyear = dt.datetime(2025, 12, 31, 17, tzinfo=dt.UTC)
    assert making.issued(at=newyear).serial == "ZX-52-2026-0000001"


def test_asked_twice_gives_the_first(requested, at):
    assert services.request(requested.completion, at=at) == requested
    assert Entry.objects.filter(action="certificate.requested").count() == 1


def test_one_that_cannot_be_issued_spends_no_number(at):
    services.request(making.completion(name="王\U00030729"), at=at)
    services.issue_due(at=at, most=10)
    assert making.issued(at=at).serial == "ZX-52-2026-0000001"
    assert [(c.last, c.year) for c in SerialCounter.objects.all()] == [(1, 2026)]


def test_issue_freezes_the_facts(issued):
    assert issued.state == workflow.ISSUED
    assert issued.issued_on == dt.date(2026, 3, 16)
    said = words_of(selectors.pdf_of(issued, at=factories.AT))
    for words in (
        "王建国",
        issued.serial,
        "焊工（四级/中级工）",
        "6-18-02-04（2022版）",
        "贵州省职业技能培训管理机构",
        "2026年3月16日",
    ):
        assert words in said
    path = reverse("certificates:verified", args=[issued.code])
    assert [address.endswith(path) for address in read_qr(selectors.pdf_of(issued, at=factories.AT))] == [
        True
    ]


def test_what_it_stands_on_is_kept_with_it(at):
    completion = making.completion()
    issued = services.issue(services.request(completion, at=at), at=at)
    grounds = issued.grounds
    assert grounds["course"] == {"code": completion.enrolment.course_code, "version": 1}
    assert grounds["occupation_edition"] == "2022"
    assert grounds["counting"]["name"] == completion.enrolment.edition.name
    assert grounds["counted_seconds"] == 8100
    assert grounds["exam"]["score_percent"] == 85
    assert grounds["ledger"] == {"length": 9, "digest": "ab" * 32}
    assert grounds["completion"] == bytes(completion.digest).hex()
    assert bytes(issued.facts_sha256) == digest(issued.paper_facts().as_json(), grounds)


def test_a_later_change_of_name_does_not_touch_it(issued, at):
    accounts.renew_name(issued.user, name="王新国", by=issued.user, at=at)
    again = Certificate.objects.get(pk=issued.pk)
    assert (again.holder_name, again.holder_masked) == ("王建国", "王*国")
    assert "王建国" in words_of(selectors.pdf_of(again, at=at))


def test_the_full_name_is_stored_sealed_only(issued):
    assert issued.holder_name == "王建国"
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM certificates_certificate c")
        assert "王建国" not in cursor.fetchone()[0]
    assert issued.holder_masked == "王*国"


@pytest.mark.parametrize("name", [n for n in NAMES if any(ord(c) > 0xFFFF for c in n) or "·" in n])
def test_rare_names_survive_from_registration_to_paper(name, at):
    certificate = services.issue(services.request(making.completion(name=name), at=at), at=at)
    assert name in words_of(selectors.pdf_of(Certificate.objects.get(pk=certificate.pk), at=at))


def test_issue_leaves_a_trace_without_personal_data(issued):
    actions = list(
        Entry.objects.filter(thing_type="certificates.certificate").values_list("action", flat=True)
    )
    assert sorted(actions) == ["certificate.issued", "certificate.requested"]
    assert "王" not in str(list(Entry.objects.values_list("detail", "reason")))


def test_issued_once_only(issued, at):
    with pytest.raises(IllegalMove):
        services.issue(issued, at=at)


def test_a_reason_that_people_must_mend_ends_it_at_once(at):
    asked = services.request(making.completion(name="王\U00030729"), at=at)
    assert services.issue_due(at=at, most=10) == Outcome(taken=1, issued=0)
    asked.refresh_from_db()
    assert asked.state == workflow.FAILED
    assert "U+30729" in asked.failure
    assert selectors.status_counts_by_province()["520000"]["failed"] == 1


def test_an_operator_has_it_made_again(at):
    asked = services.request(making.completion(factories.user()), at=at)
    services.issue_due(at=at, most=1)
    with pytest.raises(NotYours):
        services.retry(asked, by=factories.staff(Role.PROVINCE_REVIEWER), at=at)
    again = services.retry(asked, by=factories.staff(Role.OPERATOR), at=at)
    assert (again.state, again.due_at, again.attempts) == (workflow.REQUESTED, at, 0)


def test_claimable_only_by_its_holder(issued):
    assert selectors.claimable(issued.user, issued.serial).level == 4
    with pytest.raises(Certificate.DoesNotExist):
        selectors.claimable(factories.learner("李莲花"), issued.serial)


BROKEN = [
    ("no certificate goes", {"state": "lost"}),
    ("certificate_due_while_requested", {"state": "failed", "failed_at": factories.AT, "failure": "x"}),
    ("certificate_issued_with_its_facts", {"state": "issued", "due_at": None}),
    ("certificate_issued_with_its_facts", {"grounds": {}}),
    ("certificate_paper_is_whole", {"pdf_key": "x"}),
    ("certificate_paper_due_once_issued", {"paper_due_at": factories.AT}),
    ("certificate_replaced_at_some_time", {"replaced_at": factories.AT}),
    ("no counter has given this number", {"serial": "ZX-52-2026-0000001"}),
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
        {"grounds": {}},
        {"issued_on": dt.date(2020, 1, 1)},
        {"holder_masked": "李*"},
        {"serial": "ZX-52-2026-9999999"},
        {"code": codes.new_code()},
        {"user_id": 0},
        {"kind": "special"},
        {"course_code": "X"},
    ],
)
def test_the_database_refuses_to_change_a_paper(issued, change):
    with pytest.raises(DatabaseError, match=r"frozen|fixed"), transaction.atomic():
        Certificate.objects.filter(pk=issued.pk).update(**change)


@pytest.mark.parametrize("state", ["issued", "revoked", "failed"])
def test_the_database_refuses_a_late_beginning(at, state):
    completion = making.completion()
    with pytest.raises(DatabaseError, match="begins as requested"), transaction.atomic():
        Certificate.objects.create(
            completion=completion,
            user=completion.user,
            province=completion.province,
            version=completion.enrolment.version,
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


def test_serial_numbers_only_go_up(issued):
    with pytest.raises(DatabaseError, match="only go up"), transaction.atomic():
        SerialCounter.objects.update(last=0)
    with pytest.raises(DatabaseError, match="only go up"), transaction.atomic():
        SerialCounter.objects.all().delete()


def test_a_number_that_nobody_got_is_refused_when_all_is_done(issued):
    def skip_numbers():
        SerialCounter.objects.update(last=5)
        connection.check_constraints()

    with pytest.raises(DatabaseError, match="was given to nobody"), transaction.atomic():
        skip_numbers()


def test_one_certificate_per_completion_and_one_counter_per_year(requested, issued, at):
    again = {
        "completion": requested.completion,
        "user": requested.user,
        "province": requested.province,
        "version": requested.version,
        "kind": requested.kind,
        "requested_at": at,
    }
    with pytest.raises(IntegrityError, match="certificate_first_one_per_completion"), transaction.atomic():
        Certificate.objects.create(code=codes.new_code(), **again)
    another = making.completion(requested.user)
    with pytest.raises(IntegrityError, match="certificate_one_live"), transaction.atomic():
        Certificate.objects.create(code=codes.new_code(), **again | {"completion": another})
    with pytest.raises(DatabaseError, match="replaces one for the same completion"), transaction.atomic():
        Certificate.objects.create(code=codes.new_code(), replaces=issued, **again)
    with pytest.raises(IntegrityError, match="serial_counter_one_per"), transaction.atomic():
        SerialCounter.objects.create(province=requested.province, year=2026)


def test_numbers_have_their_form(issued, at):
    asked = services.request(making.completion(), at=at)
    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.filter(pk=asked.pk).update(serial="ZX52-2026-000001")
    completion = making.completion()
    with pytest.raises(IntegrityError, match="certificate_code_form"), transaction.atomic():
        Certificate.objects.create(
            completion=completion,
            user=completion.user,
            province=completion.province,
            version=completion.enrolment.version,
            requested_at=at,
            code="O" * 28,
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
