"""A provider's package: uploaded, checked, opened by a learner. It runs in its sandbox, remembers, spies on nobody."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.courses import scorm

MAKE = """
from courses import services
from courses.models import Occupation
from portal import clock
from portal.accounts.models import Province
from portal.demo.accounts import user_of
from portal.demo.people import BY_KEY
author = user_of(BY_KEY["instructor"])
school = author.appointments.get().organisation
told = {{"by": author, "at": clock.now()}}
course = services.create_course(code="{code}", province=Province.objects.get(pk="520000"), organisation=school,
    occupation=Occupation.objects.filter(edition="2022").first(), certificate_kind="completion", level=None,
    title_zh="导入课件𠮷", title_en="An imported package", hours=1, delivery="video", **told)
page = services.add_lesson(course, key="page", kind="reading", title_zh="读一读", title_en="Read this", body_zh="<p>先断电。</p>", **told)
services.add_lesson(course, key="pack", kind="package", title_zh="课件", title_en="The package", **told)
services.add_lesson(course, key="task", kind="practical", title_zh="实操", title_en="Weld a seam", on_site=True, planned_seconds=3600, **told)
services.add_question(course, kind="single", stem_zh="先做什么？", options=[{{"key": "A", "zh": "甲"}}, {{"key": "B", "zh": "乙"}}],
    right={{"A"}}, lesson=page, for_exam=True, **told)
services.set_blueprint(course, questions=1, pass_mark_percent=60, minutes=9, attempts=2, **told)
"""
PUBLISH = """
from courses import services
from courses.models import Course
from learners.services.enrolment import enrol
from portal import clock
from portal.demo.accounts import user_of
from portal.demo.people import BY_KEY
at, course = clock.now(), Course.objects.get(code="{code}")
services.submit(course, by=user_of(BY_KEY["instructor"]), at=at)
services.publish(course, by=user_of(BY_KEY["catalogue"]), at=at)
print("enrolment", enrol(user_of(BY_KEY["learner"]), "{code}", at=at).pk)
"""
LEARN_12 = """
const api = findAPI(window);
api.LMSInitialize("");
const before = api.LMSGetValue("cmi.suspend_data");
document.body.insertAdjacentHTML("beforeend", `<p id="before">${before || "nothing yet"}</p><button id="go">Finish</button><ul id="spied"></ul>`);
document.getElementById("go").onclick = () => {
  api.LMSSetValue("cmi.suspend_data", "page 3 𠮷");
  api.LMSSetValue("cmi.core.score.raw", "85");
  api.LMSSetValue("cmi.core.session_time", "99:00:00");
  api.LMSSetValue("cmi.core.lesson_status", "completed");
  api.LMSCommit("");
  document.getElementById("before").textContent = "told " + api.LMSGetLastError() + " " + api.LMSGetValue("cmi.core.total_time");
};
const looks = {
  "page above": () => window.top.document.title, "its address": () => window.top.location.href,
  "frame": () => window.frameElement.name, "cookies": () => document.cookie.length && document.cookie,
};
for (const [name, look] of Object.entries(looks)) {
  let seen; try { seen = look() || "shut"; } catch { seen = "shut"; }
  document.getElementById("spied").insertAdjacentHTML("beforeend", `<li>${name}: ${seen}</li>`);
}
fetch("/my/").then(() => "open", () => "shut").then((seen) =>
  document.getElementById("spied").insertAdjacentHTML("beforeend", `<li>portal: ${seen}</li>`));
fetch("./样式.css").then((answer) => answer.text()).then((text) =>
  document.getElementById("spied").insertAdjacentHTML("beforeend", `<li>own file: ${text.length}</li>`));
"""
TRY_IT = "Exactly as learners see it"
LEARN_2004 = """
let win = window.parent; const none = null;
while (win.API_1484_11 == none && win.parent != none && win.parent != win) win = win.parent;
const api = win.API_1484_11;
api.Initialize("");
api.SetValue("cmi.completion_status", "completed"); api.SetValue("cmi.success_status", "passed");
api.SetValue("cmi.score.scaled", "0.9"); api.SetValue("cmi.session_time", "P9D"); api.Terminate("");
document.body.insertAdjacentHTML("beforeend", `<p>2004 done ${api.GetLastError()}</p>`);
"""


@pytest.fixture
def school(stack, walker):
    """A provider's person with a draft that holds an empty package lesson."""

    def make(code):
        stack.manage("shell", "-c", MAKE.format(code=code))
        return walker().sign_in("instructor")

    return make


def uploaded(school, code, data):
    school.go(f"/courses/edit/{code}/lessons/pack/")
    school.link("Imported package", exact=True).click()
    school.page.locator("input[type=file]").set_input_files(
        {"name": "课件𠮷.zip", "mimeType": "application/zip", "buffer": data}
    )
    school.button("Upload").click()


def opened(stack, walker, code, *, late=()):
    """`late` are scripts of the portal's page that come after the package has spoken."""
    told = stack.manage("shell", "-c", PUBLISH.format(code=code))
    number = int(re.search(r"enrolment (\d+)", told)[1])
    learner = walker().sign_in("learner")
    for script in late:
        learner.page.route(re.compile(rf"/{script}[.\w-]*\.js"), held_back)
    learner.go(f"/learn/{number}/lessons/pack/")
    return learner, learner.page.frame_locator("iframe.packageframe")


def test_a_package_runs_in_its_sandbox_and_remembers(stack, walker, school):
    author = school("GZ-PACK-12")
    uploaded(author, "GZ-PACK-12", scorm.packed(scorm.files() | {"木马.php": "<?php"}))
    author.comes_true(
        "/courses/edit/GZ-PACK-12/lessons/pack/package/",
        "This kind of file is not taken into a package: 木马.php",
    )
    author.is_in_order()
    uploaded(author, "GZ-PACK-12", scorm.packed(scorm.files(script=LEARN_12), gbk=True))
    author.comes_true("/courses/edit/GZ-PACK-12/lessons/pack/package/", TRY_IT)
    tried = author.page.frame_locator("iframe.packageframe")
    expect(tried.get_by_text("nothing yet")).to_be_visible()
    author.complaints.clear()  # what the package tried and could not

    learner, frame = opened(stack, walker, "GZ-PACK-12")
    expect(frame.get_by_text("nothing yet")).to_be_visible()
    for name in ("page above", "its address", "frame", "cookies", "portal"):
        expect(frame.get_by_text(f"{name}: shut")).to_be_visible()
    expect(frame.get_by_text("own file: 32")).to_be_visible()
    expect(learner.page.locator("[data-word]")).to_have_text("Opened")
    frame.get_by_role("button", name="Finish").click()
    expect(frame.get_by_text("told 0 0000:00:00.00")).to_be_visible()
    expect(learner.page.locator("[data-word]")).to_have_text("Completed")
    expect(learner.page.locator("[data-score]")).to_have_text("85 points")
    learner.page.reload()
    expect(learner.page.frame_locator("iframe.packageframe").get_by_text("page 3 𠮷")).to_be_visible()
    learner.sees("It does not count as time")
    assert stack.sql(
        "SELECT count(*) FROM learners_ledgerrow r JOIN learners_enrolment e ON e.id = r.enrolment_id "
        "WHERE e.course_code = 'GZ-PACK-12'"
    ) == [(0,)]
    learner.complaints.clear()
    learner.link("Weld a seam").click()
    learner.sees("Counts by attendance")
    learner.is_in_order()


def held_back(route):
    time.sleep(3)
    route.continue_()


def test_a_package_that_speaks_before_the_page_can_hear_is_heard(stack, walker, school):
    author = school("GZ-PACK-05")
    uploaded(author, "GZ-PACK-05", scorm.packed(scorm.files("2004", script=LEARN_2004)))
    author.comes_true("/courses/edit/GZ-PACK-05/lessons/pack/package/", TRY_IT)
    learner, frame = opened(stack, walker, "GZ-PACK-05", late=("package", "package_time"))
    expect(frame.get_by_text("2004 done 0")).to_be_visible()
    expect(learner.page.locator("[data-word]")).to_have_text("Passed")


def test_a_2004_package_that_looks_above_itself_first(stack, walker, school):
    author = school("GZ-PACK-04")
    uploaded(author, "GZ-PACK-04", scorm.packed(scorm.files("2004", script=LEARN_2004)))
    author.comes_true("/courses/edit/GZ-PACK-04/lessons/pack/package/", TRY_IT)
    learner, frame = opened(stack, walker, "GZ-PACK-04")
    expect(frame.get_by_text("2004 done 0")).to_be_visible()
    expect(learner.page.locator("[data-word]")).to_have_text("Passed")
    learner.is_in_order(look=False)


def test_without_javascript_there_is_a_sentence_and_a_link(stack, walker, browser, school):
    author = school("GZ-PACK-00")
    uploaded(author, "GZ-PACK-00", scorm.good())
    author.comes_true("/courses/edit/GZ-PACK-00/lessons/pack/package/", TRY_IT)
    context = browser.new_context(
        base_url=stack.address, java_script_enabled=False, storage_state=author.page.context.storage_state()
    )
    page = context.new_page()
    page.goto("/courses/edit/GZ-PACK-00/lessons/pack/package/")
    # what stands in <noscript> is found neither by its text nor by its role
    expect(page.locator("main")).to_contain_text("Most packages need JavaScript", use_inner_text=True)
    page.locator("noscript a", has_text="Open the package by itself").click()
    expect(page.get_by_role("heading", name="安全用电")).to_be_visible()
    context.close()
