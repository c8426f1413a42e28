"""The stack by itself, for who has no script, and while a part of it is missing."""

import time

from playwright.sync_api import expect

from portal.demo.people import PEOPLE


def test_a_visitor_reads_the_demo_desk_without_javascript(stack, browser):
    context = browser.new_context(base_url=stack.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/demo/")
    expect(page.locator("[data-account]")).to_have_count(len(PEOPLE))
    context.close()


def test_a_visitor_finds_the_course_without_javascript(stack, browser):
    context = browser.new_context(base_url=stack.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/courses/")
    page.locator("#q").fill("welding safety")
    page.locator("#q").press("Enter")
    page.locator("main a[href='/courses/GZ-DEMO/']").first.click()
    expect(page.locator("main a[href^='/learn/enrol/']").first).to_be_visible()
    context.close()


def test_a_killed_worker_comes_back(stack):
    assert stack.kill_workers() >= 1
    end = time.monotonic() + 20
    while "worker ended (SIGKILL)" not in (stack.var / "demo.out").read_text():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_pages_answer_in_time_while_the_broker_hangs(stack):
    with stack.hung_broker():
        pages_answer_in_time(stack)


def test_pages_answer_in_time_while_the_broker_is_gone(stack):
    with stack.stopped_broker():
        pages_answer_in_time(stack)


def pages_answer_in_time(stack):
    for path in ("/", "/courses/", "/courses/GZ-DEMO/", "/verify/", "/notices/", "/demo/"):
        began = time.monotonic()
        assert stack.get(path, seconds=10) == 200, path
        assert time.monotonic() - began < 5, path
