"""Garbage into every form, every query and every address: a sentence, never a 500, and nothing typed is lost."""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponseNotFound
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils.datastructures import MultiValueDict

from portal import urls
from tests.doors import DOORS, url_of

GARBAGE = {
    "nothing": "",
    "blanks": " \u3000\t ",
    "long": "长" * 10_000,
    "nul": "a\x00b",
    "control": "\x01\x1b[31m\x7f\u202e",
    "emoji": "👩‍🏭🏳️‍🌈",
    "rare": "𠮷𡘙·\U000323af",
    "negative": "-1",
    "zero": "0",
    "huge": "9" * 30,
    "endless": "9" * 5_000,
    "power": "1e999",
    "no number": "NaN",
    "full width": "１２３４",
    "other digits": "٣²①",
    "mark-up": "<script>alert(1)</script>",
    "quotes": "' OR 1=1 -- \" %s {} {{ x }}",
    "list": '{"a": [1]}',
    "date": "2026-02-30",
    "elsewhere": "https://example.org//evil",
}
WORST = ("nothing", "nul", "endless")
"""These also one field at a time, the others filled in well."""

FILLED = {
    "name": "王小明",
    "number": "11010519491231002X",
    "bank_name": "示例银行",
    "reason": "材料不全，请补充。",
    "amount": "100.00",
    "document": "黔财〔2026〕77 号",
    "year": "2026",
    "code": "ABCDEFGH",
    "phone": "13900001234",
    "occupation": "6-18-02-04",
    "issued_on": "2026-01-05",
}
SWITCHES = {reverse("accounts:reading"), reverse("set_language"), reverse("account_logout")}
QUIET = {"password", "hidden", "file", "checkbox", "radio", "submit", "button"}
"""Boxes whose content is not shown again, or has no text of its own."""

PAGES = {
    "sign-in": ("visitor", "account_login", ""),
    "sign-in by code": ("visitor", "account_request_login_code", ""),
    "sign-up": ("visitor", "account_signup", ""),
    "check a certificate": ("visitor", "certificates:verify", ""),
    "check a file": ("visitor", "certificates:file", ""),
    "catalogue": ("visitor", "courses:catalogue", ""),
    "consent codes": ("learner", "certificates:consents", ""),
    "check with consent codes": ("employer", "certificates:check", ""),
    "real name": ("newcomer", "accounts:identity", ""),
    "new name": ("learner", "accounts:name", ""),
    "card": ("stranger", "accounts:bank", ""),
    "enrol": ("stranger", "learners:enrol", "course"),
    "course": ("learner", "learners:course", "enrolment"),
    "text": ("learner", "learners:lesson", "page"),
    "film": ("learner", "learners:lesson", "film"),
    "quiz": ("learner", "learners:quiz", "quiz"),
    "exam": ("learner", "learners:exam", "enrolment"),
    "question": ("learner", "learners:question", "question"),
    "hand in": ("learner", "learners:review", "attempt"),
    "answers of a claim": ("learner", "subsidies:answer", "start_link"),
    "submit a claim": ("learner", "subsidies:check", "start_check"),
    "own claim": ("learner", "subsidies:claim", "claim"),
    "object to a line": ("visitor", "subsidies:object", "objected_line"),
    "ask after an objection": ("visitor", "subsidies:objection_ask", ""),
    "mend a claim": ("learner", "subsidies:mend", "returned"),
    "appeal of a claim": ("learner", "subsidies:appeal", "rejected"),
    "course desk": ("catalogue", "courses:desk", ""),
    "one course": ("catalogue", "courses:desk-course", "course"),
    "own courses": ("manager", "courses:authoring", ""),
    "new course": ("manager", "courses:authoring-new", ""),
    "draft": ("manager", "courses:edit", "draft"),
    "new section": ("manager", "courses:edit-sections", "draft"),
    "section": ("manager", "courses:edit-section", "draft_section"),
    "new lesson": ("manager", "courses:edit-lessons", "draft"),
    "lesson": ("manager", "courses:edit-lesson", "draft_lesson"),
    "exam of a draft": ("manager", "courses:edit-exam", "draft"),
    "new question": ("manager", "courses:edit-question-new", "draft"),
    "question of a draft": ("manager", "courses:edit-question", "draft_question"),
    "versions": ("manager", "courses:differences", "draft"),
    "questions as a file": ("manager", "courses:questions-file", "draft"),
    "queue": ("reviewer", "subsidies:queue", ""),
    "objection": ("second", "subsidies:objection_desk", "objection"),
    "policies": ("editor", "subsidies:policy-desk", ""),
    "new policy": ("editor", "subsidies:policy-new", ""),
    "contracts": ("editor", "subsidies:contracts", ""),
    "new contract": ("editor", "subsidies:contract_new", ""),
    "draft of a contract": ("editor", "subsidies:contract_edit", "contract_draft"),
    "contract to drop": ("editor", "subsidies:contract", "contract_draft"),
    "contract to put in force": ("publisher", "subsidies:contract", "contract_draft"),
    "contract in force": ("publisher", "subsidies:contract", "contract"),
    "draft of a policy": ("editor", "subsidies:policy-version", "policy_draft"),
    "policy handed in": ("publisher", "subsidies:policy-version", "policy_review"),
    "policy in force": ("publisher", "subsidies:policy-version", "policy"),
    "policy to come": ("publisher", "subsidies:policy-version", "policy_coming"),
    "pieces of a policy": ("editor", "subsidies:policy-edit", "policy_draft"),
    "piece of a policy": ("editor", "subsidies:policy-piece", "policy_piece"),
    "policy as JSON": ("editor", "subsidies:policy-json", "policy_draft"),
    "cases of a policy": ("editor", "subsidies:policy-cases", "policy_draft"),
    "case of a policy": ("editor", "subsidies:policy-case", "policy_case"),
    "versions of a policy": ("editor", "subsidies:policy-difference", "policy_draft"),
    "impacts of a policy": ("editor", "subsidies:policy-impacts", "policy_draft"),
    "impact of a policy": ("editor", "subsidies:policy-impact", "impact"),
    "review": ("reviewer", "subsidies:review", "claim"),
    "evidence pack": ("auditor", "subsidies:packs", "claim"),
    "evidence pack that is there": ("auditor", "subsidies:packs", "at_second"),
    "report of money": ("ministry", "subsidies:report", "report_money"),
    "report of what waits": ("maker", "subsidies:report", "report_waiting"),
    "intake": ("intake", "subsidies:review", "at_intake"),
    "second review": ("second", "subsidies:review", "at_second"),
    "rejection to confirm": ("second", "subsidies:review", "claim_proposed"),
    "appeal of a claim to decide": ("second", "subsidies:review", "heard"),
    "papers": ("reviewer", "certificates:desk", ""),
    "paper": ("reviewer", "certificates:sheet", "serial"),
    "certificate batches": ("reviewer", "certificates:batches", ""),
    "certificate batch": ("reviewer", "certificates:batch", "issuing_batch"),
    "new inspection": ("reviewer", "certificates:inspection-new", ""),
    "inspected certificate": ("reviewer", "certificates:inspected", "inspected"),
    "paper to decide": ("reviewer", "certificates:sheet", "proposed"),
    "certificate from elsewhere": ("learner", "certificates:external-new", ""),
    "own certificate from elsewhere": ("learner", "certificates:external", "external"),
    "certificates from elsewhere": ("reviewer", "certificates:external-desk", ""),
    "one of them": ("reviewer", "certificates:external-sheet", "external"),
    "one with a proposal": ("reviewer", "certificates:external-sheet", "external_ruled"),
    "money, maker": ("maker", "subsidies:money", ""),
    "money, checker": ("checker", "subsidies:money", ""),
    "batches": ("maker", "subsidies:batches", ""),
    "new bank profile": ("maker", "subsidies:new_bank_profile", ""),
    "draft of a bank profile": ("maker", "subsidies:edit_bank_profile", "profile_draft"),
    "bank profile": ("checker", "subsidies:bank_profile", "profile_draft"),
    "batch, maker": ("maker", "subsidies:batch", "batch"),
    "batch, checker": ("checker", "subsidies:batch", "batch"),
    "batch sent": ("checker", "subsidies:batch", "sent"),
    "statement of an account": ("auditor", "subsidies:statement", "account"),
    "recoveries": ("recovery", "subsidies:recoveries", ""),
    "recovery": ("recovery", "subsidies:recovery", "recovery"),
    "recovery, second person": ("checker", "subsidies:recovery", "recovery"),
    "findings": ("investigator", "subsidies:findings", ""),
    "finding": ("investigator", "subsidies:finding", "finding"),
    "numbers of the checks": ("ministry_policy", "subsidies:fraud_report", ""),
    "own debt": ("learner", "subsidies:debt", "debt"),
    "notices": ("reviewer", "subsidies:notice_desk", ""),
    "shut lesson": ("instructor", "learners:desk-lesson", "shut"),
    "terms": ("manager", "learners:intake", "course"),
    "a full course": ("far_learner", "learners:enrol", "full"),
    "a place in line": ("learner", "learners:enrol", "full"),
    "groups": ("learner", "learners:groups", ""),
    "group": ("county", "learners:group-desk", "group"),
    "staff": ("employer", "learners:staff", ""),
    "paper of a claim": ("learner", "subsidies:paper", "start_paper"),
    "paper of a returned claim": ("learner", "subsidies:claim_paper", "returned_paper"),
    "account of an organisation": ("employer", "accounts:organisation_bank", ""),
    "lists of claims": ("employer", "subsidies:lists", ""),
    "list of claims": ("employer", "subsidies:list", "claim_list"),
    "check a list of claims": ("employer", "subsidies:list_check", "claim_list"),
    "paper of a list": ("employer", "subsidies:list_paper", "list_paper"),
    "programmes of a certificate": ("learner", "subsidies:start", "serial"),
    "paper of a returned claim of a list": ("employer", "subsidies:list_claim_paper", "list_returned_paper"),
    "mend a claim of a list": ("employer", "subsidies:list_mend", "list_returned"),
    "appeal for a claim of a list": ("employer", "subsidies:list_appeal", "list_rejected"),
    "claim of a list": ("employer", "subsidies:list_claim", "list_claim"),
    "lists of staff": ("employer", "learners:rosters", ""),
    "list of staff": ("employer", "learners:roster", "roster"),
    "invitation": ("learner", "learners:invitation", "invitation"),
    "help desk": ("far_county", "learners:help-desk", ""),
    "help": ("county", "learners:help", "help"),
    "answer to mark": ("instructor", "learners:mark", "hand_mark"),
    "extra time": ("instructor", "learners:extra-time", ""),
    "corrected key": ("instructor", "courses:correct", "published_question"),
    "exam graded anew": ("instructor", "learners:regrade", "regrade"),
    "contest": ("learner", "learners:contest", "refused_row"),
    "contests": ("instructor", "learners:contests", ""),
    "contest to answer": ("instructor", "learners:contest-desk", "contest"),
    "time to take back": ("instructor", "learners:take-back", "counted_row"),
    "correction": ("catalogue", "learners:correction", "correction"),
    "new class": ("instructor", "learners:class-plan", ""),
    "class to come": ("instructor", "learners:class-desk", "class_to_come"),
    "class going on": ("instructor", "learners:class-desk", "meeting"),
    "class to sign": ("instructor", "learners:class-desk", "class_to_sign"),
    "workshop door": ("learner", "learners:class", "workshop_door"),
    "signal": ("catalogue", "learners:signal", "signal"),
    "appeal": ("learner", "learners:appeal", "sat"),
    "appeal to decide": ("instructor", "learners:desk-appeal", "appeal"),
    "questions": ("learner", "learners:questions", "film"),
    "own question": ("learner", "learners:enquiry", "enquiry"),
    "report a published answer": ("learner", "learners:report-entry", "entry"),
    "report an answer": ("learner", "learners:report-post", "post"),
    "inbox": ("instructor", "learners:inbox", ""),
    "question to answer": ("instructor", "learners:inbox-enquiry", "enquiry"),
    "question to publish": ("instructor", "learners:faq-entry", "entry"),
    "practical work": ("learner", "learners:practice", "bench"),
    "paper of an assessor": ("instructor", "learners:paper", "paper"),
    "another assessor": ("manager", "learners:reassign", "paper"),
    "task of a draft": ("manager", "courses:edit-practice", "draft_task"),
    "messages": ("learner", "notices:list", ""),
    "choices of messages": ("learner", "notices:choices", ""),
    "e-mail address to confirm": ("learner", "notices:confirm", "mailbox_link"),
    "own data": ("learner", "owndata:copy", ""),
    "answer times": ("manager", "learners:promises", ""),
    "report": ("catalogue", "learners:report", "report"),
    "counting edition": ("catalogue", "learners:edition", "edition_draft"),
    "counting edition edit": ("catalogue", "learners:edition-edit", "edition_editable"),
    "counting edition new": ("catalogue", "learners:edition-new", ""),
    "template": ("catalogue", "certificates:template", "template_draft"),
    "template edit": ("catalogue", "certificates:template-edit", "template_editable"),
    "template new": ("catalogue", "certificates:template-new", ""),
    "audit": ("auditor", "audit:list", ""),
    "figures": ("ministry", "overview", ""),
    "captions (catalogue)": ("catalogue", "courses:captions", "captions"),
    "film (catalogue)": ("catalogue", "courses:film", "footage"),
    "import (catalogue)": ("catalogue", "courses:import", "import"),
    "imports (catalogue)": ("catalogue", "courses:imports", ""),
    "package (catalogue)": ("catalogue", "courses:package", "package"),
    "partner endpoint (catalogue)": ("manager", "courses:partner-endpoint", "endpoint"),
    "partner endpoint new (catalogue)": ("far_manager", "courses:partner-endpoint-new", ""),
    "partner key (catalogue)": ("catalogue", "courses:partner-key", "partner_key"),
    "partner key new (catalogue)": ("far_manager", "courses:partner-key-new", ""),
    "partner rotate (catalogue)": ("manager", "courses:partner-rotate", "endpoint"),
    "partner delivery (catalogue)": ("manager", "courses:partner-delivery", "delivery"),
    "partner call (catalogue)": ("manager", "courses:partner-call", "call"),
    "provider desk (catalogue)": ("catalogue", "courses:provider-desk", "provider"),
    "provider new (catalogue)": ("catalogue", "courses:provider-new", ""),
    "standard edit (catalogue)": ("catalogue", "courses:standard-edit", "standard_editable"),
    "standard new (catalogue)": ("catalogue", "courses:standard-new", ""),
}
ELSEWHERE = {
    "learners:package-done": "shown once a package has earned time: tests/learners/test_package_time.py",
    "notices:remove": "shown beside an address, and has no box: tests/portal/test_notices.py",
    "owndata:copy": "shown while there is no copy, and has no box: tests/portal/test_owndata.py",
    "demo_clock": "demo mode only: tests/portal/test_demo.py",
    "accounts:reading": "a switch on every page",
    "set_language": "a switch on every page",
    "learners:exam": "shown while no exam runs, and has no box: tests/learners/test_pages_study.py",
    "subsidies:pass_many": "shown beside claims that were compared: tests/subsidies/test_claim_pages.py",
    "subsidies:remove_view": "shown beside a kept view, and has no box: tests/subsidies/test_saved_views.py",
    "subsidies:release_batch": "shown after the check, and has no box",
    "certificates:retry": "shown for a paper that failed, and has no box",
    "courses:notices": "shown while one is unread, and has no box: tests/courses/test_provider_pages.py",
    "courses:standard-publish": "shown to a second person, and has no box: tests/courses/test_pages_standards.py",
    "subsidies:eligibility": "shown for a course that counts: tests/subsidies/test_eligibility.py",
}


@dataclass
class Box:
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)


@dataclass
class Form:
    method: str
    action: str
    boxes: dict[str, Box] = field(default_factory=dict)

    def kind(self) -> tuple[object, ...]:
        """What answers it, its boxes, and what is chosen by a button or already said, unless a number: the same beside each row of a list."""
        try:
            action = resolve(urlsplit(self.action).path).view_name
        except Resolver404:
            action = self.action
        fixed = {"hidden", "submit", "button"}
        boxes = [
            (
                name,
                box.kind,
                "" if box.kind not in fixed or any(map(str.isdigit, box.value)) else box.value,
                tuple(box.choices),
            )
            for name, box in self.boxes.items()
        ]
        return self.method, action, tuple(sorted(boxes))

    def filled(self) -> dict[str, str]:
        """A form as an able person would send it."""
        return {
            name: (
                box.choices[0]
                if box.choices
                else FILLED.get(
                    name, box.value or "on" if box.kind == "checkbox" else box.value or "好的，就这样"
                )
            )
            for name, box in self.boxes.items()
            if box.kind not in {"file", "submit", "button"}
        }


class Forms(HTMLParser):
    """The forms of a page, with boxes that name their form by id included."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.now: Form | None = None
        self.select: Box | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.now = Form(said.get("method", "get").lower(), said.get("action", ""))
            self.found.append(self.now)
            if "id" in said:
                self.by_id[said["id"]] = self.now
        elif tag == "option" and self.select is not None:
            if said.get("value"):
                self.select.choices.append(said["value"])
        elif tag in {"input", "textarea", "select", "button"}:
            self._box(tag, said)

    def _box(self, tag, said):
        form = self.by_id.get(said.get("form", ""), self.now)
        if form is None or not said.get("name"):
            return
        kind = said.get("type", "submit" if tag == "button" else "text") if tag != "select" else "select"
        box = form.boxes.setdefault(said["name"], Box(kind, said.get("value", "")))
        if kind == "radio":
            box.choices.append(said.get("value", ""))
        if tag == "select":
            self.select = box

    def handle_endtag(self, tag):
        if tag == "form":
            self.now = None
        elif tag == "select":
            self.select = None


def forms_on(text: str, url: str) -> list[Form]:
    found = [form for form in Forms(text).found if form.action not in SWITCHES]
    for form in found:
        form.action = unescape(form.action) or url
        form.boxes.pop("csrfmiddlewaretoken", None)
    return found


@pytest.fixture(autouse=True)
def own_media():
    """The store is the world's."""


@pytest.fixture(autouse=True)
def inside(world):
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def open_page(world, title):
    person, name, args = PAGES[title]
    url = reverse(name, kwargs=world.args[args] if args else None)
    browser = world.browser(person)
    answer = browser.get(url)
    assert answer.status_code == 200, f"{title}: {answer.status_code}"
    return browser, url, forms_on(answer.content.decode(), url)


_asked = 0


def send(browser, form, said):
    """Each from an address of its own, so that no limit per address answers instead."""
    global _asked  # noqa: PLW0603 - a counter
    _asked += 1
    there = {"REMOTE_ADDR": f"10.{_asked >> 16 & 255}.{_asked >> 8 & 255}.{_asked & 255}"}
    with transaction.atomic():
        if form.method == "post":
            answer = browser.post(form.action, said, **there)
        else:
            answer = browser.get(form.action, said, **there)
        text = b"".join(answer).decode("utf-8", "replace")
        transaction.set_rollback(True)
    return answer, text


def answered_well(form, said, answer, text):
    where = f"{form.method} {form.action} {str(said)[:200]}: {answer.status_code}"
    assert answer.status_code in {200, 302, 400, 404, 409, 422, 429}, where
    assert "<script>alert(1)</script>" not in text, where
    if answer.status_code in {409, 422} and form.method == "post":
        assert re.search(r'role="alert"|class="[^"]*(error|notice|message|summary|alert)', text), (
            f"{where}: silent"
        )


def kept(form, said, text):
    """What was typed into boxes that show their content stands in the answer."""
    for name, value in said.items():
        box = form.boxes.get(name)
        if box is None or box.kind in QUIET or box.kind == "select" or not isinstance(value, str):
            continue
        if value.strip() and value.isprintable() and len(value) < 40:
            assert escape(value) in text or value in text, f"{form.action}: {name}={value} was lost"


_tried: set[tuple[object, ...]] = set()


def tries(form) -> list[dict[str, object]]:
    """What is sent to a form: everything where this run meets its kind first, else the worst.

    The next row of a list or another page shows the same form again, which asks nothing else.
    """
    good, kind = form.filled(), form.kind()
    found = [dict.fromkeys(form.boxes, GARBAGE[key]) for key in WORST]
    if kind not in _tried:
        found += [dict.fromkeys(form.boxes, value) for value in GARBAGE.values()]
        found += [good | {name: GARBAGE[key]} for name in form.boxes for key in WORST]
        found += [
            {"csrfmiddlewaretoken": "x"},
            good | {"unknown": "x"},
            {name: [value, "x", ""] for name, value in good.items()},
        ]
    _tried.add(kind)
    return [said for place, said in enumerate(found) if said not in found[:place]]


@pytest.mark.parametrize("title", PAGES)
def test_garbage_gets_a_sentence(world, title):
    browser, _url, forms = open_page(world, title)
    for form in forms:
        for said in tries(form):
            answer, text = send(browser, form, said)
            answered_well(form, said, answer, text)
            if answer.status_code == 422 and form.method == "post":
                kept(form, said, text)


def test_every_form_of_ours_was_tried(world):
    reached = set(ELSEWHERE)
    for title in PAGES:
        _browser, _url, forms = open_page(world, title)
        reached |= {resolve(urlsplit(form.action).path).view_name for form in forms if form.method == "post"}
    ours = {name for name, door in DOORS.items() if door.post and not name.startswith("api-")}
    assert not (untried := sorted(ours - reached)), f"no page of PAGES shows: {', '.join(untried)}"


FILES = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "nul": "批次号,行号,回单号,金额,结果,原因\n\x00,\x00,\x00,\x00,\x00,\x00".encode(),
    "cut": "批次号,行号,回单号".encode(),
    "wide": ("批次号,行号,回单号,金额,结果,原因\n" + "," * 5_000).encode(),
    "numbers": f"批次号,行号,回单号,金额,结果,原因\nX,{'9' * 5000},R,1e999,成功,\nX,-1,,NaN,?,".encode(),
    "utf-16": "批次号,行号".encode("utf-16"),
    "quotes": '批次号,行号,回单号,金额,结果,原因\n"'.encode(),
    "zip": b"PK\x03\x04" + b"\x00" * 100,
}
NAMES = ("a.csv", "../../etc/passwd", "名" * 300 + ".csv", "a\x00b.csv", "")


@pytest.mark.parametrize("content", FILES)
def test_any_file_may_come_from_the_bank(world, content):
    url = reverse("subsidies:answer_file", kwargs=world.args["sent"])
    for name in NAMES if content in {"empty", "numbers"} else NAMES[:1]:
        with transaction.atomic():
            file = SimpleUploadedFile("x", FILES[content])
            file.name = name or "x"
            answer = world.browser("checker").post(url, {"file": file})
            transaction.set_rollback(True)
        assert answer.status_code in {422, 409}, f"{content} {name}: {answer.status_code}"
        assert "error" in answer.content.decode() or "alert" in answer.content.decode()


@pytest.mark.parametrize("number", ["9" * 5_000, "0001" + "0" * 5_000, "٣", "-1", ""])
def test_numbers_without_end_in_an_exam_and_a_check(world, number):
    learner = world.browser("learner")
    onward = learner.post(reverse("learners:question", kwargs=world.args["question"]), {"to": number})
    assert onward.status_code == 302
    answer = learner.post(
        reverse("api-play-answer", kwargs=world.args["session"]),
        {"number": 1, "answers": {number: ["A"]}},
        content_type="application/json",
    )
    assert answer.status_code in {200, 400, 409}


def reader_of(name):
    door = DOORS[name]
    for person in ("visitor", "auditor", "learner", "operator"):
        if person in door.get:
            return person
    return min(door.get)


SHORTEST = ("nothing", "long", "nul", "emoji", "endless", "negative", "other digits", "mark-up", "list")
KNOWN = (
    "page", "q", "by", "state", "province", "view", "words", "action", "year", "sort", "size", "cursor",
    "code", "next", "level", "occupation", "provider", "delivery", "kind", "order", "lang", "format",
)  # fmt: skip


EVERYTHING = "*"


@contextmanager
def noting_what_is_read(monkeypatch):
    """The names that are looked up in a query or a form meanwhile; EVERYTHING where one is gone through whole."""
    read = set()

    def noting(kept):
        def noted(self, *args, **named):
            read.add(args[0] if args else EVERYTHING)
            return kept(self, *args, **named)

        return noted

    with monkeypatch.context() as patch:
        for name in ("__getitem__", "__contains__", "getlist", "__iter__", "items", "lists", "values"):
            patch.setattr(MultiValueDict, name, noting(getattr(MultiValueDict, name)))
        yield read


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if door.get])
def test_any_query_is_answered(world, name, monkeypatch):
    """Every address with everything asked at once, and page and cursor alone (a wrong filter may hide them).

    What a page reads when nothing is asked is asked too, known to us or not; a page that reads nothing is asked twice only.
    """
    browser, url = world.browser(reader_of(name)), url_of(world, name)
    if name == "api-schema":
        return
    with noting_what_is_read(monkeypatch) as read:
        b"".join(browser.get(url))
    names = dict.fromkeys(
        (*KNOWN, *sorted(key for key in read if isinstance(key, str) and key != EVERYTHING))
    )
    keys = SHORTEST if read else ("nul",)
    queries = [urlencode(dict.fromkeys(names, GARBAGE[key][:500])) for key in keys]
    queries.append("%ff=%fe&page=%ff&page=1&page&q[]=1&q=1&q=2&&=&")
    if read:
        queries.append(urlencode(dict.fromkeys(names, "9" * 5_000)))
    if read & {"page", EVERYTHING}:
        queries += [urlencode({"page": value}) for value in ("abc", str(10**20), "9" * 5_000, "\x00")]
    if read & {"cursor", EVERYTHING}:
        queries += [
            urlencode({"cursor": value})
            for value in ("x", "cD0=", "cD1h", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OQ==")
        ]
    for query in queries:
        answer = browser.get(f"{url}?{query}")
        b"".join(answer)
        assert answer.status_code in {200, 302, 400, 404, 422}, f"{url}?{query[:120]}: {answer.status_code}"


def test_what_a_page_reads_is_noted(world, monkeypatch):
    with noting_what_is_read(monkeypatch) as read:
        world.browser("visitor").get(reverse("courses:catalogue"))
    assert {"page", "q"} <= read


ODD = ("\x00", "a\x00b", "𠮷", "9" * 30, "-1", "..", "%2e%2e", "'", "x" * 300, " ", "<b>")


@pytest.mark.parametrize("name", [n for n, door in DOORS.items() if door.args and door.get | door.post])
def test_any_address_is_answered(world, name, monkeypatch):
    # a short page for what is not there, for there are thousands; the whole one is tried below
    monkeypatch.setattr(
        urls, "handler404", lambda request, exception: HttpResponseNotFound("none"), raising=False
    )
    door = DOORS[name]
    browser, url = world.browser(min(door.get | door.post)), url_of(world, name)
    for value in world.args[door.args].values():
        head, _, tail = url.rpartition(str(value))
        for odd in ODD:
            answer = browser.get(head + quote(odd, safe="") + tail)
            b"".join(answer)
            assert answer.status_code in {200, 301, 302, 400, 404, 405}, f"{name} with {odd!r}"


@pytest.mark.parametrize(("language", "mark"), [("zh-hans", 'lang="zh-CN"'), ("en", 'lang="en"')])
def test_error_pages_speak_the_readers_language(world, language, mark):
    strict = Client(enforce_csrf_checks=True)
    answers = {
        404: strict.get("/no/such/page/", headers={"cookie": f"django_language={language}"}),
        403: strict.post(
            "/me/reading/", {"size": "large"}, headers={"cookie": f"django_language={language}"}
        ),
    }
    for status, answer in answers.items():
        text = answer.content.decode()
        assert answer.status_code == status
        assert mark in text, status
        chinese = re.search(r"<h1[^>]*>[^<]*[\u4e00-\u9fff]", text)
        assert bool(chinese) == (language == "zh-hans"), status


def test_too_many_fields_are_a_bad_request(world):
    answer = Client().post("/me/reading/", {f"f{n}": "x" for n in range(2_100)})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert re.search("[\u4e00-\u9fff]", text)
    assert re.search("[A-Za-z]{4} [a-z]", text)


EDGES = ("0001-01-01", "9999-12-31", "2026-3-2")
SOUND = {"occupation": "6-18-02-04", "uscc": "91520281YYY58YK1XQ", "mend_days": "90"}


@pytest.mark.parametrize("title", PAGES)
def test_days_at_the_ends_of_the_calendar_and_in_the_wrong_order(world, title):
    browser, _url, forms = open_page(world, title)
    for form in forms:
        days = [name for name, box in form.boxes.items() if box.kind == "date"]
        good = form.filled() | {name: "" for name, box in form.boxes.items() if box.kind == "number"}
        good |= {name: "" for name in form.boxes if name.startswith("own_")}
        good |= {name: said for name, said in SOUND.items() if name in form.boxes}
        good |= dict.fromkeys(days, "2026-03-02")
        backwards = {name: f"2026-03-{28 - place:02d}" for place, name in enumerate(days)}
        for said in [good | backwards, *(good | {name: edge} for name in days for edge in EDGES)]:
            answer, text = send(browser, form, said)
            answered_well(form, said, answer, text)
