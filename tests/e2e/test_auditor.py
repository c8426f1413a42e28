"""An auditor reads a report, takes it away, opens a claim, has its evidence made, fetches it, and proves it with the command."""

import io
import re
import time
import zipfile

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.e2e.before import made
from tests.e2e.walking import Walker

CLAIM = """
from tests.subsidies import making
claim = making.checked(making.claimant("周审计"), at=at)
from subsidies.services import figures
from subsidies.models import FiguresRun
FiguresRun.objects.all().delete()
figures.take_figures(at=at)
print("claim", claim.number)
"""


def test_an_auditor_takes_the_evidence_away(stack, walker, tmp_path):
    number = re.search(r"claim (\S+)", made(stack, CLAIM, place=1))[1]
    auditor = walker(language="zh", narrow=True).sign_in("auditor")
    reads_a_report(auditor)
    auditor.at_a_desk()
    pack = has_the_evidence_made(auditor, number)
    file = tmp_path / "pack.zip"
    file.write_bytes(pack)
    assert "Intact" in stack.manage("verify_pack", str(file))
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        assert number in opened.read("claim.json").decode()


def reads_a_report(auditor: Walker) -> None:
    page = auditor.page
    auditor.go("/desk/reports/")
    auditor.heading(re.compile("^报表"))
    page.get_by_role("navigation", name="报表").get_by_role("link", name="申领", exact=True).click()
    page.get_by_label("分组方式").select_option("occupation")
    auditor.button("查看", exact=True).click()
    expect(page.get_by_role("rowheader", name=re.compile("6-18-02-04"))).to_be_visible()
    auditor.is_in_order()
    with page.expect_download() as coming:
        auditor.link("Excel").click()
    sheet = load_workbook(io.BytesIO(coming.value.path().read_bytes())).active
    assert any("6-18-02-04" in str(row[0].value) for row in sheet.iter_rows())


def has_the_evidence_made(auditor: Walker, number: str) -> bytes:
    """The pack, asked for and fetched on a page in English."""
    page = auditor.page
    auditor.go(f"/desk/claims/{number}/")
    auditor.link("证据包").click()
    auditor.in_english()
    page.get_by_label("What is the pack for?").fill("2026 年第 7 号审计\N{CJK UNIFIED IDEOGRAPH-20BB7}")
    auditor.button("Have the pack made").click()
    end = time.monotonic() + 60
    while not auditor.button("Download").count():
        assert time.monotonic() < end, "the pack was never made"
        page.wait_for_timeout(1_000)
        page.reload()
    auditor.is_in_order()
    with page.expect_download() as coming:
        auditor.button("Download").click()
    return coming.value.path().read_bytes()
