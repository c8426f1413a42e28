"""The authors' desk in JSON: written from first to last, revisions, refusals."""

import pytest
from django.test import Client

from courses import services
from courses.models import Course, Lesson, Question
from portal.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
BASE = "/api/courses/edit/"
OPTIONS = [{"key": "A", "zh": "断电"}, {"key": "B", "zh": "通电"}]


class Api:
    def __init__(self, person):
        self.browser = factories.sign_in(Client(), person)

    def __call__(self, method, path="", body=None, **headers):
        send = getattr(self.browser, method)
        if method == "get":
            return send(BASE + path, body or {})
        return send(BASE + path, body or {}, content_type="application/json", headers=headers)


@pytest.fixture
def manager():
    return factories.staff(Role.PROVIDER_MANAGER)


@pytest.fixture
def api(manager):
    return Api(manager)


def course_body(**words):
    return {
        "title_zh": "焊工𠮷课",
        "organisation": factories.organisation().pk,
        "occupation": "6-18-02-04",
        "edition": "2022",
        "certificate_kind": "level",
        "level": 5,
        "hours": "12.5",
        "delivery": "video",
        **words,
    }


@pytest.fixture
def code(api):
    return api("post", "", course_body()).json()["code"]


def test_a_course_is_written_from_first_to_last(api, code, keeper, at):
    section = api("post", f"{code}/sections/", {"title_zh": "安全", "module": "safety"}).json()
    lesson = api(
        "post", f"{code}/lessons/", {"title_zh": "读", "kind": "reading", "section": section["key"]}
    ).json()
    place = f"{code}/lessons/{lesson['key']}/"
    words = {"revision": 1, "body_format": "markdown", "written_zh": "先**断电**。", "written_en": ""}
    lesson = api("patch", place, words).json()
    assert (lesson["revision"], lesson["characters"]) == (2, 4)
    asked = {
        "kind": "single",
        "stem_zh": "先做什么？",
        "options": OPTIONS,
        "right_keys": ["A"],
        "for_exam": True,
    }
    question = api("post", f"{code}/questions/", asked | {"lesson": lesson["key"]}).json()
    assert question["right_keys"] == ["A"]
    draft = api("get", f"{code}/").json()
    assert [row["rule"] for row in draft["findings"]] == ["has_exam"]
    assert draft["findings"][0]["detail"]
    refused = api("post", f"{code}/steps/", {"step": "submit"})
    assert (refused.status_code, refused.json()["code"]) == (409, "course_not_ready")
    exam = {"questions": 1, "pass_mark_percent": 60, "minutes": 10, "attempts": 3}
    assert api("put", f"{code}/exam/", exam).status_code == 400
    assert api("put", f"{code}/exam/", exam | {"revision": 0}).json() == exam | {"revision": 1, "parts": []}
    late = api("put", f"{code}/exam/", exam | {"revision": 0, "minutes": 20})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert api("get", f"{code}/").json()["exam"] == exam | {"revision": 1, "parts": []}
    assert api("post", f"{code}/steps/", {"step": "submit"}).json()["state"] == "under_review"
    services.publish(Course.objects.get(code=code), by=keeper, at=at)
    draft = api("post", f"{code}/steps/", {"step": "start"}).json()
    assert (draft["number"], draft["state"], draft["may_edit"]) == (2, "draft", True)
    api("patch", f"{code}/", {"revision": 1, "hours": "20.0"})
    told = api("get", f"{code}/differences/").json()
    assert [(row["before"], row["after"]) for row in told["words"]] == [("12.5", "20")]
    assert api("get", f"{code}/differences/", {"old": "2", "new": "1"}).status_code == 200
    for number in ("9", "x", "-1"):
        assert api("get", f"{code}/differences/", {"new": number}).status_code == 404


def test_an_older_revision_is_409_and_changes_nothing(api, code):
    api("post", f"{code}/sections/", {"title_zh": "一"})
    section = api("get", f"{code}/").json()["sections"][0]["key"]
    lesson = api("post", f"{code}/lessons/", {"title_zh": "读", "kind": "quiz"}).json()["key"]
    question = api(
        "post", f"{code}/questions/",
        {"kind": "single", "stem_zh": "？", "options": OPTIONS, "right_keys": ["A"], "for_exam": True},
    ).json()["id"]  # fmt: skip
    for path, name in (
        ("", "title_zh"),
        (f"sections/{section}/", "title_zh"),
        (f"lessons/{lesson}/", "title_zh"),
        (f"questions/{question}/", "stem_zh"),
    ):
        assert api("patch", f"{code}/{path}", {"revision": 1, name: "先"}).status_code == 200, path
        late = api("patch", f"{code}/{path}", {"revision": 1, name: "后"})
        assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile"), path
        assert api("patch", f"{code}/{path}", {name: "无"}).status_code == 400, path
    assert Lesson.objects.get().title_zh == "先"


def test_parts_are_moved_copied_and_deleted(api, code):
    keys = [api("post", f"{code}/lessons/", {"title_zh": w, "kind": "quiz"}).json()["key"] for w in "甲乙丙"]

    def order(answer):
        assert answer.status_code == 200, answer.content
        return [row["title_zh"] for row in answer.json()["lessons"]]

    steps = f"{code}/lessons/{keys[2]}/steps/"
    assert order(api("post", steps, {"step": "up"})) == ["甲", "丙", "乙"]
    assert order(api("post", steps, {"step": "place", "before": keys[0]})) == ["丙", "甲", "乙"]
    assert order(api("post", steps, {"step": "duplicate"})) == ["丙", "丙", "甲", "乙"]
    assert order(api("post", steps, {"step": "delete"})) == ["丙", "甲", "乙"]
    assert api("post", steps, {"step": "up"}).status_code == 404
    whole = f"{code}/sections/contents/steps/"
    assert order(api("post", whole, {"step": "duplicate"})) == ["丙", "甲", "乙"] * 2
    assert order(api("post", whole, {"step": "down"})) == ["丙", "甲", "乙"] * 2
    assert order(api("post", whole, {"step": "delete"})) == ["丙", "甲", "乙"]


def test_questions_are_moved_in_their_lesson_and_in_the_bank(api, code):
    lesson = api("post", f"{code}/lessons/", {"title_zh": "读", "kind": "quiz"}).json()["key"]
    asked = {"kind": "single", "options": OPTIONS, "right_keys": ["A"]}
    ids = [
        api("post", f"{code}/questions/", asked | {"stem_zh": stem, **where}).json()["id"]
        for stem, where in (
            ("甲", {"lesson": lesson}),
            ("乙", {"for_exam": True}),
            ("丙", {"lesson": lesson, "for_exam": True}),
        )
    ]

    def order(pk, **step):
        answer = api("post", f"{code}/questions/{pk}/steps/", step)
        assert answer.status_code == 200, answer.content
        rows = api("get", f"{code}/questions/").json()["results"]
        return "".join(row["stem_zh"] for row in sorted(rows, key=lambda row: row["position"]))

    assert order(ids[2], step="up") == "丙甲乙"
    assert order(ids[2], step="down", in_bank=True) == "甲乙丙"
    assert order(ids[2], step="place", before=ids[0]) == "丙甲乙"
    assert (
        api("post", f"{code}/questions/{ids[0]}/steps/", {"step": "place", "before": "x"}).status_code == 400
    )
    assert order(ids[2], step="delete") == "甲乙"


def test_the_same_key_makes_one_course(api):
    told = course_body()
    answers = [api("post", "", told, **{"Idempotency-Key": "a-key-of-mine"}).json() for _again in range(2)]
    assert answers[0]["code"] == answers[1]["code"]
    assert Course.objects.count() == 1


@pytest.mark.parametrize(
    "words",
    [
        {"occupation": "9-99-99-99"},
        {"edition": "2015", "occupation": "6-18-02-04"},
        {"hours": "0"},
        {"hours": "NaN"},
        {"level": None},
        {"certificate_kind": "completion"},
        {"title_zh": ""},
        {"title_zh": "a\x00b"},
        {"price_fen": -1},
        {"key_groups": ["<b>"]},
    ],
)
def test_what_does_not_hold_is_400_with_its_field(api, words):
    answer = api("post", "", course_body(**words))
    assert answer.status_code == 400, answer.content
    assert not Course.objects.exists()


def test_questions_and_chapters_that_do_not_hold(api, code):
    lesson = api("post", f"{code}/lessons/", {"title_zh": "片", "kind": "workshop"}).json()["key"]
    place = f"{code}/lessons/{lesson}/"
    for body in (
        {"chapters": [{"zh": "x"}]},
        {"chapters": [{"seconds": -1, "zh": "x"}]},
        {"written_zh": "x"},
        {"kind": "song"},
        {"planned_seconds": 60},
    ):
        assert api("patch", place, {"revision": 1} | body).status_code == 400, body
    asked = {"kind": "single", "stem_zh": "？", "right_keys": ["A"], "for_exam": True}
    for options in ([], [{"key": "A"}], [OPTIONS[0]], [OPTIONS[0], OPTIONS[0]], [{"key": "ABC", "zh": "x"}]):
        answer = api("post", f"{code}/questions/", asked | {"options": options})
        assert answer.status_code in {400, 409}, options
    assert not Question.objects.exists()


def test_nobody_writes_for_another_provider(api, provider):
    assert api("post", "", course_body(organisation=provider.pk)).status_code == 404


def test_an_auditor_reads_without_answers(api, code):
    api(
        "post", f"{code}/questions/",
        {"kind": "single", "stem_zh": "？", "options": OPTIONS, "right_keys": ["A"], "for_exam": True},
    )  # fmt: skip
    auditor = Api(factories.staff(Role.AUDITOR))
    told = auditor("get", f"{code}/questions/").json()["results"][0]
    assert "right_keys" not in told
    assert "why_zh" not in told
    assert auditor("get", f"{code}/").json()["may_edit"] is False
    assert auditor("patch", f"{code}/", {"revision": 1, "title_zh": "x"}).status_code == 404
    assert code in str(auditor("get").json())


def test_reading_a_draft_costs_the_same_for_many_lessons(
    api, code, manager, at, django_assert_max_num_queries
):
    for number in range(12):
        services.add_lesson(
            Course.objects.get(code=code), kind="quiz", title_zh=f"第{number}节", by=manager, at=at
        )
    api("get", f"{code}/")
    with django_assert_max_num_queries(20):
        assert len(api("get", f"{code}/").json()["lessons"]) == 12
