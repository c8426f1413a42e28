"""What is paid besides: the living allowance, papers, a provider with a mandate; and an organisation as payee to the end."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.services import providers
from portal.accounts import selectors as accounts_asked
from portal.accounts import services as accounts
from portal.accounts.models import BankAccount
from portal.accounts.roles import Role
from portal.notices.models import Notice
from portal.notices.services.notices import tell_of_account_change
from portal.numbers import BadNumber
from subsidies.insurance_port import Recorder
from subsidies.models import (
    BatchLine,
    Claim,
    Mandate,
    Material,
    NameCheck,
    Programme,
    RecoveryOrder,
    Sanction,
)
from subsidies.selectors import facts, offers, records
from subsidies.selectors import materials as materials_asked
from subsidies.selectors import recovery as recovery_asked
from subsidies.selectors.lists import policy_for
from subsidies.selectors.papers import paper_of, papers_without_claim
from subsidies.services import (
    assembling,
    batches,
    checking,
    claims,
    drafts,
    files,
    lists,
    mandates,
    materials,
    notices,
    reconcile,
    recovery,
    sanctions,
)
from tests import factories
from tests.guards import refused
from tests.subsidies import list_world as world
from tests.subsidies import making, money_world, recovery_world
from tests.subsidies.list_world import AT, employee, row, submitted

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def register():
    Recorder.forget()


def scan(name: str = "scan.pdf", content: bytes = b"%PDF-1.7 a paper") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# -- the living allowance -------------------------------------------------------------------------------------------


def test_the_living_allowance_is_a_claim_of_its_own_once():
    making.policy()
    world.published(world.LIVING)
    person = making.claimant()
    paper = making.certificate(person)
    mine = paper_of(person, paper.serial)
    assert [offer.programme.code for offer in offers.offers_for(person, mine, at=AT)] == [
        "SKILL",
        "LIVING",
    ]
    skill = claims.submit_claim(person, paper.serial, at=AT, answers=making.asked(), agreed=True)
    assert [one.serial for one in papers_without_claim(person)] == [paper.serial], (
        "the allowance is still open"
    )
    living = claims.submit_claim(
        person,
        paper.serial,
        at=AT,
        programme="LIVING",
        answers={"person.living_paid_this_year": False},
        agreed=True,
    )
    assert papers_without_claim(person) == []
    assert (skill.purpose, living.purpose) == ("training", "living")
    with pytest.raises(claims.AlreadyClaimed):
        claims.submit_claim(person, paper.serial, at=LATER, programme="LIVING", agreed=True)
    checking.check_claim(skill, at=AT)
    checked = checking.check_claim(living, at=AT)
    assert [(line["fund"], line["fen"]) for line in checked.lines] == [("EMPLOY", 300)]
    found = offers.offers_for(person, mine, at=AT)
    assert [offer.claim.number for offer in found] == [skill.number, living.number]


def test_another_programme_asks_no_more_of_the_database(client, django_assert_num_queries):
    making.policy()
    person = making.claimant()
    page = reverse("subsidies:start", args=[making.certificate(person).serial])
    factories.sign_in(client, person)
    assert client.get(page).status_code == 200
    with CaptureQueriesContext(connection) as one:
        assert client.get(page).context["offers"][1:] == []
    world.published(world.LIVING)
    with django_assert_num_queries(len(one)):
        assert len(client.get(page).context["offers"]) == 2


def test_a_living_allowance_paid_by_another_policy_is_not_paid_again():
    making.policy()
    world.published(world.LIVING)
    person = making.claimant()
    paper = making.certificate(person)
    skill = claims.submit_claim(person, paper.serial, at=AT, answers=making.asked(), agreed=True)
    Claim.objects.filter(pk=skill.pk).update(lines=[{"fund": "EMPLOY", "item": "LIVING", "fen": 300}])
    told = {"answers": {"person.living_paid_this_year": False}, "agreed": True}
    living = claims.submit_claim(person, paper.serial, at=AT, programme="LIVING", **told)
    assert checking.check_claim(living, at=AT).amount_fen == 0


def test_a_programme_without_a_policy_is_closed():
    person = making.claimant()
    paper = making.certificate(person)
    for code in ("LIVING", "ENTERPRISE", "NONE"):
        with pytest.raises(claims.ProgrammeClosed):
            claims.submit_claim(person, paper.serial, at=AT, programme=code, agreed=True)


# -- papers ---------------------------------------------------------------------------------------------------------


def test_a_paper_that_the_policy_asks_for_is_needed_and_goes_with_the_claim():
    making.policy(materials=["resident_id", "group_proof"])
    person = making.claimant()
    paper = making.certificate(person)
    answers = {"answers": making.asked(), "agreed": True}
    with pytest.raises(materials.MaterialMissing):
        claims.submit_claim(person, paper.serial, at=AT, **answers)
    draft = drafts.save_answers(person, paper.serial, {}, at=AT)
    policy = _policy_of(person, paper)
    assert materials_asked.asked_by(policy) == ("group_proof",), "what a record proves is not asked for"
    with pytest.raises(materials.NotAskedFor):
        materials.add_material(draft, kind="payroll", paper=scan(), policy=policy, by=person, at=AT)
    row = materials.add_material(draft, kind="group_proof", paper=scan(), policy=policy, by=person, at=AT)
    claim = claims.submit_claim(person, paper.serial, at=AT, **answers)
    row.refresh_from_db()
    assert (row.claim, row.draft) == (claim, None)
    (shown,) = materials_asked.of_claim(claim, user=person, at=AT)
    assert (shown.row, shown.kind, shown.paper.name) == (row, "所属人群证明", "scan.pdf")
    with pytest.raises(materials.NoMoreChanges):
        materials.add_material(claim, kind="group_proof", paper=scan(), policy=policy, by=person, at=AT)
    with pytest.raises(materials.NoMoreChanges):
        materials.remove_material(row, by=person, at=AT)
    refused("never deleted", lambda: Material.objects.filter(pk=row.pk).delete())
    refused("is frozen", lambda: Material.objects.filter(pk=row.pk).update(kind="payroll"))
    refused("stays there", lambda: Material.objects.filter(pk=row.pk).update(claim=None, draft=None))
    refused("material_with_one_thing", lambda: Material.objects.create(**_material(person)))
    refused(
        "material_document_is_whole",
        lambda: Material.objects.create(**_material(person, claim=claim, kind="")),
    )


def _material(person, **changes):
    told = {
        "province_id": "520000",
        "kind": "payroll",
        "document_key": "papers/x.pdf",
        "document_name": "x.pdf",
        "document_bytes": 1,
        "document_sha256": "0" * 64,
        "added_by": person,
        "added_at": AT,
    }
    return told | changes


def _policy_of(person, paper):
    mine = paper_of(person, paper.serial)
    return facts.explain(
        records.subject_of(person, mine, {}, programme=Programme.objects.get(code="SKILL"), at=AT), at=AT
    ).policy


def test_papers_have_a_number_and_go_with_what_was_prepared(django_capture_on_commit_callbacks):
    making.policy(materials=["group_proof"])
    person = making.claimant()
    paper = making.certificate(person)
    draft = drafts.save_answers(person, paper.serial, {}, at=AT)
    told = {"kind": "group_proof", "policy": _policy_of(person, paper), "by": person, "at": AT}
    rows = [materials.add_material(draft, paper=scan(), **told) for _ in range(materials.MOST_OF_A_KIND)]
    with pytest.raises(materials.TooMany):
        materials.add_material(draft, paper=scan(), **told)
    with django_capture_on_commit_callbacks(execute=True):
        materials.remove_material(rows[0], by=person, at=AT)
        drafts.discard_draft(person, paper.serial)
    assert not Material.objects.exists()
    assert not any(default_storage.exists(row.document_key) for row in rows)


def test_a_list_brings_its_papers():
    world.published(world.ENTERPRISE, materials=["payroll"])
    boss = world.boss()
    world.with_account(boss)
    made = world.checked(row(employee()), by=boss)
    with pytest.raises(materials.MaterialMissing):
        lists.submit_list(made, by=boss, at=AT, agreed=True)
    told = {"kind": "payroll", "policy": policy_for(made, at=AT), "by": boss, "at": AT}
    materials.add_material(made, paper=scan(), **told)
    lists.submit_list(made, by=boss, at=AT, agreed=True)
    world.work(made)
    claim = Claim.objects.get()
    assert [one.row.kind for one in materials_asked.of_claim(claim, user=boss, at=AT)] == ["payroll"]


# -- a provider -----------------------------------------------------------------------------------------------------


@pytest.fixture
def school():
    """A provider with an agreement in force, and a programme that pays it."""
    world.published(world.PROVIDER)
    organisation = factories.organisation()
    providers.add_agreement(
        organisation,
        factories.province(),
        number="黔培〔2026〕1 号",
        title="线上培训协议",
        signed_on=AT.date(),
        valid_from=AT.date(),
        valid_to=AT.date() + dt.timedelta(days=30),
        by=factories.staff(Role.PROVINCE_CATALOGUE),
        at=AT,
    )
    return organisation


def test_a_provider_claims_by_a_mandate_and_is_paid(school):
    manager = factories.staff(Role.PROVIDER_MANAGER)
    world.with_account(manager, school)
    paper = making.certificate(factories.learner())
    told = {"by": manager, "organisation": school, "programme": "PROVIDER", "channel": "provider"}
    without = world.checked(row(paper), **told)
    assert [line.troubles[0]["rule"] for line in without.lines.all()] == ["no_mandate"]
    with pytest.raises(claims.NotDeclared):
        mandates.give_mandate(paper.user, paper.serial, at=AT, agreed=False)
    mandate = mandates.give_mandate(paper.user, paper.serial, at=AT, agreed=True)
    with pytest.raises(mandates.MandateKnown):
        mandates.give_mandate(paper.user, paper.serial, at=AT, agreed=True)
    lists.check_again(without, by=manager, at=AT)
    made = world.work(without)
    assert made.counts == {"ready": 1}
    lists.submit_list(made, by=manager, at=AT, agreed=True)
    world.work(made)
    claim = Claim.objects.get()
    assert (claim.channel, claim.payee_organisation, claim.programme) == ("provider", school, "PROVIDER")
    assert checking.check_claim(claim, at=AT).amount_fen == 9_000
    refused("is frozen", lambda: Mandate.objects.filter(pk=mandate.pk).update(version="1"))
    refused("never deleted", lambda: Mandate.objects.filter(pk=mandate.pk).delete())
    refused(
        "mandate_ended_after_given",
        lambda: Mandate.objects.filter(pk=mandate.pk).update(ended_at=AT - dt.timedelta(days=1)),
    )
    refused(
        "mandate_one_live",
        lambda: Mandate.objects.create(
            person=paper.user,
            organisation=school,
            province_id="520000",
            certificate_serial=paper.serial,
            version="1",
            given_at=AT,
        ),
    )
    assert mandates.end_mandate(paper.user, paper.serial, at=LATER)
    assert not mandates.end_mandate(paper.user, paper.serial, at=LATER)


def test_without_an_agreement_in_force_a_provider_claims_nothing(school):
    manager = factories.staff(Role.PROVIDER_MANAGER)
    paper = making.certificate(factories.learner())
    mandates.give_mandate(paper.user, paper.serial, at=AT, agreed=True)
    later = AT + dt.timedelta(days=31)
    told = {"organisation": school, "programme": "PROVIDER", "channel": "provider", "at": later}
    made = world.checked(row(paper), by=manager, **told)
    assert [line.troubles[0]["rule"] for line in made.lines.all()] == ["no_agreement"]
    with pytest.raises(mandates.NoProvider):
        mandates.give_mandate(paper.user, paper.serial, at=later, agreed=True)


# -- the organisation is paid, and asked back -----------------------------------------------------------------------


def test_the_account_of_an_organisation():
    boss, organisation = world.boss(), factories.enterprise()
    with pytest.raises(accounts.NotForThem):
        accounts.set_organisation_account(
            organisation, number="1" * 12, bank_name="示例银行", by=factories.user(), at=AT
        )
    for number in ("12345678", "12" * 13, "111111111", "12a456789"):
        with pytest.raises(BadNumber):
            accounts.set_organisation_account(
                organisation, number=number, bank_name="示例银行", by=boss, at=AT
            )
    first = accounts.set_organisation_account(
        organisation, number="１２３４ 56-789012", bank_name="示例银行", by=boss, at=AT
    )
    second = accounts.set_organisation_account(
        organisation, number="987654321098", bank_name="示例银行", by=boss, at=LATER
    )
    assert accounts_asked.organisation_accounts_of([organisation.pk])[organisation.pk].id == second.pk
    log = accounts_asked.organisation_account_changes(organisation.pk)
    assert [(one.before, one.after) for one in log] == [
        (first.masked_number, second.masked_number),
        ("", first.masked_number),
    ]
    assert accounts.payment_details(second.pk) == ("987654321098", "示例银行", organisation.name_zh)
    assert tell_of_account_change(second.pk, at=LATER)
    assert Notice.objects.get(kind="account.of_organisation").user == boss
    rows = BankAccount.objects.filter(pk=first.pk)
    refused("bank_account_one_live_per_organisation", lambda: _another(second))
    refused("bank_account_of_a_person_or_an_organisation", lambda: _another(second, organisation=None))
    refused("is frozen", lambda: rows.update(organisation=factories.organisation()))


def _another(account, **changes):
    copy = BankAccount.objects.get(pk=account.pk)
    copy.pk, copy.uid = None, "6c84fb90-12c4-11e1-840d-7b25c5ee775a"
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.save(force_insert=True)


@pytest.fixture
def payable():
    """An enterprise's claim whose notice has ended, and the moment after."""
    world.published(world.ENTERPRISE)
    boss = world.boss()
    world.with_account(boss)
    money_world.budget(500_000)
    submitted(row(employee()), by=boss)
    claim = making.passed(checking.check_claim(Claim.objects.get(), at=AT))
    making.approved(claim)
    notice = notices.publish_notice(province="520000", by=money_world.officer(Role.PROVINCE_REVIEWER), at=AT)
    after = notice.ends_at + money_world.HOUR
    notices.end_notice(notice, at=after)
    money_world.vouched(at=after)
    claim.refresh_from_db()
    return claim, boss, after


def test_an_enterprise_is_paid_to_its_own_account_and_everything_adds_up(payable):
    claim, _boss, after = payable
    batch = assembling.make_batch(province="520000", by=money_world.officer(Role.FINANCE_MAKER), at=after)
    line = BatchLine.objects.get(batch=batch)
    assert line.account.organisation == claim.payee_organisation
    assert line.holder_masked == claim.payee_organisation.name_zh
    assert NameCheck.objects.get(account=line.account).result == "match"
    money_world.released(batch, at=after)
    files.write_payment_file(batch, at=after)
    money_world.answered(batch, at=after)
    claim.refresh_from_db()
    assert claim.state == "paid"
    assert list(reconcile.breaches()) == []


def test_nobody_of_the_enterprise_pays_it(payable):
    _claim, boss, after = payable
    accounts.appoint(boss, Role.FINANCE_MAKER, by=None, at=AT, province=factories.province())
    checker = world.boss()
    accounts.appoint(checker, Role.FINANCE_CHECKER, by=None, at=AT, province=factories.province())
    boss, checker = (type(boss).objects.get(pk=one.pk) for one in (boss, checker))
    with pytest.raises(assembling.NothingToPay):
        assembling.make_batch(province="520000", by=boss, at=after)
    batch = assembling.make_batch(province="520000", by=money_world.officer(Role.FINANCE_MAKER), at=after)
    with pytest.raises(batches.NotIndependent):
        batches.check_batch(batch, by=checker, at=after)


def test_the_enterprise_owes_what_it_was_paid(payable):
    claim, boss, after = payable
    batch = assembling.make_batch(province="520000", by=money_world.officer(Role.FINANCE_MAKER), at=after)
    money_world.released(batch, at=after)
    files.write_payment_file(batch, at=after)
    money_world.answered(batch, at=after)
    right = claim.entitlements.get()
    officer = recovery_world.officer()
    order = recovery.propose_recovery(right, ground="error", reason="误发", by=officer, at=after)
    assert (order.payee, order.payee_organisation) == (None, claim.payee_organisation)
    recovery.notify_payee(order, by=officer, at=after)
    assert Notice.objects.filter(user=boss, kind="recovery.announced").exists()
    assert list(recovery_asked.debts_of(boss)) == [order]
    assert list(recovery_asked.debts_of(claim.claimant)) == []
    with pytest.raises(recovery.NotYours):
        recovery.reply_to_recovery(order, text="不同意", by=claim.claimant, at=after)
    assert recovery.reply_to_recovery(order, text="不同意", by=boss, at=after).reply == "不同意"
    sanction = sanctions.impose_sanction(
        order,
        kind="blacklist",
        starts_on=after.date(),
        ends_on=None,
        document="1 号",
        reason="骗取",
        by=officer,
        at=after,
    )
    assert (sanction.person, sanction.organisation) == (None, claim.payee_organisation)
    with pytest.raises(lists.OrganisationBarred):
        world.upload(world.csv(row(employee("李四"))), by=boss, at=after)
    rows = RecoveryOrder.objects.filter(pk=order.pk)
    refused(
        "who owes is frozen|what subsidies_recoveryorder said",
        lambda: rows.update(payee_organisation=None, payee=claim.claimant),
    )
    refused("frozen|recovery_from", lambda: rows.update(payee_organisation=None))
    bars = Sanction.objects.filter(pk=sanction.pk)
    refused("frozen|sanction_of", lambda: bars.update(organisation=None))
