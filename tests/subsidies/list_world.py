"""An enterprise, its staff and a policy that pays it, for the tests of claims by lists. Numbers are made up."""

import copy
import datetime as dt
import io
from collections.abc import Iterable

from openpyxl import Workbook

from certificates import services as certificates
from certificates.models import Certificate
from learners.models import Completion, Invitation
from learners.services.invitations import accept_invitation
from portal.accounts import services as accounts
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Role
from subsidies.claim_lists import COLUMNS
from subsidies.models import ClaimList, PolicyVersion, ProjectContract
from subsidies.policy import evaluate, read_policy
from subsidies.services import list_work, lists, policies
from subsidies.workflow.claims import Channel
from tests import factories
from tests.certificates import making as papers
from tests.subsidies import making

AT = factories.AT
ENTERPRISE = {
    "schema": "policy/1",
    "region": "520000",
    "programme": "ENTERPRISE",
    "version": 1,
    "valid": ["2022-01-01", None],
    "doc_no": "sample E/1",
    "title": {"zh": "企业职工培训补贴（虚构）", "en": "Training by enterprises (fictional)"},
    "version_selector": "certificate.issued_on",
    "eligibility": [
        {"id": "EMPLOYED", "type": "employed_by_payee", "insured": True, "ref": "2"},
        {"id": "HOURS", "type": "min_hours", "hours": "learning.valid_hours", "min": "3", "ref": "3"},
    ],
    "frequency": [
        {
            "id": "ONCE",
            "type": "once_per",
            "certificate_kind": "level",
            "key": ["occupation", "level"],
            "higher_blocks_lower": True,
            "ignoring_states": ["REJECTED", "WITHDRAWN"],
            "ref": "4",
        }
    ],
    "amount": {
        "lines": [
            {
                "fund": "SKILL",
                "item": "BASE",
                "type": "per_hour",
                "hours": "learning.valid_hours",
                "fen": 3000,
            }
        ],
        "caps": [{"id": "YEAR", "fen": 100000, "used": "paid.person_year_fen", "ref": "5"}],
    },
    "review": {"second": "always", "ministry": "always"},
}
"""30 yuan for each of three hours, 1,000 yuan for a person and year, whom the enterprise has insured."""
PROVIDER = ENTERPRISE | {
    "programme": "PROVIDER",
    "doc_no": "sample P/1",
    "title": {"zh": "机构代领（虚构）", "en": "Claimed by the provider (fictional)"},
    "eligibility": [ENTERPRISE["eligibility"][1]],
}
LIVING = ENTERPRISE | {
    "programme": "LIVING",
    "doc_no": "sample L/1",
    "title": {"zh": "生活费补贴（虚构）", "en": "Living allowance (fictional)"},
    "eligibility": [ENTERPRISE["eligibility"][1]],
    "amount": {
        "lines": [
            {
                "fund": "EMPLOY",
                "item": "LIVING",
                "type": "per_hour",
                "hours": "learning.online_hours",
                "fen": 100,
                "unless_fact": "person.living_paid_this_year",
            }
        ]
    },
}
FACTS = {
    "person": {
        "employed_by_payee": True,
        "insured_by_payee": True,
        "living_paid_this_year": False,
    },
    "payee": {"kind": "enterprise"},
    "paid": {"person_year_fen": 0, "contract_fen": 0, "contract_people": 0},
    "contract": {
        "person_fen": 80_000,
        "sum_fen": 240_000,
        "people": 3,
        "hours": 3,
        "online_least": 50,
        "online_most": 100,
    },
    "certificate": {"kind": "level", "occupation": "6-18-02-04", "level": 4, "issued_on": "2026-03-16"},
    "learning": {"valid_hours": "3", "online_hours": "3"},
    "training": {"started_on": "2026-02-14"},
    "claim": {"submitted_on": "2026-03-16"},
    "history": [],
}

ACCOUNT = "123456789012"


def published(text: dict, *, code: str = "520000", at: dt.datetime = AT, **changes: object) -> PolicyVersion:
    """A text with an approval, a refusal and an open case, drafted by one office and published by another."""
    text = copy.deepcopy(text) | {"region": code} | changes
    editor = factories.staff(Role.POLICY_EDITOR, code=code)
    draft = policies.draft_policy(factories.province(code), text, by=editor, at=at)
    policies.keep_cases(draft, _cases(text), by=editor, at=at)
    draft.refresh_from_db()
    by = factories.staff(Role.POLICY_PUBLISHER, code=code)
    return policies.publish_policy(policies.submit_policy(draft, by=editor, at=at), by=by, at=at)


def _cases(text: dict) -> list[policies.Worked]:
    policy = read_policy(text)
    found = []
    for name, hours in (("three hours", "3"), ("two hours", "2"), ("unknown hours", None)):
        facts = copy.deepcopy(FACTS)
        facts["learning"]["valid_hours"] = hours
        record = evaluate([policy], facts)
        because = [rule["id"] for rule in record["rules"] if rule["result"] != "PASS"]
        found.append(policies.Worked(name, facts, record["outcome"], record["amount_fen"], because))
    return found


def boss(*, code: str = "520000") -> User:
    return factories.staff(Role.EMPLOYER, code=code)


def with_account(
    by: User, organisation: Organisation | None = None, *, number: str = ACCOUNT, at: dt.datetime = AT
) -> Organisation:
    """The account of the enterprise, entered long ago."""
    organisation = organisation or factories.enterprise()
    early = at - dt.timedelta(days=30)
    accounts.set_organisation_account(organisation, number=number, bank_name="示例银行", by=by, at=early)
    return organisation


def employee(
    name: str = "王建国", *, organisation: Organisation | None = None, at: dt.datetime = AT
) -> Certificate:
    """The certificate of somebody who has accepted the enterprise's invitation to its course."""
    paper = making.certificate(factories.learner(name), at=at)
    invite(paper, organisation=organisation, at=at)
    return paper


def certificate(person: User, *, at: dt.datetime = AT, **version: object) -> Certificate:
    """An issued one of a course of its own: `version` says what differs from the usual one."""
    done = papers.completion(person, of=papers.version(**version))
    return certificates.issue(certificates.request(done, at=at), at=at)


def invite(
    paper: Certificate, *, organisation: Organisation | None = None, at: dt.datetime = AT
) -> Invitation:
    organisation = organisation or factories.enterprise()
    enrolment = Completion.objects.get(pk=paper.completion_id).enrolment
    row = Invitation(
        organisation=organisation,
        province_id=organisation.province_id,
        course_code=enrolment.course_code,
        person_index=paper.user.identity.number_index,
        masked_name=paper.user.identity.masked_name,
        invited_at=at - dt.timedelta(days=40),
    )
    row.name, row.phone = paper.user.identity.full_name, paper.user.phone
    row.save()
    return accept_invitation(row, paper.user, at=at - dt.timedelta(days=39))


def row(paper: Certificate, **changes: str) -> list[str]:
    told = {
        "name": paper.user.identity.full_name,
        "number": paper.user.identity.number,
        "serial": paper.serial,
    }
    return list((told | changes).values())


def csv(*rows: Iterable[str], headings: Iterable[str] = ("name", "number", "serial")) -> io.BytesIO:
    text = "\r\n".join(",".join(line) for line in [headings, *rows])
    return io.BytesIO(text.encode("utf-8-sig"))


def xlsx(*rows: list[str]) -> io.BytesIO:
    book, out = Workbook(), io.BytesIO()
    for line in [[str(column.heading) for column in COLUMNS], *rows]:
        book.active.append(line)
    book.save(out)
    out.seek(0)
    return out


def upload(
    file: io.BytesIO,
    *,
    by: User,
    at: dt.datetime = AT,
    name: str = "claims.csv",
    organisation: Organisation | None = None,
    programme: str = "ENTERPRISE",
    channel: str = Channel.ENTERPRISE,
    contract: ProjectContract | None = None,
) -> ClaimList:
    return lists.upload_list(
        file,
        name=name,
        organisation=organisation or factories.enterprise(),
        programme=programme,
        channel=channel,
        contract=contract,
        by=by,
        at=at,
    )


def work(made: ClaimList, *, at: dt.datetime = AT) -> ClaimList:
    """As the task does it, until nothing is left."""
    while list_work.work_on_next(at=at):
        pass
    made.refresh_from_db()
    return made


def checked(*rows: list[str], by: User, at: dt.datetime = AT, **told: object) -> ClaimList:
    return work(upload(csv(*rows), by=by, at=at, **told), at=at)


def submitted(*rows: list[str], by: User, at: dt.datetime = AT, **told: object) -> ClaimList:
    made = checked(*rows, by=by, at=at, **told)
    return work(lists.submit_list(made, by=by, at=at, key="k-12345678", agreed=True), at=at)
