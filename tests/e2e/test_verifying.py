"""A stranger with a phone reads the code on a paper, and hears what holds: valid, revoked, and of the file itself that it is genuine.

Then an employer checks with the code that the holder gave.
"""

import re

from playwright.sync_api import expect

from portal.demo.people import PASSWORD
from tests.certificates.test_paper import read_qr
from tests.e2e.walking import Walker

NAME, PHONE = "欧阳·𠮷祥", "13900000078"
HOLDER = f"""
from portal.accounts import services as accounts
from portal.accounts.models import Province, User
from portal import clock
from certificates import services
import itertools
from tests import factories
from tests.certificates import making
factories._phones = itertools.count(13_977_000_000)
at = clock.now()
user = User(display_name="{NAME}", joined_at=at, phone_verified_at=at)
user.phone = "+86{PHONE}"; user.set_password("{PASSWORD}"); user.save()
accounts.register_real_name(user, name="{NAME}", number="520102199106119255",
    province=Province.objects.get(code="520000"), agreed=True, at=at)
print("issued", services.issue(services.request(making.completion(user), at=at), at=at).serial)
"""
REASON = "The assessment was somebody else's."


def test_a_stranger_reads_the_code_and_uploads_the_file(stack, browser):
    serial = re.search(r"issued (\S+)", stack.manage("shell", "-c", HOLDER))[1]
    holder = Walker.begin(stack, browser, narrow=True)
    signs_in(holder)
    pdf = the_paper(holder, serial)
    code = gives_a_consent_code(holder, serial)
    stranger = begins_with_nothing(stack, browser)
    (address,) = read_qr(pdf)
    assert address.startswith(stack.address)
    stranger.go(address + "?lang=en")
    stranger.heading("The certificate is valid")
    stranger.sees(serial)
    assert NAME not in stranger.page.content()
    stranger.is_in_order()
    an_employer_checks(stack, browser, code, serial, holder)
    two_revoke(stack, browser, serial)
    stranger.page.reload()
    stranger.heading("The certificate is revoked")
    stranger.sees(REASON)
    stranger.is_in_order()
    the_file_is_genuine_and_revoked(stranger, pdf)
    an_edited_file_is_caught(stranger, pdf, serial)
    assert stranger.page.context.cookies() == []
    for someone in (holder, stranger):
        someone.page.context.close()
        assert someone.complaints == []


def begins_with_nothing(stack, browser) -> Walker:
    """A phone that has never been here, whose browser runs no script."""
    context = browser.new_context(
        base_url=stack.address, viewport={"width": 360, "height": 740}, locale="zh-CN"
    )
    context.set_default_timeout(20_000)
    stranger = Walker(stack=stack, page=context.new_page())
    stranger._listen()
    return stranger


def signs_in(holder: Walker) -> None:
    page = holder.page
    holder.go("/accounts/login/")
    page.get_by_text("Sign in with a password", exact=True).click()
    page.locator("#id_login").fill(PHONE)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url(lambda url: "/accounts/" not in url)


def the_paper(holder: Walker, serial: str) -> bytes:
    answer = holder.page.request.get(f"/certificates/{serial}/pdf/")
    assert answer.ok
    return answer.body()


def gives_a_consent_code(holder: Walker, serial: str) -> str:
    page = holder.page
    holder.go(f"/certificates/{serial}/")
    holder.link("Let an employer check").click()
    holder.heading("Let an employer check")
    page.get_by_label("Which employer may check").fill("贵州示例六有限公司")
    page.get_by_label("What for").fill("Hiring as a welder")
    expect(page.get_by_label(serial)).to_be_checked()
    holder.is_in_order()
    holder.button("Make the code").click()
    holder.heading("Your consent code")
    holder.is_in_order()
    return page.locator("output").inner_text()


def an_employer_checks(stack, browser, code: str, serial: str, holder: Walker) -> None:
    employer = Walker.begin(stack, browser).sign_in("employer")
    page = employer.page
    employer.go("/certificates/check/")
    employer.is_in_order()
    page.get_by_label("Consent codes").fill(f"{code.lower()}, 欧阳 · 𠮷祥\nnonsense")
    employer.button("Check", exact=True).click()
    employer.sees(serial)
    employer.sees("The same")
    employer.sees("it was mistyped")
    employer.is_in_order()
    with page.expect_download() as coming:
        employer.link("Save as CSV").click()
    text = coming.value.path().read_text(encoding="utf-8-sig")
    assert serial in text
    assert "欧阳·𠮷祥" not in text
    employer.page.context.close()
    assert employer.complaints == []
    holder.go("/certificates/consents/")
    holder.page.get_by_text("Who checked, and when").click()
    holder.sees(re.compile("Guizhou Sample Six|贵州示例六有限公司"))
    holder.is_in_order()


def two_revoke(stack, browser, serial: str) -> None:
    reviewer = Walker.begin(stack, browser).sign_in("reviewer")
    reviewer.go(f"/certificates/desk/{serial}/")
    reviewer.page.get_by_label("Revoke it: it should not have been issued").check()
    reviewer.page.get_by_label("For what reason").fill(REASON)
    reviewer.button("Propose").click()
    reviewer.sees("A second person of the province decides.")
    second = Walker.begin(stack, browser).sign_in("operator")
    second.go(f"/certificates/desk/{serial}/")
    second.button("Approve").click()
    second.sees("Everybody who checks the certificate sees it from now on.")
    for someone in (reviewer, second):
        someone.page.context.close()
        assert someone.complaints == []


def uploads(stranger: Walker, content: bytes) -> None:
    stranger.go("/verify/file/?lang=en")
    file = {"name": "certificate.pdf", "mimeType": "application/pdf", "buffer": content}
    stranger.page.locator("input[type=file]").set_input_files(file)
    stranger.button("Check the file").click()


def the_file_is_genuine_and_revoked(stranger: Walker, pdf: bytes) -> None:
    uploads(stranger, pdf)
    stranger.heading(re.compile("The file is genuine"))
    stranger.heading("The certificate is revoked")
    stranger.is_in_order()


def an_edited_file_is_caught(stranger: Walker, pdf: bytes, serial: str) -> None:
    place = pdf.index(b"stream\n") + 60
    uploads(stranger, pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :])
    stranger.heading("The file was changed: its signature does not fit what it says")
    assert stranger.page.get_by_text(serial).count() == 0
    stranger.is_in_order()
