"""A learner on a phone finds a course by how it sounds, narrows in place, and goes back."""

import re

from playwright.sync_api import expect


def test_a_learner_finds_a_course_by_pinyin_on_a_phone(walker):
    learner = walker(narrow=True)
    learner.go("/courses/")
    page = learner.page
    page.locator("#q").fill("hangong")
    page.locator("#q").press("Enter")
    expect(page).to_have_url(re.compile(r"/courses/\?q=hangong$"))
    expect(page.locator("main a[href='/courses/GZ-DEMO/']")).to_be_visible()
    page.locator("#q").fill("hangomg")
    page.locator("#q").press("Enter")
    expect(page.locator("#mended")).to_contain_text("hangong")

    learner.go("/courses/?q=hangong")
    before = page.locator("#count").inner_text()
    learner.button("Filter").click()
    box = page.locator("#delivery-video")
    box.check()
    expect(page).to_have_url(re.compile(r"\?q=hangong&delivery=video$"))
    expect(box).to_be_focused()
    expect(page.locator("#facets")).to_be_visible()
    learner.button(re.compile("^Show ")).click()
    expect(page.locator("#facets")).to_be_hidden()
    expect(page.locator("main a[href='/courses/GZ-DEMO/']")).to_be_visible()

    page.go_back()
    expect(page).to_have_url(re.compile(r"\?q=hangong$"))
    expect(page.locator("#count")).to_have_text(before)
    expect(page.locator("#delivery-video")).not_to_be_checked()
    learner.is_in_order()
