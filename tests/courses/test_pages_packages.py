"""The author's page of a package, and what a frame is given: every file in its own sandbox, for a short while."""

import datetime as dt
import re
from urllib.parse import unquote

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from courses import selectors, services
from courses.models import Package
from courses.packages import frame
from courses.tasks import check_due_packages
from tests import factories
from tests.courses import scorm

pytestmark = pytest.mark.django_db
PAGE = "/courses/edit/GZ-0001/lessons/pack/package/"


@pytest.fixture
def moment(monkeypatch, at):
    now = [at]
    monkeypatch.setattr("portal.clock.now", lambda: now[0])
    return now


@pytest.fixture
def lesson(moment, make_course, author, at):
    course = make_course(ready=True)
    return services.add_lesson(course, key="pack", kind="package", title_zh="课件𠮷", by=author, at=at)


@pytest.fixture
def ready(lesson, author, at):
    file = ContentFile(scorm.good(script="API.LMSInitialize('')"), name="课件.zip")
    services.upload_package(lesson, file=file, by=author, at=at)
    check_due_packages()
    return selectors.package_of(lesson.pk)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def zipped(data):
    return SimpleUploadedFile("课件𠮷.zip", data, "application/zip")


def test_the_editor_leads_to_the_package(lesson, keeper, signed_in):
    page = text(signed_in(keeper).get(PAGE.removesuffix("package/")))
    assert f'href="{PAGE}"' in page


def test_upload_wait_and_ready(lesson, keeper, signed_in):
    browser = signed_in(keeper)
    assert "还没有课件包" in text(browser.get(PAGE))
    answer = browser.post(PAGE, {"file": zipped(scorm.good())})
    assert (answer.status_code, answer.url) == (302, PAGE)
    waiting = text(browser.get(PAGE))
    assert 'hx-trigger="every 2s"' in waiting
    assert "课件𠮷.zip" in waiting
    Package.objects.update(total=40, done=20)
    assert "已解压 20 / 40 个文件" in text(browser.get(PAGE))
    check_due_packages()
    page = browser.get(PAGE)
    assert "SCORM 1.2" in text(page)
    assert "hx-trigger" not in text(page)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "请选择课件包的 zip 文件。"),
        (SimpleUploadedFile("a.zip", b""), "请选择课件包的 zip 文件。"),
        (SimpleUploadedFile("a.zip", b"<html>"), "这不是 zip 文件"),
    ],
)
def test_what_is_no_package_is_said_at_once(lesson, keeper, signed_in, file, sentence):
    answer = signed_in(keeper).post(PAGE, {"file": file} if file else {})
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Package.objects.exists()


def test_a_refusal_found_later_stands_on_the_page(ready, keeper, signed_in):
    browser = signed_in(keeper)
    browser.post(PAGE, {"file": zipped(scorm.packed(scorm.files() | {"脚本.php": "<?php"}))})
    check_due_packages()
    page = text(browser.get(PAGE))
    assert "课件包里不接受这种文件：脚本.php" in page
    assert "原来的课件包保持不变。" in page
    browser.cookies["django_language"] = "en"
    shown = text(browser.get(PAGE))
    assert 'This kind of file is not taken into a package: <span lang="zh-CN">脚本</span>.php' in shown


def test_in_a_submitted_version_nothing_can_be_replaced(ready, author, keeper, signed_in, at):
    services.submit(selectors.course_visible_to(keeper, "GZ-0001"), by=author, at=at)
    browser = signed_in(keeper)
    page = text(browser.get(PAGE))
    assert "这个版本已不是草稿" in page
    assert "multipart/form-data" not in page
    assert browser.post(PAGE, {"file": zipped(scorm.good())}).status_code == 422


@pytest.mark.parametrize("address", [PAGE.replace("pack", "read"), PAGE.replace("0001", "7777")])
def test_other_lessons_and_courses_have_no_such_page(ready, keeper, signed_in, address):
    assert signed_in(keeper).get(address).status_code == 404


def test_the_api_is_the_pages_twin(lesson, keeper, signed_in):
    browser = signed_in(keeper)
    address = "/api/courses/edit/GZ-0001/lessons/pack/package/"
    assert browser.post(address, {"file": zipped(scorm.good())}).status_code == 202
    assert browser.post(address, {}).status_code == 400
    refused = browser.post(address, {"file": zipped(b"<html>")})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_a_zip")
    check_due_packages()
    row = browser.get(address).json()[0]
    assert (row["state"], row["done"], row["total"]) == ("ready", 4, 4)


# -- the frame


def address_of(ready, at, name=""):
    page = selectors.package_address(ready, 0, at=at)
    return page.replace("%E9%A6%96%E9%A1%B5.html", name) if name else page


def test_the_page_of_a_package_sits_in_its_own_sandbox(ready, at):
    answer = Client().get(address_of(ready, at))
    assert answer.status_code == 200
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["sandbox"] == "allow-scripts allow-forms allow-modals"
    prefix = re.match(r"http://testserver/courses/package/[^/]+/", policy["frame-src"])[0]
    assert policy["connect-src"] == f"{prefix} data: blob:"
    assert policy["frame-ancestors"] == "'self'"
    assert policy["default-src"] == policy["form-action"] == policy["object-src"] == "'none'"
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "text/html", "its own words say the encoding"
    assert not answer.cookies
    page = answer.content.decode()
    assert page.index(f'<script src="{prefix}{frame.SHIM}">') < page.index("function findAPI")


@pytest.mark.parametrize(
    ("name", "kind"), [("图/好.png", "image/png"), ("样式.css", "text/css"), ("样式.CSS", "text/css")]
)
def test_its_other_files_are_served_by_their_ending(ready, at, name, kind):
    answer = Client().get(unquote(address_of(ready, at, name)))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["Content-Security-Policy"].startswith("sandbox ")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    b"".join(answer)


def test_films_come_in_pieces(ready, at):
    answer = Client().get(unquote(address_of(ready, at, "图/好.png")), headers={"range": "bytes=0-2"})
    assert (answer.status_code, b"".join(answer)) == (206, b"GIF")


def test_our_script_is_given_under_the_same_address(ready, at):
    prefix = address_of(ready, at).rpartition("/%E8")[0]
    answer = Client().get(f"{prefix}/{frame.SHIM}")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert b"LMSInitialize" in answer.content


@pytest.mark.parametrize(
    "path", ["none.html", "../../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "00001", "a\x00.html"]
)
def test_what_is_not_in_the_package_is_not_there(ready, at, path):
    prefix = address_of(ready, at).rpartition("/%E8")[0]
    assert Client().get(f"{prefix}/{path}").status_code == 404


def test_a_token_that_was_changed_or_is_over(ready, at, moment):
    page = address_of(ready, at)
    assert Client().get(page.replace("/package/", "/package/x")).status_code == 404
    moment[0] = at + frame.LASTS + dt.timedelta(seconds=1)
    over = Client().get(page)
    assert over.status_code == 410
    assert over.headers["Content-Security-Policy"].startswith("sandbox ")


def test_a_replaced_package_is_shown_no_longer(ready, lesson, author, at):
    page = address_of(ready, at)
    file = ContentFile(scorm.good("2004"), name="b.zip")
    services.upload_package(lesson, file=file, by=author, at=at)
    check_due_packages()
    assert Client().get(page).status_code == 404


def test_on_a_host_of_its_own(ready, at, settings):
    settings.PACKAGE_ORIGIN = "https://packages.example.cn"
    page = address_of(ready, at)
    assert page.startswith("https://packages.example.cn/courses/package/")
    settings.ALLOWED_HOSTS = ["packages.example.cn"]
    answer = Client().get(
        page.removeprefix("https://packages.example.cn"), headers={"host": "packages.example.cn"}
    )
    policy = answer.headers["Content-Security-Policy"]
    assert f"frame-ancestors {settings.SITE_URL}" in policy
    assert "script-src http://packages.example.cn/courses/package/" in policy
    assert selectors.package_policy() == {"frame-src": ["https://packages.example.cn"]}


def test_a_provider_sees_its_own_packages_only(ready, provider, signed_in, at):
    from portal.accounts import services as accounts
    from portal.accounts.roles import Role

    own, other = factories.user("own"), factories.user("other")
    accounts.appoint(own, Role.INSTRUCTOR, by=None, at=at, organisation=provider)
    accounts.appoint(other, Role.INSTRUCTOR, by=None, at=at, organisation=factories.organisation())
    assert signed_in(own).get(PAGE).status_code == 200
    assert signed_in(other).get(PAGE).status_code == 404
    assert reverse("courses:package", args=["GZ-0001", "pack"]) == PAGE
