"""One invented person per role. Phones, numbers and bodies belong to nobody (see tests/data/README.md for how)."""

from dataclasses import dataclass

from portal.accounts.roles import Role

PASSWORD = "zhixun-demo-only"  # noqa: S105 -- stands on the demo desk for everybody to read
GUIZHOU, SICHUAN = "520000", "510000"


@dataclass(frozen=True, kw_only=True)
class Body:
    uscc: str
    name_zh: str
    name_en: str
    kind: str
    province: str


SCHOOL = Body(
    uscc="52522726YYYK55MJ8U",
    name_zh="贵州示例五职业培训学校",
    name_en="Guizhou Sample Five Vocational School",
    kind="school",
    province=GUIZHOU,
)
WORKS = Body(
    uscc="91520281YYY58YK1XQ",
    name_zh="贵州示例六有限公司",
    name_en="Guizhou Sample Six Ltd",
    kind="enterprise",
    province=GUIZHOU,
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """`phone` is typed as people type it. `number` and `card`: registered with a real name, with a bank account."""

    key: str
    phone: str
    name: str
    role: Role | None = None
    province: str | None = None
    county: str = ""
    body: Body | None = None
    number: str = ""
    card: str = ""


PEOPLE = (
    Person(
        key="learner",
        phone="13900000001",
        name="韦春燕",
        province=GUIZHOU,
        number="522726199102159984",
        card="9999991285726840905",
    ),
    Person(
        key="fellow",
        phone="13900000024",
        name="阿依古丽·买买提",
        province=GUIZHOU,
        number="231181200402299986",
    ),
    Person(key="newcomer", phone="13900000002", name="新来的学员"),
    Person(key="instructor", phone="13900000003", name="示例讲师", role=Role.INSTRUCTOR, body=SCHOOL),
    Person(key="assessor", phone="13900000026", name="示例评分讲师", role=Role.INSTRUCTOR, body=SCHOOL),
    Person(
        key="assessor_second", phone="13900000025", name="示例复评讲师", role=Role.INSTRUCTOR, body=SCHOOL
    ),
    Person(
        key="manager", phone="13900000004", name="示例机构负责人", role=Role.PROVIDER_MANAGER, body=SCHOOL
    ),
    Person(
        key="catalogue",
        phone="13900000005",
        name="贵州目录管理员",
        role=Role.PROVINCE_CATALOGUE,
        province=GUIZHOU,
    ),
    Person(
        key="reviewer", phone="13900000006", name="贵州审核员", role=Role.PROVINCE_REVIEWER, province=GUIZHOU
    ),
    Person(
        key="county",
        phone="13900000031",
        name="南明区经办员",
        role=Role.COUNTY_DESK,
        province=GUIZHOU,
        county="520102",
    ),
    Person(key="ministry", phone="13900000007", name="部级审核员", role=Role.MINISTRY_REVIEWER),
    Person(key="maker", phone="13900000008", name="贵州制单员", role=Role.FINANCE_MAKER, province=GUIZHOU),
    Person(
        key="checker", phone="13900000009", name="贵州复核员", role=Role.FINANCE_CHECKER, province=GUIZHOU
    ),
    Person(
        key="releaser", phone="13900000049", name="贵州放款员", role=Role.FINANCE_CHECKER, province=GUIZHOU
    ),
    Person(key="intake", phone="13900000041", name="贵州受理员", role=Role.INTAKE_OFFICER, province=GUIZHOU),
    Person(key="second", phone="13900000042", name="贵州复审员", role=Role.SECOND_REVIEWER, province=GUIZHOU),
    Person(
        key="recovery", phone="13900000043", name="贵州追回专员", role=Role.RECOVERY_OFFICER, province=GUIZHOU
    ),
    Person(
        key="recovery_second",
        phone="13900000044",
        name="贵州追回复核员",
        role=Role.RECOVERY_OFFICER,
        province=GUIZHOU,
    ),
    Person(
        key="investigator", phone="13900000045", name="贵州核查员", role=Role.INVESTIGATOR, province=GUIZHOU
    ),
    Person(
        key="policy_editor",
        phone="13900000046",
        name="贵州政策拟定员",
        role=Role.POLICY_EDITOR,
        province=GUIZHOU,
    ),
    Person(
        key="policy_publisher",
        phone="13900000047",
        name="贵州政策发布员",
        role=Role.POLICY_PUBLISHER,
        province=GUIZHOU,
    ),
    Person(key="ministry_policy", phone="13900000048", name="部级政策员", role=Role.MINISTRY_POLICY),
    Person(key="auditor", phone="13900000010", name="审计员", role=Role.AUDITOR),
    Person(key="operator", phone="13900000011", name="运维员", role=Role.OPERATOR),
    Person(
        key="elsewhere", phone="13900000012", name="四川审核员", role=Role.PROVINCE_REVIEWER, province=SICHUAN
    ),
    Person(
        key="catalogue_second",
        phone="13900000021",
        name="贵州目录复核员",
        role=Role.PROVINCE_CATALOGUE,
        province=GUIZHOU,
    ),
    Person(key="ministry_second", phone="13900000022", name="部级复核员", role=Role.MINISTRY_REVIEWER),
    Person(key="employer", phone="13900000032", name="示例企业人事", role=Role.EMPLOYER, body=WORKS),
    Person(
        key="county_second",
        phone="13900000033",
        name="南明区复核员",
        role=Role.COUNTY_DESK,
        province=GUIZHOU,
        county="520102",
    ),
    Person(
        key="enterprise", phone="13900000023", name="示例企业负责人", role=Role.PROVIDER_MANAGER, body=WORKS
    ),
)
BY_KEY = {person.key: person for person in PEOPLE}
