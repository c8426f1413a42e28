"""The practical task as a part of its version: written in the editor, copied, compared, frozen."""

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from courses import services
from courses.models import Course, Lesson, PracticalTask
from courses.selectors.differences import differences
from courses.services.drafts import Conflict
from courses.services.practice import BadTask, NoPracticalLesson
from portal.accounts.roles import Role
from tests import factories
from tests.courses import footage
from tests.learners import study
from tests.learners.practising import LEVELS, TASK

pytestmark = pytest.mark.django_db
PAGE = "/courses/edit/GZ-F1/lessons/bench/practice/"


@pytest.fixture
def manager(db):
    return factories.staff(Role.PROVIDER_MANAGER, name="manager")


@pytest.fixture
def lesson(manager, at):
    draft = footage.draft(by=manager, at=at)
    return services.add_lesson(draft, key="bench", kind="practical", title_zh="上手𠮷", by=manager, at=at)


@pytest.fixture
def browser(client, manager, lesson):
    return factories.sign_in(client, manager)


def typed(revision=0, **changes):
    """The whole form as a browser sends it, without a script."""
    told = {"revision": revision, "base": "{}"}
    told |= {name: value for name, value in TASK.items() if not isinstance(value, list)}
    for name in ("steps", "tools"):
        told |= {f"{name}-{word}": [row[word] for row in TASK[name]] for word in ("zh", "en")}
    told |= {f"rules-{word}": [row[word] for row in TASK["rules"]] for word in ("zh", "en")}
    told["rules-fails"] = ["yes" if row["fails"] else "no" for row in TASK["rules"]]
    rows = TASK["criteria"]
    told |= {f"criteria-{word}": [str(row[word]) for row in rows] for word in ("step", "weight", "zh", "en")}
    for n in range(4):
        told |= {
            f"criteria-level{n}_{word}": [row["levels"][n][word] for row in rows] for word in ("zh", "en")
        }
    return told | changes


def test_a_task_is_written_and_changed_in_the_editor(browser, lesson):
    assert browser.get(PAGE).status_code == 200
    assert browser.post(PAGE, typed()).status_code == 302
    task = PracticalTask.objects.get()
    assert (task.lesson_id, task.revision) == (lesson.pk, 1)
    assert (task.steps, task.rules, task.criteria) == (TASK["steps"], TASK["rules"], TASK["criteria"])
    page = browser.get(PAGE).content.decode()
    assert "引弧前放下面罩" in page
    assert browser.post(PAGE, typed(revision=1, attempts=5)).status_code == 302
    assert PracticalTask.objects.get().attempts == 5


def test_a_late_save_lays_both_texts_side_by_side(browser, lesson):
    browser.post(PAGE, typed())
    late = browser.post(PAGE, typed(attempts=7))
    assert late.status_code == 409
    assert PracticalTask.objects.get().attempts == 2


def test_the_tables_own_buttons_save_nothing_and_lose_nothing(browser):
    more = browser.post(PAGE, typed(**{"steps-more": "1", "shows_zh": "没存过的字𠮷"}))
    assert more.status_code == 200
    assert "没存过的字𠮷" in more.content.decode()
    fewer = browser.post(PAGE, typed(**{"rules-drop": "0"})).content.decode()
    assert "引弧前放下面罩" not in fewer
    assert "地面整洁" in fewer
    assert not PracticalTask.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"steps-zh": ["", ""], "steps-en": ["", ""]}, "至少填写一行"),
        ({"criteria-weight": ["0", "3"]}, "权重至少是 1"),
        ({"criteria-weight": ["x", "3"]}, "不超过 100 的整数"),
        ({"criteria-step": ["9", "2"]}, "没有第 9 步"),
        ({"criteria-level3_zh": ["", "好"]}, "请填写“3 级（中文）”"),
        ({"rules-fails": ["maybe", "no"]}, "请选择“违反时”"),
        ({"pass_mark_percent": "101"}, "100"),
        ({"shows_zh": ""}, "视频必须拍到什么（中文）"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(browser, changes, sentence):
    answer = browser.post(PAGE, typed(**changes))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert "焊一条平焊缝" in text or "steps-zh" in changes
    assert not PracticalTask.objects.exists()


def test_only_a_practical_lesson_has_a_task(browser, lesson, manager, at):
    other = Lesson.objects.get(key="weld")
    assert browser.get("/courses/edit/GZ-F1/lessons/weld/practice/").status_code == 404
    with pytest.raises(NoPracticalLesson):
        services.set_task(other, words=TASK, by=manager, at=at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": []},
        {"criteria": []},
        {"criteria": [{"step": 1, "weight": 1, "zh": "x", "en": "", "levels": LEVELS[:3]}]},
        {"criteria": [{"step": 3, "weight": 1, "zh": "x", "en": "", "levels": LEVELS}]},
    ],
)
def test_a_task_that_does_not_hold_together_is_refused(lesson, manager, at, wrong):
    with pytest.raises(BadTask):
        services.set_task(lesson, words=TASK | wrong, by=manager, at=at)


def test_two_editors(lesson, manager, at):
    services.set_task(lesson, words=TASK, revision=0, by=manager, at=at)
    with pytest.raises(Conflict):
        services.set_task(lesson, words=TASK | {"attempts": 9}, revision=0, by=manager, at=at)
    services.set_task(lesson, words=TASK, revision=0, by=manager, at=at)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("practical_task_within_reason", {"pass_mark_percent": 0}),
        ("practical_task_within_reason", {"film_most_minutes": 121}),
        ("practical_task_has_steps_and_criteria", {"steps": []}),
    ],
)
def test_the_database_refuses_what_is_beyond_reason(lesson, manager, at, name, change):
    task = services.set_task(lesson, words=TASK, by=manager, at=at)
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        PracticalTask.objects.filter(pk=task.pk).update(**change)


def test_a_published_task_never_changes_and_the_next_version_has_its_copy(at):
    course = study.publish(at, task=TASK)
    old = PracticalTask.objects.get()
    for act in (lambda: PracticalTask.objects.update(attempts=9), old.delete):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            act()
    author = factories.staff(Role.PROVIDER_MANAGER, at=at)
    new = services.start_version(Course.objects.get(pk=course.pk), by=author, at=at)
    copy = PracticalTask.objects.get(lesson__version=new)
    assert copy.criteria == old.criteria
    assert differences(course.current_version, new, answers=False).practice == ()
    services.set_task(copy.lesson, words={"rules": TASK["rules"][:1], "attempts": 4}, by=author, at=at)
    told = differences(course.current_version, new, answers=False)
    assert [part.kind for part in told.practice] == ["changed"]
    assert len(told.practice[0].changes) == 2
    assert not told.none


def test_a_copied_lesson_has_its_task_and_a_deleted_one_takes_it_along(lesson, manager, at):
    services.set_task(lesson, words=TASK, by=manager, at=at)
    copy = services.duplicate_lesson(lesson, by=manager, at=at)
    assert PracticalTask.objects.filter(lesson=copy).exists()
    services.delete_lesson(copy, by=manager, at=at)
    assert PracticalTask.objects.count() == 1
