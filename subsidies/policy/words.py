"""What a policy says, in both languages of the site.

An explanation record is a frozen paper: it keeps its sentences in Chinese and in English, whoever reads it and when. So these
do not pass through gettext.
"""

from dataclasses import dataclass


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
    "course.hours": Words("课程学时", "hours of the course"),
    "certificate.kind": Words("证书类别", "kind of certificate"),
    "certificate.occupation": Words("职业", "occupation"),
    "certificate.level": Words("技能等级", "level"),
    "certificate.issued_on": Words("发证日期", "day the certificate was issued"),
    "occupation.shortage": Words("紧缺职业", "occupation in short supply"),
    "claim.submitted_on": Words("申领日期", "day of the claim"),
    "history": Words("以往申领记录", "earlier claims"),
    "other_schemes": Words("其他补贴记录", "subsidies from other schemes"),
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

LEVELS = {
    5: Words("五级", "level 5"),
    4: Words("四级", "level 4"),
    3: Words("三级", "level 3"),
    2: Words("二级", "level 2"),
    1: Words("一级", "level 1"),
}


def fact(path: str) -> Words:
    return FACTS.get(path, Words(path, path))


def item(code: str) -> Words:
    return ITEMS.get(code, Words(code, code))


def facts(paths: list[str]) -> Words:
    return Words("、".join(fact(path).zh for path in paths), ", ".join(fact(path).en for path in paths))


def unknown(paths: list[str]) -> Words:
    named = facts(paths)
    return Words(f"还不知道：{named.zh}。请补充证明。", f"Not known yet: {named.en}. Evidence is needed.")
