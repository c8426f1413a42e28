"""What holds for all pages: no inline style or script, every message in two languages, furniture only where it is set."""

import re

import pytest
from django.urls import reverse

from portal.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

PUBLIC = [
    "home",
    "design",
    "account_login",
    "account_signup",
    "account_request_login_code",
    "account_reset_password",
]
SIGNED_IN = [
    "my",
    "account_logout",
    "account_change_phone",
    "mfa_index",
    "mfa_list_webauthn",
    "accounts:security",
]
INLINE = re.compile(r"""\sstyle\s*=|<style|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE)
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)


def assert_clean(text: str) -> None:
    assert not INLINE.search(text), INLINE.search(text)
    for script in SCRIPT.finditer(text):
        assert "src=" in script["attributes"] or 'type="application/json"' in script["attributes"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", PUBLIC)
def test_a_visitor_gets_clean_pages(client, name, language):
    client.cookies["django_language"] = language
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert_clean(page.text)
    assert page.text.count("<h1") == 1
    assert ('lang="en"' if language == "en" else 'lang="zh-CN"') in page.text.split(">")[1]


@pytest.mark.parametrize("name", SIGNED_IN)
def test_signed_in_people_get_clean_pages(client, name):
    page = factories.sign_in(client, factories.learner("李芳")).get(reverse(name))
    assert page.status_code == 200
    assert_clean(page.text)
    assert page.text.count("<h1") == 1


def test_an_authenticator_app_is_set_up_on_a_clean_page(client):
    page = factories.sign_in(client, factories.staff(Role.AUDITOR)).get(
        reverse("mfa_activate_totp"), follow=True
    )
    assert page.status_code == 200
    assert_clean(page.text)


def test_the_policy_forbids_inline_styles_and_scripts(client):
    policy = client.get(reverse("home"))["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_furniture_is_shown_where_it_is_set(client, settings):
    bare = client.get(reverse("home")).text
    assert "主办单位" not in bare
    assert "tel:" not in bare
    settings.SITE_FURNITURE = {
        "organiser": "示例主管部门",
        "contact": "示例地址",
        "hotline": "12333",
        "icp": "示例 ICP 备 1 号",
        "police": "",
    }
    shown = client.get(reverse("home")).text
    for text in ("主办单位：", "示例主管部门", 'href="tel:12333"', "示例 ICP 备 1 号", "示例地址"):
        assert text in shown


def test_the_ribbon_is_for_the_demo_only(client, settings):
    assert "ribbon" not in client.get(reverse("home")).text
    settings.DEMO = True
    assert "演示环境" in client.get(reverse("home")).text


def test_a_wrong_phone_number_is_told_beside_its_field_and_kept(client):
    page = client.post(reverse("account_request_login_code"), {"phone": "12"})
    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.text
    assert 'value="12"' in page.text
    assert "这不是手机号" in page.text


def test_sheets_and_scripts_named_by_templates_exist(settings):
    root = settings.BASE_DIR
    for path in (root / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r'{% sheet "(\w+)" %}', text):
            assert (root / "static" / "css" / f"{name}.css").is_file(), f"{path.name}: {name}"
        for name in re.findall(r'{% script "([\w-]+)" %}', text):
            assert (root / "static" / "js" / f"{name}.js").is_file(), f"{path.name}: {name}"


def test_every_token_a_sheet_uses_is_made_somewhere(settings):
    text = "".join(
        path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "static" / "css").glob("*.css")
    )
    made = set(re.findall(r"(--[\w-]+)\s*:", text))
    used = set(re.findall(r"var\((--[\w-]+)\)", text))
    assert used <= made
