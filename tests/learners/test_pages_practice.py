"""The pages of practical work: the learner's, the assessor's, the desk's; and what each does not see."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses import services as catalogue
from courses.models import Course, Film
from learners.models import Assessment, Submission
from learners.selectors.progress import progress
from learners.services import practice, rolls
from portal.accounts.roles import Role
from tests import factories
from tests.courses import footage
from tests.learners import lessons, meetings, practising, study

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def the_clock(moving_clock):
    return moving_clock


@pytest.fixture
def staff(at):
    return practising.instructors(3, at=at)


@pytest.fixture
def row(at, staff):
    return practising.enrolled(at)


@pytest.fixture
def page(row):
    return reverse("learners:practice", args=[row.pk, "bench"])


@pytest.fixture
def mine(client, row):
    return factories.sign_in(client, row.user, second_factor=False)


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def assessor(client, film, seat):
    paper = practising.paper(film, seat)
    return factories.sign_in(client, paper.assessor), reverse("learners:paper", args=[paper.pk]), paper


def said(level="2", **changes):
    """A whole paper of the task as its form sends it."""
    told = {"advice": "收弧慢一点𠮷", "step": "hand_in"}
    for n in (1, 2):
        told |= {f"level-{n}": level, f"at-{n}": "0:02", f"why-{n}": f"第{n}项看得清"}
        told |= {f"broken-{n}": "no", f"broken-at-{n}": "", f"broken-why-{n}": ""}
    return told | changes


def test_the_learner_reads_all_of_it_before_filming(mine, page):
    text = words(mine.get(page))
    for word in (
        "穿戴防护用品",
        "焊机",
        "引弧前放下面罩",
        "违反即不通过",
        "3级：𠮷",
        "双手、焊缝和面罩都要看得见",
        "最大 50 MB",
    ):
        assert word in text
    mine.cookies["django_language"] = "en"
    assert "Both hands, the seam and the visor are seen." in words(mine.get(page))


def test_the_lesson_leads_to_its_task(mine, row, page):
    assert mine.get(reverse("learners:lesson", args=[row.pk, "bench"])).url == page
    assert "待拍摄" in words(mine.get(reverse("learners:course", args=[row.pk])))


def test_without_a_script_a_film_is_sent_looked_at_and_handed_in(mine, page, at):
    file = SimpleUploadedFile("焊缝𠮷.mp4", footage.film())
    assert mine.post(page, {"step": "film", "film": file}).status_code == 302
    assert "正在检查和转码" in words(mine.get(page))
    footage.worked(at)
    shown = mine.get(page).content.decode()
    assert "<video" in shown
    refused = mine.post(page, {"step": "hand_in"})
    assert refused.status_code == 422
    assert "请声明视频是本人操作" in words(refused)
    assert mine.post(page, {"step": "hand_in", "own": "yes"}).status_code == 302
    assert mine.post(page, {"step": "hand_in", "own": "yes"}).status_code == 302
    assert Assessment.objects.count() == 2
    assert "评分中" in words(mine.get(page))


def test_practice_on_site_has_its_dates_and_its_film_on_one_lesson(client, the_clock, staff, at):
    learning = lessons.learning(at, of=meetings.version(at, task=practising.TASK))
    day = meetings.plan(learning.enrolment.version, staff[0], at, key="task")
    mine = factories.sign_in(client, learning.user, second_factor=False)
    page, film, door = (
        reverse(f"learners:{name}", args=[learning.enrolment.pk, which])
        for name, which in (("lesson", "task"), ("practice", "task"), ("class", day.pk))
    )
    shown = mine.get(page)
    assert door in shown.text
    assert film in shown.text
    assert "待拍摄" in words(shown)
    assert page in mine.get(film).text
    for minutes in (0, 20):
        the_clock.at = day.begins_at + minutes * meetings.MINUTE
        code = rolls.code_of(day, the_clock.at)
        assert mine.post(door, {"verdict": "door", "code": code}).status_code == 302
    assert mine.post(film, {"step": "film", "film": SimpleUploadedFile("焊缝𠮷.mp4", footage.film())}).url
    footage.worked(the_clock.at)
    assert mine.post(film, {"step": "hand_in", "own": "yes"}).status_code == 302
    meetings.finish(day, staff[0])
    text = words(mine.get(page))
    assert "20:00 / 45:00" in text
    assert "评分中" in text
    standing = progress(learning.enrolment).practice[0]
    assert (standing.covered_seconds, standing.done) == (20 * 60, False)
    submission = Submission.objects.get()
    for seat in (1, 2):
        practising.assess(submission, seat, at=the_clock.at)
    standing = progress(learning.enrolment).practice[0]
    assert (standing.covered_seconds, standing.done) == (20 * 60, True)
    assert "已通过" in words(mine.get(page))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_bad_input_gets_a_sentence(mine, page, language):
    mine.cookies["django_language"] = language
    for told in ({"step": "film"}, {"step": "film", "film": SimpleUploadedFile("x.mp4", b"")}):
        answer = mine.post(page, told)
        assert answer.status_code == 422
        assert ("Choose a film." in words(answer)) == (language == "en" and "film" not in told)
    assert mine.post(page, {"step": "nonsense"}).status_code == 404
    assert mine.post(page, {"step": "hand_in", "own": "yes"}).status_code == 404


def test_a_film_that_cannot_be_used_says_why_and_makes_room(mine, page, row, at):
    practising.made(row, at=at, content=b"%PDF-1.7" + b"0" * 99)
    text = words(mine.get(page))
    assert "不能使用" in text
    assert "上传视频" in text


def test_another_film_instead(mine, page, row, at):
    practising.made(row, at=at)
    assert mine.post(page, {"step": "another"}).status_code == 302
    assert Submission.objects.get().state == "given_up"
    assert Film.objects.get().state == "removed"


def test_a_stranger_knows_of_nothing(client, row, page, at):
    film = practising.shown(row, at=at)
    stranger = factories.sign_in(client, factories.learner(at=at), second_factor=False)
    assert stranger.get(page).status_code == 404
    assert stranger.get(reverse("learners:feedback", args=[film.pk])).status_code == 404


def test_a_signed_film_plays_for_its_reader_alone(client, mine, page, row, at):
    practising.shown(row, at=at)
    address = re.search(r'src="(/courses/media/[^"]+)"', mine.get(page).content.decode())[1]
    assert b"".join(mine.get(address)) == b"few"
    client.logout()
    stranger = factories.sign_in(client, factories.learner(at=at), second_factor=False)
    assert stranger.get(address).status_code == 404


def test_an_assessor_marks_and_hands_in(client, row, at):
    film = practising.shown(row, at=at)
    browser, address, paper = assessor(client, film, 1)
    text = words(browser.get(address))
    assert "焊缝成形" in text
    assert "王建国" not in text
    assert browser.post(address, said()).status_code == 302
    paper.refresh_from_db()
    assert (paper.state, paper.score_percent, paper.passed) == ("handed_in", 66, True)
    assert practising.stored(paper).marks[1].second == 2
    assert browser.post(address, said()).status_code == 302, "a second time gives the same"


def test_a_draft_saves_itself_and_keeps_what_was_typed(client, row, at):
    film = practising.shown(row, at=at)
    browser, address, _paper = assessor(client, film, 1)
    told = said(**{"why-2": "", "step": ""})
    answer = browser.post(address, told, headers={"accept": "application/json"})
    assert answer.json()["missing"] == 1
    refused = browser.post(address, said(**{"why-2": ""}))
    assert refused.status_code == 422
    assert "还有 1 行没填完" in words(refused)
    assert "第1项看得清" in browser.get(address).content.decode()


@pytest.mark.parametrize("moment", ["9:99:99", "焊", "99:00", "-1"])
def test_a_moment_outside_the_film_is_told(client, row, at, moment):
    film = practising.shown(row, at=at)
    browser, address, _paper = assessor(client, film, 1)
    answer = browser.post(address, said(**{"at-1": moment}))
    assert answer.status_code == 422
    assert "1:05" in words(answer)


def test_the_digits_of_a_chinese_keyboard_are_digits(client, row, at):
    film = practising.shown(row, at=at)
    browser, address, paper = assessor(client, film, 1)
    assert browser.post(address, said(**{"at-1": "０：３０"})).status_code == 302
    paper.refresh_from_db()
    assert practising.stored(paper).marks[1].second == 30


def test_nobody_sees_what_the_other_gave_until_both_are_in(client, row, at):
    film = practising.shown(row, at=at)
    practising.assess(film, 1, at=at, levels=[3, 1])
    browser, address, _paper = assessor(client, film, 2)
    for url in (address, reverse("learners:papers")):
        text = words(browser.get(url))
        assert "看得清·1" not in text
        assert "50%" not in text
    other = practising.paper(film, 1)
    assert browser.get(reverse("learners:paper", args=[other.pk])).status_code == 404
    client.logout()
    manager = factories.sign_in(client, factories.staff(Role.PROVIDER_MANAGER, at=at))
    text = words(manager.get(reverse("learners:submission", args=[film.pk])))
    assert "看得清·1" not in text
    client.logout()
    learner = factories.sign_in(client, row.user, second_factor=False)
    assert learner.get(reverse("learners:feedback", args=[film.pk])).status_code == 404


def test_the_third_sees_both(client, row, at):
    film = practising.shown(row, at=at)
    practising.assess(film, 1, at=at, level=3)
    practising.assess(film, 2, at=at, level=0)
    browser, address, _paper = assessor(client, film, 3)
    text = words(browser.get(address))
    assert "两名评分人意见不一致" in text
    assert text.count("看得清·1") == 2


def test_the_same_file_is_told_to_the_assessor(client, row, at):
    film = practising.handed_in(row, at=at)
    other = practising.enrolled(at, course=Course.objects.get(code=row.course_code))
    practising.handed_in(other, at=at)
    browser, address, _paper = assessor(client, film, 1)
    assert "另有 1 名学员提交过同一个文件" in words(browser.get(address))


def test_feedback_leads_to_the_moments(mine, row, at):
    film = practising.shown(row, at=at)
    for seat in (1, 2):
        practising.assess(film, seat, at=at, broken=(2,))
    answer = mine.get(reverse("learners:feedback", args=[film.pk]))
    text = words(answer)
    for word in ("通过", "66%", "看得清·1", "收弧再慢一点。", "违反安全规则：", "评分人 2"):
        assert word in text
    assert re.search(r'href="/courses/media/[^"]+#t=2"\s+data-moment="2"', answer.content.decode())


def test_after_a_failure_the_page_says_when_again(mine, page, row, at):
    film = practising.shown(row, at=at)
    for seat in (1, 2):
        practising.assess(film, seat, at=at, level=0)
    assert "可以重拍" in words(mine.get(reverse("learners:feedback", args=[film.pk])))
    text = words(mine.get(page))
    assert "两次提交之间要间隔一段时间" in text
    assert "上传视频" not in text


def test_the_desk_shows_load_lateness_and_agreement(client, row, at, moving_clock):
    film = practising.shown(row, at=at)
    manager = factories.staff(Role.PROVIDER_MANAGER, at=at)
    moving_clock.at = at + 9 * DAY
    browser = factories.sign_in(client, manager)
    desk = reverse("learners:practice-desk")
    assert "待评 2 份，逾期 2 份" in words(browser.get(desk))
    paper = practising.paper(film, 1)
    move = reverse("learners:reassign", args=[paper.pk])
    assert browser.post(move, {"reason": ""}).status_code == 422
    assert browser.post(move, {"reason": "病假𠮷"}).status_code == 302
    assert browser.post(move, {"reason": "再一次"}).status_code == 422
    assert practising.paper(film, 1).assessor_id != paper.assessor_id
    for seat in (1, 2):
        practising.assess(film, seat, at=moving_clock.at)
    text = words(browser.get(desk))
    assert "样本少" in text
    assert "阿依·古丽𠮷" in text


def test_the_desk_costs_the_same_with_many_films(client, row, at, django_assert_max_num_queries):
    course = Course.objects.get(code=row.course_code)
    for _n in range(5):
        practising.shown(practising.enrolled(at, course=course), at=at)
    browser = factories.sign_in(client, factories.staff(Role.PROVIDER_MANAGER, at=at))
    with django_assert_max_num_queries(26):
        browser.get(reverse("learners:practice-desk"))
    assessor_ = Assessment.objects.first().assessor
    client.logout()
    browser = factories.sign_in(client, assessor_)
    with django_assert_max_num_queries(22):
        browser.get(reverse("learners:papers"))


def test_another_provider_sees_nothing(client, row, at):
    film = practising.shown(row, at=at)
    far = factories.organisation("91513224YYYXEW2XXJ", code="510000")
    manager = factories.user("far", at=at)
    factories.services.appoint(manager, Role.PROVIDER_MANAGER, by=None, at=at, organisation=far)
    browser = factories.sign_in(client, manager)
    assert browser.get(reverse("learners:submission", args=[film.pk])).status_code == 404
    assert browser.get(reverse("learners:reassign", args=[practising.paper(film, 1).pk])).status_code == 404
    assert row.course_code not in words(browser.get(reverse("learners:practice-desk")))


def test_a_practical_lesson_without_a_task_stays_elsewhere(client, at):
    course = study.publish(at, code="GZ-S7")
    author = factories.staff(Role.PROVIDER_MANAGER, at=at)
    keeper = factories.staff(Role.PROVINCE_CATALOGUE, at=at)
    told = {"by": author, "at": at}
    version = catalogue.start_version(course, **told)
    catalogue.add_lesson(version.course, key="bench", kind="practical", title_zh="到厂里练", **told)
    catalogue.submit(Course.objects.get(pk=course.pk), **told)
    catalogue.publish(Course.objects.get(pk=course.pk), by=keeper, at=at)
    row = study.enrolled(at, course=course)
    browser = factories.sign_in(client, row.user, second_factor=False)
    assert browser.get(reverse("learners:practice", args=[row.pk, "bench"])).status_code == 404
    assert browser.get(reverse("learners:lesson", args=[row.pk, "bench"])).status_code == 200


def test_a_deleted_film_is_told(mine, row, at, moving_clock):
    film = practising.shown(row, at=at)
    for seat in (1, 2):
        practising.assess(film, seat, at=at)
    moving_clock.at = at + 1100 * DAY
    assert practice.delete_next_film(at=moving_clock.at)
    answer = mine.get(reverse("learners:feedback", args=[film.pk]))
    assert "按保存期限删除" in words(answer)
    assert "<video" not in answer.content.decode()
