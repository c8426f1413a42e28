"""Finance issues a budget by two people, and reads in the bank's answers: a wrong file not at all, the right one line by line."""

import csv
import io
import re

from playwright.sync_api import expect

from tests.e2e import road
from tests.e2e.before import made
from tests.e2e.walking import Walker

WORLD = """
import datetime as dt
from tests.subsidies import money_world as world
at = at - dt.timedelta(days=40)
batch, _after = world.sent([world.claim(at=at) for _n in range(3)], at=at)
print("batch", batch.number)
"""
SUM, FILE_REFUSED = "¥1,234,567.00", "文件整份未收，没有任何结果生效。问题行列在下面。"


def test_a_budget_and_the_banks_answers(stack, walker):
    batch = re.search(r"batch (\S+)", made(stack, WORLD, place=3))[1]
    maker = walker(language="zh", narrow=True).sign_in("maker")
    checker = walker(language="zh", narrow=True).sign_in("checker")
    year = maker.today().year + 1
    enters_a_budget(maker, year)
    confirms_it(checker, year)
    maker.at_a_desk()
    lines = road.fetches_the_payment_file(maker, batch)
    assert len(lines) == 3
    a_wrong_answer_changes_nothing(maker, batch, lines)
    the_right_answer_is_applied(maker, batch, lines)
    the_returned_payment_is_held(maker, checker, lines[1]["申领编号"])
    states = "SELECT state FROM subsidies_claim WHERE number = ANY(%s) ORDER BY number"
    assert stack.sql(states, ([line["申领编号"] for line in lines],)) == [("paid",), ("payable",), ("paid",)]


def enters_a_budget(maker: Walker, year: int) -> None:
    page = maker.page
    maker.go("/desk/money/")
    page.get_by_label("预算年度").last.fill(str(year))
    page.get_by_label("金额（元）").fill("一百万")
    page.get_by_label("指标文号").fill(f"黔财示例〔{year}〕7 号")
    maker.button("录入", exact=True).click()
    expect(page.get_by_label("金额（元）")).to_have_value("一百万")
    maker.is_in_order()
    page.get_by_label("金额（元）").fill("1,234,567")
    maker.button("录入", exact=True).click()
    maker.sees("已录入。另一人确认后生效。")
    maker.sees("由您录入，须由他人确认。")
    assert not maker.page.get_by_role("button", name=re.compile("^确认")).count(), "nobody confirms their own"


def confirms_it(checker: Walker, year: int) -> None:
    checker.go("/desk/money/")
    checker.sees(f"黔财示例〔{year}〕7 号")
    checker.button(f"确认 {SUM}").click()
    checker.sees("指标已下达，可以使用。")
    checker.go(f"/desk/money/?year={year}")
    checker.sees(f"下达 {SUM}")
    checker.is_in_order()


def answer(lines: list[dict[str, str]], results: list[tuple[str, str]], **changes: str) -> dict:
    """A file as the bank sends it: a result and a reason for each line; `changes` are of the second line."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["批次号", "行号", "回单号", "金额", "结果", "原因"])
    for place, (line, said) in enumerate(zip(lines, results, strict=True)):
        told = line | (changes if place == 1 else {})
        number = told["行号"]
        writer.writerow([told["批次号"], number, f"F{line['行号']}", told["金额"], *said])
    return {"name": "回盘.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode()}


PAID = ("成功", "")


def a_wrong_answer_changes_nothing(maker: Walker, batch: str, lines: list[dict[str, str]]) -> None:
    """One amount that is a fen too high, and a line that the batch has not: two rows with their numbers, nothing applied."""
    page = maker.page
    high = f"{float(lines[1]['金额']) + 0.01:.2f}"
    wrong = [lines[0], lines[1] | {"金额": high}, lines[2] | {"行号": "9"}]
    page.get_by_label("银行回盘文件").set_input_files(answer(wrong, [PAID] * 3))
    maker.button("读入").click()
    maker.sees(FILE_REFUSED)
    report = page.get_by_role("group", name="文件的问题").get_by_role("row")
    expect(report).to_have_count(3)
    expect(report.nth(1)).to_have_text(re.compile(rf"^\s*3\s*金额与批次不一致：{re.escape(high)}\s*$"))
    expect(report.nth(2)).to_have_text(re.compile(r"^\s*4\s*批次中没有第 9 行。\s*$"))
    maker.is_in_order()
    maker.go(f"/desk/batches/{batch}/")
    expect(page.get_by_role("region", name="银行回盘").first).to_contain_text(re.compile(r"0\s*/\s*3"))


def the_right_answer_is_applied(maker: Walker, batch: str, lines: list[dict[str, str]]) -> None:
    page = maker.page
    said = [PAID, ("退票", "户名不符"), PAID]
    page.get_by_label("银行回盘文件").set_input_files(answer(lines, said))
    maker.button("读入").click()
    maker.sees("3 条新结果正在处理。")
    returned = page.get_by_role("row").filter(has_text=lines[1]["申领编号"])
    maker.comes_true(f"/desk/batches/{batch}/", "全部回盘", seconds=60)
    expect(returned).to_contain_text("退票")
    expect(returned).to_contain_text("户名不符")
    expect(page.get_by_role("row").filter(has_text=lines[0]["申领编号"])).not_to_contain_text("退票")


def the_returned_payment_is_held(maker: Walker, checker: Walker, number: str) -> None:
    for officer in (maker, checker):
        officer.go("/desk/money/")
        held = officer.page.get_by_role("region", name="暂停的申领")
        expect(held).to_contain_text(number)
        expect(held).to_contain_text("户名不符")
    checker.at_a_desk()
    checker.in_english()
    checker.heading("Held claims")
    checker.is_in_order()
