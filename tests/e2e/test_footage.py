"""A workshop's footage is sent from a phone over a network that breaks, made into a ladder, captioned, and played."""

import re
import subprocess

import pytest
from playwright.sync_api import expect

from courses import media
from portal.embedded import processes

DRAFT = """
from courses import services
from courses.models import Occupation
from portal import clock
from portal.accounts.models import Organisation, Province, User
by = User.objects.get(display_name="示例机构负责人"); at = clock.now()
course = services.create_course(code="GZ-FILM", province=Province.objects.get(code="520000"),
    organisation=Organisation.objects.get(uscc="52522726YYYK55MJ8U"),
    occupation=Occupation.objects.get(code="6-18-02-04", edition="2022"), certificate_kind="completion", level=None,
    title_zh="车间实拍：平角焊", title_en="From the workshop: fillet welds", hours=1, delivery="video", by=by, at=at)
lesson = services.add_lesson(course, key="weld", kind="workshop", title_zh="平角焊", title_en="Fillet welds",
    transcript_zh="先断电。", by=by, at=at)
services.add_question(course, kind="single", stem_zh="先做什么？", stem_en="What first?",
    options=[{"key": "A", "zh": "断电", "en": "Switch off"}, {"key": "B", "zh": "焊接", "en": "Weld"}], right={"A"},
    lesson=lesson, for_exam=True, by=by, at=at)
services.set_blueprint(course, questions=1, pass_mark_percent=60, minutes=10, attempts=3, by=by, at=at)
"""
SUBMIT = """
from courses import services
from courses.models import Course
from portal import clock
from portal.accounts.models import User
course = Course.objects.get(code="GZ-FILM"); at = clock.now()
services.submit(course, by=User.objects.get(display_name="示例机构负责人"), at=at)
services.publish(course, by=User.objects.get(display_name="贵州目录管理员"), at=at)
"""
PAGE = "/courses/edit/GZ-FILM/lessons/weld/film/"
FILMS = (
    "FROM courses_film AS film JOIN courses_course AS course ON course.id = course_id WHERE code = 'GZ-FILM'"
)
PIECE = 8 * 1024 * 1024


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    """Some 30 MB, so that it takes several pieces."""
    path = tmp_path_factory.mktemp("footage") / "平角焊𠮷.mov"
    command = [
        media.ffmpeg(),
        "-y",
        "-loglevel",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=640x360:rate=15:duration=20",
    ]
    command += [
        "-f",
        "lavfi",
        "-i",
        "sine=frequency=440:duration=20",
        "-c:v",
        "mjpeg",
        "-q:v",
        "1",
        "-c:a",
        "pcm_s16le",
    ]
    subprocess.run([*command, "-vf", "noise=alls=60:allf=t", str(path)], check=True)
    assert path.stat().st_size > 3 * PIECE
    return path


def arrived(stack):
    return stack.sql(f"SELECT coalesce(max(received), 0) {FILMS} AND film.state = 'receiving'")[0][0]


SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4_000_000}
GOES_ON = """v => new Promise((yes) => v.addEventListener("timeupdate",
  () => v.currentTime > 2 && yes(v.videoHeight)))"""
SOUND_ONLY = """v => new Promise((yes) => { const look = setInterval(() => {
  if (v.currentTime > 2 && v.videoHeight === 0 && v.readyState > 1) { clearInterval(look); yes(true); } }, 100); })"""


def test_from_the_phone_in_the_workshop_to_the_learner(stack, walker, footage):
    stack.manage("shell", "-c", DRAFT)
    author = walker(narrow=True)
    author.sign_in("manager").go(PAGE)
    author.is_in_order()
    begins_to_send(author, footage)
    the_network_goes_and_comes_back(author)
    the_page_is_closed_in_the_middle(author, footage)
    author.is_in_order()
    author.sees("松下 YD-350FR")
    captions_are_written(author)
    stack.manage("shell", "-c", SUBMIT)
    a_learner_plays_the_ladder(walker(narrow=True))


def slowly(page):
    """4 MB a second at most, so that there is a middle to be cut in."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)


def begins_to_send(author, footage):
    page = author.page
    slowly(page)
    page.get_by_label("Film", exact=True).set_input_files(footage)
    page.get_by_label("Machine").fill("松下 YD-350FR")
    page.get_by_label("Workshop").fill("三号车间")
    page.get_by_label("Filmed on").fill("2026-03-01")
    page.get_by_label("People shown").select_option("written")
    author.button("Send the film").click()
    assert processes.wait_until(lambda: arrived(author.stack) >= PIECE, 60)


def the_network_goes_and_comes_back(author):
    page = author.page
    page.context.set_offline(True)
    expect(page.get_by_role("status").filter(has_text="No connection")).to_be_visible(timeout=60_000)
    before = arrived(author.stack)
    page.context.set_offline(False)
    slowly(page)
    assert processes.wait_until(lambda: arrived(author.stack) != before, 60), "it did not go on by itself"


def the_page_is_closed_in_the_middle(author, footage):
    """The same file, chosen again, goes on where it stopped: one film of the file's size comes of it."""
    page = author.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert arrived(author.stack) >= PIECE
    author.sees("To go on, choose the same file again.")
    page.get_by_label("Film", exact=True).set_input_files(footage)
    author.button("Send the film").click()
    expect(page.get_by_text("Counted film")).to_be_visible(timeout=240_000)
    size = footage.stat().st_size
    assert author.stack.sql(f"SELECT count(*), min(size), max(size) {FILMS}") == [(1, size, size)]


def captions_are_written(author):
    page = author.page
    author.link("Chinese captions").click()
    page.get_by_label("Caption 1 begins").fill("0:01")
    page.get_by_label("Caption 1 ends").fill("1:30")
    page.get_by_label("Caption 1 says").fill("先断电。")
    author.button("Save the captions").click()
    author.sees("ends after the film")
    page.get_by_label("Caption 1 ends").fill("0:04")
    author.button("Save the captions").click()
    expect(page.get_by_label("Caption 1 begins")).to_have_value("00:00:01.000")
    author.is_in_order()


def a_learner_plays_the_ladder(learner):
    """With the picture, and then with the sound alone from the same place."""
    learner.sign_in("learner").go("/learn/enrol/GZ-FILM/")
    learner.button("Enrol", exact=True).click()
    learner.page.wait_for_url(re.compile(r"/learn/\d+/$"))
    learner.go(f"{learner.page.url}lessons/weld/")
    film = learner.page.locator("#film video")
    film.evaluate("v => { v.muted = true; return v.play(); }")
    assert film.evaluate("v => v.currentSrc").startswith("blob:")
    assert film.evaluate(GOES_ON) in {240, 360}
    learner.page.locator("#data summary").click()
    expect(learner.page.get_by_label(re.compile("Smallest picture: about 1 MB"))).to_be_visible()
    learner.page.get_by_label(re.compile("Sound only")).check()
    assert film.evaluate(SOUND_ONLY)
