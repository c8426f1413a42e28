"""What a policy says, in both languages of the site.

An explanation record is a frozen paper: it keeps its sentences in Chinese and in English, whoever reads it and when. So these
do not pass through gettext.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in the two languages of the site."""

    zh: str
    en: str


FACTS = {
    "person.born": Words("出生日期", "date of birth"),
    "person.sex": Words("性别", "sex"),
    "person.groups": Words("所属人群", "groups the person belongs to"),
    "person.statuses": Words("身份状态", "statuses of the person"),
    "person.hukou_in_region": Words("户籍在本省", "household registered in the province"),
    "person.insured_in_region": Words("在本省参保", "insured in the province"),
    "person.unemployment_registered": Words("在本省登记失业", "registered as unemployed in the province"),
    "person.living_paid_this_year": Words("今年已领生活费补贴", "living allowance already paid this year"),
    "training.started_on": Words("培训开始日期", "day the training started"),
    "learning.valid_hours": Words("有效学时", "counted hours"),
    "learning.online_hours": Words("线上学时", "online hours"),
    "learning.offline_days": Words("线下培训天数", "days of training in person"),
    "enrolment.counts": Words("报名计入补贴", "whether the enrolment counts"),
    "enrolment.reason": Words("报名不计入补贴的原因", "why the enrolment does not count"),
    "course.hours": Words("课程学时", "hours of the course"),
    "certificate.kind": Words("证书类别", "kind of certificate"),
    "certificate.occupation": Words("职业", "occupation"),
    "certificate.level": Words("技能等级", "level"),
    "certificate.issued_on": Words("发证日期", "day the certificate was issued"),
    "occupation.shortage": Words("紧缺职业", "occupation in short supply"),
    "certificate.valid": Words("证书有效", "certificate valid"),
    "provider.listed": Words("培训机构在名单内", "provider on the list"),
    "payee.kind": Words("收款方类别", "kind of payee"),
    "person.employed_by_payee": Words("在收款单位就业", "employed by the payee"),
    "person.insured_by_payee": Words("由收款单位参保", "insured by the payee"),
    "learning.total_hours": Words("总学时", "hours in all"),
    "paid.person_year_fen": Words("本人本年已补贴金额", "paid for the person this year"),
    "paid.payee_year_fen": Words("收款方本年已补贴金额", "paid to the payee this year"),
    "contract.person_fen": Words("合同约定的每人价格", "price for one person in the contract"),
    "contract.sum_fen": Words("合同总金额", "sum of the contract"),
    "contract.people": Words("合同约定人数", "people in the contract"),
    "contract.hours": Words("合同约定的每人学时", "hours for one person in the contract"),
    "contract.online_least": Words("合同约定的线上最低比例", "least online share in the contract"),
    "contract.online_most": Words("合同约定的线上最高比例", "most online share in the contract"),
    "paid.contract_fen": Words("合同已补贴金额", "paid by the contract"),
    "paid.contract_people": Words("合同已补贴人数", "people paid for by the contract"),
    "claim.submitted_on": Words("申领日期", "day of the claim"),
    "history": Words("以往申领记录", "earlier claims"),
    "other_schemes": Words("其他补贴记录", "subsidies from other schemes"),
}

YES_NO_FACTS = {
    path: FACTS[path]
    for path in (
        "person.hukou_in_region",
        "person.insured_in_region",
        "person.unemployment_registered",
        "person.living_paid_this_year",
        "occupation.shortage",
    )
}

ITEMS = {
    "BASE": Words("补贴标准", "Standard amount"),
    "LIVING": Words("生活费补贴", "Living allowance"),
    "KEY_GROUP": Words("重点群体上浮", "Key group uplift"),
    "SHORTAGE": Words("紧缺职业上浮", "Shortage occupation uplift"),
}

FUNDS = {
    "SKILL": Words("技能提升资金", "Skills fund"),
    "EMPLOY": Words("就业补助资金", "Employment fund"),
}

STATUSES = {
    "establishment_staff": Words("机关事业单位在编人员", "on the staff of a public body"),
    "pensioner": Words("已领取养老金", "receives a pension"),
    "fulltime_student": Words("全日制在校学生", "full-time student"),
}

KINDS = {
    "level": Words("技能等级证书", "Skill level certificate"),
    "special": Words("专项职业能力证书", "Certificate of a special skill"),
    "completion": Words("培训合格证书", "Certificate of completion"),
}

STANDINGS = {
    "not_for_subsidy": Words(
        "报名那天，这门课程不提供补贴", "On the day of enrolment the course was not offered for the subsidy"
    ),
    "course_suspended": Words("报名那天，这门课程被暂停", "On the day of enrolment the course was suspended"),
    "provider_none": Words(
        "报名那天，培训机构没有列入课程所在省的名单",
        "On the day of enrolment the provider had no licence in the province of the course",
    ),
    "provider_suspended": Words(
        "报名那天，培训机构被暂停", "On the day of enrolment the provider was suspended"
    ),
    "provider_removed": Words(
        "报名那天，培训机构已被移出名单",
        "On the day of enrolment the provider had been removed from the list",
    ),
    "standard_overdue": Words(
        "报名那天，课程未达到标准且整改期已过",
        "On the day of enrolment the course fell short of the standard past its deadline",
    ),
}

SEXES = {"M": Words("男", "male"), "F": Words("女", "female")}

PER_HOUR = Words("每学时", "Each counted hour")

GROUPS = {
    "migrant_worker": Words(
        "农村转移就业劳动者", "Rural workers transferring to non-farm jobs (migrant workers)"
    ),
    "registered_unemployed": Words("城镇登记失业人员", "Registered urban unemployed"),
    "laid_off": Words("下岗失业人员", "Laid-off and unemployed workers"),
    "graduate_in_graduation_year": Words(
        "毕业年度高校毕业生", "College graduates in the calendar year of graduation"
    ),
    "school_leaver": Words(
        "城乡未继续升学的应届初高中毕业生（“两后生”）",
        "Junior or senior secondary leavers not going on to further study",
    ),
    "rural_school_leaver": Words("“两后生”中的农村学员", "School leavers of rural households"),
    "urban_low_income_school_leaver": Words(
        "“两后生”中的城市低保家庭学员", "School leavers of urban households on minimum living allowance"
    ),
    "poor_family_child": Words("贫困家庭子女", "Children of poor families"),
    "registered_poor": Words("建档立卡贫困劳动力", "Registered poor workers"),
    "poverty_alleviated": Words(
        "脱贫人口（含防止返贫监测对象）",
        "People lifted out of poverty, incl. households monitored against falling back",
    ),
    "hardship": Words("就业困难人员", "People with difficulty finding work (certified)"),
    "zero_employment_family": Words("零就业家庭成员", "Members of zero-employment families"),
    "min_living_unemployed": Words(
        "享受最低生活保障的失业人员", "Unemployed on the minimum living allowance"
    ),
    "older_unemployed": Words("大龄失业人员", "Older unemployed people"),
    "disabled": Words("残疾人", "People with disabilities"),
    "veteran": Words("退役军人", "Veterans"),
    "enterprise_employee": Words("企业职工", "Enterprise employees"),
    "returning_or_waiting_employee": Words(
        "企业返岗、待岗职工", "Enterprise employees returning to or waiting for work"
    ),
    "stopped_enterprise_employee": Words(
        "受疫情影响停工期间企业职工", "Employees of enterprises stopped by the epidemic"
    ),
    "capacity_cut_worker": Words("化解过剩产能企业转岗职工", "Workers leaving over-capacity industries"),
    "prisoner_pre_release": Words("监狱服刑人员（即将刑满释放）", "Prisoners close to release"),
    "university_student": Words("在校大学生", "Students at university"),
    "returning_entrepreneur": Words("返乡入乡创业农民工", "Migrant workers returning to start a business"),
    "retired_fisher": Words("长江流域退捕渔民", "Fishers retired from the Yangtze fishing ban"),
    "platform_worker": Words("新就业形态劳动者", "Workers in new forms of employment (platform workers)"),
    "long_term_unemployed_youth": Words("长期失业青年", "Long-term unemployed young people"),
}

LEVELS = {
    5: Words("五级", "level 5"),
    4: Words("四级", "level 4"),
    3: Words("三级", "level 3"),
    2: Words("二级", "level 2"),
    1: Words("一级", "level 1"),
}


CLAIM_STATES = {
    "LIVE": Words("办理中", "in hand"),
    "PAID": Words("已发放", "paid"),
    "REJECTED": Words("未通过", "refused"),
    "WITHDRAWN": Words("已撤回", "withdrawn"),
    "LAPSED": Words("逾期终止", "lapsed"),
    "RECOVERED": Words("已追回", "paid back"),
}
"""In which states earlier claims are told to policies, whatever the states of the day are."""

SCHEMES = {
    "UI_SKILL": Words("失业保险技能提升补贴", "unemployment insurance skill subsidy"),
}

MATERIALS = {
    "resident_id": Words("居民身份证", "resident ID card"),
    "certificate": Words("证书", "certificate"),
    "bank_account": Words("本人社会保障卡或银行账户", "own social-security card or bank account"),
    "group_proof": Words("所属人群证明", "proof of the group"),
    "insurance_proof": Words("参保证明", "proof of social insurance"),
    "employment_proof": Words("劳动合同或用工证明", "labour contract or proof of employment"),
    "payroll": Words("工资发放凭证", "proof of wages paid"),
    "training_agreement": Words("培训协议", "training agreement"),
    "fee_receipt": Words("培训费发票", "receipt of the training fee"),
}


def fact(path: str) -> Words:
    return FACTS.get(path, Words(path, path))


def item(code: str) -> Words:
    return ITEMS.get(code, Words(code, code))


def fund(code: str) -> Words:
    return FUNDS.get(code, Words(code, code))


def group(code: str) -> Words:
    return GROUPS.get(code) or STATUSES.get(code) or Words(code, code)


def status(code: str) -> Words:
    return STATUSES.get(code) or GROUPS.get(code) or Words(code, code)


def material(code: str) -> Words:
    return MATERIALS.get(code, Words(code, code))


def scheme(code: str) -> Words:
    return SCHEMES.get(code, Words(code, code))


def value(path: str, wanted: Any) -> Words:
    """What a fact is, in words."""
    if isinstance(wanted, bool):
        return Words("是", "yes") if wanted else Words("否", "no")
    codes: Mapping[Any, Words] = {
        "certificate.kind": KINDS,
        "certificate.level": LEVELS,
        "person.sex": SEXES,
    }.get(path, {})
    return codes.get(wanted, Words(str(wanted), str(wanted)))


def titled(title: Mapping[str, str]) -> Words:
    """A title of which one language may be missing."""
    return Words(title.get("zh") or title.get("en", ""), title.get("en") or title.get("zh", ""))


def money(fen: int) -> Words:
    """Exact: 元 with two places only where there are fen."""
    yuan, rest = divmod(fen, 100)
    text = f"{yuan:,}.{rest:02d}" if rest else f"{yuan:,}"
    return Words(f"{text} 元", f"{text} yuan")


@lru_cache(maxsize=20_000)
def decimal(value: Fraction) -> str:
    """The exact decimal of a fraction that was read from one."""
    below = value.denominator
    places = next(n for n in range(20) if 10**n % below == 0 or n == 19)  # noqa: PLR2004
    digits = f"{abs(int(value * 10**places)):0{places + 1}d}"
    whole = digits if not places else f"{digits[:-places]}.{digits[-places:]}"
    return f"-{whole}" if value < 0 else whole


def sentence(text: str, stop: str = ".") -> str:
    return text[:1].upper() + text[1:] + stop


def facts(paths: Iterable[str]) -> Words:
    each = [fact(path) for path in paths]
    return Words("、".join(one.zh for one in each), ", ".join(one.en for one in each))


def unknown(paths: Iterable[str]) -> Words:
    named = facts(paths)
    return Words(f"还不知道：{named.zh}。请补充证明。", f"Not known yet: {named.en}. Evidence is needed.")
