"""The stack by itself: pages answer, children that die come back."""

import time

from playwright.sync_api import expect


def test_a_visitor_reads_the_demo_desk_without_javascript(stack, browser):
    context = browser.new_context(base_url=stack.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/demo/")
    expect(page.locator("[data-account]")).to_have_count(12)
    context.close()


def test_staff_sign_in_with_six_digits(walker):
    someone = walker().sign_in("reviewer")
    someone.go("/desk/claims/")
    someone.is_in_order()


def test_a_killed_worker_comes_back(stack):
    assert stack.kill_workers() >= 1
    end = time.monotonic() + 20
    while "worker ended (SIGKILL)" not in (stack.var / "demo.out").read_text():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_pages_answer_in_time_while_the_broker_hangs(stack):
    with stack.hung_broker():
        for path in ("/", "/courses/", "/courses/GZ-DEMO/", "/verify/", "/notices/", "/demo/"):
            began = time.monotonic()
            assert stack.get(path, seconds=10) == 200, path
            assert time.monotonic() - began < 5, path
