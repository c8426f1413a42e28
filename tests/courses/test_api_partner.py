"""The API of partners, over HTTP."""

import json

import pytest

from courses import services
from courses.models import Course, CourseVersion, Lesson, PartnerCall, Question
from courses.services import partner_keys
from portal.accounts.models import Organisation
from portal.audit.models import Entry
from tests import factories
from tests.courses.partner import Machine, document, manager_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)


@pytest.fixture
def machine(provider, at):
    return Machine(provider, at=at)


@pytest.fixture
def other(sichuan, at):
    organisation = Organisation.objects.create(
        name_zh="四川示例有限公司", uscc="91513224YYYXEW2XXJ", kind="platform", province=sichuan
    )
    return Machine(organisation, at=at)


def places(answer):
    return [problem["place"] for problem in answer.json()["problems"]]


def test_a_course_is_created_then_unchanged_then_updated_and_stays_a_draft(machine, provider, guizhou):
    first = machine.put("工-𠮷-1")
    assert (first.status_code, first.json()["fate"]) == (201, "created")
    second = machine.put("工-𠮷-1")
    assert (second.status_code, second.json()["fate"]) == (200, "unchanged")
    assert first.json()["code"] == second.json()["code"]
    third = machine.put("工-𠮷-1", document(title_zh="焊工：改过的题目"))
    assert (third.status_code, third.json()["fate"], third.json()["changes"]) == (
        200,
        "updated",
        ["title_zh"],
    )
    course = Course.objects.get(partner_ref="工-𠮷-1")
    assert (course.organisation, course.province, course.state) == (provider, guizhou, "unlisted")
    assert course.versions.get().state == "draft"
    assert course.created_by == machine.manager


def test_what_was_sent_can_be_read_and_sent_again(machine):
    machine.put("A-1")
    stands = machine.get("/courses/A-1/").json()
    assert (stands["version_state"], stands["missing"]) == ("draft", [])
    assert machine.put("A-1", stands["document"]).json()["fate"] == "unchanged"
    listed = machine.get("/courses/").json()["results"]
    assert [row["partner_ref"] for row in listed] == ["A-1"]


def test_submitting_is_a_step_of_its_own(machine, keeper, at):
    machine.put("A-1")
    answer = machine.call("POST", "/courses/A-1/submit/")
    assert (answer.status_code, answer.json()["version_state"]) == (200, "under_review")
    assert machine.put("A-1", document(title_zh="别的")).status_code == 422
    course = Course.objects.get()
    services.send_back(course, by=keeper, at=at, reason="缺字幕")
    assert machine.get("/courses/A-1/").json()["returned_reason"] == "缺字幕"
    assert machine.put("A-1", document(title_zh="别的")).json()["fate"] == "updated"


def test_an_unfinished_course_is_not_submitted_and_says_what_is_missing(machine):
    machine.put("A-1", document(sections=[], bank=[], blueprint=None))
    answer = machine.call("POST", "/courses/A-1/submit/")
    assert (answer.status_code, answer.json()["code"]) == (409, "course_not_ready")
    assert "no lesson" in answer.json()["detail"]
    assert machine.get("/courses/A-1/").json()["missing"]


def test_a_code_of_an_earlier_edition_is_answered_with_what_it_became(machine):
    answer = machine.put("A-1", document(occupation="4-01-02-07"))
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert (problem["place"], problem["code"]) == ("occupation", "occupation_became")
    assert "did you mean 4-01-06-02 " in problem["detail"]


def test_the_maker_of_the_key_never_publishes_what_it_sent(machine, at):
    machine.put("A-1")
    machine.call("POST", "/courses/A-1/submit/")
    with pytest.raises(services.steps.SecondPersonNeeded):
        services.publish(Course.objects.get(), by=machine.manager, at=at)


def test_a_published_course_gets_its_next_version(machine, keeper, at):
    machine.put("A-1")
    machine.call("POST", "/courses/A-1/submit/")
    services.publish(Course.objects.get(), by=keeper, at=at)
    assert machine.put("A-1").json()["fate"] == "unchanged"
    assert machine.put("A-1", document(title_zh="新版")).json()["fate"] == "updated"
    assert list(CourseVersion.objects.values_list("number", "state")) == [(1, "published"), (2, "draft")]
    assert Course.objects.get().title_zh != "新版"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"title_zh": ""}, "title_zh"),
        ({"title_zh": "长" * 121}, "title_zh"),
        ({"title_zh": None}, "title_zh"),
        ({"title_zh": ["x"]}, "title_zh"),
        ({"title_zh": "a\x00b"}, "title_zh"),
        ({"hours": "0"}, "hours"),
        ({"hours": "12.34"}, "hours"),
        ({"hours": "NaN"}, "hours"),
        ({"hours": True}, "hours"),
        ({"level": 6}, "level"),
        ({"level": None}, "level"),
        ({"delivery": "\ud800"}, "delivery"),
        ({"occupation": "9-99-99-99"}, "occupation"),
        ({"edition": "2015"}, "occupation"),
        ({"price_fen": -1}, "price_fen"),
        ({"price_fen": 1.5}, "price_fen"),
        ({"organisation": 7}, "organisation"),
        ({"province": "510000"}, "province"),
        ({"partner_ref": "B-2"}, "partner_ref"),
        ({"sections": [{"title_zh": "x"}]}, "sections.0.key"),
        ({"sections": [{"key": "a b", "title_zh": "x"}]}, "sections.0.key"),
        (
            {
                "sections": [
                    {"key": "a", "title_zh": "x", "lessons": [{"key": "l", "kind": "film", "title_zh": "y"}]}
                ]
            },
            "sections.0.lessons.0.kind",
        ),
        ({"sections": "x"}, "sections"),
        ({"sections": [3]}, "sections.0"),
        ({"bank": [{"kind": "single", "stem_zh": "?", "options": [], "right": ["A"]}]}, "bank.0.options"),
        ({"blueprint": {"questions": 1}}, "blueprint.minutes"),
        (
            {"blueprint": {"questions": 0, "pass_mark_percent": 60, "minutes": 1, "attempts": 1}},
            "blueprint.questions",
        ),
        ({"key_groups": ["x y"]}, "key_groups.0"),
    ],
)
def test_a_wrong_field_is_named_with_a_sentence_and_nothing_is_stored(machine, change, place):
    answer = machine.put("A-1", document(**change))
    assert answer.status_code == 422
    assert place in places(answer)
    assert all(problem["detail"] and problem["code"] for problem in answer.json()["problems"])
    assert not Course.objects.exists()
    assert PartnerCall.objects.get().fate == "refused"


def test_sentences_come_in_the_language_asked_for(machine):
    machine.put("A-1", document(level=9), headers={"Accept-Language": "zh-hans"})
    assert "请" in PartnerCall.objects.get().problems[0]["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 422),
        (b"[]", 422),
        (b"3", 422),
        (b"null", 422),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"hours": NaN}', 400),
        (b'{"title_zh": 1' + b"0" * 5_000 + b"}", 400),
    ],
)
def test_what_is_no_document_gets_an_answer(machine, body, status):
    answer = machine.put("A-1", body)
    assert answer.status_code == status, answer.content
    assert answer.json()["code"]
    assert answer.json()["detail"]


def test_a_body_of_three_megabytes_is_refused_unread(machine):
    answer = machine.put("A-1", b" " * 3_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert PartnerCall.objects.get().body == b""


def test_another_content_type_is_refused(machine):
    answer = machine.client.put(
        "/api/partner/v1/courses/A-1/",
        b"x",
        content_type="text/xml",
        headers={"Authorization": f"Bearer {machine.token}"},
    )
    assert answer.status_code == 415


def test_three_thousand_lessons_are_refused_with_a_sentence(machine):
    lessons = [{"key": f"l{n}", "kind": "live", "title_zh": "课"} for n in range(3_000)]
    answer = machine.put("A-1", document(sections=[{"key": "s", "title_zh": "章", "lessons": lessons}]))
    assert answer.status_code == 422
    assert "500" in answer.json()["problems"][0]["detail"]
    assert "3000" in answer.json()["problems"][0]["detail"]
    assert not Course.objects.exists()


def test_many_documents_are_answered_one_by_one(machine):
    answer = machine.post(
        document(partner_ref="A-1"),
        document(partner_ref="A-2", level=9),
        {"title_zh": "x"},
        7,
        document(partner_ref="A-3"),
        document(partner_ref="A-3"),
    )
    assert answer.status_code == 200
    fates = [row["fate"] for row in answer.json()["results"]]
    assert fates == ["created", "refused", "refused", "refused", "created", "refused"]
    assert answer.json()["counts"] == {"created": 2, "refused": 4}
    assert answer.json()["results"][1]["partner_ref"] == "A-2"
    logged = PartnerCall.objects.get()
    assert logged.fate == "mixed"
    assert "courses.1.level" in [problem["place"] for problem in logged.problems]


@pytest.mark.parametrize("body", [{}, {"courses": []}, {"courses": 3}, [], {"courses": [{}] * 201}])
def test_what_is_no_list_of_documents(machine, body):
    answer = machine.call("POST", "/courses/", body)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_wrong_and_dead_keys_are_401_with_a_body(machine, at):
    for token in ("", "x", machine.token[:-1] + "!", "zhixun_aaaaaaaaaaaa_" + "A" * 43):
        answer = machine.get("/courses/", token=token or "-")
        assert (answer.status_code, answer.json()["code"]) == (401, "key_unknown")
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert PartnerCall.objects.count() == 0
    bare = machine.client.get("/api/partner/v1/courses/")
    assert (bare.status_code, bare.json()["code"]) == (401, "not_authenticated")
    basic = machine.client.get("/api/partner/v1/courses/", headers={"Authorization": "Basic eDp5"})
    assert basic.status_code == 401
    partner_keys.revoke_key(machine.key, by=machine.manager, at=at, reason="泄露")
    answer = machine.put("A-1")
    assert (answer.status_code, answer.json()["code"]) == (401, "key_revoked")
    assert PartnerCall.objects.get().status == 401
    assert not Course.objects.exists()


def test_a_dead_key_does_not_fill_the_log(settings, machine, at):
    settings.PARTNER_CALLS_PER_MINUTE, settings.PARTNER_BURST = 60, 2
    partner_keys.revoke_key(machine.key, by=machine.manager, at=at, reason="泄露")
    assert {machine.get("/courses/").status_code for _turn in range(5)} == {401}
    assert PartnerCall.objects.count() == 2


def test_a_signed_in_person_is_no_machine_and_a_key_is_no_person(client, machine, keeper):
    factories.sign_in(client, keeper)
    assert client.get("/api/partner/v1/courses/").status_code == 401
    for place in ("/api/me/", "/api/courses/desk/"):
        answer = machine.client.get(place, headers={"Authorization": f"Bearer {machine.token}"})
        assert answer.status_code == 403


def test_another_organisation_s_reference_is_another_course(machine, other):
    machine.put("A-1")
    assert other.get("/courses/A-1/").status_code == 404
    assert other.call("POST", "/courses/A-1/submit/").status_code == 404
    assert other.get("/courses/").json()["results"] == []
    assert other.put("A-1").status_code == 201
    assert Course.objects.filter(partner_ref="A-1").count() == 2
    uid = str(PartnerCall.objects.filter(organisation=machine.key.organisation).first().uid)
    assert other.get(f"/calls/{uid}/").status_code == 404
    assert machine.get(f"/calls/{uid}/").status_code == 200


@pytest.mark.parametrize("ref", ["A" * 81, "%00", "%20A", "A%0AB"])
def test_a_reference_that_cannot_be_one(machine, ref):
    for answer in (machine.put(ref), machine.get(f"/courses/{ref}/")):
        assert answer.status_code in {404, 422}
    assert not Course.objects.exists()


def test_the_same_idempotency_key_gives_the_same_answer_once(machine):
    key = {"Idempotency-Key": "night-0001"}
    first = machine.put("A-1", headers=key)
    again = machine.put("A-1", headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert [call.fate for call in PartnerCall.objects.order_by("pk")] == ["created", "repeated"]
    changed = machine.put("A-1", document(title_zh="别的"), headers=key)
    assert (changed.status_code, changed.json()["code"]) == (409, "idempotency_key_reused")
    bad = machine.put("A-1", headers={"Idempotency-Key": "short"})
    assert (bad.status_code, bad.json()["code"]) == (400, "invalid")


def test_two_organisations_of_one_manager_do_not_share_idempotency_keys(machine, sichuan, at):
    second = Organisation.objects.create(
        name_zh="第二家", uscc="91513224YYYXEW2XXJ", kind="platform", province=sichuan
    )
    from portal.accounts import services as accounts
    from portal.accounts.roles import Role

    accounts.appoint(machine.manager, Role.PROVIDER_MANAGER, by=None, at=at, organisation=second)
    twin = Machine(second, at=at, by=machine.manager)
    key = {"Idempotency-Key": "night-0001"}
    assert machine.put("A-1", headers=key).status_code == 201
    assert twin.put("A-1", headers=key).status_code == 201
    assert Course.objects.count() == 2


def test_the_pace_is_held_and_says_when_to_come_again(settings, machine):
    settings.PARTNER_CALLS_PER_MINUTE, settings.PARTNER_BURST = 60, 3
    answers = [machine.get("/courses/") for _turn in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1]["Retry-After"] == "1"
    assert answers[-1].json()["code"] == "throttled"


def test_the_log_can_be_read_with_what_was_sent(machine):
    sent = machine.put("A-1", headers={"Idempotency-Key": "night-0001"})
    machine.put("A-2", document(level=9))
    machine.get("/courses/")
    rows = machine.get("/calls/").json()["results"]
    assert [(row["method"], row["fate"], row["status"]) for row in rows] == [
        ("GET", "read", 200),
        ("PUT", "refused", 422),
        ("PUT", "created", 201),
    ]
    assert rows[2]["uid"] == sent["Request-Id"]
    assert rows[2]["idempotency_key"] == "night-0001"
    assert rows[1]["problems"][0]["place"] == "level"
    full = machine.get(f"/calls/{sent['Request-Id']}/").json()
    assert json.loads(full["body"]) == document()
    assert full["key"] == machine.key.public_id


def test_the_audit_names_the_person_and_the_key_once_for_each_call(machine):
    machine.post(*[document(partner_ref=f"A-{n}") for n in range(5)])
    machine.post(*[document(partner_ref=f"A-{n}") for n in range(5)])
    entry = Entry.objects.get(action="partner.supplied")
    assert (entry.by, entry.detail["key"], entry.detail["created"]) == (
        machine.manager,
        machine.key.public_id,
        5,
    )
    assert entry.detail["call"] == str(PartnerCall.objects.order_by("pk").first().uid)


def test_pages_of_courses_are_cut_by_a_cursor_and_cost_the_same(machine, django_assert_max_num_queries):
    machine.post(*[document(partner_ref=f"A-{n:02d}") for n in range(25)])
    with django_assert_max_num_queries(9):
        first = machine.get("/courses/").json()
    assert len(first["results"]) == 20
    rest = machine.client.get(first["next"], headers={"Authorization": f"Bearer {machine.token}"}).json()
    assert len(rest["results"]) == 5


def test_a_failure_in_the_middle_leaves_nothing_and_is_logged(machine, monkeypatch):
    """What breaks after the courses were written takes them back, and the next try is the first."""
    from courses.services import supply
    from portal.rules import RuleBroken

    kept = supply._record
    monkeypatch.setattr(supply, "_record", lambda *_a, **_k: (_ for _ in ()).throw(RuleBroken("x")))
    assert machine.put("A-1", headers={"Idempotency-Key": "night-0001"}).status_code == 409
    assert not Course.objects.exists()
    assert PartnerCall.objects.get().fate == "refused"
    monkeypatch.setattr(supply, "_record", kept)
    assert machine.put("A-1", headers={"Idempotency-Key": "night-0001"}).status_code == 201
    assert (Lesson.objects.count(), Question.objects.count()) == (1, 1)


def test_a_manager_who_has_left_leaves_a_dead_key(machine, provider, at):
    machine.manager.appointments.update(valid_from="2020-01-01", valid_to="2020-12-31")
    assert machine.put("A-1").json()["code"] == "key_orphaned"
    heir = Machine(provider, at=at, by=manager_of(provider, at=at))
    assert heir.put("A-1").status_code == 201
