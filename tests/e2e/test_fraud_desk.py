"""An investigator looks at what a check saw, dismisses one finding with a reason and confirms the other."""

import re

from playwright.sync_api import expect

from tests.e2e.before import made
from tests.e2e.stack import Stack
from tests.e2e.walking import Walker

CLAIMS = """
from tests.subsidies import making
for name in ("龙大海", "龙小海"):
    person = factories.with_bank_account(factories.learner(name), number="6222020000001230")
    print("claim", making.submitted(person, at=at).number)
"""
SEEN = "2 人使用该银行账户"


def test_an_investigator_decides_what_a_check_saw(stack, walker):
    numbers = re.findall(r"claim (\S+)", made(stack, CLAIMS, place=4))
    assert len(numbers) == 2
    investigator = walker(language="zh", narrow=True).sign_in("investigator")
    looks_at_the_desk(investigator, numbers)
    dismisses(investigator, numbers[0])
    investigator.at_a_desk()
    confirms(investigator, numbers[1])
    assert held(stack, numbers) == [numbers[1]]


def looks_at_the_desk(investigator: Walker, numbers: list[str]) -> None:
    for number in numbers:
        investigator.comes_true("/desk/findings/", number, seconds=90)
    investigator.heading("核查发现")
    expect(row(investigator, numbers[0])).to_contain_text(SEEN)
    investigator.is_in_order()


def row(investigator: Walker, number: str):
    return investigator.page.get_by_role("row").filter(has_text=number).filter(has_text=SEEN)


def dismisses(investigator: Walker, number: str) -> None:
    page = investigator.page
    row(investigator, number).get_by_role("link").click()
    investigator.sees(SEEN)
    page.get_by_text("无问题：解除暂停").click()
    investigator.button("排除发现").click()
    # no reason, no decision; the form stands open with a sentence
    investigator.sees("请写明理由。")
    box = page.get_by_label("理由").first
    expect(box).to_be_visible()
    investigator.is_in_order()
    box.fill("父子共用一张卡，已核对户口簿𠮷")
    investigator.button("排除发现").click()
    investigator.heading("核查发现")
    expect(row(investigator, number)).to_have_count(0)


def confirms(investigator: Walker, number: str) -> None:
    page = investigator.page
    row(investigator, number).get_by_role("link").click()
    investigator.in_english()
    investigator.sees("2 people use this bank account")
    page.get_by_text("It is so: the claims stay held").click()
    page.get_by_label("Reason").last.fill("The second person never saw the account")
    investigator.is_in_order()
    investigator.button("Confirm the finding").click()
    investigator.heading("Findings")
    expect(page.get_by_role("row").filter(has_text=number)).to_have_count(0)


def held(stack: Stack, numbers: list[str]) -> list[str]:
    asked = (
        "SELECT claim.number FROM subsidies_hold AS hold JOIN subsidies_claim AS claim ON claim.id = hold.claim_id "
        "WHERE hold.closed_at IS NULL AND hold.category = 'check' AND claim.number = ANY(%s)"
    )
    return [number for (number,) in stack.sql(asked, (numbers,))]
