"""What a person does in a browser, in words: sign in, follow a link, look whether the page is in order."""

import datetime as dt
import re
import time
from dataclasses import dataclass, field
from http import HTTPStatus

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Response, expect

from portal.demo.people import BY_KEY, PASSWORD, Person
from tests.e2e.stack import Stack

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


AXE_MS, AXE_TRIES = 15_000, 3
RUN_AXE = """([rules, ms]) => Promise.race([
  axe.run(document, rules),
  new Promise((_, refuse) => setTimeout(() => refuse(new Error(`axe took more than ${ms} ms`)), ms)),
])"""
"""Playwright waits for ever for what a script promised, and axe sometimes never answers on a busy machine."""


@dataclass
class Walker:
    stack: Stack
    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, stack: Stack, browser: Browser, *, language: str = "en", narrow: bool = False) -> "Walker":
        context = browser.new_context(
            base_url=stack.address,
            locale="en-GB" if language == "en" else "zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=PHONE if narrow else DESK,
        )
        context.set_default_timeout(20_000)
        walker = cls(stack=stack, page=context.new_page())
        walker._listen()
        walker.go("/")
        if language == "en":
            walker.in_english()
        return walker

    @classmethod
    def beside(cls, other: "Walker") -> "Walker":
        """A second window of the same browser."""
        walker = cls(stack=other.stack, page=other.page.context.new_page())
        walker._listen()
        return walker

    def _listen(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("response", self._look_at)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        # statuses are judged with their address in `_look_at`; what is cut short by leaving a page is no fault
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _look_at(self, response: Response) -> None:
        """A form refused by a rule is a 409 or 422; everything else from 400 on is a fault."""
        if response.status >= HTTPStatus.BAD_REQUEST and response.status not in {
            HTTPStatus.CONFLICT,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        }:
            told = (
                self.stack.log("web")[-3000:] if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
            )
            self.complaints.append(f"{response.request.method} {response.url}: {response.status}\n{told}")

    def go(self, path: str) -> "Walker":
        self.stack.note(f"go {path}")
        answer = self.page.goto(path)
        told = self.stack.log("web")[-2500:] if answer and answer.status >= 500 else ""
        assert answer is None or answer.status < 400, f"{path}: {answer.status}\n{told}"
        return self

    def far_away(self) -> None:
        """From now on what a script asks for is answered half a second late."""
        self.page.add_init_script(
            "const near = window.fetch; window.fetch = async (...asked) => {"
            " const answer = await near(...asked); await new Promise((soon) => setTimeout(soon, 500)); return answer; }"
        )

    def at_a_desk(self) -> None:
        """From now on the window is as wide as a desk's screen."""
        self.page.set_viewport_size(DESK)

    def in_english(self) -> None:
        button = self.page.get_by_role("button", name=re.compile("^(EN|English)$"))
        if button.count() and button.first.is_visible():
            button.first.click()

    def link(self, name: str | re.Pattern, *, exact: bool = False) -> Locator:
        return self.page.get_by_role("link", name=name, exact=exact).first

    def button(self, name: str | re.Pattern, *, exact: bool = False) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact).first

    def sees(self, text: str | re.Pattern) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def heading(self, text: str | re.Pattern) -> None:
        expect(self.page.get_by_role("heading", name=text).first).to_be_visible()

    def is_in_order(self, *, look: bool = True) -> None:
        """Axe finds nothing at 1280 and at 360 px, and nothing sticks out to the right.

        What is found is said at the end of the journey, all of it at once.
        """
        self.page.wait_for_load_state()
        if not look:
            return
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        before = self.page.viewport_size
        for size in (DESK, PHONE):
            self.page.set_viewport_size(size)
            # as high as the page, so that the bar at the foot of a phone covers nothing that axe looks at
            high = self.page.evaluate("document.documentElement.scrollHeight")
            self.page.set_viewport_size({"width": size["width"], "height": max(high, size["height"])})
            wide = self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            where = f"{self.page.url} at {size['width']}"
            if wide > 0:
                self.complaints.append(f"{where} is {wide}px too wide")
            self.stack.note(f"axe {where}")
            for found in self._violations():
                parts = [node["html"][:160] for node in found["nodes"][:3]]
                self.complaints.append(f"{where}: {found['id']}: {parts}")
        self.page.set_viewport_size(before)

    def _violations(self) -> list[dict]:
        for left in reversed(range(AXE_TRIES)):
            self.page.evaluate(Axe().axe_script)
            try:
                return self.page.evaluate(RUN_AXE, [RULES, AXE_MS])["violations"]
            except Error as slow:
                if "axe took more" not in str(slow) or not left:
                    raise
                self.stack.note(f"axe gave no answer within {AXE_MS} ms; asked again")
        return []

    # -- signing in

    def sign_in(self, who: str | Person) -> "Walker":
        """As one of the demo's people (or one made like them), with phone and password and, at a desk, six digits from the demo desk."""
        person = who if isinstance(who, Person) else BY_KEY[who]
        self.go("/accounts/login/")
        self.page.get_by_text(re.compile("^(Sign in with a password|用密码登录)$")).click()
        self.page.locator("#id_login").fill(person.phone)
        self.page.locator("#id_password").fill(PASSWORD)
        self.page.locator("#id_password").press("Enter")
        if person.role:
            self.page.wait_for_url("**/2fa/**")
            self.page.locator("input[name=code]").fill(self.six_digits(person.key))
            self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url(lambda url: "/accounts/" not in url)
        return self

    def six_digits(self, key: str) -> str:
        """A code is good once: where this one was used, wait for the next."""
        for _try in range(35):
            code = self._digits_now(key)
            if code not in self.stack.used_codes:
                self.stack.used_codes.add(code)
                return code
            time.sleep(1)
        raise AssertionError("the authenticator's code never changed")

    def _digits_now(self, key: str) -> str:
        other = self.page.context.new_page()
        try:
            other.goto("/demo/")
            return other.locator(f"[data-account={key}] td:last-child code").inner_text()
        finally:
            other.close()

    def latest_message_code(self) -> str:
        """The six digits of the newest SMS, read on the demo desk."""
        other = self.page.context.new_page()
        try:
            other.goto("/demo/")
            return re.search(r"\b(\d{6})\b", "\n".join(other.locator("[data-message]").all_inner_texts()))[1]
        finally:
            other.close()

    def today(self) -> dt.date:
        """The portal's day, read on the demo desk."""
        other = self.page.context.new_page()
        try:
            other.goto("/demo/")
            return dt.date.fromisoformat(
                re.search(r"\d{4}-\d\d-\d\d", other.locator("[aria-labelledby=clock]").inner_text())[0]
            )
        finally:
            other.close()

    def move_clock(self, step: str) -> None:
        other = self.page.context.new_page()
        try:
            other.goto("/demo/")
            other.locator("select[name=by]").select_option(step)
            other.locator("main form button[type=submit]").click()
            # a page that is closed on its way to the next may never say that it is closed
            expect(other.get_by_text("The clock has moved")).to_be_visible()
        finally:
            other.close()

    def comes_true(self, path: str, text: str | re.Pattern, *, seconds: float = 40) -> None:
        """Open `path` again and again until `text` is on it: the worker needs a moment."""
        end = time.monotonic() + seconds
        while True:
            self.page.goto(path)
            if self.page.get_by_text(text).count():
                return
            assert time.monotonic() < end, (
                f"{text} never came on {path}:\n{self.page.locator('main').inner_text()[:1500]}"
            )
            time.sleep(0.5)
