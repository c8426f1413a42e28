"""A film is watched by keyboard alone, on a slow line that breaks; and what the page says while there is no line."""

import re

import pytest
from playwright.sync_api import expect

from portal.embedded import processes
from tests.e2e.answers import RIGHT
from tests.e2e.road import choice

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 kbit/s each way, and 400 ms to the server."""
COVERED = (
    "SELECT covered_ms FROM learners_coverage AS row JOIN courses_lesson AS lesson ON lesson.id = lesson_id "
    "JOIN learners_enrolment AS enrolment ON enrolment.id = enrolment_id "
    "WHERE lesson.key = %s AND enrolment.id = %s"
)
GAPS = "SELECT count(*) FROM learners_ledgerrow WHERE reason IN ('gap', 'seek') AND enrolment_id = %s"
PLACE = "film => film.currentTime"


@pytest.fixture
def learner(walker):
    someone = walker()
    someone.sign_in("learner").go("/learn/enrol/GZ-DEMO/")
    if someone.page.get_by_role("button", name="Enrol", exact=True).count():
        someone.button("Enrol", exact=True).click()
        someone.page.wait_for_url(re.compile(r"/learn/\d+/$"))
    return someone


def enrolment(learner):
    """Its number, whether it was made now or by a test before: who is enrolled is led on to the course."""
    learner.go("/learn/enrol/GZ-DEMO/")
    return int(re.search(r"/learn/(\d+)/$", learner.page.url)[1])


def opens(learner, key):
    number = enrolment(learner)
    learner.go(f"/learn/{number}/lessons/{key}/")
    film = learner.page.locator("#film video")
    film.evaluate("film => { film.muted = true; }")
    return number, film


def line_of(page):
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    return lambda **changed: line.send("Network.emulateNetworkConditions", SLOW | changed)


def word(page):
    return page.locator("#word")


def stands(film):
    return film.evaluate("film => film.paused")


def plays_past(page, film, second):
    page.wait_for_function("second => document.querySelector('#film video').currentTime > second", arg=second)


def answers_by_keyboard(page):
    """The open question: the first option has the focus, arrows choose, Enter sends."""
    dialog = page.locator("dialog[open]")
    for group in dialog.locator("fieldset").all():
        stem = group.locator("legend").inner_text()
        _kind, (text,) = next(answer for question, answer in RIGHT.items() if question in stem)
        group.get_by_role("radio").first.focus()
        for _option in range(5):
            if choice(group, text).is_checked():
                break
            page.keyboard.press("Space" if not group.locator("input:checked").count() else "ArrowDown")
        assert choice(group, text).is_checked()
    page.keyboard.press("Enter")


def test_a_whole_lesson_by_keyboard_on_a_slow_line_that_breaks(learner):
    page = learner.page
    number, film = opens(learner, "wear")
    learner.is_in_order()
    network = line_of(page)
    network()
    page.keyboard.press("k")
    plays_past(page, film, 5)
    network(offline=True)
    expect(word(page)).to_contain_text("No connection. The film goes on.")
    expect(word(page)).to_contain_text(re.compile(r"if the connection is back within 1:5\d"))
    counted = page.locator("#waiting-time").inner_text()
    plays_past(page, film, 12)
    assert page.locator("#waiting-time").inner_text() == counted, (
        "nothing is shown that the server did not say"
    )
    network()
    expect(word(page)).to_contain_text("The connection is back.")
    the_film_asks(page, film)
    complete = page.locator("#badge [data-show=complete]")
    for _look in range(120):
        if page.locator("dialog#check[open]").count():
            answers_by_keyboard(page)
            expect(page.locator("dialog[open]")).to_have_count(0)
        if complete.is_visible():
            break
        page.wait_for_timeout(500)
    expect(complete).to_be_visible()
    assert learner.stack.sql(COVERED, ("wear", number))[0][0] >= 36_000 - 2_000
    assert learner.stack.sql(GAPS, (number,)) == [(0,)]
    expect(page.locator("#missing")).to_be_hidden()


def the_film_asks(page, film):
    """At 0:14 it stops; a wrong answer and a right one change nothing, and it goes on."""
    dialog = page.locator("dialog#pin[open]")
    expect(dialog).to_contain_text("It earns nothing and costs nothing.")
    assert stands(film)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("Not yet.")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("That is right.")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert processes.wait_until(lambda: not stands(film), 5)


def test_the_page_says_what_a_lost_connection_means_until_it_is_too_late(learner):
    """The page's clock is moved on, not waited for."""
    page = learner.page
    page.clock.install()
    number, film = opens(learner, "place")
    page.keyboard.press("k")
    expect(page.locator("#waiting-time")).not_to_have_text("0:00", timeout=20_000)
    page.context.set_offline(True)
    expect(word(page)).to_contain_text("it has not counted yet")
    plays_past(page, film, 9)
    known = page.locator("#waiting-time").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(word(page)).to_contain_text("a jump would lose it")
    assert not stands(film)
    page.clock.fast_forward(97_000)
    expect(word(page)).to_contain_text("The film is paused so that nothing more can be lost.")
    expect(word(page)).to_contain_text(
        re.compile(r"All of it counts if the connection is back within 0:[12]\d")
    )
    assert stands(film)
    assert film.evaluate(PLACE) > 8
    page.clock.fast_forward(30_000)
    expect(word(page)).to_contain_text("The connection was away for more than 2:00.")
    assert film.evaluate(PLACE) < 8, "it stands where the server last heard of it"
    expect(page.get_by_role("button", name="Go on here")).to_be_hidden()
    assert page.locator("#waiting-time").inner_text() == known
    page.context.set_offline(False)
    page.get_by_role("button", name="Go on here").click()
    plays_past(page, film, 12)
    expect(page.locator("#waiting-time")).not_to_have_text(known)
    assert learner.stack.sql(GAPS, (number,)) == [(0,)]
    learner.complaints[:] = [said for said in learner.complaints if "ERR_INTERNET" not in said]


def test_without_a_connection_nothing_plays_that_could_not_count(learner):
    page = learner.page
    _number, film = opens(learner, "work")
    page.route("**/api/learn/sessions/", lambda route: route.abort("internetdisconnected"))
    page.keyboard.press("k")
    expect(word(page)).to_contain_text("nothing would count")
    assert processes.wait_until(lambda: stands(film), 5)
    page.unroute("**/api/learn/sessions/")
    assert processes.wait_until(lambda: not stands(film), 20), "it goes on by itself"
    expect(page.locator("#waiting-time")).not_to_have_text("0:00", timeout=20_000)
    expect(word(page)).to_be_hidden()


def test_keys_leave_fields_and_questions_alone_and_can_be_turned_off(learner):
    page = learner.page
    _number, film = opens(learner, "work")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys for the film")
    expect(keys).to_be_visible()
    page.keyboard.press("k")
    assert stands(film)
    page.get_by_label("Keys work on this device").uncheck()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("k")
    assert stands(film)
    page.get_by_role("button", name="Shortcuts", exact=True).press("Enter")
    page.get_by_label("Keys work on this device").check()
    page.get_by_role("button", name="Close").press("Enter")
    page.get_by_text("What is said: read it instead").click()
    search = page.get_by_label("Search in what is said")
    search.press_sequentially("clamp kjl")
    assert stands(film)
    search.fill("clamp")
    expect(page.locator("[data-found]")).to_have_text("Found: 1")
    expect(page.locator("#said li:visible")).to_have_count(1)
    page.locator("#said li:visible a").press("Enter")
    assert processes.wait_until(lambda: not stands(film), 10)
    page.keyboard.press(">")
    expect(page.locator("#speed")).to_contain_text("1.25× · 80 % of it counts")
    expect(page.locator("#rate")).to_have_value("125")
    learner.is_in_order()
