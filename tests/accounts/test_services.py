import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from portal import crypto, numbers
from portal.accounts import identity_check, selectors, services
from portal.accounts.access import ALL, has_role, provinces_of
from portal.accounts.models import Appointment, BankAccount, Consent, Identity, User
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests.factories import ADULT_IDS, learner, province, rows, staff, user, with_bank_account

in_db = pytest.mark.django_db


def register(person, name="王建国", number=ADULT_IDS[0], agreed=True, at=None):
    return services.register_real_name(
        person,
        name=name,
        number=number,
        province=province(),
        agreed=agreed,
        at=at or dt.datetime(2026, 3, 16, tzinfo=dt.UTC),
    )


@in_db
@pytest.mark.parametrize("name", [r["full_name"] for r in rows("names.csv") if r["category"] != "common"])
def test_every_name_survives(name):
    register(person := user(), name=name)
    assert selectors.identity_of(person).full_name == services.plain_name(name)


@pytest.mark.parametrize("typed", ["买买提•吐尔逊", "买买提・吐尔逊", "买买提 · 吐尔逊", " 买买提·吐尔逊 "])
def test_one_dot_between_the_parts(typed):
    assert services.plain_name(typed) == "买买提·吐尔逊"


@pytest.mark.parametrize("typed", ["", "王", "王1", "<b>王</b>", "王\x00国", "😀😀", "长" * 41, "···"])
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(services.BadName):
        services.plain_name(typed)


@in_db
def test_nothing_readable_is_stored():
    register(user(), number=ADULT_IDS[0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM accounts_identity i")
        row = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(e::text, '') FROM audit_entry e")
        audit = cursor.fetchone()[0]
    assert ADULT_IDS[0] not in row + audit
    assert "王建国" not in row + audit


@in_db
@pytest.mark.parametrize(
    "spelling",
    [str.lower, " ".join, lambda t: t.translate({48 + n: 0xFF10 + n for n in range(10)})],
)
def test_a_person_has_one_account_however_the_number_is_spelt(spelling):
    number = next(
        n for n in (r["number"] for r in rows("resident_ids.csv") if r["valid"] == "yes") if n.endswith("X")
    )
    register(user(), number=number)
    with pytest.raises(services.PersonHasAccount):
        register(user(), number=spelling(number))
    assert Identity.objects.count() == 1


@in_db
def test_registering_twice_is_refused():
    register(person := user())
    with pytest.raises(services.AlreadyRegistered):
        register(person, number=ADULT_IDS[1])


def test_two_accounts_for_one_person_at_once(together):
    people = [user() for _ in range(4)]
    outcomes = together(lambda n: register(people[n]), 4)
    assert sum(isinstance(o, Identity) for o in outcomes) == 1
    assert sum(isinstance(o, services.PersonHasAccount) for o in outcomes) == 3


@in_db
def test_without_consent_nothing_is_stored():
    with pytest.raises(services.ConsentMissing):
        register(user(), agreed=False)
    assert not Identity.objects.exists()
    assert not Consent.objects.exists()


@in_db
def test_a_refusal_by_the_identity_service_stores_nothing(settings):
    settings.IDENTITY_PORT = "portal.accounts.identity_check.Fake"
    identity_check.Fake.refuses = {"王建国"}
    identity_check.Fake.breaks_for = {"李莲花"}
    with pytest.raises(identity_check.IdentityRefused):
        register(user())
    with pytest.raises(identity_check.IdentityServiceDown):
        register(user(), name="李莲花")
    assert not Identity.objects.exists()
    register(user(), name="张家兴")
    assert Identity.objects.get().checked_by_port == "fake"


@in_db
def test_a_sealed_number_moved_to_another_person_does_not_open():
    one, two = register(user()), register(user(), number=ADULT_IDS[1])
    Identity.objects.filter(pk=two.pk).update(number_sealed=one.number_sealed)
    with pytest.raises(crypto.Unreadable):
        _ = Identity.objects.get(pk=two.pk).number


@in_db
def test_a_new_card_retires_the_old_one_and_is_audited(at):
    person = with_bank_account(learner(), at=at)
    later = at + dt.timedelta(days=1)
    account, warnings = services.set_bank_account(
        person, number="9999993754577194306", bank_name="另一家银行", agreed=True, by=person, at=later
    )
    assert warnings == []
    assert selectors.bank_account_of(person).id == account.pk
    assert BankAccount.objects.get(retired_at=later).number == "9999991285726840905"
    assert Entry.objects.filter(action="bank_account.changed").count() == 2


@in_db
def test_no_card_before_the_name(at):
    with pytest.raises(services.NotVerified):
        with_bank_account(user())


@in_db
def test_a_full_number_is_shown_for_a_reason_and_leaves_a_trace(at):
    person = learner(number=ADULT_IDS[3])
    officer = staff(Role.PROVINCE_REVIEWER)
    with pytest.raises(services.ReasonMissing):
        services.reveal_number(person.identity, by=officer, at=at, reason=" ")
    assert services.reveal_number(person.identity, by=officer, at=at, reason="电话核实") == ADULT_IDS[3]
    entry = Entry.objects.get(action="identity.revealed")
    assert (entry.by, entry.reason) == (officer, "电话核实")


@in_db
@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("user_phone_sealed_with_index", lambda: User.objects.update(phone_index=None)),
        (
            "consent_withdrawn_after_given",
            lambda: Consent.objects.update(withdrawn_at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC)),
        ),
        (
            "bank_account_retired_after_made",
            lambda: BankAccount.objects.update(retired_at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC)),
        ),
        (
            "appointment_ends_after_it_begins",
            lambda: Appointment.objects.update(valid_to=dt.date(2000, 1, 1)),
        ),
        ("appointment_has_the_scope_of_its_role", lambda: Appointment.objects.update(province=None)),
    ],
)
def test_the_database_refuses(constraint, change):
    with_bank_account(learner())
    staff(Role.PROVINCE_REVIEWER)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        change()


@in_db
def test_one_live_card_and_one_live_consent_per_person():
    person = with_bank_account(learner())
    account = person.bank_accounts.get()
    account.pk, account.uid = None, crypto.os.urandom(16).hex()
    with pytest.raises(IntegrityError, match="bank_account_one_live_per_person"), transaction.atomic():
        account.save(force_insert=True)
    consent = person.consents.filter(purpose="bank_account").get()
    consent.pk = None
    with pytest.raises(IntegrityError, match="consent_one_live_per_purpose"), transaction.atomic():
        consent.save(force_insert=True)


@in_db
def test_a_role_reaches_as_far_as_its_scope(at):
    reviewer, auditor = staff(Role.PROVINCE_REVIEWER), staff(Role.AUDITOR)
    assert has_role(reviewer, Role.PROVINCE_REVIEWER, province="520000")
    assert not has_role(reviewer, Role.PROVINCE_REVIEWER, province="110000")
    assert provinces_of(reviewer, Role.PROVINCE_REVIEWER) == {"520000"}
    assert provinces_of(auditor, Role.AUDITOR) is ALL
    assert provinces_of(learner(), Role.AUDITOR) == set()


@in_db
def test_a_role_that_has_ended_opens_nothing(at):
    person = staff(Role.PROVINCE_REVIEWER)
    person.appointments.update(valid_to=dt.date(2026, 3, 17))
    assert not has_role(User.objects.get(pk=person.pk), Role.PROVINCE_REVIEWER)


@in_db
def test_a_phone_is_found_by_any_spelling(at):
    person = user()
    person.phone = numbers.phone("139 0000 1234")
    person.save()
    assert User.objects.by_phone(numbers.phone("+86 139-0000-1234")) == person
    assert person.masked_phone == "139****1234"
