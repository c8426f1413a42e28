"""The list on the desk, its figures and its inspections."""

import csv
import datetime as dt
import hashlib
import io

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from certificates import services
from certificates.models import Certificate, InspectedCertificate, Inspection
from certificates.selectors import desk, inspections
from certificates.selectors import statistics as counting
from certificates.selectors.desk import Filters
from certificates.services import batches, papers
from certificates.services import inspections as inspecting
from portal import windows
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories
from tests.certificates import making

pytestmark = pytest.mark.django_db
DESK = reverse("certificates:desk")


def text_of(response):
    return response.content.decode()


def sign_in(client, role=Role.PROVINCE_REVIEWER, **of):
    person = factories.staff(role, **of)
    factories.sign_in(client, person)
    return person


@pytest.fixture
def five(at):
    """Issued on five days, the last today."""
    return [
        making.issued(factories.learner(name, at=at), at=at - dt.timedelta(days=4 - n))
        for n, name in enumerate(("王建国", "李莲花", "欧阳𠮷祥", "买买提·吐尔逊", "王大国"))
    ]


# -- narrowing


def found(**told):
    return set(desk.narrowed(Certificate.objects.all(), Filters(**told)))


def test_words_find_what_they_look_like(five):
    first = five[0]
    for words in (first.serial, first.serial.lower(), f" {first.serial} ", first.code, str(first.uid)):
        assert found(words=words) == {first}, words
    assert found(words=first.serial[:12]) == set(five)
    assert found(words="王*国") == found(words="王＊国") == found(words="王建国") == {five[0], five[4]}
    assert found(words="欧阳𠮷祥") == {five[2]}
    assert found(words="买买提·吐尔逊") == {five[3]}
    assert found(words=five[1].course_code) == found(words=five[1].course_code.lower()) == {five[1]}
    assert found(words="%") == found(words="王_") == set()


def test_filters_narrow_together(five, at):
    making.revoked(five[0], at=at)
    assert found(state="revoked") == {five[0]}
    assert found(level=4, kind="level") == set(five)
    assert found(level=3) == found(kind="special") == set()
    assert found(course=five[1].course_code) == {five[1]}
    assert found(province="110000") == set()
    today = five[4].issued_on
    assert found(issued_from=today) == {five[4]}
    assert found(issued_from=five[1].issued_on, issued_to=five[2].issued_on) == {five[1], five[2]}
    assert found(state="issued", words="王*国") == {five[4]}


def test_only_what_waits_for_a_second_person_or_has_no_paper(five, at):
    services.propose(five[1], "revoke", by=factories.staff(Role.OPERATOR), at=at, reason="核对中，待确认")
    assert found(only=desk.PROPOSED) == {five[1]}
    assert found(only=desk.PAPERLESS) == set()
    (taken, *_rest) = papers.take_up(at=at, most=5)
    papers.put_off(taken, OSError("no storage"), at=at)
    assert found(only=desk.PAPERLESS) == {taken}


def test_a_batch_is_a_filter(at):
    officer = factories.staff(Role.PROVINCE_REVIEWER)
    batches.set_terms("520000", by_batch=True, by=officer, at=at)
    asked = services.request(making.completion(), at=at)
    batch = batches.start("520000", by=officer, at=at)
    batches.go_on(at=at)
    assert found(batch=batch.uid) == {asked}


# -- pages of a list


@pytest.mark.parametrize("sort", desk.ORDERS)
def test_pages_hang_together_there_and_back(five, sort):
    order = Filters(sort=sort).order
    rows = Certificate.objects.filter(issued_on__isnull=False)
    whole = list(rows.order_by(*order))
    pages, after = [], ""
    while True:
        page = windows.window(rows, order, after=after, size=2)
        pages.append(page)
        if not page.later:
            break
        after = page.later
    assert [row for page in pages for row in page.rows] == whole
    assert [bool(page.earlier) for page in pages] == [False, True, True]
    back = windows.window(rows, order, before=pages[2].earlier, size=2)
    assert back.rows == pages[1].rows
    first = windows.window(rows, order, before=back.earlier, size=2)
    assert (first.rows, first.earlier) == (pages[0].rows, "")


def test_days_of_issue_that_are_the_same_hang_together_too(at):
    made = [making.issued(at=at) for _turn in range(3)]
    order = Filters(sort=desk.ISSUED_LAST).order
    page = windows.window(Certificate.objects.all(), order, size=2)
    rest = windows.window(Certificate.objects.all(), order, after=page.later, size=2)
    assert page.rows + rest.rows == made[::-1]


@pytest.mark.parametrize("cursor", ["x", "-", "1-", "20260230-1", "9" * 30, "-1", "²", "20260301-x", "\x00"])
def test_a_place_that_is_none_is_the_beginning(five, cursor):
    for sort in desk.ORDERS:
        assert len(
            windows.window(Certificate.objects.all(), Filters(sort=sort).order, after=cursor, size=9).rows
        ) in {0, 5}


def test_a_long_list_is_not_counted_to_its_end(five, monkeypatch):
    assert windows.counted(Certificate.objects.all()) == 5
    monkeypatch.setattr(windows, "MOST_COUNTED", 4)
    assert windows.counted(Certificate.objects.all()) is None


def test_the_page_filters_turns_and_shows_what_waits(client, five, at, monkeypatch):
    from certificates.views import desk as views

    services.propose(five[1], "revoke", by=factories.staff(Role.OPERATOR), at=at, reason="核对中，待确认")
    sign_in(client)
    page = text_of(client.get(DESK))
    assert "核对中，待确认" in page
    assert all(one.serial in page for one in five)
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    turned = client.get(DESK, {"state": "issued"})
    assert f"state=issued&amp;after={five[3].pk}" in text_of(turned)
    second = text_of(client.get(DESK, {"state": "issued", "after": five[3].pk}))
    assert f'desk/{five[2].serial}/"' in second
    assert f"before={five[2].pk}" in second
    assert client.get(DESK, {"issued_from": "x", "batch": "x", "level": "x", "only": "x"}).status_code == 200


def test_the_page_asks_the_same_number_of_questions_for_more(client, five, django_assert_max_num_queries):
    sign_in(client)
    with django_assert_max_num_queries(20):
        assert client.get(DESK).status_code == 200


def test_the_export_holds_the_filtered_list(client, five):
    sign_in(client)
    address = reverse("certificates:desk-export")
    raw = b"".join(client.get(address, {"words": "王*国"})).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(raw)))
    assert [row[0] for row in rows[1:]] == [five[4].serial, five[0].serial]
    assert "王建国" not in raw
    assert client.get(address, {"as": "xlsx"}).content.startswith(b"PK")
    sign_in(client, code="110000")
    assert five[0].serial not in b"".join(client.get(address)).decode()


def test_api_desk(client, five):
    sign_in(client)
    rows = client.get(reverse("api-certificates-desk"), {"course": five[1].course_code}).json()["results"]
    assert [row["serial"] for row in rows] == [five[1].serial]
    assert len(client.get(reverse("api-certificates-desk"), {"sort": "issued_last"}).json()["results"]) == 5
    sign_in(client, code="110000")
    assert client.get(reverse("api-certificates-desk")).json()["results"] == []


# -- figures


def test_figures_count_what_happened_month_by_month(five, at):
    making.revoked(five[0], at=at)
    asked = services.request(making.completion(name="王\U00030729"), at=at)
    services.issue_due(at=at, most=5)
    waits = services.request(making.completion(), at=at)
    told = counting.statistics(["520000"], months=3, at=at)
    assert [month.first_on for month in told.months] == [dt.date(2026, n, 1) for n in (1, 2, 3)]
    last = told.months[-1]
    assert (last.issued, last.revoked, last.replaced, last.failed) == (5, 1, 0, 1)
    assert told.kinds == [("level", 5)]
    assert told.levels == [(4, 5)]
    assert dict(told.courses) == {one.course_code: 1 for one in five}
    assert told.states == {"issued": 4, "revoked": 1, "failed": 1, "requested": 1}
    assert told.waiting_since == waits.requested_at
    assert asked.serial is None
    assert [(row.last, row.found, row.missing) for row in told.numbers] == [(5, 5, 0)]
    assert counting.statistics(["110000"], months=3, at=at).issued == 0


def test_months_go_over_the_new_year():
    at = dt.datetime(2025, 12, 31, 17, tzinfo=dt.UTC)  # already January in Shanghai
    assert counting.months_until(at, 3) == [dt.date(2025, 11, 1), dt.date(2025, 12, 1), dt.date(2026, 1, 1)]


def test_a_missing_number_is_shown(client, five, owner_sql, monkeypatch):
    monkeypatch.setattr(counting, "numbers_of", lambda _codes: [counting.Numbers("520000", 2026, 6, 5)])
    sign_in(client)
    page = text_of(client.get(reverse("certificates:statistics")))
    assert "note--bad" in page


def test_the_figures_page_is_by_province(client, five, django_assert_max_num_queries):
    sign_in(client, Role.AUDITOR)
    address = reverse("certificates:statistics")
    assert client.get(address, {"months": "36"}).status_code == 200
    page = text_of(client.get(address, {"province": "520000", "months": "x"}))
    assert "2026-03" in page
    assert five[0].course_code in page
    with django_assert_max_num_queries(15):
        client.get(address, {"province": "520000"})
    sign_in(client, code="110000")
    assert five[0].course_code not in text_of(client.get(address, {"province": "520000"}))


def test_api_figures(client, five):
    sign_in(client)
    told = client.get(reverse("api-certificates-statistics"), {"province": "nonsense"}).json()
    assert sum(month["issued"] for month in told["months"]) <= 5
    assert (told["states"], told["missing"]) == ({"issued": 5}, 0)


# -- inspections


@pytest.fixture
def inspector():
    return factories.staff(Role.PROVINCE_REVIEWER)


def begin(by, *, at, **told):
    return inspecting.begin(
        told.pop("filters", Filters()), **{"size": 3, "purpose": "月度抽查", **told}, by=by, at=at
    )


def test_a_sample_can_be_drawn_again_by_its_seed(five, inspector, at):
    first = begin(inspector, at=at, seed="2026-03 公开摇号 417")
    again = begin(inspector, at=at, seed="2026-03 公开摇号 417")
    drawn = [list(one.certificates.values_list("certificate__serial", flat=True)) for one in (first, again)]
    by_hand = sorted(
        (one.serial for one in five),
        key=lambda serial: hashlib.sha256(f"{first.seed}|{serial}".encode()).hexdigest(),
    )
    assert drawn[0] == drawn[1] == by_hand[:3]
    assert (first.size, first.population) == (3, 5)
    assert begin(inspector, at=at).seed != begin(inspector, at=at).seed
    assert Entry.objects.filter(action="certificates.inspection_begun").count() == 4


def test_a_sample_keeps_to_its_filter_and_province(five, inspector, at):
    far = making.issued(code="110000", at=at)
    drawn = begin(inspector, at=at, size=100)
    assert (drawn.province_id, drawn.size) == ("520000", 5)
    nation = begin(factories.staff(Role.MINISTRY_REVIEWER), at=at, size=100)
    assert (nation.province_id, nation.size) == (None, 6)
    narrow = begin(inspector, at=at, filters=Filters(words="王*国", sort="old"))
    assert (narrow.size, narrow.filters) == (2, {"words": "王*国"})
    with pytest.raises(inspecting.NotAnInspector):
        begin(inspector, at=at, filters=Filters(province="110000"))
    assert far not in [row.certificate for row in drawn.certificates.all()]


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        (inspecting.SizeOutOfReach, {"size": 0}),
        (inspecting.SizeOutOfReach, {"size": 101}),
        (inspecting.PurposeMissing, {"purpose": " \x00 "}),
        (inspecting.NothingToInspect, {"filters": Filters(course="none")}),
    ],
)
def test_a_sample_that_cannot_be_is_refused(five, inspector, at, refused, told):
    with pytest.raises(refused):
        begin(inspector, at=at, **told)


def test_millions_are_not_drawn_from(five, inspector, at, monkeypatch):
    monkeypatch.setattr(inspections, "MOST_DRAWN_FROM", 4)
    with pytest.raises(inspecting.TooManyToDrawFrom):
        begin(inspector, at=at)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR, Role.FINANCE_MAKER])
def test_others_do_not_inspect(five, inspector, at, role):
    other = factories.staff(role)
    with pytest.raises(inspecting.NotAnInspector):
        begin(other, at=at)
    row = begin(inspector, at=at).certificates.first()
    with pytest.raises(inspecting.NotAnInspector):
        inspecting.note(row, "sound", words="", by=other, at=at)


def test_what_was_found_is_said_once(five, inspector, at):
    first, second, _third = begin(inspector, at=at).certificates.all()
    inspecting.note(first, "sound", words="", by=inspector, at=at)
    with pytest.raises(inspecting.NotedAlready):
        inspecting.note(first, "flawed", words="改主意了", by=inspector, at=at)
    with pytest.raises(inspecting.FlawMissing):
        inspecting.note(second, "flawed", words="  ", by=inspector, at=at)
    inspecting.note(second, "flawed", words="课时与台账不符𠮷", by=inspector, at=at)
    assert Entry.objects.filter(action="certificates.inspected").count() == 2


def states(certificate):
    return [
        check.state
        for check in inspections.checks_of([Certificate.objects.get(pk=certificate.pk)])[certificate.pk]
    ]


def test_the_portal_looks_at_facts_paper_answer_completion_and_ledger(five, at, settings):
    one = five[0]
    assert states(one) == ["ok", "off", "ok", "ok", "bad"], "the ledger of the tests is made up"
    papers.make(Certificate.objects.get(pk=one.pk), at=at)
    assert states(one)[1] == "ok"
    kept = Certificate.objects.get(pk=one.pk)
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    default_storage.delete(kept.pdf_key)
    default_storage.save(kept.pdf_key, ContentFile(b"%PDF another"))
    assert states(one)[1] == "bad"
    making.revoked(one, at=at)
    assert states(one)[2] == "ok"


def test_the_portal_sees_facts_a_name_and_a_completion_that_were_changed(five, at):
    one = Certificate.objects.get(pk=five[0].pk)
    one.facts["hours"] = "99"
    (checks,) = inspections.checks_of([one]).values()
    assert checks[0].state == "bad"
    one.holder_sealed = b"broken"
    (checks,) = inspections.checks_of([one]).values()
    assert (checks[0].state, bool(checks[0].reason)) == ("bad", True)
    other = Certificate.objects.get(pk=five[1].pk)
    other.grounds["completion"] = "11" * 32
    (checks,) = inspections.checks_of([other]).values()
    assert [checks[0].state, checks[3].state] == ["bad", "bad"]


def test_the_checks_ask_the_same_number_of_questions_for_more(
    five, inspector, at, django_assert_max_num_queries
):
    rows = [row.certificate for row in inspections.sample_of(begin(inspector, at=at, size=5))]
    with django_assert_max_num_queries(2):
        assert len(inspections.checks_of(rows)) == 5


def test_an_inspection_by_its_pages(client, five):
    sign_in(client)
    new = reverse("certificates:inspection-new")
    assert "5" in text_of(client.get(new, {"kind": "level"}))
    assert client.post(new, {"purpose": "", "size": "x"}).status_code == 422
    answer = client.post(new + "?kind=level", {"purpose": "月度抽查𠮷", "size": "2", "seed": ""})
    inspection = Inspection.objects.get()
    assert inspection.filters == {"kind": "level"}
    page = answer["Location"]
    shown = text_of(client.get(page))
    assert inspection.seed in shown
    assert text_of(client.get(page, {"all": ""})).count("looks__ok") >= 2
    assert "月度抽查𠮷" in text_of(client.get(reverse("certificates:inspections")))
    first = reverse("certificates:inspected", args=[inspection.uid, 1])
    second = reverse("certificates:inspected", args=[inspection.uid, 2])
    assert "王建国" not in text_of(client.get(first))
    kept = client.post(first, {"outcome": "", "words": "写了一半"})
    assert kept.status_code == 422
    assert "写了一半" in text_of(kept)
    assert client.post(first, {"outcome": "flawed", "words": ""}).status_code == 422
    assert client.post(first, {"outcome": "flawed", "words": "课时不符"})["Location"] == second
    assert client.post(first, {"outcome": "sound"}).status_code == 422
    assert client.post(second, {"outcome": "sound"})["Location"] == page
    assert "课时不符" in text_of(client.get(page))
    assert client.get(reverse("certificates:inspected", args=[inspection.uid, 9])).status_code == 404


def test_an_inspection_asks_the_same_number_of_questions_for_more(
    client, five, inspector, at, django_assert_max_num_queries
):
    inspection = begin(inspector, at=at, size=5)
    factories.sign_in(client, inspector)
    with django_assert_max_num_queries(18):
        client.get(reverse("certificates:inspection", args=[inspection.uid]))
    with django_assert_max_num_queries(12):
        client.get(reverse("certificates:inspections"))


def test_another_province_knows_of_no_inspection(client, five, inspector, at):
    inspection = begin(inspector, at=at)
    sign_in(client, code="110000")
    assert "月度抽查" not in text_of(client.get(reverse("certificates:inspections")))
    assert client.get(reverse("certificates:inspection", args=[inspection.uid])).status_code == 404
    assert (
        client.post(
            reverse("certificates:inspected", args=[inspection.uid, 1]), {"outcome": "sound"}
        ).status_code
        == 404
    )


def test_an_auditor_reads_and_changes_nothing(client, five, inspector, at):
    inspection = begin(inspector, at=at)
    sign_in(client, Role.AUDITOR)
    first = reverse("certificates:inspected", args=[inspection.uid, 1])
    assert "<textarea" not in text_of(client.get(first))
    assert 'name="purpose"' not in text_of(client.get(reverse("certificates:inspection-new")))
    assert client.post(first, {"outcome": "sound"}).status_code == 422
    assert not InspectedCertificate.objects.exclude(outcome="").exists()
    assert (
        client.post(reverse("certificates:inspection-new"), {"purpose": "抽查", "size": 1}).status_code == 422
    )
    assert Inspection.objects.count() == 1


def test_the_database_keeps_samples_as_they_were_drawn(five, inspector, at):
    inspection = begin(inspector, at=at)
    row = inspection.certificates.first()
    rows = InspectedCertificate.objects.filter(pk=row.pk)
    for refused, act in (
        ("permission denied", lambda: Inspection.objects.update(seed="x")),
        ("never changed", row.delete),
        ("said once", lambda: rows.update(place=F("place") + 50)),
        ("inspected_noted_by_somebody", lambda: rows.update(outcome="sound")),
        ("inspected_flawed_in_words", lambda: rows.update(outcome="flawed", noted_at=at, noted_by=inspector)),
    ):
        with pytest.raises(DatabaseError, match=refused), transaction.atomic():
            act()
    inspecting.note(row, "sound", words="", by=inspector, at=at)
    with pytest.raises(DatabaseError, match="said once"), transaction.atomic():
        rows.update(outcome="flawed", words="改主意了")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("inspection_size_in_reach", {"size": 0}),
        ("inspection_size_in_reach", {"size": 9}),
        ("inspection_has_seed_and_purpose", {"seed": ""}),
        ("inspection_has_seed_and_purpose", {"purpose": ""}),
    ],
)
def test_the_database_refuses_an_inspection_of_nothing(inspector, at, name, change):
    words = {"purpose": "x", "seed": "x", "size": 3, "population": 3, "begun_at": at, "begun_by": inspector}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Inspection.objects.create(**words | change)


def test_one_place_and_one_time_in_a_sample(five, inspector, at):
    inspection = begin(inspector, at=at, size=2)
    first = inspection.certificates.first()
    left = next(
        one for one in five if one.pk not in inspection.certificates.values_list("certificate_id", flat=True)
    )
    for name, told in (
        ("inspected_one_per_place", {"certificate": left, "place": 1}),
        ("inspected_once_per_inspection", {"certificate_id": first.certificate_id, "place": 9}),
        ("before anything is found", {"certificate": left, "place": 9, "outcome": "sound"}),
    ):
        with pytest.raises(DatabaseError, match=name), transaction.atomic():
            InspectedCertificate.objects.create(inspection=inspection, **told)
