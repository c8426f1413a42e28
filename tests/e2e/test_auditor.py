"""An auditor reads a report, takes it away, opens a claim, has its evidence made, fetches it, and proves it with the command."""

import io
import re
import zipfile

from openpyxl import load_workbook

from tests.e2e.walking import Walker

CLAIM = """
import itertools
from portal import clock
from tests import factories
from tests.subsidies import making
factories._phones = itertools.count(13_966_000_000)
at = clock.now()
from subsidies.models import PolicyVersion
claim = making.checked(making.claimant("周审计"), at=at)
from subsidies.services import figures
from subsidies.models import FiguresRun
FiguresRun.objects.all().delete()
figures.take_figures(at=at)
print("claim", claim.number)
"""


def test_an_auditor_takes_the_evidence_away(stack, browser, tmp_path):
    number = re.search(r"claim (\S+)", stack.manage("shell", "-c", CLAIM))[1]
    auditor = Walker.begin(stack, browser).sign_in("auditor")
    reads_a_report(auditor)
    pack = has_the_evidence_made(auditor, number)
    file = tmp_path / "pack.zip"
    file.write_bytes(pack)
    assert "Intact" in stack.manage("verify_pack", str(file))
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        assert number in opened.read("claim.json").decode()
    auditor.page.context.close()
    assert auditor.complaints == []


def reads_a_report(auditor: Walker) -> None:
    auditor.go("/desk/reports/")
    auditor.heading(re.compile("Reports"))
    auditor.link("Claims", exact=True).last.click()
    auditor.page.get_by_label("Row by row").select_option("occupation")
    auditor.button("Show").click()
    auditor.sees("6-18-02-04")
    auditor.is_in_order()
    with auditor.page.expect_download() as coming:
        auditor.link("Excel").click()
    sheet = load_workbook(coming.value.path()).active
    assert any("6-18-02-04" in str(row[0].value) for row in sheet.iter_rows())


def has_the_evidence_made(auditor: Walker, number: str) -> bytes:
    auditor.go(f"/desk/claims/{number}/")
    auditor.link("Evidence pack").click()
    auditor.page.get_by_label("What is the pack for?").fill("Audit 7 of this year")
    auditor.button("Have the pack made").click()
    for _look in range(60):
        if auditor.button("Download").count():
            break
        auditor.page.wait_for_timeout(1_000)
        auditor.page.reload()
    auditor.is_in_order()
    with auditor.page.expect_download() as coming:
        auditor.button("Download").click()
    return coming.value.path().read_bytes()
