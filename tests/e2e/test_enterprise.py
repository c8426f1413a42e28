"""An enterprise's officer claims by a list: account, list, the sentence for a bad row, the paper, the declaration, the desk."""

import re

from playwright.sync_api import expect

from portal.demo.people import PASSWORD
from tests.e2e.before import made
from tests.e2e.walking import Walker

WORLD = """
from tests.subsidies import list_world as world
for name, told in (("欧阳建国", {}), ("买买提·艾力", {"name": "买买提·艾山"})):
    print("row", ",".join(world.row(world.employee(name, at=at), **told)))
"""
ACCOUNT = "123456789012"
WRONG_NAME = "姓名与该身份证号登记的姓名不一致。"


def test_an_enterprise_claims_for_its_staff_by_a_list(stack, walker):
    rows = re.findall(r"^row (\S+)$", made(stack, WORLD, place=2), re.MULTILINE)
    assert len(rows) == 2
    officer = walker(language="zh", narrow=True).sign_in("employer")
    enters_the_account(officer)
    uploads_the_list(officer, rows)
    officer.at_a_desk()
    adds_the_paper_and_hands_in(officer)
    number = finds_the_claim(officer)
    the_intake_has_it(walker(language="zh").sign_in("intake"), number)
    assert claims_made(stack) == [(number, "checked")]


def enters_the_account(officer: Walker) -> None:
    page = officer.page
    officer.go("/claims/lists/")
    officer.sees("还没有账户")
    page.get_by_role("main").get_by_role("link", name="单位银行账户").click()
    # an account is changed only by who has just said again who it is
    page.get_by_label("密码").fill(PASSWORD)
    officer.button("确认").click()
    officer.heading("单位银行账户")
    page.get_by_label("开户银行").fill("示例银行贵阳支行")
    page.get_by_label("账号").fill("12345")
    officer.button("保存账户").click()
    # too short: a sentence, and what was typed is still there
    expect(page.get_by_label("账号")).to_have_value("12345")
    officer.is_in_order()
    page.get_by_label("账号").fill("1234 5678 9012")
    officer.button("保存账户").click()
    officer.sees("收款账户已保存。")
    officer.heading("按名单申领")
    officer.sees("1234******12")


def uploads_the_list(officer: Walker, rows: list[str]) -> None:
    page = officer.page
    text = "\r\n".join(["name,number,serial", *rows])
    file = {"name": "名单.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    page.get_by_label("申领名单").set_input_files(file)
    officer.button("上传并预览").click()
    page.wait_for_url(re.compile(r"/claims/lists/\d+/$"))
    wrong = page.get_by_role("row").filter(has_text=WRONG_NAME)
    expect(wrong).to_be_visible(timeout=60_000)
    expect(wrong).to_contain_text("未通过")
    expect(page.get_by_role("row").filter(has_text="可申领")).to_have_count(1)
    for row in rows:
        assert row.split(",")[1] not in page.content(), "a page shows no resident ID number"
    officer.is_in_order()


def adds_the_paper_and_hands_in(officer: Walker) -> None:
    page = officer.page
    officer.link("继续，1 行可申领").click()
    officer.heading("核对并提交")
    officer.sees("尚缺。")
    officer.button("提交名单").click()
    officer.sees("请勾选，声明填报内容属实。")
    page.get_by_role("checkbox").check()
    officer.button("提交名单").click()
    officer.sees("缺少政策要求的材料")
    officer.is_in_order()
    officer.link(re.compile("参保证明")).click()
    officer.heading("参保证明")
    scan = {"name": "参保证明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.get_by_label("证明的照片或扫描件").set_input_files(scan)
    officer.button("添加材料").click()
    officer.sees("材料已添加。")
    officer.link("返回").click()
    page.get_by_role("checkbox").check()
    officer.button("提交名单").click()
    officer.sees("已提交。每个可申领的行将生成一笔申领。")


def finds_the_claim(officer: Walker) -> str:
    """The number of the one claim that the list made, read on its page in English."""
    page = officer.page
    expect(page.get_by_text(re.compile("生成 1 笔申领"))).to_be_visible(timeout=60_000)
    found = page.get_by_role("link", name=re.compile("^CL-"))
    expect(found).to_have_count(1)
    number = found.inner_text()
    found.click()
    officer.in_english()
    officer.heading("The claim")
    officer.is_in_order()
    return number


def the_intake_has_it(intake: Walker, number: str) -> None:
    intake.comes_true("/desk/claims/", number, seconds=60)
    intake.link(number).click()
    intake.sees("贵州示例六有限公司")
    intake.sees("参保证明.pdf")
    expect(intake.button("受理", exact=True)).to_be_visible()
    intake.is_in_order()


def claims_made(stack) -> list[tuple]:
    return stack.sql("SELECT number, state FROM subsidies_claim WHERE channel = 'enterprise' ORDER BY number")
