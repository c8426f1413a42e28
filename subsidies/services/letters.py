"""告知书: the letter that tells a claimant what was decided, by which rules, and how to appeal. Drawn from the stored record."""

import datetime as dt

from django.conf import settings

from certificates.services.letters import Head, Letter, Table, Words, signed_letter
from portal import clock
from portal.money import yuan
from subsidies.explained import (
    OUTCOMES,
    Explained,
    explained,
    fund_words,
    reasons_said,
    result_words,
)
from subsidies.models import Decision
from subsidies.services.claims import review_of
from subsidies.services.rejections import end_of_day
from subsidies.workflow.claims import Act

SAID = {
    Act.APPROVED: ("准予补贴", "The subsidy is granted"),
    Act.REJECTED: ("不予补贴", "The subsidy is not granted"),
    Act.STRUCK: ("公示异议成立，不予补贴", "An objection was upheld; the subsidy is not granted"),
    Act.UPHELD: ("复核维持原决定，不予补贴", "On appeal the rejection stands"),
}


def letter_pdf(decision: Decision) -> bytes:
    """The signed letter of a decision that ends a review. Raises CannotBeSigned.

    It carries the day of the decision and is signed as of its time, so that it is the same letter whenever it is fetched (but for
    a time-stamp, where a service is set).
    """
    reason = f"补贴决定告知书 Decision letter {number_of(decision)}"
    return signed_letter(letter_of(decision), at=decision.at, reason=reason)


def number_of(decision: Decision) -> str:
    return f"{decision.claim.number}/{decision.pk}"


def letter_of(decision: Decision) -> Letter:
    """What the letter says. Name and number stand masked, as in the public notice: the claim's number says whose it is."""
    claim, told = decision.claim, explained_of(decision)
    zh, en = SAID[Act(decision.act)]
    province = claim.province
    return Letter(
        title="职业培训补贴决定告知书",
        title_en="Decision on a training subsidy claim",
        number=number_of(decision),
        day=clock.today(decision.at),
        sender=f"{province.full_name_zh}职业培训补贴审核机构",
        sender_en=f"Training subsidy review, {province.name_en}",
        sample=not settings.PRODUCTION,
        blocks=(
            Words(
                f"{claim.holder_masked}（身份证号 {claim.number_masked}）：",
                f"To the claimant, resident ID {claim.number_masked}",
            ),
            Words(
                f"你于 {clock.today(claim.submitted_at).isoformat()} 就证书 {claim.certificate_serial}"
                f"（{claim.occupation_name}）提交的补贴申领 {claim.number} 已审核完毕，决定如下。",
                f"Your claim {claim.number} for certificate {claim.certificate_serial}, handed in on "
                f"{clock.today(claim.submitted_at).isoformat()}, has been reviewed. The decision is as follows.",
            ),
            Head("决定", "Decision"),
            Words(zh, en, strong=True),
            *_grounds(decision),
            Head("金额", "Amount"),
            *_amount(decision, told),
            Head("逐条规则", "Rule by rule"),
            *_rules(told),
            *_appeal(decision),
        ),
    )


def explained_of(decision: Decision) -> Explained:
    return explained(decision.record, outcome=decision.outcome, amount_fen=decision.amount_fen)


def _grounds(decision: Decision) -> list[Head | Words | Table]:
    if decision.act == Act.APPROVED:
        return []
    rows = tuple((code, said.zh, said.en, ref) for code, said, ref in reasons_said(decision.reasons))
    return [
        Head("理由", "Reasons"),
        Words(decision.reason),
        Table(("代码 Code", "理由", "Reason", "依据 Basis"), rows, (6, 4, 4, 4)),
    ]


def _amount(decision: Decision, told: Explained) -> list[Head | Words | Table]:
    outcome = OUTCOMES[told.outcome]
    said: list[Head | Words | Table] = [
        Words(f"规则结果：{outcome.zh}。", f"The rules say: {outcome.en}."),
        Words(f"按规则计算：{yuan(told.amount_fen)} 元。", f"By the rules: {yuan(told.amount_fen)} yuan."),
    ]
    if told.lines:
        rows = tuple(
            (
                f"{fund_words(line.fund).zh} {fund_words(line.fund).en}",
                f"{line.title.zh} {line.title.en}",
                line.formula,
                yuan(line.fen),
            )
            for line in told.lines
        )
        said.append(
            Table(
                ("资金 Fund", "项目 Item", "算式（分） Formula (fen)", "金额（元） Yuan"), rows, (3, 4, 5, 2)
            )
        )
    if decision.act != Act.APPROVED:
        said.append(Words("本次决定不发放补贴。", "By this decision nothing is paid."))
    return said


def _rules(told: Explained) -> list[Head | Words | Table]:
    said: list[Head | Words | Table] = []
    if told.policy:
        title, en = told.policy["title_zh"], told.policy["title_en"]
        doc, version = told.policy["doc_no"], told.policy["version"]
        said.append(Words(f"依据：{title}（{doc}，第 {version} 版）", f"By: {en} ({doc}, version {version})"))
    else:
        said.append(Words("没有适用的政策版本。", "No version of a policy applies."))
    if told.rules:
        rows = tuple(
            (
                f"{result_words(rule.result).zh} {result_words(rule.result).en}",
                f"{rule.title.zh} {rule.title.en}",
                " ".join(part for part in (rule.message.zh, rule.message.en) if part) or rule.value,
                f"{rule.id} {rule.ref}",
            )
            for rule in told.rules
        )
        said.append(Table(("结果 Result", "条件 Condition", "说明 Why", "条款 Clause"), rows, (3, 5, 5, 5)))
    return said


def appeal_day(decision: Decision) -> dt.date | None:
    """The last day on which a rejection could be appealed, by the policy that it rests on; None where it cannot be."""
    if decision.act not in {Act.REJECTED, Act.STRUCK}:
        return None
    ends_at = end_of_day(decision.at, review_of(decision).appeal_days)
    return clock.today(ends_at - dt.timedelta(microseconds=1))


def _appeal(decision: Decision) -> list[Head | Words | Table]:
    if decision.act == Act.APPROVED:
        payee = decision.claim.payee_organisation
        account, account_en = ("你登记的银行账户", "your bank account")
        if payee is not None:
            account, account_en = (
                f"{payee.name_zh}的银行账户",
                f"the account of {payee.name_en or payee.name_zh}",
            )
        return [
            Head("后续", "What comes next"),
            Words(
                f"随后公示；公示无异议后拨付至{account}。",
                f"A public notice follows, then the payment to {account_en}.",
            ),
        ]
    said: list[Head | Words | Table] = [Head("救济途径", "If you do not agree")]
    if last := appeal_day(decision):
        said.append(
            Words(
                f"如不同意，可在 {last.isoformat()} 当日及以前，登录本平台在该申领页面申请复核。"
                "复核由未参与本决定的人员办理。",
                f"You can appeal on the page of the claim until and including {last.isoformat()}. "
                "People who had no part in this decision look at it.",
            )
        )
    said.append(
        Words(
            "也可依法自知道本决定之日起六十日内申请行政复议，或者六个月内提起行政诉讼。",
            "You can also, by law, apply for administrative reconsideration within sixty days, or sue within six months, "
            "of learning of this decision.",
        )
    )
    return said
