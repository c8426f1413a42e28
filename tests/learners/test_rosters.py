"""Lists of staff: read, sealed, applied in chunks, applied again, cleared; and what the database refuses."""

import datetime as dt
import io

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook
from stdnum.cn import ric

from learners import tasks
from learners.models import Invitation, Roster, RosterRow
from learners.selectors import rosters as selectors
from learners.services import intake, rosters
from learners.workflow import ROSTER_MOVES, RosterState
from portal import clock, moves
from portal.accounts.models import SentMessage
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.moves import IllegalMove
from portal.sheets.reading import BadFile
from tests import factories
from tests.learners import ports, staff_files, study
from tests.learners.staff_files import csv, row, upload, xlsx

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def course(at):
    return study.publish(at)


@pytest.fixture
def boss():
    return factories.staff(Role.EMPLOYER)


def fates(roster):
    return {line.number: line.fate for line in selectors.rows_of(roster)}


def test_a_workbook_and_a_csv_say_the_same(boss, at):
    for file, name in (
        (xlsx(row(0), row(1, group="退役军人")), "a.xlsx"),
        (csv(row(0), row(1, group="veteran")), "a.csv"),
    ):
        roster = upload(file, name=name, by=boss, at=at)
        assert fates(roster) == {2: "new", 3: "new"}
        assert roster.counts == {"new": 2}
    assert not Invitation.objects.exists()


def test_every_wrong_row_says_why_and_never_what(boss, at):
    intake.set_intake(
        study.publish(at, code="GZ-S2").code,
        by=factories.staff(Role.PROVIDER_MANAGER), at=at, closes_on=at.date() - DAY,
    )  # fmt: skip
    good = row(0)
    wrong = {
        "Name: This must be filled in.": row(1, name=""),
        "Name: Type the name as on": row(2, name="王5"),
        "Resident ID number: A resident ID has 18": row(3, number="12345"),
        "Resident ID number: The last character": row(4, number="520102199003079239"),
        "Resident ID number: It is stored as a number": row(5, number="5.20E+17"),
        "Mobile phone number: This is not a phone": row(6, phone="12"),
        "Course code: There is no course": row(7, course="XX-9"),
        "Course code: Enrolment in this course is over": row(8, course="GZ-S2"),
        "Key group: There is no such key group": row(9, group="astronaut"),
        "The same person stands in row 2": row(0, phone=good[2]),
        "Mobile phone number: Row 2 gives the same phone": row(10, phone=good[2]),
    }
    roster = upload(csv(good, *wrong.values()), by=boss, at=at)
    assert roster.counts == {"new": 1, "refused": len(wrong)}
    with translation.override("en"):
        for said, line in zip(wrong, selectors.rows_of(roster, "refused"), strict=True):
            assert any(sentence.startswith(said) for sentence in selectors.reasons_of(line)), said
    kept = str(list(RosterRow.objects.values_list("troubles", flat=True)))
    assert not [cell for line in wrong.values() for cell in line[:3] if len(cell) > 4 and cell in kept]


def test_wrong_rows_come_back_with_their_reasons_and_inert(boss, at):
    roster = upload(csv(row(0), row(1, name="=1+1"), row(2, phone="+12")), by=boss, at=at)
    book = load_workbook(io.BytesIO(selectors.wrong_rows(roster)))
    rows = [[cell.value for cell in line] for line in book.active.iter_rows()]
    assert len(rows) == 3
    assert rows[1][0].endswith("3") or "3" in rows[1][0]
    assert rows[1][2] == "'=1+1"
    assert rows[2][3] == row(2)[1]
    mended = io.BytesIO()
    sheet = book.active
    sheet.cell(2, 3).value, sheet.cell(3, 5).value = "王五", "13812349998"
    book.save(mended)
    mended.seek(0)
    assert upload(mended, name="b.xlsx", by=boss, at=at).counts == {"new": 2}


@pytest.mark.parametrize(
    ("file", "name", "code"),
    [
        (ContentFile(b""), "a.csv", "file_empty"),
        (csv(), "a.csv", "file_nothing_in_it"),
        (csv(headings=("a", "b")), "a.csv", "file_no_headings"),
        (csv(headings=("name", "number")), "a.csv", "file_missing_headings"),
        (ContentFile(b"<?xml version='1.0'?><quiz/>"), "a.xml", "file_broken"),
        (ContentFile(b"x" * (2 * 1024 * 1024 + 1)), "a.csv", "list_too_long"),
        (csv(*[["a"] * 5] * 5001), "a.csv", "list_too_long"),
    ],
)
def test_what_is_no_list_is_refused_and_leaves_nothing(file, name, code, boss, at):
    file.seek(0)
    with pytest.raises((BadFile, rosters.ListTooLong)) as refused:
        upload(file, name=name, by=boss, at=at)
    assert refused.value.code == code
    assert not Roster.objects.exists()


def test_a_school_sends_no_staff(boss, at):
    with pytest.raises(rosters.NoEnterprise):
        upload(csv(row()), by=boss, at=at, organisation=factories.organisation())


def test_nothing_is_kept_in_the_open(boss, at):
    staff_files.invited(row(0), row(1, phone="12"), by=boss, at=at)
    secrets = [row(0)[1], row(0)[2], row(1)[1], staff_files.NAME]
    with connection.cursor() as cursor:
        for table in ("learners_roster", "learners_rosterrow", "learners_invitation", "audit_entry"):
            for secret in secrets:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s OR t::text LIKE %s',  # noqa: S608
                    [f"%{secret}%", f"%{secret.encode().hex()}%"],
                )
                assert cursor.fetchone() == (0,), f"{table} holds {secret}"


# -- applied --------------------------------------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(boss, at):
    before = staff_files.invited(row(0), row(1), by=boss, at=at)
    again = upload(csv(row(0), row(1)), by=boss, at=at + DAY)
    assert again.counts == {"unchanged": 2}
    with pytest.raises(rosters.NobodyToInvite):
        rosters.apply_roster(again, by=boss, at=at)
    assert list(Invitation.objects.order_by("pk")) == before
    assert SentMessage.objects.count() == 0


def test_two_previews_of_the_same_file_invite_once(boss, at):
    """The second was looked at before the first was applied."""
    first, second = upload(csv(row(0)), by=boss, at=at), upload(csv(row(0)), by=boss, at=at)
    for roster in (first, second):
        rosters.apply_roster(roster, by=boss, at=at)
        staff_files.work(at=at)
    second.refresh_from_db()
    assert second.counts == {"unchanged": 1}
    assert Invitation.objects.count() == 1


def test_a_new_phone_changes_the_open_invitation_and_tells_anew(boss, at):
    (before,) = staff_files.invited(row(0), by=boss, at=at)
    (after,) = staff_files.invited(row(0, phone="13812349999"), by=boss, at=at + DAY)
    assert (after.pk, after.phone, after.tell_at) == (before.pk, "+8613812349999", at + DAY)
    assert Roster.objects.first().counts == {"changed": 1}


def test_a_worker_that_dies_in_the_middle_leaves_whole_chunks(boss, at, monkeypatch):
    monkeypatch.setattr(rosters, "CHUNK", 2)
    roster = upload(csv(*[row(n) for n in range(5)]), by=boss, at=at)
    rosters.apply_roster(roster, by=boss, at=at)
    rosters.apply_some(at=at)
    die = pytest.raises(KeyboardInterrupt)
    with monkeypatch.context() as patch, die:
        patch.setattr(
            RosterRow.objects, "bulk_update", lambda *_a, **_k: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        rosters.apply_some(at=at)
    roster.refresh_from_db()
    assert (roster.state, roster.done, Invitation.objects.count()) == ("applying", 2, 2)
    staff_files.work(at=at)
    roster.refresh_from_db()
    assert (roster.state, roster.done, Invitation.objects.count()) == ("applied", 5, 5)
    assert roster.counts == {"new": 5}


def test_the_tasks_run_twice(boss, at, moving_clock):
    roster = upload(csv(row(0), row(1)), by=boss, at=at)
    rosters.apply_roster(roster, by=boss, at=at)
    assert tasks.apply_rosters() == 2  # a chunk, and the end
    assert tasks.apply_rosters() == 0
    assert tasks.tell_invited() == 2
    assert tasks.tell_invited() == 0
    assert [message.to_masked for message in SentMessage.objects.order_by("pk")] == [
        "138****0000",
        "138****0001",
    ]
    assert "示例职业学校邀请您参加课程“安全用电𠮷入门”" in SentMessage.objects.first().text
    assert Entry.objects.filter(action="roster.applied").count() == 1


def test_a_message_that_fails_comes_due_again(boss, at, moving_clock, settings):
    (row_,) = staff_files.invited(row(0), by=boss, at=at)
    settings.SMS_PORT = f"{ports.__name__}.OutOfOrder"
    tasks.tell_invited()
    row_.refresh_from_db()
    assert row_.tell_at > at
    settings.SMS_PORT = "portal.accounts.sms.Recorder"
    moving_clock.at = row_.tell_at
    assert tasks.tell_invited() == 1
    assert tasks.tell_invited() == 0
    assert SentMessage.objects.count() == 1


def test_no_strangers_telephone_rings_at_night(boss, at, moving_clock):
    night, morning = (clock.today(at), 22), (clock.today(at) + DAY, 8)
    night, morning = (dt.datetime.combine(d, dt.time(h), tzinfo=clock.SHANGHAI) for d, h in (night, morning))
    (row_,) = staff_files.invited(row(0), by=boss, at=night)
    moving_clock.at = night
    assert tasks.tell_invited() == 1
    row_.refresh_from_db()
    assert row_.tell_at == morning
    assert not SentMessage.objects.exists()
    moving_clock.at = morning
    assert tasks.tell_invited() == 1
    assert SentMessage.objects.count() == 1


def test_five_thousand_rows(boss, at):
    """Made-up people with sound numbers; a preview in one request, and no statement per row when it is applied."""

    def number(n):
        body = f"52010219{60 + n % 40:02}{1 + n % 12:02}{1 + n % 28:02}{n % 1000:03}"
        return body + ric.calc_check_digit(body)

    rows = [row(number=number(n), phone=f"138{n:08}") for n in range(5_000)]
    roster = upload(csv(*rows), by=boss, at=at)
    assert roster.rows == 5_000
    rosters.apply_roster(roster, by=boss, at=at)
    with CaptureQueriesContext(connection) as found:
        rosters.apply_some(at=at)
    assert len(found) < 20
    staff_files.work(at=at)
    roster.refresh_from_db()
    assert roster.done == Invitation.objects.count() == roster.counts["new"]


# -- afterwards -----------------------------------------------------------------------------------------------------


def test_lists_are_cleared_after_a_term(boss, at, moving_clock):
    staff_files.invited(row(0), row(1, phone="1"), by=boss, at=at)
    left = upload(csv(row(5)), by=boss, at=at)
    moving_clock.at = at + 29 * DAY
    assert tasks.forget_staff() == 0
    moving_clock.at = at + 30 * DAY
    assert tasks.forget_staff() == 2
    assert tasks.forget_staff() == 0
    assert not RosterRow.objects.exists()
    left.refresh_from_db()
    assert (left.state, left.counts) == (RosterState.CANCELLED, {"new": 1})


def test_a_dropped_list_is_gone_at_once(boss, at):
    roster = rosters.cancel_roster(upload(csv(row(0)), by=boss, at=at), by=boss, at=at)
    assert not roster.lines.exists()
    with pytest.raises(IllegalMove):
        rosters.apply_roster(roster, by=boss, at=at)


def test_another_employer_knows_nothing_of_it(boss, at):
    roster = upload(csv(row(0)), by=boss, at=at)
    other = factories.staff(Role.EMPLOYER, code="510000")
    assert selectors.roster_visible_to(boss, roster.pk) == roster
    with pytest.raises(Http404):
        selectors.roster_visible_to(other, roster.pk)
    assert not selectors.rosters_visible_to(other).exists()


def refused(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_constraints_of_a_list(boss, at):
    roster, second = upload(csv(row(0)), by=boss, at=at), upload(csv(row(1)), by=boss, at=at)
    update = Roster.objects.filter(pk=roster.pk).update
    decided = {"decided_at": at, "decided_by": boss}
    refused("roster_decided_by_somebody", lambda: update(state="applying"))
    refused("roster_decided_by_somebody", lambda: update(**decided))
    refused("roster_finished_when_over", lambda: update(state="cancelled", decided_at=at))
    refused("roster_cleared_when_over", lambda: update(cleared_at=at))
    refused("roster_done_of_its_rows", lambda: update(done=2))
    refused("does not go from|known", lambda: update(state="nonsense"))
    refused("does not go from", lambda: update(state="applied", finished_at=at, **decided))
    refused("nobody else's", lambda: update(sha256="0" * 64))
    refused("begins as previewed", lambda: Roster.objects.create(
        organisation=roster.organisation, province=roster.province, state="cancelled", sha256="0", rows=1,
        uploaded_at=at, uploaded_by=boss, decided_at=at, finished_at=at,
    ))  # fmt: skip
    rosters.apply_roster(roster, by=boss, at=at)
    refused(
        "roster_one_applied_at_a_time",
        lambda: Roster.objects.filter(pk=second.pk).update(state="applying", **decided),
    )
    with pytest.raises(rosters.OneAtATime):
        rosters.apply_roster(second, by=boss, at=at)
    line = RosterRow.objects.filter(roster=roster).get()
    change = RosterRow.objects.filter(pk=line.pk).update
    refused("roster_row_of_a_person", lambda: change(person_index=None))
    refused("roster_row_of_a_person", lambda: change(fate="refused", applied_at=at))
    again = RosterRow(roster=roster, number=line.number, fate="refused", typed_sealed=b"x")
    refused("roster_row_once", again.save)


def test_every_cell_of_the_table_of_moves():
    for step, move in ROSTER_MOVES.items():
        for state in set(RosterState.values) - move.sources:
            with pytest.raises(IllegalMove):
                moves.check(ROSTER_MOVES, step, state)
