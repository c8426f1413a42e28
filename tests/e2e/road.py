"""The steps of the road, each a page or two, in the words of those who walk it."""

import csv
import io
import re
import time
from collections.abc import Iterator
from contextlib import suppress

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PatienceEnded

from tests.e2e.answers import COURSE, RIGHT
from tests.e2e.walking import Walker

TITLE = COURSE["title_en"]
HOUR, WEEK = "3600", str(7 * 86_400)
READ_MS = 11_500
"""What the demo's page to read is worth, and a little more."""
LEARN_SECONDS = 420
"""Three films of about half a minute, checks and pages between, on a busy machine."""


def finds_the_course(visitor: Walker) -> None:
    visitor.is_in_order()
    visitor.link("Find courses").click()
    visitor.page.locator("#q").fill("welding safety")
    visitor.button("Search").click()
    visitor.is_in_order()
    visitor.link(TITLE).click()
    visitor.heading(TITLE)
    visitor.is_in_order()


def registers(visitor: Walker, phone: str, *, look: bool = True) -> None:
    """A visitor who wants to enrol is asked to sign in, registers, and comes back to where she was."""
    page = visitor.page
    visitor.go("/courses/GZ-DEMO/")
    visitor.link("Enrol", exact=True).click()
    visitor.heading("Sign in")
    visitor.is_in_order(look=look)
    page.locator("main").get_by_role("link", name="Register", exact=True).click()
    visitor.is_in_order(look=look)
    page.locator("#id_phone").fill(phone)
    page.locator("#id_password1").fill("spring-festival-lantern")
    visitor.button("Register", exact=True).click()
    visitor.is_in_order(look=look)
    page.locator("#id_code").fill(visitor.latest_message_code())
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/accounts/" not in url)


def enrols(learner: Walker, name: str, number: str, *, look: bool = True) -> None:
    page = learner.page
    learner.go("/learn/enrol/GZ-DEMO/")
    learner.is_in_order(look=look)
    learner.link("Register now").click()
    learner.is_in_order(look=look)
    name_box = page.get_by_role("textbox", name="Name", exact=True)
    number_box = page.get_by_role("textbox", name="Resident ID number")
    name_box.fill(name)
    wrong = "X" if number[-1] != "X" else "1"
    number_box.fill(number[:-1] + wrong)
    page.get_by_role("combobox", name="Province", exact=True).select_option("520000")
    page.get_by_label(re.compile("I agree that my name")).check()
    learner.button("Register", exact=True).click()
    # the last digit is wrong: a sentence, and what was typed is still there
    expect(name_box).to_have_value(name)
    learner.is_in_order(look=look)
    number_box.fill(" ".join(number))
    learner.button("Register", exact=True).click()
    learner.go("/learn/enrol/GZ-DEMO/")
    learner.is_in_order(look=look)
    learner.button("Enrol", exact=True).click()
    page.wait_for_url(re.compile(r"/learn/\d+/$"))
    learner.is_in_order(look=look)


# -- learning


def learn(learners: list[Walker], courses: list[str], meanwhile: Iterator[object]) -> None:
    """All learn at the same time, each in her own browser: films play by themselves, only checks need a hand.

    `meanwhile` is what others do in the time that films take, a few seconds at a step.
    """
    end = time.monotonic() + LEARN_SECONDS
    open_ones = dict(zip(map(id, learners), learners, strict=True))
    pages = dict(zip(map(id, learners), courses, strict=True))
    while open_ones:
        for key, learner in list(open_ones.items()):
            if goes_on(learner, pages[key], look=learner is learners[0]):
                del open_ones[key]
        next(meanwhile, None)
        assert time.monotonic() < end, [walker.page.locator("main").inner_text()[:800] for walker in learners]
    for _rest in meanwhile:
        pass


def goes_on(learner: Walker, course: str, *, look: bool) -> bool:
    """One look at one learner: answers a check, opens what comes next; True when the exam is open."""
    page = learner.page
    if page.locator("dialog#pin[open]").count():
        answer(page, page.locator("dialog#pin[open] form"))
        page.get_by_text("That is right.").wait_for()
        learner.button("Go on with the film").click()
        return False
    if page.locator("dialog[open]").count():
        answer(page, page.locator("dialog[open]"))
        expect(page.locator("dialog[open]")).to_have_count(0)
        return False
    reading = page.locator("form[action$='/read/']")
    if page.locator("video").count():
        if not has_seen(learner, look=look):
            return False
    elif reading.count():
        if page.evaluate("performance.now()") < READ_MS:
            return False
        answer(page, reading)
    learner.go(course)
    if page.get_by_role("link", name="Go to the exam").count():
        return True
    learner.link("Continue learning").click()
    page.wait_for_load_state()
    if not page.locator("video").count():
        learner.is_in_order(look=look)
    if "/quiz/" in page.url:
        answer(page, page.locator("main form").first)
    return False


def has_seen(learner: Walker, *, look: bool) -> bool:
    """Has the film ended, and has all of it counted? Starts it where it does not play."""
    page = learner.page
    film = page.locator("video")
    if film.evaluate("film => film.ended"):
        counted = page.locator("#badge [data-show=complete], dialog[open]").first
        with suppress(PatienceEnded):
            counted.wait_for(timeout=6000)
        return not page.locator("dialog[open]").count()
    if film.evaluate("film => film.currentTime === 0"):
        learner.is_in_order(look=look)
    if film.evaluate("film => film.paused"):
        # what `play` promises is not waited for: a film whose data does not come never keeps it
        film.evaluate("film => { film.muted = true; film.play().catch(() => {}) }")
    page.wait_for_timeout(700)
    return False


def answer(page: Page, form: Locator) -> None:
    """Choose what is right for every question that stands in `form`, and send it."""
    for group in form.locator("fieldset").all():
        give(group, next(told for question, told in RIGHT.items() if question in words_of(group)))
    form.locator("button[type=submit], button:not([type])").first.click()
    page.wait_for_load_state()


def words_of(group: Locator) -> str:
    return group.locator("legend").inner_text()


def give(group: Locator, told: tuple[str, list[str]]) -> None:
    """Answer one question as somebody with a mouse does."""
    kind, right = told
    if kind in {"numeric", "short_text"}:
        group.get_by_role("textbox").fill(right[0])
    elif kind == "ordering":
        for place, text in enumerate(right, 1):
            up = group.get_by_role("button", name=f"Up: {text}", exact=True)
            row = group.get_by_role("listitem").filter(has_text=text)
            while row.locator("[data-place]").inner_text() != str(place):
                up.click()
    else:
        for text in right:
            choice(group, text).check()


def choice(group: Locator, text: str) -> Locator:
    """The box of an option, which may be read out with its letter or number before it."""
    name = re.compile(rf"^(?:[A-H1-9]\W*)?{re.escape(text)}$")
    return group.get_by_role("radio", name=name).or_(group.get_by_role("checkbox", name=name)).first


def passes_the_exam(learner: Walker, course: str, *, look: bool = True) -> None:
    page = learner.page
    learner.go(course)
    learner.link("Go to the exam").click()
    learner.is_in_order(look=look)
    learner.button("Start the clock").click()
    for number in range(1, COURSE["exam"]["questions"] + 1):
        page.wait_for_url(re.compile(rf"/exams/\d+/{number}/$"))
        if number == 1:
            learner.is_in_order(look=look)
        stem = page.locator("legend.question").inner_text().strip()
        give(page.locator("main fieldset"), RIGHT[stem])
        page.locator("button.btn--primary[name=to]").click()
    page.wait_for_url(re.compile(r"/exams/\d+/review/$"))
    learner.is_in_order(look=look)
    learner.button("Hand in now").click()
    learner.heading("Passed")
    learner.is_in_order(look=look)


# -- certificate and claim


def finds_the_certificate(learner: Walker) -> str:
    """The serial, once the worker has made the certificate."""
    learner.comes_true("/certificates/", TITLE_OF_PAPER)
    learner.is_in_order()
    learner.page.locator("main a[href^='/certificates/']").first.click()
    learner.page.wait_for_url(re.compile(r"/certificates/[^/]+/$"))
    learner.is_in_order()
    return learner.page.url.rstrip("/").rpartition("/")[2]


TITLE_OF_PAPER = re.compile(COURSE["title_zh"][:6])


def adds_a_bank_card(learner: Walker, card: str) -> None:
    page = learner.page
    learner.go("/me/bank/")
    learner.is_in_order()
    if "/accounts/" in page.url:
        page.locator("#id_password").fill("spring-festival-lantern")
        page.locator("main form button[type=submit]").first.click()
    page.get_by_role("textbox", name="Bank", exact=True).fill("示例银行")
    page.get_by_role("textbox", name="Card number").fill(card)
    page.get_by_label(re.compile("I agree that this account")).check()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def answers_for_the_claim(learner: Walker, serial: str, *, look: bool = True) -> None:
    """Up to the page with the button that submits."""
    page = learner.page
    learner.go(f"/claims/start/{serial}/")
    learner.is_in_order(look=look)
    learner.link("Start").click()
    learner.is_in_order(look=look)
    page.locator("input[name=statuses][value=none]").check()
    learner.button("Save and continue").click()
    page.wait_for_url(re.compile("/link/$"))
    learner.is_in_order(look=look)
    for name, value in (
        ("person_hukou_in_region", "yes"),
        ("person_insured_in_region", "no"),
        ("person_unemployment_registered", "no"),
    ):
        page.locator(f"input[name={name}][value={value}]").check()
    learner.button("Save and continue").click()
    page.wait_for_url(re.compile("/other/$"))
    learner.is_in_order(look=look)
    for box in page.locator("main input[type=radio][value=no]").all():
        box.check()
    learner.button("Save and continue").click()
    page.wait_for_url(re.compile("/check/$"))
    learner.is_in_order(look=look)
    page.locator("input[name=agreed]").check()


def submits_the_claim(learner: Walker) -> str:
    """The claim's number."""
    learner.button("Submit the claim").click()
    learner.page.wait_for_url(re.compile(r"/claims/(?!start)[^/]+/$"))
    return learner.page.url.rstrip("/").rpartition("/")[2]


def withdraws_the_claim(learner: Walker, number: str) -> None:
    learner.go(f"/claims/{number}/")
    learner.page.get_by_text("Withdraw this claim").click()
    learner.button("Withdraw", exact=True).click()
    learner.sees("Withdrawn")


# -- review and money


def intake_takes_it_in(officer: Walker, number: str) -> None:
    officer.comes_true("/desk/claims/", number)
    officer.is_in_order()
    officer.go(f"/desk/claims/{number}/")
    officer.is_in_order()
    officer.button("Take in", exact=True).click()
    officer.page.wait_for_load_state()


def province_passes_it_on(first: Walker, second: Walker, number: str) -> None:
    first.go(f"/desk/claims/{number}/")
    first.is_in_order()
    first.page.locator("input[name=confirmed]").check()
    passes(first)
    second.go(f"/desk/claims/{number}/")
    second.is_in_order()
    passes(second)


def passes(officer: Walker) -> None:
    officer.button(re.compile("^Pass ")).click()
    officer.page.wait_for_load_state()


def ministry_approves(reviewer: Walker, number: str) -> None:
    reviewer.go(f"/desk/claims/{number}/")
    reviewer.is_in_order()
    passes(reviewer)


def publishes_the_notice(maker: Walker) -> None:
    maker.go("/desk/notices/")
    maker.is_in_order()
    maker.button(re.compile("^Publish ")).click()
    maker.page.wait_for_load_state()


def assembles_the_batch(maker: Walker) -> str:
    """The batch's number."""
    end = time.monotonic() + 60
    button = maker.page.locator("form[action$='/assemble/'] button")
    maker.go("/desk/batches/")
    while button.is_disabled():
        assert time.monotonic() < end, "the notice never ended"
        time.sleep(1)
        maker.go("/desk/batches/")
    maker.is_in_order()
    button.click()
    maker.page.wait_for_load_state()
    while maker.page.url.rstrip("/").endswith("/batches"):
        assert time.monotonic() < end, "the bank never vouched for the account"
        time.sleep(1)
        button.click()
        maker.page.wait_for_load_state()
    maker.page.wait_for_url(re.compile(r"/desk/batches/[^/]+/$"))
    maker.is_in_order()
    return maker.page.url.rstrip("/").rpartition("/")[2]


def checks_and_releases(checker: Walker, releaser: Walker, batch: str) -> None:
    for step, officer in (("check", checker), ("release", releaser)):
        officer.go(f"/desk/batches/{batch}/")
        officer.is_in_order()
        officer.page.locator(f"form[action$='/{step}/'] button").click()
        officer.page.wait_for_load_state()


def fetches_the_payment_file(maker: Walker, batch: str) -> list[dict[str, str]]:
    """The lines for the bank, once the worker has written them to the storage."""
    end = time.monotonic() + 60
    button = maker.page.locator("form[action$='/file/'] button")
    maker.go(f"/desk/batches/{batch}/")
    while not button.count():
        assert time.monotonic() < end, "the payment file was never written"
        time.sleep(1)
        maker.go(f"/desk/batches/{batch}/")
    with maker.page.expect_download() as coming:
        button.click()
    text = coming.value.path().read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def bank_answers(maker: Walker, batch: str, lines: list[dict[str, str]]) -> None:
    """Every line is paid."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["批次号", "行号", "回单号", "金额", "结果", "原因"])
    for line in lines:
        writer.writerow([line["批次号"], line["行号"], f"R{line['行号']}", line["金额"], "成功", ""])
    maker.go(f"/desk/batches/{batch}/")
    file = {"name": "answer.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode()}
    maker.page.locator("input[type=file]").set_input_files(file)
    maker.page.locator("form[action$='/answer/'] button").click()
    maker.page.wait_for_load_state()
