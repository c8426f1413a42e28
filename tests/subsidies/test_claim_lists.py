"""Claims by an enterprise: the list, what is said of each row, the claims that come of it, and who is paid."""

import datetime as dt
import io
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from portal import moves
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.notices.models import Notice
from portal.sheets.reading import BadFile
from subsidies import tasks
from subsidies.insurance_port import Recorder
from subsidies.models import Claim, ClaimList, ClaimListRow, ClaimSeat, Programme
from subsidies.selectors import lists as asked
from subsidies.selectors.payees import Payee, account_of, payee_of
from subsidies.services import checking, claims, list_work, lists, rejections, reviews
from subsidies.workflow.claims import Seat, State
from subsidies.workflow.lists import LIST_MOVES, ListState
from tests import factories
from tests.guards import refused
from tests.subsidies import list_world as world
from tests.subsidies import making
from tests.subsidies.list_world import AT, checked, csv, employee, row, submitted, upload, work, xlsx

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def register():
    Recorder.forget()
    yield
    Recorder.forget()


@pytest.fixture
def policy():
    return world.published(world.ENTERPRISE)


@pytest.fixture
def boss(policy):
    by = world.boss()
    world.with_account(by)
    return by


def said(made: ClaimList) -> dict[int, str]:
    with translation.override("en"):
        return {line.number: " ".join(asked.reasons_of(line)) for line in asked.rows_of(made)}


def fates(made: ClaimList) -> dict[int, str]:
    return {line.number: line.fate for line in asked.rows_of(made)}


# -- reading a list -------------------------------------------------------------------------------------------------


def test_a_workbook_and_a_csv_say_the_same(boss):
    paper = employee()
    one = work(upload(xlsx(row(paper)), name="a.xlsx", by=boss))
    two = checked(row(paper), by=boss)
    assert fates(one) == fates(two) == {2: "ready"}
    assert (one.state, two.state) == (ListState.CHECKED, ListState.CHECKED)
    assert not Claim.objects.exists(), "nothing is claimed before the list is handed in"


def test_every_wrong_row_says_why_and_never_what(boss):
    good = employee()
    wrong = [
        row(good, name=""),
        row(good, name="王5"),
        row(good, number="12345"),
        row(good, serial="ZX-52 ✂"),
        row(good, number="5.20E+17"),
        row(good, serial="=1+1"),
        row(good),
        row(good, name="👩‍🏭"),
    ]
    made = checked(row(good), *wrong, by=boss)
    reasons = said(made)
    assert fates(made) == {2: "ready"} | dict.fromkeys(range(3, 11), "refused")
    for number, words in {
        3: "Name: This must be filled in.",
        4: "Name: Type the name",
        5: "Resident ID number: A resident ID has 18",
        6: "Certificate number: A certificate number has letters",
        7: "Resident ID number: It is stored as a number",
        8: "Certificate number: A formula is not taken",
        9: "The same certificate stands in row 2 already.",
        10: "Name: Type the name",
    }.items():
        assert reasons[number].startswith(words), reasons[number]
    assert "12345" not in " ".join(reasons.values())


def test_full_width_digits_and_rare_names_are_read(boss):
    paper = employee("欧阳\U00020bb7·阿依古丽")
    wide = str.maketrans("0123456789X-", "０１２３４５６７８９Ｘ－")
    told = row(paper, number=paper.user.identity.number.translate(wide), serial=paper.serial.translate(wide))
    assert fates(checked(told, by=boss)) == {2: "ready"}


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (b"", "empty.csv"),
        (b"name,number\nA,B\n", "columns.csv"),
        (b"name,number,serial\n", "headings.csv"),
        (b"\xd0\xcf\x11\xe0rest", "old.xls"),
        (b"PK\x03\x04broken", "broken.xlsx"),
        (b"\x00\x01\x02", "binary.csv"),
        (b'<?xml version="1.0"?><quiz/>', "quiz.xml"),
    ],
)
def test_what_is_no_list_is_refused_and_leaves_nothing(boss, file, name):
    with pytest.raises(BadFile):
        upload(io.BytesIO(file), by=boss, name=name)
    assert not ClaimList.objects.exists()


def test_a_bomb_is_refused(boss):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("xl/workbook.xml", "<workbook/>" + " " * 30_000_000)
    out.seek(0)
    with pytest.raises(BadFile) as refused:
        upload(out, by=boss, name="bomb.xlsx")
    assert refused.value.code == "file_bomb"


def test_a_list_has_an_end(boss, monkeypatch):
    monkeypatch.setattr("subsidies.claim_lists.MOST_ROWS", 1)
    with pytest.raises(lists.ListTooLong):
        upload(csv(row(employee()), row(employee("李四"))), by=boss)
    monkeypatch.setattr("subsidies.claim_lists.MOST_BYTES", 10)
    with pytest.raises(lists.ListTooLong):
        upload(csv(row(employee("赵六"))), by=boss)


def test_the_same_file_is_the_list_that_it_made(boss):
    paper = employee()
    first = submitted(row(paper), by=boss)
    assert upload(csv(row(paper)), by=boss, at=LATER) == first
    assert ClaimList.objects.count() == 1
    dropped = checked(row(employee("李四")), by=boss)
    lists.cancel_list(dropped, by=boss, at=LATER)
    assert ClaimListRow.objects.filter(claim_list=dropped).exclude(typed_sealed=None).count() == 0


def test_nothing_is_kept_in_the_open(boss):
    paper = employee()
    made = checked(row(paper), row(paper, number="12345"), by=boss)
    number, name = paper.user.identity.number, paper.user.identity.full_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM subsidies_claimlistrow r")
        kept = " ".join(text for (text,) in cursor.fetchall())
    assert number not in kept
    assert name not in kept
    assert asked.rows_of(made).first().typed["number"] == number
    heard = " ".join(str(entry.detail) for entry in Entry.objects.filter(action__startswith="claim_list"))
    assert number not in heard


# -- what is said of a row ------------------------------------------------------------------------------------------


def test_of_somebody_elses_staff_nothing_is_said(boss):
    stranger = making.certificate(factories.learner("赵六"))
    elsewhere = employee("李四", organisation=factories.enterprise(code="440000"))
    unknown = row(stranger, number=factories.ADULT_IDS[-1], serial="ZX-52-2026-9999999")
    made = checked(row(stranger), row(elsewhere), unknown, by=boss)
    assert set(said(made).values()) == {"This person has not agreed to an invitation of your enterprise."}
    assert not ClaimListRow.objects.exclude(user=None).exists()


def test_other_papers_names_and_courses_are_refused(boss):
    mine, other, third = employee(), employee("李四"), employee("赵六")
    untold = making.certificate(mine.user)
    made = checked(
        row(mine, serial=third.serial),
        row(other, name="李五"),
        row(untold),
        row(mine, serial="ZX-52-2026-9999999"),
        by=boss,
    )
    assert said(made) == {
        2: "This person has no valid certificate with this number.",
        3: "The name is not the one registered for this resident ID.",
        4: "You did not invite this person to the course of this certificate.",
        5: "This person has no valid certificate with this number.",
    }


def test_what_the_person_has_claimed_cannot_be_claimed_again(boss):
    making.policy()
    person = making.claimant()
    paper = making.certificate(person)
    world.invite(paper)
    claims.submit_claim(person, paper.serial, at=AT, answers=making.asked(), agreed=True)
    assert said(checked(row(paper), by=boss)) == {
        2: "This certificate, or this occupation and level, is claimed already."
    }


def test_the_same_occupation_and_level_twice_on_a_list(boss):
    first = employee()
    second = making.certificate(first.user)
    world.invite(second)
    made = checked(row(first), row(second), by=boss)
    assert fates(made) == {2: "ready", 3: "refused"}
    assert said(made)[3].startswith("The same person stands in row 2 for the same occupation")


def test_the_insurance_has_three_answers_and_not_known_never_refuses(boss):
    yes, no, unknown = employee(), employee("李四"), employee("赵六")
    Recorder.says[no.user.identity.number] = "no"
    Recorder.says[unknown.user.identity.number] = "unknown"
    made = checked(row(yes), row(no), row(unknown), by=boss)
    assert fates(made) == {2: "ready", 3: "refused", 4: "evidence"}
    assert made.ready == 2
    assert "has not insured this person" in said(made)[3]
    assert Recorder.asked == [3], "one question for all"


@pytest.mark.parametrize("trouble", ["fail", "time out", "garble"])
def test_a_silent_register_asks_for_evidence(boss, trouble):
    Recorder.script.append(trouble)
    made = checked(row(employee()), by=boss)
    assert fates(made) == {2: "evidence"}


@pytest.mark.parametrize(("most", "fate"), [(9_001, "ready"), (9_000, "refused")])
def test_the_cap_of_a_person_at_its_boundary(most, fate):
    text = world.ENTERPRISE["amount"] | {
        "caps": [{"id": "YEAR", "fen": most, "used": "paid.person_year_fen"}]
    }
    world.published(world.ENTERPRISE, amount=text)
    by = world.boss()
    world.with_account(by)
    paper = employee()
    made = submitted(row(paper), by=by)
    checking.check_claim(Claim.objects.get(claim_list=made), at=AT)
    assert Claim.objects.get().amount_fen == 9_000
    other = world.certificate(paper.user, level=3)
    world.invite(other)
    again = checked(row(other), by=by)
    assert fates(again) == {2: fate}


def test_a_list_looks_at_many_with_the_statements_of_one(boss):
    one = upload(csv(row(employee())), by=boss)
    with CaptureQueriesContext(connection) as few:
        work(one)
    five = upload(csv(*(row(employee(name)) for name in ("李四", "赵六", "钱七", "孙八", "周九"))), by=boss)
    with CaptureQueriesContext(connection) as many:
        work(five)
    assert five.counts == {"ready": 5}
    assert len(many) == len(few)
    lists.submit_list(one, by=boss, at=AT, agreed=True)
    with CaptureQueriesContext(connection) as few:
        work(one)
    lists.submit_list(five, by=boss, at=AT, agreed=True)
    with CaptureQueriesContext(connection) as many:
        work(five)
    assert five.counts == {"claimed": 5}
    assert len(many) <= len(few), "the first one opens the counter of the year besides"


def test_a_worker_that_dies_leaves_whole_chunks(boss, monkeypatch):
    monkeypatch.setattr(list_work, "CHUNK", 2)
    made = upload(csv(*(row(employee(name)) for name in ("李四", "赵六", "钱七"))), by=boss)
    assert list_work.work_on_next(at=AT)
    made.refresh_from_db()
    assert (made.state, made.done, made.counts) == (ListState.CHECKING, 2, {"ready": 2, "waiting": 1})
    assert work(made).counts == {"ready": 3}


# -- handing in -----------------------------------------------------------------------------------------------------


def test_a_list_becomes_claims_that_are_paid_to_the_enterprise(boss):
    papers = [employee(), employee("李四")]
    made = submitted(*(row(paper) for paper in papers), by=boss)
    assert made.state == ListState.SUBMITTED
    assert made.counts == {"claimed": 2}
    found = list(Claim.objects.order_by("number"))
    enterprise = factories.enterprise()
    for claim, paper in zip(found, papers, strict=True):
        assert claim.claimant == paper.user
        assert (claim.channel, claim.agent, claim.programme) == ("enterprise", boss, "ENTERPRISE")
        assert payee_of(claim) == Payee(None, enterprise.pk)
        assert account_of(claim).masked_number.endswith("12")
        assert claim.list_row.typed_sealed is None
        assert Notice.objects.filter(user=paper.user, kind="claim.by_organisation").exists()
    assert found[1].number == found[0].number[:-6] + f"{int(found[0].number[-6:]) + 1:06d}"
    checked_claim = checking.check_claim(found[0], at=AT)
    assert (checked_claim.outcome, checked_claim.amount_fen) == ("APPROVE", 9_000)
    facts = {fact["name"]: fact for fact in checked_claim.decisions.get().record["facts"]}
    assert facts["person.insured_by_payee"]["value"] is True
    assert facts["person.insured_by_payee"]["source"] == "insurance"


def test_handing_in_twice_changes_nothing(boss):
    made = checked(row(employee()), by=boss)
    lists.submit_list(made, by=boss, at=AT, key="k-1", agreed=True)
    assert lists.submit_list(made, by=boss, at=LATER, key="k-1", agreed=True).submitted_at == AT
    with pytest.raises(moves.IllegalMove):
        lists.submit_list(made, by=boss, at=LATER, key="k-2", agreed=True)
    work(made)
    assert not list_work.work_on_next(at=LATER)
    assert Claim.objects.count() == 1


def test_what_has_changed_since_the_check_stays_out(boss):
    making.policy()
    paper = employee()
    made = checked(row(paper), row(employee("李四")), by=boss)
    factories.with_bank_account(paper.user)
    claims.submit_claim(paper.user, paper.serial, at=AT, answers=making.asked(), agreed=True)
    lists.submit_list(made, by=boss, at=AT, agreed=True)
    assert work(made).counts == {"refused": 1, "claimed": 1}
    assert "claimed already" in said(made)[2]


def test_who_may_hand_in(boss):
    made = checked(row(employee()), by=boss)
    with pytest.raises(lists.NotForThem):
        lists.submit_list(made, by=world.boss(code="440000"), at=AT, agreed=True)
    with pytest.raises(claims.NotDeclared):
        lists.submit_list(made, by=boss, at=AT)
    with pytest.raises(lists.NotForThem):
        upload(csv(row(employee("李四"))), by=factories.user())
    school = factories.organisation()
    acting = _acting(school)
    with pytest.raises(lists.NoEnterprise):
        upload(csv(row(employee("赵六"))), by=acting, organisation=school)
    with pytest.raises(claims.ProgrammeClosed):
        upload(csv(row(employee("钱七"))), by=boss, programme="LIVING")
    assert not Claim.objects.exists()


def _acting(organisation):
    from portal.accounts.services import appoint

    user = factories.user()
    appoint(user, Role.EMPLOYER, by=None, at=AT, organisation=organisation)
    return user


def test_without_an_account_nothing_is_handed_in(policy):
    by = world.boss()
    made = checked(row(employee()), by=by)
    with pytest.raises(lists.NoAccount):
        lists.submit_list(made, by=by, at=AT, agreed=True)


def test_a_list_without_a_ready_row(boss):
    made = checked(row(employee(), name="李五"), by=boss)
    with pytest.raises(lists.NothingReady):
        lists.submit_list(made, by=boss, at=AT, agreed=True)
    assert asked.steps_of(made) == ["check_again", "cancel"]


def test_a_list_can_be_checked_again(boss):
    paper = making.certificate(factories.learner())
    made = checked(row(paper), by=boss)
    assert fates(made) == {2: "refused"}
    world.invite(paper)
    lists.check_again(made, by=boss, at=AT)
    assert fates(work(made)) == {2: "ready"}


# -- afterwards -----------------------------------------------------------------------------------------------------


def one_claim(by) -> Claim:
    return checking.check_claim(Claim.objects.get(claim_list=submitted(row(employee()), by=by)), at=AT)


def test_only_the_enterprise_answers_for_its_claim(boss):
    claim = one_claim(boss)
    colleague = world.boss()
    for stranger in (claim.claimant, world.boss(code="440000"), factories.user()):
        with pytest.raises(claims.NotYours):
            claims.withdraw(claim, by=stranger, at=LATER)
    reviews.send_back(
        claim, by=factories.staff(Role.INTAKE_OFFICER), at=AT, reason="缺证明", codes=("EVIDENCE_NEEDED",)
    )
    assert Notice.objects.filter(user=boss, kind="claim.moved").exists()
    assert not Notice.objects.filter(user=claim.claimant, kind="claim.moved").exists()
    with pytest.raises(claims.NotYours):
        claims.resubmit(claim, by=claim.claimant, at=LATER, answers={})
    claims.resubmit(claim, by=colleague, at=LATER, answers={"person.insured_by_payee": True})
    claim = checking.check_claim(claim, at=LATER)
    assert claims.withdraw(claim, by=colleague, at=LATER).state == State.WITHDRAWN


def test_what_is_withdrawn_can_be_claimed_by_another_channel(boss):
    making.policy()
    claim = one_claim(boss)
    claims.withdraw(claim, by=boss, at=LATER)
    person = factories.with_bank_account(claim.claimant)
    own = claims.submit_claim(person, claim.certificate_serial, at=LATER, answers=making.asked(), agreed=True)
    assert own.channel == "person"


def test_the_enterprise_appeals(boss):
    claim = making.rejected(one_claim(boss))
    with pytest.raises(claims.NotYours):
        rejections.file_appeal(claim, by=claim.claimant, at=LATER, words="记录有误")
    assert rejections.file_appeal(claim, by=boss, at=LATER, words="记录有误").state == State.IN_APPEAL


def test_an_open_insurance_is_asked_and_proved(boss):
    paper = employee()
    Recorder.says[paper.user.identity.number] = "unknown"
    claim = checking.check_claim(Claim.objects.get(claim_list=submitted(row(paper), by=boss)), at=AT)
    assert claim.outcome == "NEEDS_EVIDENCE"
    reviews.send_back(
        claim, by=factories.staff(Role.INTAKE_OFFICER), at=AT, reason="缺参保证明", codes=("EVIDENCE_NEEDED",)
    )
    claims.resubmit(claim, by=boss, at=LATER, answers={"person.insured_by_payee": True})
    claim = checking.check_claim(claim, at=LATER)
    assert (claim.outcome, claim.amount_fen) == ("APPROVE", 9_000)


def test_nobody_of_the_enterprise_reviews_its_claim(boss):
    from portal.accounts.services import appoint

    claim = one_claim(boss)
    officer = world.boss()
    appoint(officer, Role.INTAKE_OFFICER, by=None, at=AT, province=factories.province())
    officer = type(officer).objects.get(pk=officer.pk)
    from subsidies.selectors.claims import reviews_visible_to
    from subsidies.selectors.desks import OwnClaim

    assert not reviews_visible_to(officer).filter(pk=claim.pk).exists()
    with pytest.raises(OwnClaim):
        reviews.accept(claim, by=officer, at=AT)


# -- what the database refuses --------------------------------------------------------------------------------------


def test_constraints_of_a_claim_by_an_organisation(boss):
    claim = one_claim(boss)
    copy = Claim.objects.get(pk=claim.pk)

    def again(**changes: object) -> None:
        fresh = {
            "pk": None,
            "number": "CL-52-2026-999999",
            "state": "submitted",
            "moved_step": "submit",
            "desk": "",
            "check_due_at": AT,
            "due_at": None,
        }
        for name, value in (fresh | changes).items():
            setattr(copy, name, value)
        copy.save(force_insert=True)

    refused("claim_one_live_per_certificate", again)
    refused("claim_one_live_per_occupation_and_level", lambda: again(certificate_serial="ZX-52-2026-1234567"))
    other = {"certificate_serial": "ZX-52-2026-1234568", "level": 1}
    refused("claim_of_an_organisation_stands_on_a_list", lambda: again(**other, agent=None))
    copy.agent = boss
    refused("its programme pays for", lambda: again(**other, purpose="living"))
    copy.purpose = "training"
    refused("does not pay this payee", lambda: again(**other, programme="SKILL"))
    copy.programme = "ENTERPRISE"
    for changes in ({"channel": "provider"}, {"payee_organisation": None}, {"agent": claim.claimant}):
        refused("is frozen", lambda changes=changes: Claim.objects.filter(pk=claim.pk).update(**changes))
    refused(
        "claim_not_assigned_to_its_agent",
        lambda: Claim.objects.filter(pk=claim.pk).update(assignee=boss),
    )


def test_the_agent_sits_nowhere(boss):
    claim = one_claim(boss)
    told = {
        "claim": claim,
        "province_id": "520000",
        "claimant": claim.claimant,
        "agent": boss,
        "taken_at": AT,
    }
    refused(
        "claim_seat_not_the_agents",
        lambda: ClaimSeat.objects.create(seat=Seat.FIRST, user=boss, **told),
    )
    seat = ClaimSeat.objects.create(seat=Seat.FIRST, user=factories.user(), **told)
    refused("frozen", lambda: ClaimSeat.objects.filter(pk=seat.pk).update(agent=None))


def test_constraints_of_a_list(boss):
    made = checked(row(employee()), by=boss)
    rows = ClaimList.objects.filter(pk=made.pk)
    refused("claim_list_due_while_worked_on", lambda: rows.update(due_at=AT))
    refused("claim_list_done_of_its_rows", lambda: rows.update(done=99))
    refused("claim_list_cleared_when_over", lambda: rows.update(cleared_at=AT))
    refused("claim_list_finished_when_over", lambda: rows.update(finished_at=AT))
    refused("claim_list_submitted_by_somebody_who_declares", lambda: rows.update(submitted_at=AT))
    refused("does not go from", lambda: rows.update(state="submitted"))
    refused("is frozen", lambda: rows.update(sha256="0" * 64))
    refused("never deleted", lambda: rows._raw_delete("default"))
    fresh = {
        "organisation": made.organisation,
        "province": made.province,
        "programme": made.programme,
        "rows": 1,
        "due_at": AT,
        "uploaded_by": boss,
        "uploaded_at": AT,
    }
    create = ClaimList.objects.create
    refused("claim_list_same_file_once", lambda: create(channel="enterprise", sha256=made.sha256, **fresh))
    refused("claim_list_of_an_organisation", lambda: create(channel="person", sha256="1" * 64, **fresh))
    refused(
        "begins as checking", lambda: create(channel="enterprise", sha256="2" * 64, state="checked", **fresh)
    )
    lists.submit_list(made, by=boss, at=AT, key="k-1", agreed=True)
    other = create(channel="enterprise", sha256="3" * 64, **fresh)
    refused("claim_list_one_per_key", lambda: ClaimList.objects.filter(pk=other.pk).update(key="k-1"))


def test_constraints_of_a_row(boss):
    made = submitted(row(employee()), row(employee("李四"), name=""), by=boss)
    claimed = ClaimListRow.objects.filter(claim_list=made, fate="claimed")
    wrong = ClaimListRow.objects.filter(claim_list=made, fate="refused")
    refused("a row that became a claim", lambda: claimed.update(insured="no"))
    refused("never deleted", lambda: wrong._raw_delete("default"))
    refused("claim_list_row_claimed_with_its_claim", lambda: wrong.update(fate="claimed"))
    refused("claim_list_row_ready_names_a_person", lambda: wrong.update(fate="ready"))
    refused("claim_list_row_insured_as_of_a_day", lambda: wrong.update(insured_as_of=AT.date()))
    refused("what a row of a list said", lambda: wrong.update(number=99))
    refused(
        "claim_list_row_once",
        lambda: ClaimListRow.objects.create(claim_list=made, province_id="520000", number=2),
    )


def test_every_cell_of_the_table_of_moves():
    for step, move in LIST_MOVES.items():
        for state in ListState:
            if state in move.sources:
                assert moves.check(LIST_MOVES, step, state) == move.target
            else:
                with pytest.raises(moves.IllegalMove):
                    moves.check(LIST_MOVES, step, state)


def test_old_lists_are_dropped_and_cleared(boss, settings):
    left = checked(row(employee()), by=boss)
    done = submitted(row(employee("李四")), row(employee("赵六"), name=""), by=boss)
    later = AT + settings.ROSTERS_KEPT
    assert lists.clear_lists(at=later) == 2
    assert lists.clear_lists(at=later) == 0
    left.refresh_from_db()
    done.refresh_from_db()
    assert left.state == ListState.CANCELLED
    assert done.cleared_at == later
    assert not ClaimListRow.objects.exclude(typed_sealed=None).exists()
    assert Claim.objects.count() == 1


def test_the_programmes_of_organisations_are_there():
    found = {one.code: (one.kind, one.payees, one.funds) for one in Programme.objects.all()}
    assert found["ENTERPRISE"] == ("enterprise", ["enterprise"], ["SKILL"])
    assert found["LIVING"] == ("living_allowance", ["person"], ["EMPLOY"])
    assert found["PROVIDER"] == ("completion", ["provider"], ["SKILL"])


def test_the_tasks_run_twice(boss, monkeypatch):
    monkeypatch.setattr("portal.clock.now", lambda: AT)
    made = upload(csv(row(employee())), by=boss)
    assert tasks.work_on_due_lists() == 1
    assert tasks.work_on_due_lists() == 0
    assert tasks.clear_old_lists() == 0
    made.refresh_from_db()
    assert made.state == ListState.CHECKED
