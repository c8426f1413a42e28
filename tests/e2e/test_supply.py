"""An enterprise builds a course that falls short, mends it; the province publishes it; a learner finds it on a phone.

Then the province suspends the enterprise from tomorrow on: what was learned stays, who comes tomorrow learns without subsidy.
Everything by hand in the browser, in the order in which it happens in a province.
"""

import csv
import datetime as dt
import io
import re
import subprocess
import time

import pytest
from playwright.sync_api import Locator, expect

from courses import media
from tests.e2e import road
from tests.e2e.walking import Walker

TITLE, TITLE_EN = "平焊打底：车间实拍", "Flat root pass, filmed in the workshop"
HEARD, INITIALS = "pinghandadi", "phdd"
SAFETY, FIRE, WELDING = "班前安全检查", "动火与消防", "平焊打底操作"
FILMED_ON = "2026-03-02"
BANK = 20
DAY = "86400"
SECOND_SUMMARY = "车间实拍，慢动作讲清打底焊的运条。"


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    """Half a minute, which is one class hour of the demo."""
    path = tmp_path_factory.mktemp("footage") / "平焊打底𠮷.mp4"
    inputs = ["-f", "lavfi", "-i", "testsrc2=size=426x240:rate=10:duration=30"]
    inputs += ["-f", "lavfi", "-i", "sine=frequency=440:duration=30"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest"]
    subprocess.run([media.ffmpeg(), "-y", "-loglevel", "error", *inputs, *coded, str(path)], check=True)
    return path


def test_from_an_enterprise_s_footage_to_a_learner_s_phone(walker, footage):
    author, keeper = walker().sign_in("enterprise"), walker()
    code = begins_a_course(author)
    writes_what_is_too_little(author, code)
    sends_the_footage(author, code, footage)
    sees_what_is_missing(author, code)
    mends_the_hours(author, code)
    mends_the_safety_module(author, code)
    adds_the_fire_module(author, code)
    mends_the_workshop_lesson(author, code)
    brings_the_bank(author, code)
    sets_the_exam(author, code)
    submits(author, code)
    looks_and_publishes(keeper.sign_in("catalogue"), code)
    writes_the_next_version(author, code)
    compares_and_publishes(keeper, code)
    finds_it_on_a_phone(walker(narrow=True, language="zh"), code)
    learner = walker().sign_in("learner")
    address = learns_the_film(learner, code)
    hours = told(learner, address)
    suspends_from_tomorrow(keeper)
    would_count(walker().sign_in("newcomer"), code)
    keeper.move_clock(DAY)
    would_not_count(walker().sign_in("newcomer"), code)
    assert told(learner, address) == hours


def fill(walker: Walker, **said: str) -> None:
    """Fields by their names: a list is chosen from, everything else is typed."""
    for name, value in said.items():
        box = walker.page.locator(f"#id_{name}")
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)


def saves(walker: Walker) -> None:
    walker.button("Save", exact=True).click()
    walker.sees("Saved.")


def missing(walker: Walker, title: str | re.Pattern) -> Locator:
    """A rule that is not met, in the standard check beside the form."""
    return walker.page.locator("#check .rule--bad").filter(has_text=title)


def follows(walker: Walker, code: str, title: str | re.Pattern, place: str) -> None:
    """From the finding to the place where it is mended."""
    walker.go(f"/courses/edit/{code}/")
    missing(walker, title).get_by_role("link", name=f"Go to {place}").click()


def mended(walker: Walker, title: str | re.Pattern) -> None:
    expect(missing(walker, title)).to_have_count(0)


# -- the enterprise


def begins_a_course(author: Walker) -> str:
    """Its code."""
    author.go("/courses/edit/")
    author.is_in_order()
    author.link("New course").click()
    occupation = author.page.locator("#id_occupation option", has_text="6-18-02-04 (2022)")
    fill(
        author,
        title_zh=TITLE,
        title_en=TITLE_EN,
        summary_zh="给第一次打底的人。",
        occupation=occupation.get_attribute("value"),
        certificate_kind="level",
        level="5",
        hours="2",
        delivery="workshop_filmed",
    )
    author.page.locator("#id_for_subsidy").check()
    author.is_in_order()
    author.button("Make the draft").click()
    author.page.wait_for_url(re.compile(r"/courses/edit/(?!new)[^/]+/$"))
    return author.page.url.rstrip("/").rpartition("/")[2]


def adds_a_section(author: Walker, title: str, module: str) -> None:
    fill(author, title_zh=title, module=module)
    author.button("Add", exact=True).click()
    author.sees("The section is there")


def adds_a_lesson(author: Walker, title: str, kind: str) -> None:
    author.link("Add a lesson here").click()
    fill(author, title_zh=title, kind=kind)
    author.button("Add", exact=True).click()
    author.page.wait_for_url(re.compile(r"/lessons/[^/]+/$"))


def writes_what_is_too_little(author: Walker, code: str) -> None:
    """Two sections: a page of a few words, and a film that is not there yet."""
    author.link("Section", exact=True).click()
    author.is_in_order()
    adds_a_section(author, SAFETY, "safety")
    author.is_in_order()
    adds_a_lesson(author, "开机前看什么", "reading")
    fill(author, written_zh="先检查接地，再开机。")
    saves(author)
    author.is_in_order()
    author.go(f"/courses/edit/{code}/sections/")
    adds_a_section(author, WELDING, "skills")
    adds_a_lesson(author, WELDING, "workshop")
    author.is_in_order()


def sends_the_footage(author: Walker, code: str, footage: object) -> None:
    author.link("Film, angles and captions").click()
    page = author.page
    page.get_by_label("Film", exact=True).set_input_files(footage)
    page.get_by_label("Machine").fill("松下 YD-350FR")
    page.get_by_label("Workshop").fill("三号车间")
    page.get_by_label("Filmed on").fill(FILMED_ON)
    page.get_by_label("People shown").select_option("written")
    author.button("Send the film").click()
    expect(page.get_by_text("Counted film")).to_be_visible(timeout=240_000)
    author.is_in_order()


def sees_what_is_missing(author: Walker, code: str) -> None:
    """Every rule by its name with what there is and what is needed; what is not met names its place."""
    author.go(f"/courses/edit/{code}/")
    expect(author.button("Submit to the province")).to_be_disabled()
    for title, reason in {
        "At least 3 class hours": "2 class hours are declared; 1 are missing.",
        "Work safety: at least 1.1 class hours": "Work safety has 0 class hours; 1.1 are missing.",
        "Fire safety: at least 1 class hours": "No section teaches Fire safety; 1 class hours are needed.",
        "At least 25% practice": "Practice is 0% of the time, not 25%.",
        "Workshop films have Chinese captions": f"Lesson {WELDING} has a workshop film without Chinese captions.",
        "Films and quizzes have questions": f"Lesson {WELDING} has no questions.",
        "At least 20 questions in the bank": "The bank holds 0 questions; 20 are missing.",
        "It has a closing exam": "It has no closing exam.",
    }.items():
        expect(missing(author, title)).to_contain_text(reason)
    author.is_in_order()


def mends_the_hours(author: Walker, code: str) -> None:
    follows(author, code, "At least 3 class hours", "the course details")
    fill(author, hours="3")
    saves(author)
    mended(author, "At least 3 class hours")


def mends_the_safety_module(author: Walker, code: str) -> None:
    follows(author, code, re.compile("^\\s*Work safety"), SAFETY)
    author.heading(SAFETY)
    author.page.locator("[data-lesson] a").first.click()
    fill(author, written_zh="检查焊机接地和电缆。\n\n" * 250)
    saves(author)
    mended(author, "Work safety")


def adds_the_fire_module(author: Walker, code: str) -> None:
    follows(author, code, re.compile("^\\s*Fire safety"), "a new section")
    adds_a_section(author, FIRE, "fire")
    adds_a_lesson(author, "清场与灭火器材", "reading")
    fill(author, written_zh="清场并备好灭火器材。\n\n" * 210)
    saves(author)
    mended(author, "Fire safety")


def mends_the_workshop_lesson(author: Walker, code: str) -> None:
    """It teaches practice, has captions and asks something."""
    page = author.page
    follows(author, code, "Films and quizzes have questions", WELDING)
    fill(author, teaching="practice")
    saves(author)
    mended(author, "At least 25% practice")
    author.link("Question", exact=True).click()
    fill(author, stem_zh="起弧前先做什么？", option_A_zh="检查接地", option_B_zh="直接起弧")
    page.locator("input[name=right_keys][value=A]").check()
    author.is_in_order()
    author.button("Save", exact=True).click()
    mended(author, "Films and quizzes have questions")
    follows(author, code, "Workshop films have Chinese captions", WELDING)
    author.link("Film, angles and captions").click()
    author.link("Chinese captions").click()
    page.get_by_label("Caption 1 begins").fill("0:01")
    page.get_by_label("Caption 1 ends").fill("0:06")
    page.get_by_label("Caption 1 says").fill("先检查接地，再起弧。")
    author.button("Save the captions").click()
    expect(page.get_by_label("Caption 1 begins")).to_have_value("00:00:01.000")


def brings_the_bank(author: Walker, code: str) -> None:
    """Twenty questions in a file, looked at row by row before anything changes."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["题干", "选项 A", "选项 B", "正确答案"])
    rows.writerows(
        [f"第 {n} 题：打底焊第 {n} 步先做什么？", "检查接地", "直接起弧", "A"] for n in range(1, BANK + 1)
    )
    page = author.page
    author.go("/courses/imports/")
    page.locator("input[name=kind][value=questions]").check()
    fill(author, course=code)
    file = {"name": "题库𠮷.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode("utf-8-sig")}
    page.locator("#id_file").set_input_files(file)
    author.is_in_order()
    author.button("Upload and look").click()
    apply = page.get_by_role("button", name=f"Apply: {BANK} new, 0 changed")
    expect(apply).to_be_visible(timeout=60_000)
    author.is_in_order()
    apply.click()
    expect(page.get_by_text(f"{BANK} new, 0 changed, on")).to_be_visible(timeout=60_000)


def sets_the_exam(author: Walker, code: str) -> None:
    follows(author, code, "It has a closing exam", "the exam")
    fill(author, questions="8", pass_mark_percent="60", minutes="15", attempts="3")
    saves(author)
    expect(missing(author, "The exam asks at least 10 questions")).to_contain_text(
        "The exam asks 8 questions, not 10."
    )
    fill(author, questions="10")
    saves(author)
    author.is_in_order()


def submits(author: Walker, code: str) -> None:
    author.go(f"/courses/edit/{code}/")
    expect(author.page.locator("#check .rule--bad")).to_have_count(0)
    author.button("Submit to the province").click()
    author.sees("Submitted. The province decides now.")
    author.is_in_order()


def writes_the_next_version(author: Walker, code: str) -> None:
    """What is published stays as it is; the change waits in a version of its own."""
    author.go(f"/courses/edit/{code}/")
    author.button("Begin the next version").click()
    fill(author, summary_zh=SECOND_SUMMARY)
    saves(author)
    author.button("Submit to the province").click()
    author.sees("Submitted. The province decides now.")


# -- the province


def opens_the_waiting(keeper: Walker, code: str) -> None:
    keeper.go("/courses/desk/?state=under_review")
    keeper.page.locator(f"main a[href='/courses/desk/{code}/']").click()
    keeper.heading(TITLE_EN)


def publishes(keeper: Walker, code: str) -> None:
    keeper.go(f"/courses/desk/{code}/")
    keeper.button("Publish", exact=True).click()
    keeper.sees("Done. The course is now: Published.")


def looks_and_publishes(keeper: Walker, code: str) -> None:
    opens_the_waiting(keeper, code)
    expect(keeper.page.locator("#check .rule")).not_to_have_count(0)
    expect(keeper.page.locator("#check .rule--bad")).to_have_count(0)
    keeper.is_in_order()
    keeper.link("Preview as a learner").click()
    keeper.sees("Preview of version 1, as learners would see it. Nothing here is counted.")
    keeper.is_in_order()
    publishes(keeper, code)


def compares_and_publishes(keeper: Walker, code: str) -> None:
    opens_the_waiting(keeper, code)
    keeper.link("What it changes").click()
    keeper.heading("What changes from version 1 to version 2")
    keeper.sees(SECOND_SUMMARY)
    keeper.is_in_order()
    publishes(keeper, code)


# -- the learner


def finds_it_on_a_phone(learner: Walker, code: str) -> None:
    """By its sound in full and by its initials; the card says that it counts, the panel what is paid."""
    page = learner.page
    for typed in (HEARD, INITIALS):
        learner.go("/courses/")
        page.locator("#q").fill(typed)
        page.locator("#q").press("Enter")
        expect(page).to_have_url(re.compile(rf"\?q={typed}$"))
        card = page.locator("article.card").filter(has=page.locator(f"a[href='/courses/{code}/']"))
        expect(card).to_contain_text(TITLE)
        expect(card).to_contain_text("可申领补贴")
    learner.is_in_order()
    card.get_by_role("link").first.click()
    learner.sees(SECOND_SUMMARY)
    panel = page.locator("#eligibility-panel")
    expect(panel).to_be_visible()
    learner.is_in_order()
    panel.locator("summary").first.click()
    panel.get_by_role("button").first.click()
    expect(panel).to_contain_text("¥")
    expect(page).to_have_title(f"{TITLE} · 职训 Zhixun")
    learner.is_in_order()


def learns_the_film(learner: Walker, code: str) -> str:
    """The address of the enrolment, when the whole film has counted."""
    learner.go(f"/learn/enrol/{code}/")
    learner.button("Enrol", exact=True).click()
    learner.page.wait_for_url(re.compile(r"/learn/\d+/$"))
    address = learner.page.url
    learner.page.locator("a.lesson", has_text=WELDING).click()
    end = time.monotonic() + 180
    while not road.has_seen(learner, look=False):
        if (asked := learner.page.locator("dialog[open]")).count():
            road.choice(asked, "检查接地").check()
            asked.locator("button[type=submit], button:not([type])").first.click()
            expect(asked).to_have_count(0)
        assert time.monotonic() < end, learner.page.locator("main").inner_text()[:800]
    return address


def told(learner: Walker, address: str) -> tuple[str, str]:
    """The hours that have counted, and that the enrolment counts for the subsidy."""
    learner.go(address)
    hours = learner.page.locator("[aria-labelledby=hours] .kpi__value").inner_text()
    assert float(hours) > 0
    standing = learner.page.get_by_text(re.compile("Counts for the subsidy|Does not count for the subsidy"))
    expect(standing).to_have_text("Counts for the subsidy.")
    return hours, standing.inner_text()


# -- the province suspends the enterprise


def suspends_from_tomorrow(keeper: Walker) -> None:
    keeper.go("/courses/desk/providers/")
    keeper.link("Guizhou Sample Six Ltd").click()
    page = keeper.page
    day = keeper.today() + dt.timedelta(days=1)
    page.get_by_label("Suspend", exact=True).check()
    page.get_by_label("Takes effect on").fill(day.isoformat())
    page.get_by_label("Reason").fill("抽查：车间安全整改。")
    keeper.button("Decide", exact=True).click()
    keeper.sees("From that day on")
    keeper.is_in_order()


def would_count(visitor: Walker, code: str) -> None:
    visitor.go(f"/learn/enrol/{code}/")
    visitor.sees("Counts for the subsidy.")


def would_not_count(visitor: Walker, code: str) -> None:
    visitor.go(f"/learn/enrol/{code}/")
    visitor.sees("Does not count for the subsidy.")
    visitor.is_in_order()
