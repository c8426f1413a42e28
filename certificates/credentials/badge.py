"""What a certificate says, as an OpenBadgeCredential (Open Badges 3.0, section 5 and annex B).

The holder's full name stands in it as it does on the paper, because it is the holder's own file, and a name that is
hashed with its salt beside it is found by trying the common ones. There is no number of a person, and the identifiers of
two credentials of one person have nothing in common.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from certificates.credentials.issuer import Issuer
from certificates.credentials.status import status_entry

CONTEXT: Final = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
SCHEMA: Final = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
ACHIEVEMENT_TYPES: Final = {
    "level": "Certificate",
    "special": "Certificate",
    "completion": "CertificateOfCompletion",
}

_SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Exam:
    """The closing exam, in per cent of its points."""

    percent: int
    needed: int


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """`number` is that of the certificate within its province and year; hours are 学时 (45 min) as decimal strings."""

    uid: uuid.UUID
    serial: str
    year: int
    number: int
    verify_url: str
    kind: str  # "level" | "special" | "completion"
    title: str
    title_en: str
    holder_name: str
    subject: str
    course_code: str
    course_version: str
    course_url: str
    course_title: str
    course_title_en: str
    occupation_code: str
    occupation_name: str
    occupation_edition: str
    occupation_url: str
    level: int | None
    level_name: str
    hours: str
    course_hours: str
    started_on: dt.date
    completed_on: dt.date
    issued_at: dt.datetime
    provider: str
    exam: Exam | None = None
    sample: bool = False


def badge(issuer: Issuer, facts: BadgeFacts) -> dict:
    """The credential with the claims of its token: `iss`, `jti`, `nbf`, `sub` repeat what stands in it (section 8.2)."""
    own, holder = facts.uid.urn, uuid.uuid5(facts.uid, "holder").urn
    begins = facts.issued_at.astimezone(dt.UTC).replace(microsecond=0)
    sample = "样张 SAMPLE · " if facts.sample else ""
    return {
        "@context": CONTEXT,
        "id": own,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{sample}{facts.title} {facts.title_en}",
        "description": f"{sample}{facts.subject} · No. {facts.serial}",
        "issuer": {"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.site},
        "validFrom": f"{begins:%Y-%m-%dT%H:%M:%SZ}",
        "awardedDate": f"{begins:%Y-%m-%dT%H:%M:%SZ}",
        "credentialSubject": {
            "id": holder,
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": facts.holder_name,
                    "identityType": "name",
                }
            ],
            "licenseNumber": facts.serial,
            "activityStartDate": _midnight(facts.started_on),
            "activityEndDate": _midnight(facts.completed_on),
            "achievement": _achievement(facts),
            "result": [
                {"type": ["Result"], "resultDescription": described["id"], "value": value}
                for described, value in _results(facts)
            ],
        },
        "evidence": [
            {"id": facts.verify_url, "type": ["Evidence"], "name": "在线查验 Check it online"},
        ],
        "credentialStatus": status_entry(issuer, year=facts.year, number=facts.number),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "iss": issuer.did,
        "jti": own,
        "nbf": int(begins.timestamp()),
        "sub": holder,
    }


def _achievement(facts: BadgeFacts) -> dict:
    return {
        "id": _version_url(facts),
        "type": ["Achievement"],
        "achievementType": ACHIEVEMENT_TYPES[facts.kind],
        "name": facts.subject,
        "description": (
            f"职业培训课程《{facts.course_title}》，培训机构：{facts.provider}。\n\n"
            f"Vocational training course “{facts.course_title_en or facts.course_title}”, "
            f"provider: {facts.provider}."
        ),
        "criteria": {
            "narrative": (
                f"完成课程标准规定的 {facts.course_hours} 学时（1 学时为 45 分钟）并经结业考核合格。\n\n"
                f"Completed the {facts.course_hours} class hours (45 minutes each) that the course's standard asks for "
                "and passed the closing assessment."
            )
        },
        "humanCode": facts.course_code,
        "version": facts.course_version,
        "inLanguage": "zh-CN",
        "resultDescription": [described for described, _value in _results(facts)],
        **({"alignment": _alignments(facts)} if facts.occupation_code else {}),
    }


def _alignments(facts: BadgeFacts) -> list[dict]:
    occupation = {
        "type": ["Alignment"],
        "targetName": facts.occupation_name,
        "targetCode": facts.occupation_code,
        "targetFramework": f"中华人民共和国职业分类大典（{facts.occupation_edition} 年版）",
        "targetType": "ext:Occupation",
        "targetUrl": facts.occupation_url,
    }
    if facts.level is None:
        return [occupation]
    level = {
        "type": ["Alignment"],
        "targetName": facts.level_name,
        "targetCode": str(facts.level),
        "targetFramework": "国家职业技能等级 National vocational skill levels",
        "targetType": "ext:SkillLevel",
        "targetUrl": facts.occupation_url,
    }
    return [occupation, level]


def _results(facts: BadgeFacts) -> list[tuple[dict, str]]:
    """Each measured thing: how it is described, and what it came to."""
    hours = {
        "id": f"{_version_url(facts)}-hours",
        "type": ["ResultDescription"],
        "name": "实际完成学时 Counted class hours",
        "resultType": "ext:ClassHours",
        "requiredValue": facts.course_hours,
    }
    if facts.exam is None:
        return [(hours, facts.hours)]
    exam = {
        "id": f"{_version_url(facts)}-exam",
        "type": ["ResultDescription"],
        "name": "结业考试成绩（百分制） Closing exam, per cent of the points",
        "resultType": "Percent",
        "valueMin": "0",
        "valueMax": "100",
        "requiredValue": str(facts.exam.needed),
    }
    return [(hours, facts.hours), (exam, str(facts.exam.percent))]


def _version_url(facts: BadgeFacts) -> str:
    return f"{facts.course_url}#version-{facts.course_version}"


def _midnight(day: dt.date) -> str:
    """OB 3.0 wants a date with a time: the beginning of the day in Asia/Shanghai."""
    return dt.datetime.combine(day, dt.time(), _SHANGHAI).isoformat()
