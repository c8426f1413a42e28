import datetime as dt

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection, transaction

from certificates import codes, selectors, terms
from certificates.models import ExternalCertificate, RegisterAnswer, Ruling
from certificates.register_port import Recorder
from certificates.services import external, rulings
from certificates.services.issuing import NotYours
from certificates.services.proposals import NotYourProposal, ProposedAlready, SecondPersonNeeded
from courses.models import PaperCheck
from courses.papers import NotAPaper
from courses.selectors.occupations import OtherEdition, UnknownOccupation
from portal.accounts.roles import Role
from portal.accounts.services import ConsentMissing, NotVerified
from portal.audit.models import Entry as AuditEntry
from portal.moves import IllegalMove
from portal.notices.models import Notice
from tests import factories
from tests.certificates import elsewhere, making
from tests.certificates.elsewhere import NEW, REASON, checked, reported, ruled, said, with_paper

pytestmark = pytest.mark.django_db
RARE = [row["full_name"] for row in factories.rows("names.csv") if row["has_supplementary_plane"] == "yes"][
    :3
]


@pytest.fixture(autouse=True)
def register():
    Recorder.forget()
    elsewhere.welder()
    yield
    Recorder.forget()


@pytest.fixture
def person():
    return factories.learner()


@pytest.fixture
def first():
    return factories.staff(Role.PROVINCE_REVIEWER)


@pytest.fixture
def second():
    return factories.staff(Role.PROVINCE_REVIEWER)


def test_it_is_registered_as_typed_and_asked_about_at_once(person, at):
    row = reported(
        person, at=at, number=" s0000 5200００123456 ", occupation="焊工", issuer_name="贵州  示例评价机构"
    )
    assert (row.number, row.occupation_code, row.occupation_edition) == (
        "S00005200" + "00123456",
        "6-18-02-04",
        "2022",
    )
    assert (row.issuer_name, row.state, row.due_at, row.due_by) == (
        "贵州 示例评价机构",
        "reported",
        at,
        person,
    )
    assert (row.holder_masked, row.province_id) == (person.identity.masked_name, "520000")
    assert codes.is_external(row.serial)
    entry = AuditEntry.objects.get(action="external.reported")
    assert row.number not in str(entry.detail)


@pytest.mark.parametrize("name", [*RARE, "阿卜杜热合曼·买买提"])
def test_rare_names_are_asked_about_as_they_are(name, at):
    row = reported(factories.learner(name), at=at)
    Recorder.entries[row.number] = elsewhere.entry(holder=name)
    assert elsewhere.asked(at).state == "checked"


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"agreed": False}, ConsentMissing),
        ({"number": "12345"}, external.BadNumber),
        ({"number": "没有数字的编号"}, external.BadNumber),
        ({"number": "1" * 41}, external.BadNumber),
        ({"number": "<b>123456</b>"}, external.BadNumber),
        ({"number": "zx-52-2026-0000001"}, external.OwnPaper),
        ({"number": "EX-52-2026-0000000000"}, external.OwnPaper),
        ({"level": None}, external.LevelMissing),
        ({"level": 6}, external.LevelMissing),
        ({"kind": "special"}, external.LevelMissing),
        ({"kind": "completion", "level": None}, external.LevelMissing),
        ({"issued_on": dt.date(2026, 3, 17)}, external.BadDay),
        ({"issued_on": dt.date(1900, 1, 1)}, external.BadDay),
        ({"issuer_name": " \x00 "}, external.IssuerMissing),
        ({"occupation": "不存在的职业"}, UnknownOccupation),
        ({"occupation": "9-99-99-99"}, UnknownOccupation),
        ({"paper": elsewhere.paper(b"MZ program")}, NotAPaper),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(person, told, refusal, at):
    with pytest.raises(refusal) as broken:
        reported(person, at=at, **told)
    assert str(broken.value)
    assert not ExternalCertificate.objects.exists()


def test_whoever_has_no_real_name_registers_nothing(at):
    with pytest.raises(NotVerified):
        reported(factories.user(), at=at)


def test_a_number_is_registered_once_in_the_whole_country(person, at):
    row = reported(person, at=at)
    with pytest.raises(external.RegisteredByYou):
        reported(person, at=at, number=row.number.lower())
    with pytest.raises(external.RegisteredAlready):
        reported(factories.learner("李明", code="110000"), at=at, number=row.number)


def test_a_refused_number_is_free_again(person, at):
    row = reported(person, at=at)
    assert elsewhere.asked(at).why == "not_found"
    assert reported(person, at=at, number=row.number).state == "reported"


def test_nobody_leafs_through_the_register(person, at):
    for _ in range(terms.MOST_OPEN):
        reported(person, at=at)
    with pytest.raises(external.TooManyReported):
        reported(person, at=at)
    for row in selectors.externals_of(person):
        external.take_back(row, by=person, at=at)
    for _ in range(terms.MOST_A_DAY - terms.MOST_OPEN):
        reported(person, at=at)
    for row in selectors.externals_of(person).reported():
        external.take_back(row, by=person, at=at)
    with pytest.raises(external.TooManyReported):
        reported(person, at=at)
    assert reported(person, at=at + dt.timedelta(days=1, seconds=1))


def test_taken_back_nothing_more_is_asked_and_the_paper_is_gone(at, django_capture_on_commit_callbacks):
    row = with_paper(at=at)
    key = row.document_key
    assert default_storage.exists(key)
    with pytest.raises(NotYours):
        external.take_back(row, by=factories.learner("李明"), at=at)
    with django_capture_on_commit_callbacks(execute=True):
        taken = external.take_back(row, by=row.user, at=at)
    assert (taken.state, taken.due_at, taken.document_key) == ("taken_back", None, "")
    assert not default_storage.exists(key)
    assert elsewhere.asked(at) is None
    with pytest.raises(IllegalMove):
        external.take_back(row, by=row.user, at=at)


def test_a_paper_is_added_later_and_only_once(at):
    row = reported(at=at)
    with pytest.raises(NotYours):
        external.add_paper(row, elsewhere.paper(), by=factories.learner("李明"), at=at)
    assert external.add_paper(row, elsewhere.paper(), by=row.user, at=at).document_name == "证书.pdf"
    with pytest.raises(external.PaperThere):
        external.add_paper(row, elsewhere.paper(), by=row.user, at=at)
    valid = checked(at=at)
    with pytest.raises(IllegalMove):
        external.add_paper(valid, elsewhere.paper(), by=valid.user, at=at)
    assert PaperCheck.objects.count() == 1


# what a claim rests on


def test_with_a_completed_course_of_the_occupation_it_can_be_claimed(at):
    done = making.completion()
    row = checked(done.user, at=at, issued_on=NEW)
    facts = selectors.claimable(row.user, row.serial)
    assert (facts.completion_id, facts.kind, facts.level, facts.issued_on) == (done.pk, "level", 4, NEW)
    assert (facts.state, facts.questioned, facts.province_code) == ("issued", False, "520000")
    assert selectors.certificate_facts(row.serial) == facts == selectors.standing_for(row.serial)
    with pytest.raises(ObjectDoesNotExist):
        selectors.claimable(factories.learner("李明"), row.serial)


def test_without_a_course_it_is_registered_and_no_claim_rests_on_it(at):
    row = checked(at=at)
    assert row.completion_id is None
    assert selectors.lineages([row.serial]) == {row.serial: {row.serial}}
    for ask in (selectors.certificate_facts, selectors.standing_for):
        with pytest.raises(ObjectDoesNotExist):
            ask(row.serial)
    with pytest.raises(ObjectDoesNotExist):
        selectors.claimable(row.user, row.serial)


def test_a_course_completed_later_is_put_beside_it(person, at):
    row = checked(person, at=at, issued_on=NEW)
    with pytest.raises(external.NoFittingCourse):
        external.link(row, by=person, at=at)
    done = making.completion(person)
    with pytest.raises(NotYours):
        external.link(row, by=factories.learner("李明"), at=at)
    linked = external.link(row, by=person, at=at)
    assert (linked.completion_id, linked.due_at) == (done.pk, at)
    assert external.link(row, by=person, at=at).linked_at == at
    assert selectors.claimable(person, row.serial).completion_id == done.pk


@pytest.mark.parametrize(
    "told", [{"level": 3}, {"issued_on": dt.date(2026, 2, 1)}, {"kind": "special", "level": None}]
)
def test_another_level_or_an_earlier_day_does_not_fit_the_course(told, at):
    done = making.completion()
    assert reported(done.user, at=at, **{"issued_on": NEW} | told).completion_id is None


def test_a_course_of_another_province_does_not_fit(at):
    person = factories.learner(code="110000")
    making.completion(person, code="520000")
    assert reported(person, at=at, issued_on=NEW).completion_id is None


def test_a_training_carries_one_claim_whoever_certified_it(at):
    own = making.issued(at=at)
    row = checked(own.user, at=at, issued_on=NEW)
    both = {row.serial, own.serial}
    assert selectors.lineages(both) == {row.serial: both, own.serial: both}
    assert selectors.standing_for(row.serial).serial == row.serial
    assert selectors.standing_for(own.serial).serial == own.serial


def test_registered_anew_after_it_was_withdrawn_the_newer_one_stands_for_it(at):
    done = making.completion()
    row = checked(done.user, at=at, issued_on=NEW)
    ruled(row, "withdraw", at=at)
    assert selectors.certificate_facts(row.serial).state == "revoked"
    new = checked(done.user, at=at, issued_on=NEW, number=row.number)
    assert selectors.standing_for(row.serial).serial == new.serial
    assert selectors.lineages([new.serial])[new.serial] == {row.serial, new.serial}


# two people


def test_two_people_vouch_for_it_by_its_paper(first, second, at):
    done = making.completion()
    row = external.report(done.user, at=at, **said(issued_on=NEW, paper=elsewhere.paper()))
    elsewhere.looked_at(at)
    ruling = rulings.propose(row, "vouch", by=first, at=at, reason=f" {REASON} ")
    assert ExternalCertificate.objects.get().state == "reported"
    with pytest.raises(SecondPersonNeeded):
        rulings.approve(ruling, by=first, at=at)
    valid = rulings.approve(ruling, by=second, at=at)
    assert (valid.state, valid.checked_at, valid.completion_id) == ("checked", at, done.pk)
    assert AuditEntry.objects.get(action="external.checked").by == second
    assert row.subject in Notice.objects.get(kind="external.checked").words_zh
    with pytest.raises(IllegalMove):
        rulings.approve(ruling, by=second, at=at)


def test_a_refused_one_is_accepted_by_its_paper_unless_its_number_is_taken(at):
    row = with_paper(at=at)
    refused = elsewhere.asked(at)
    assert refused.why == "not_found"
    taken = reported(at=at, number=row.number)
    with pytest.raises(external.RegisteredAlready), transaction.atomic():
        ruled(refused, "vouch", at=at)
    external.take_back(taken, by=taken.user, at=at)
    valid = ruled(refused, "vouch", at=at)
    assert (valid.state, valid.why, valid.refused_at) == ("checked", "", at)


def test_nobody_vouches_without_a_paper_that_can_be_seen(first, at):
    with pytest.raises(rulings.PaperMissing):
        rulings.propose(reported(at=at), "vouch", by=first, at=at, reason=REASON)
    unseen = reported(at=at, paper=elsewhere.paper())
    with pytest.raises(rulings.PaperMissing):
        rulings.propose(unseen, "vouch", by=first, at=at, reason=REASON)


def test_two_people_refuse_it(at):
    refused = ruled(reported(at=at), "refuse", at=at)
    assert (refused.state, refused.why, refused.due_at) == ("refused", "decided", None)
    assert Notice.objects.get(kind="external.refused").user == refused.user


def test_only_the_province_rules_and_nobody_on_their_own(first, at):
    row = reported(at=at)
    for other in (
        factories.staff(Role.PROVINCE_REVIEWER, code="110000"),
        factories.staff(Role.MINISTRY_REVIEWER),
        factories.staff(Role.AUDITOR),
        factories.learner("李明"),
    ):
        with pytest.raises(NotYours):
            rulings.propose(row, "refuse", by=other, at=at, reason=REASON)
    with pytest.raises(rulings.OwnCertificate):
        rulings.propose(row, "refuse", by=row.user, at=at, reason=REASON)
    ruling = rulings.propose(row, "refuse", by=first, at=at, reason=REASON)
    with pytest.raises(NotYours):
        rulings.approve(ruling, by=factories.staff(Role.PROVINCE_REVIEWER, code="110000"), at=at)


def test_a_proposal_is_refused_for_a_reason_or_taken_back_by_whoever_made_it(first, second, at):
    row = reported(at=at)
    ruling = rulings.propose(row, "refuse", by=first, at=at, reason=REASON)
    with pytest.raises(ProposedAlready):
        rulings.propose(row, "refuse", by=second, at=at, reason=REASON)
    with pytest.raises(rulings.ReasonMissing):
        rulings.refuse(ruling, by=second, at=at, reason=" \x00 ")
    assert rulings.refuse(ruling, by=second, at=at, reason=REASON).state == "refused"
    again = rulings.propose(row, "refuse", by=first, at=at, reason=REASON)
    with pytest.raises(NotYourProposal):
        rulings.withdraw(again, by=second, at=at)
    assert rulings.withdraw(again, by=first, at=at).state == "withdrawn"
    assert ExternalCertificate.objects.get().state == "reported"


@pytest.mark.parametrize("kind", ["vouch", "refuse"])
def test_a_valid_one_is_only_withdrawn(first, kind, at):
    with pytest.raises(IllegalMove):
        rulings.propose(checked(at=at), kind, by=first, at=at, reason=REASON)


def test_the_office_has_the_register_asked_again(first, at):
    row = reported(at=at)
    Recorder.script.append("time out")
    elsewhere.asked(at)
    later = at + dt.timedelta(seconds=5)
    assert external.ask_again(row, by=first, at=later).due_at == later
    elsewhere.asked(later)
    assert [answer.asked_by for answer in RegisterAnswer.objects.all()] == [row.user, first]
    with pytest.raises(NotYours):
        external.ask_again(row, by=factories.staff(Role.AUDITOR), at=at)
    with pytest.raises(IllegalMove):
        external.ask_again(ExternalCertificate.objects.get(), by=first, at=at)


def test_who_sees_what(first, at):
    row, far = reported(at=at), reported(factories.learner("李明", code="110000"), at=at)
    assert list(selectors.externals_at_desk(first)) == [row]
    assert set(selectors.externals_at_desk(factories.staff(Role.AUDITOR))) == {row, far}
    assert not selectors.externals_at_desk(row.user)
    assert list(selectors.externals_of(row.user)) == [row]


# what the database refuses


def refused(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("external_level_fits_kind", {"level": None}),
        ("external_level_fits_kind", {"level": 6}),
        ("external_serial_form", {"serial": "EX-1"}),
        ("external_has_its_number", {"number": ""}),
        ("external_names_occupation_and_issuer", {"issuer_name": ""}),
        ("external_answer_known", {"said": "perhaps"}),
        ("external_checked_at_some_time", {"checked_at": factories.AT}),
        ("external_refused_at_with_its_state", {"refused_at": factories.AT}),
        ("external_withdrawn_at_with_its_state", {"withdrawn_at": factories.AT}),
        ("external_taken_back_at_with_its_state", {"taken_back_at": factories.AT}),
        ("external_ended_for_a_reason", {"why": "not_found"}),
        ("external_doubted_once_checked", {"doubted_at": factories.AT}),
        ("external_linked_at_with_its_course", {"linked_at": factories.AT}),
        ("external_document_is_whole", {"document_key": "papers/x.pdf"}),
    ],
)
def test_constraints_of_a_certificate(person, name, fields, at):
    row = reported(person, at=at)
    row.pk, row.uid, row.serial, row.number = None, None, codes.external_serial("520000", 2026), "A1234567"
    row.uid = ExternalCertificate._meta.get_field("uid").get_default()
    for field, value in fields.items():
        setattr(row, field, value)
    refused(name, lambda: row.save(force_insert=True))


def test_constraints_of_its_end(at):
    row = reported(at=at)
    rows = ExternalCertificate.objects.filter(pk=row.pk)
    early = at - dt.timedelta(days=1)
    refused("external_ended_for_a_reason", lambda: rows.update(state="refused", refused_at=at, due_at=None))
    refused(
        "external_due_while_held",
        lambda: rows.update(state="refused", refused_at=at, why="not_found"),
    )
    refused(
        "external_in_the_order_of_time",
        lambda: rows.update(state="refused", refused_at=early, why="not_found", due_at=None),
    )
    refused("external_number_once", lambda: ExternalCertificate.objects.create(
        serial=codes.external_serial("520000", 2026), user=row.user, province_id="520000", number=row.number,
        kind="level", level=4, occupation_code="x", occupation_name="x", issuer_name="x", issued_on=row.issued_on,
        holder_masked="x", reported_at=at))  # fmt: skip


def test_constraints_of_an_answer(at):
    row = reported(at=at)
    told = {"external": row, "province_id": "520000", "asked_at": at, "came_at": at, "register": "x",
            "question_sha256": bytes(32), "used": True}  # fmt: skip
    refused("register_answer_known", lambda: RegisterAnswer.objects.create(**told, said="perhaps"))
    refused("register_answer_or_trouble", lambda: RegisterAnswer.objects.create(**told, said="silent"))
    refused("register_answer_or_trouble", lambda: RegisterAnswer.objects.create(**told, said="confirms"))
    early = told | {"came_at": at - dt.timedelta(seconds=1)}
    refused(
        "register_answer_after_question",
        lambda: RegisterAnswer.objects.create(**early, said="silent", trouble="timeout"),
    )
    kept = RegisterAnswer.objects.create(**told, said="silent", trouble="timeout")
    for act in (kept.save, kept.delete):
        with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
            act()


def test_constraints_of_a_ruling(first, second, at):
    row = reported(at=at)
    ruling = rulings.propose(row, "refuse", by=first, at=at, reason=REASON)
    rows = Ruling.objects.filter(pk=ruling.pk)
    told = {"external": row, "province_id": "520000", "kind": "refuse", "reason": REASON, "proposed_by": second,
            "proposed_at": at}  # fmt: skip
    refused("ruling_one_open_per_certificate", lambda: Ruling.objects.create(**told))
    refused("ruling_decided_by_somebody", lambda: rows.update(state="approved"))
    refused(
        "ruling_decided_by_a_second_person",
        lambda: rows.update(state="approved", decided_by=first, decided_at=at),
    )
    refused(
        "ruling_withdrawn_by_who_proposed_it",
        lambda: rows.update(state="withdrawn", decided_by=second, decided_at=at),
    )
    refused("ruling_with_its_reasons", lambda: rows.update(state="refused", decided_by=second, decided_at=at))
    early = at - dt.timedelta(days=1)
    refused(
        "ruling_decided_after_it_was_made",
        lambda: rows.update(state="approved", decided_by=second, decided_at=early),
    )
    refused("ruling_state_known", lambda: rows.update(state="lost", decided_by=second, decided_at=at))
    other = reported(at=at)
    refused("ruling_kind_known", lambda: Ruling.objects.create(**told | {"external": other, "kind": "x"}))
    refused(
        "ruling_with_its_reasons", lambda: Ruling.objects.create(**told | {"external": other, "reason": ""})
    )


def tried(model, row, sentence, **change):
    with pytest.raises(DatabaseError, match=sentence), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**change)


def test_triggers_hold_what_was_reported_and_found(first, second, at):
    row = reported(at=at)
    tried(ExternalCertificate, row, "what was reported is fixed", number="B1234567")
    tried(ExternalCertificate, row, "what was reported is fixed", level=3)
    tried(ExternalCertificate, row, "what was reported is fixed", holder_masked="李*")
    tried(ExternalCertificate, row, "neither the register confirms", state="checked", checked_at=at)
    tried(ExternalCertificate, row, "goes from reported", state="withdrawn_there", checked_at=at, withdrawn_at=at,
          why="gone", due_at=None)  # fmt: skip
    stranger = making.completion(factories.learner("李明"))
    tried(ExternalCertificate, row, "another person's", completion=stranger, linked_at=at)
    done = making.completion()
    valid = checked(done.user, at=at, issued_on=NEW)
    tried(ExternalCertificate, valid, "what was found is frozen", checked_at=at + dt.timedelta(days=1))
    tried(
        ExternalCertificate,
        valid,
        "course it stands beside is fixed",
        completion=making.completion(done.user),
    )
    shown = with_paper(at=at)
    tried(ExternalCertificate, shown, "paper that was shown is fixed", document_key="papers/other.pdf")
    gone = ruled(valid, "withdraw", at=at)
    tried(ExternalCertificate, gone, "what was found is frozen", why="gone")
    tried(ExternalCertificate, gone, "goes from withdrawn_there", state="checked", withdrawn_at=None, why="")
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        ExternalCertificate.objects.filter(pk=row.pk).delete()
    with (
        pytest.raises(DatabaseError, match=r"never emptied|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE certificates_externalcertificate CASCADE")


def test_triggers_hold_a_ruling(first, second, at):
    row = reported(at=at)
    ruling = rulings.propose(row, "refuse", by=first, at=at, reason=REASON)
    tried(Ruling, ruling, "what was proposed is fixed", reason="另一个理由")
    tried(Ruling, ruling, "nobody rules on a certificate of their own", state="approved", decided_by=row.user,
          decided_at=at)  # fmt: skip
    rulings.refuse(ruling, by=second, at=at, reason=REASON)
    tried(Ruling, ruling, "never changes", decision_reason="x")
    with pytest.raises(DatabaseError, match="begins as open"), transaction.atomic():
        Ruling.objects.create(external=row, province_id="520000", kind="refuse", reason=REASON, proposed_by=first,
                              proposed_at=at, state="approved", decided_by=second, decided_at=at)  # fmt: skip
    with pytest.raises(DatabaseError, match="own, nor on one of another province"), transaction.atomic():
        Ruling.objects.create(external=row, province_id="110000", kind="refuse", reason=REASON, proposed_by=first,
                              proposed_at=at)  # fmt: skip
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        Ruling.objects.filter(pk=ruling.pk).delete()
    row.pk, row.serial, row.number = None, codes.external_serial("520000", 2026), "C1234567"
    row.uid = ExternalCertificate._meta.get_field("uid").get_default()
    row.state, row.taken_back_at, row.due_at = "taken_back", at, None
    with pytest.raises(DatabaseError, match="begins as reported"), transaction.atomic():
        row.save(force_insert=True)


def test_an_occupation_is_found_by_name_code_or_both(person, at):
    for text in ("6-18-02-04 焊工", " 焊工 ", "welder", "６-18-02-04"):
        row = reported(person, at=at, occupation=text)
        assert row.occupation_name == "焊工"
        external.take_back(row, by=person, at=at)


def test_a_code_of_an_older_edition_is_named(person, at):
    from courses.models import Occupation, OccupationCrosswalk

    OccupationCrosswalk.objects.create(
        from_edition="2015", from_code="6-99-01-01", from_name_zh="旧焊工", kind="moved", basis="found", source="x",
        to=Occupation.objects.get(code="6-18-02-04", edition="2022"),
    )  # fmt: skip
    with pytest.raises(OtherEdition) as broken:
        reported(person, at=at, occupation="6-99-01-01")
    assert "6-18-02-04" in str(broken.value)
