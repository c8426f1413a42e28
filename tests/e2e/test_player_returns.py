"""A film whose page was left and comes back, whose learner signs in anew, and one that is shown from several angles."""

import re

import pytest
from playwright.sync_api import expect

from portal.embedded import processes
from tests.e2e.test_player import GAPS, PLACE, plays_past, stands

SESSIONS = (
    "SELECT state, ending FROM learners_playsession WHERE enrolment_id = %s ORDER BY opened_at DESC LIMIT 2"
)
COUNT = "SELECT count(*) FROM learners_playsession WHERE enrolment_id = %s"
CAME_BACK = "addEventListener('pageshow', ({ persisted }) => { window.kept = persisted; })"
LEFT = ("closed", "left")
LIVE = ("live", "")
ENROLMENT = """SELECT e.id FROM learners_enrolment AS e JOIN courses_courseversion AS v ON v.id = e.version_id
JOIN courses_course AS c ON c.id = v.course_id WHERE c.code = 'GZ-PLACES'"""
COURSE = """
from courses import services
from courses.models import Lesson, Occupation, Video
from portal import clock
from portal.accounts.models import Organisation, Province, User
by = User.objects.get(display_name="示例机构负责人"); at = clock.now()
course = services.create_course(code="GZ-PLACES", province=Province.objects.get(code="520000"),
    organisation=Organisation.objects.get(uscc="52522726YYYK55MJ8U"),
    occupation=Occupation.objects.get(code="6-18-02-04", edition="2022"), certificate_kind="completion", level=None,
    title_zh="两个机位𠮷", title_en="From two places", hours=1, delivery="video", by=by, at=at)
drawn = Video.objects.filter(lesson__key="wear", lesson__version__course__code="GZ-DEMO").first()
for key, angles in {"back": 1, "kept": 1, "anew": 1, "angles": 3}.items():
    lesson = services.add_lesson(course, key=key, kind="workshop", title_zh="平角焊", title_en="Fillet welds", seconds=36,
        transcript_zh="先断电。", by=by, at=at)
    services.add_question(course, kind="single", stem_zh="先做什么？" + key, stem_en="What first?",
        options=[{"key": "A", "zh": "断电", "en": "Switch off"}, {"key": "B", "zh": "焊接", "en": "Weld"}], right={"A"},
        lesson=lesson, for_exam=True, by=by, at=at)
    for place, angle in enumerate(("", "Close by", "From above")[:angles], 1):
        drawn.pk, drawn.lesson, drawn.position, drawn.angle_zh, drawn.angle_en = None, lesson, place, angle, angle
        drawn.save(force_insert=True)
services.set_blueprint(course, questions=1, pass_mark_percent=60, minutes=10, attempts=3, by=by, at=at)
services.submit(course, by=by, at=at)
services.publish(course, by=User.objects.get(display_name="贵州目录管理员"), at=at)
"""


@pytest.fixture(scope="module")
def course(stack):
    stack.manage("shell", "-c", COURSE)


def opens(someone, lesson):
    """The number of the enrolment and the film, which stands."""
    someone.sign_in("learner").go("/learn/enrol/GZ-PLACES/")
    if not someone.stack.sql(ENROLMENT):
        someone.button("Enrol", exact=True).click()
        someone.page.wait_for_url(re.compile(r"/learn/\d+/$"))
    ((number,),) = someone.stack.sql(ENROLMENT)
    someone.go(f"/learn/{number}/lessons/{lesson}/")
    film = someone.page.locator("#film video")
    film.evaluate("film => { film.muted = true; }")
    return number, film


def sessions(learner, number):
    return [tuple(row) for row in learner.stack.sql(SESSIONS, (number,))]


def plays_a_while(page, film):
    """From where it stands, until something waits for a question."""
    page.keyboard.press("k")
    plays_past(page, film, film.evaluate(PLACE) + 9)
    expect(page.locator("#waiting-time")).not_to_have_text("0:00")


def test_back_brings_the_film_to_where_the_server_last_heard_of_it(course, walker):
    """The page may not be kept, so it is loaded anew."""
    learner = walker()
    page = learner.page
    number, film = opens(learner, "back")
    plays_a_while(page, film)
    left_at = film.evaluate(PLACE)
    learner.go("/my/")
    assert processes.wait_until(lambda: sessions(learner, number)[0] == LEFT, 10)
    page.go_back()
    expect(page.locator("#badge [data-show=ready]")).to_be_visible()
    assert stands(film)
    learner.link("Ask the instructor").click()
    page.wait_for_url(re.compile(r"[?]at=([5-9]|1\d)#ask$"))
    page.go_back()
    film.evaluate("film => { film.muted = true; }")
    page.keyboard.press("k")
    plays_past(page, film, left_at + 3)
    assert sessions(learner, number) == [LIVE, LEFT]
    assert learner.stack.sql(GAPS, (number,)) == [(0,)]


def test_a_page_that_the_browser_kept_opens_the_lesson_anew(course, walker, launch):
    """Some browsers keep even such a page; this one does once the page is said to be kept."""
    learner = walker(launch("--disable-back-forward-cache"))
    page = learner.page

    def keepable(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "cache-control": "private"})

    page.route("**/lessons/kept/", keepable)
    number, film = opens(learner, "kept")
    page.unroute_all()
    page.evaluate(CAME_BACK)
    plays_a_while(page, film)
    known = page.locator("#waiting-time").inner_text()
    learner.go("/my/")
    assert processes.wait_until(lambda: sessions(learner, number)[0] == LEFT, 10)
    page.evaluate("setTimeout(() => history.back())")
    page.wait_for_function("window.kept !== undefined")
    assert page.evaluate("window.kept"), "the browser did not keep the page, so this shows nothing"
    expect(page.locator("#badge [data-show=paused]")).to_be_visible()
    assert stands(film)
    assert sessions(learner, number)[0] == LEFT, "nothing is open before somebody presses play"
    assert page.locator("#waiting-time").inner_text() == known
    page.keyboard.press("k")
    assert processes.wait_until(lambda: sessions(learner, number) == [LIVE, LEFT], 10)
    plays_past(page, film, film.evaluate(PLACE) + 9)
    expect(page.locator("#waiting-time")).not_to_have_text(known)
    assert learner.stack.sql(GAPS, (number,)) == [(0,)]


def test_who_signs_in_anew_in_another_window_goes_on(course, walker):
    """The beat of the old sign-in is 404: the lesson is opened under the new one, with the token that holds now."""
    learner = walker()
    page = learner.page
    number, film = opens(learner, "anew")
    plays_a_while(page, film)
    before = film.evaluate(PLACE)
    opened = learner.stack.sql(COUNT, (number,))[0][0]
    anew = walker().sign_in("learner").page.context.cookies()
    page.context.add_cookies(anew)
    assert processes.wait_until(lambda: learner.stack.sql(COUNT, (number,)) == [(opened + 1,)], 40)
    assert sessions(learner, number) == [LIVE, ("abandoned", "taken_over")]
    expect(page.locator("#badge [data-show=counting]")).to_be_visible()
    plays_past(page, film, before)
    assert not stands(film)
    assert learner.stack.sql(GAPS, (number,)) == [(0,)]
    learner.complaints[:] = [said for said in learner.complaints if "/api/learn/sessions/" not in said]


def test_other_angles_follow_the_film_that_counts(course, walker):
    learner = walker()
    page = learner.page
    _number, film = opens(learner, "angles")
    beside = page.locator("video.beside")
    expect(beside).to_have_count(2)
    learner.is_in_order()
    page.get_by_text("Close by", exact=True).click()
    close, above = beside.nth(0), beside.nth(1)
    expect(close).to_be_visible()
    page.keyboard.press("k")
    plays_past(page, film, 3)

    def together():
        return not stands(close) and abs(film.evaluate(PLACE) - close.evaluate(PLACE)) < 0.5

    assert processes.wait_until(together, 10)
    assert close.evaluate("film => film.muted && !film.controls")
    assert above.evaluate("film => film.readyState") == 0, "what is not looked at is not fetched"
    page.get_by_text("From above", exact=True).click()
    assert processes.wait_until(lambda: not stands(above), 10)
    page.get_by_text("Close by", exact=True).click()
    assert processes.wait_until(lambda: stands(close), 5)
    page.locator("#rate").select_option("150")
    assert processes.wait_until(lambda: above.evaluate("film => film.playbackRate") == 1.5, 5)
    page.keyboard.press("k")
    assert processes.wait_until(lambda: stands(above), 5)
    page.keyboard.press("ArrowLeft")
    assert processes.wait_until(
        lambda: (
            abs(film.evaluate(PLACE) - above.evaluate(PLACE)) < 0.5
            and above.evaluate("film => film.readyState >= 2")
        ),
        10,
    ), "it shows the same moment while both stand still"
