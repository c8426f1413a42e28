import csv
import io
import zipfile

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from certificates import bundle, selectors, services, tasks
from certificates.models import IssuingBatch
from certificates.services import batches
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories
from tests.certificates import making

pytestmark = pytest.mark.django_db
LIST = reverse("certificates:batches")


@pytest.fixture
def officer(client):
    person = factories.staff(Role.PROVINCE_REVIEWER)
    factories.sign_in(client, person)
    return person


@pytest.fixture
def waiting(officer, at):
    """Three of one course, one of them with a name that cannot be printed."""
    batches.set_terms("520000", by_batch=True, by=officer, at=at)
    course = making.version()
    names = ("王建国", "李莲花", "王\U00030729")
    services.request_all([making.completion(of=course, name=name) for name in names], at=at)
    return course.course.code


@pytest.fixture
def done(waiting, officer, at):
    batch = batches.start("520000", by=officer, at=at)
    tasks.issue_due_certificates()
    batch.refresh_from_db()
    return batch


def text_of(response):
    return response.content.decode()


def body_of(response):
    return b"".join(response)


def start(client, **said):
    return client.post(LIST, {"province": "520000", "course": "all", **said})


def test_an_officer_starts_a_batch_of_one_course(client, waiting):
    page = text_of(client.get(LIST))
    assert waiting in page
    answer = start(client, course=waiting)
    batch = IssuingBatch.objects.get()
    assert answer["Location"] == reverse("certificates:batch", args=[batch.uid])
    assert (batch.course_code, batch.total) == (waiting, 3)
    again = start(client)
    assert again.status_code == 422
    assert "这个范围已有未结束的批次" in text_of(again)


@pytest.mark.parametrize("said", [{"course": "nonsense"}, {"province": ""}, {"province": "x" * 500}])
def test_bad_input_gets_a_sentence(client, waiting, said):
    answer = start(client, **said)
    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)
    assert not IssuingBatch.objects.exists()


def test_another_province_is_not_started_nor_seen(client, done):
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER, code="110000"))
    assert start(client).status_code == 422
    assert str(done.uid) not in text_of(client.get(LIST))
    for name in ("batch", "batch-results"):
        assert client.get(reverse(f"certificates:{name}", args=[done.uid])).status_code == 404
    assert client.post(reverse("certificates:batch-papers", args=[done.uid]), {"part": 1}).status_code == 404
    client.post(reverse("certificates:terms"), {"province": "520000", "by_batch": "no"})
    assert selectors.issues_by_batch("520000")


def test_the_nation_chooses_a_province(client, waiting):
    factories.sign_in(client, factories.staff(Role.OPERATOR))
    assert waiting not in text_of(client.get(LIST))
    assert waiting in text_of(client.get(LIST, {"province": "520000"}))
    assert client.get(LIST, {"province": "nonsense"}).status_code == 200
    assert start(client).status_code == 302


def test_the_terms_are_set(client, officer, at):
    terms = reverse("certificates:terms")
    assert client.post(terms, {"province": "520000", "by_batch": "yes"}).status_code == 302
    assert selectors.issues_by_batch("520000")
    client.post(terms, {"province": "520000", "by_batch": "nonsense"})
    assert selectors.issues_by_batch("520000")
    client.post(terms, {"province": "520000", "by_batch": "no"})
    assert not selectors.issues_by_batch("520000")


def test_it_is_followed_paused_resumed_and_cancelled(client, waiting, officer, at):
    batch = batches.start("520000", by=officer, at=at)
    page = reverse("certificates:batch", args=[batch.uid])
    running = text_of(client.get(page))
    assert 'hx-trigger="every 2s"' in running
    assert "<noscript><meta" in running
    assert 'value="resume"' not in running
    for step, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert client.post(page, {"step": step}).status_code == 302
        batch.refresh_from_db()
        assert batch.state == state
    ended = text_of(client.get(page))
    assert "hx-trigger" not in ended
    assert 'name="step"' not in ended
    late = client.post(page, {"step": "pause"}, follow=True)
    assert "状态已经变化" in text_of(late) or "note--bad" in text_of(late) or "message" in text_of(late)
    assert client.post(page, {"step": "nonsense"}).status_code == 302


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MINISTRY_REVIEWER])
def test_who_only_reads_sees_no_buttons(client, done, role):
    factories.sign_in(client, factories.staff(role))
    page = reverse("certificates:batch", args=[done.uid])
    text = text_of(client.get(page))
    assert 'name="step"' not in text
    assert reverse("certificates:batch-papers", args=[done.uid]) not in text
    assert '<form class="form"' not in text_of(client.get(LIST, {"province": "520000"}))
    assert client.post(reverse("certificates:batch-papers", args=[done.uid]), {"part": 1}).status_code == 404


def test_what_came_of_each_can_be_narrowed(client, done):
    page = reverse("certificates:batch", args=[done.uid])
    all_of_it, failed = text_of(client.get(page)), text_of(client.get(page, {"state": "failed"}))
    serial = done.certificates.issued().first().serial
    assert serial in all_of_it
    assert "U+30729" in all_of_it
    assert serial not in failed
    assert "U+30729" in failed
    assert client.get(page, {"state": "nonsense", "page": "x"}).status_code == 200


def test_pages_ask_the_same_number_of_questions_for_more(
    client, done, officer, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20):
        assert client.get(reverse("certificates:batch", args=[done.uid])).status_code == 200
    with django_assert_max_num_queries(20):
        assert client.get(LIST).status_code == 200


def test_the_papers_come_as_a_zip_and_who_takes_them_is_noted(client, done, officer):
    address = reverse("certificates:batch-papers", args=[done.uid])
    answer = client.post(address, {"part": "1"})
    with zipfile.ZipFile(io.BytesIO(body_of(answer))) as pack:
        assert pack.testzip() is None
        serials = sorted(done.certificates.issued().values_list("serial", flat=True))
        assert pack.namelist() == [f"{serial}.pdf" for serial in serials]
        assert pack.read(pack.namelist()[0]).startswith(b"%PDF")
    noted = Entry.objects.get(action="certificates.papers_taken")
    assert (noted.by, noted.detail) == (officer, {"part": 1})


@pytest.mark.parametrize("part", ["", "0", "2", "x", "9" * 5_000, "-1", "１"])
def test_a_part_that_is_not_there_is_told(client, done, part):
    answer = client.post(reverse("certificates:batch-papers", args=[done.uid]), {"part": part}, follow=True)
    assert answer.redirect_chain
    assert not Entry.objects.filter(action="certificates.papers_taken").exists()


def test_papers_come_in_parts(client, done, monkeypatch):
    monkeypatch.setattr(selectors.batches, "PART", 1)
    page = text_of(client.get(reverse("certificates:batch", args=[done.uid])))
    assert '<option value="2">' in page
    names = []
    for part in (1, 2):
        answer = client.post(reverse("certificates:batch-papers", args=[done.uid]), {"part": part})
        with zipfile.ZipFile(io.BytesIO(body_of(answer))) as pack:
            names += pack.namelist()
    assert len(set(names)) == 2


def test_one_that_cannot_be_drawn_is_named_and_stops_nobody():
    def fails():
        raise ValueError("王建国")

    def unreachable():
        raise OSError("no storage")

    papers = [
        ("a.pdf", lambda: b"a" * 70_000),
        ("b.pdf", fails),
        ("c.pdf", unreachable),
        ("d.pdf", lambda: b"d"),
    ]
    pieces = list(bundle.zipped(papers))
    assert len(pieces) > 2, "it goes out while it is made"
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as pack:
        assert pack.testzip() is None
        assert pack.namelist() == ["a.pdf", "d.pdf", "errors.txt"]
        told = pack.read("errors.txt").decode("utf-8-sig").splitlines()
    assert told == ["b.pdf\tValueError", "c.pdf\tOSError"]


def test_without_errors_there_is_no_list_of_them_and_nothing_gives_an_empty_zip():
    whole = io.BytesIO(b"".join(bundle.zipped([("a.pdf", lambda: b"a")])))
    assert zipfile.ZipFile(whole).namelist() == ["a.pdf"]
    assert zipfile.ZipFile(io.BytesIO(b"".join(bundle.zipped([])))).namelist() == []


def test_the_results_come_as_a_table(client, done):
    address = reverse("certificates:batch-results", args=[done.uid])
    raw = body_of(client.get(address)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(raw)))
    assert len(rows) == 4
    assert any("U+30729" in cell for cell in rows[3])
    assert not any("王建国" in cell for row in rows for cell in row)
    book = load_workbook(io.BytesIO(client.get(address, {"as": "xlsx"}).content))
    assert book.active.cell(2, 1).value == rows[1][0]


def test_nothing_in_a_table_is_computed():
    from portal.sheets import writing

    rows = [["=1+1", "@x", "-5", None, 3]]
    assert b"'=1+1,'@x,'-5,,3" in b"".join(writing.rows_csv(["a"], rows))
    book = load_workbook(io.BytesIO(writing.rows_xlsx("x", ["a"], rows)))
    assert [cell.data_type for cell in list(book.active.rows)[1]][:2] == ["s", "s"]


# -- the API


def test_api_twins(client, waiting, officer):
    listed, terms = reverse("api-certificate-batches"), reverse("api-certificate-terms")
    begun = client.post(listed, {"province": "520000"}, "application/json")
    assert begun.status_code == 201
    uid = begun.json()["uid"]
    one = reverse("api-certificate-batch", args=[uid])
    assert client.get(one).json()["total"] == 3
    assert client.post(one, {"step": "pause"}, "application/json").json()["state"] == "paused"
    again = client.post(one, {"step": "pause"}, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
    assert client.post(one, {"step": "x"}, "application/json").status_code == 400
    client.post(one, {"step": "resume"}, "application/json")
    tasks.issue_due_certificates()
    (row,) = client.get(listed).json()["results"]
    assert (row["state"], row["issued"], row["failed"]) == ("done", 2, 1)
    results = reverse("api-certificate-batch-results", args=[uid])
    (failed,) = client.get(results, {"state": "failed"}).json()["results"]
    assert "U+30729" in failed["failure"]
    assert (
        client.post(terms, {"province": "520000", "by_batch": False}, "application/json").status_code == 200
    )
    assert not selectors.issues_by_batch("520000")
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER, code="110000"))
    assert client.get(one).status_code == 404
    assert client.get(results).status_code == 404
    assert client.post(listed, {"province": "520000"}, "application/json").json()["code"] == "not_yours"
