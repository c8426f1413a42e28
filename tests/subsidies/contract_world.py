"""A provider with an agreement, a project contract with it, and a policy that pays by contracts. Numbers are made up."""

import datetime as dt

from certificates.models import Certificate
from courses.services import providers
from portal.accounts.models import Organisation, User
from portal.accounts.roles import Role
from subsidies.models import Claim, ClaimList, PolicyVersion, ProjectContract
from subsidies.services import checking, contracts, lists, mandates
from subsidies.services.contracts import Terms
from tests import factories
from tests.subsidies import list_world, making

AT = list_world.AT
PROJECT = list_world.PROVIDER | {
    "programme": "PROJECT",
    "doc_no": "sample C/1",
    "title": {"zh": "项目制培训（虚构）", "en": "Training by contracts (fictional)"},
    "eligibility": [
        {
            "id": "HOURS",
            "type": "min_hours",
            "hours": "learning.valid_hours",
            "of": "contract.hours",
            "min_ratio": "1",
            "ref": "2",
        },
        {
            "id": "ONLINE",
            "type": "share_between",
            "part": "learning.online_hours",
            "whole": "learning.valid_hours",
            "least": "contract.online_least",
            "most": "contract.online_most",
            "ref": "3",
        },
        {
            "id": "PLACES",
            "type": "fewer_than",
            "counted": "paid.contract_people",
            "limit": "contract.people",
            "ref": "4",
        },
    ],
    "amount": {
        "lines": [{"fund": "SKILL", "item": "BASE", "type": "agreed", "fen_of": "contract.person_fen"}],
        "caps": [{"id": "SUM", "fen_of": "contract.sum_fen", "used": "paid.contract_fen", "ref": "5"}],
    },
}
"""The price of the contract for each person with all its hours, so many of them online, within its places and its sum."""


def policy(*, code: str = "520000", at: dt.datetime = AT) -> PolicyVersion:
    return list_world.published(PROJECT, code=code, at=at)


def school(*, code: str = "520000", at: dt.datetime = AT) -> Organisation:
    """The provider of the courses of these tests, with an agreement in force."""
    body = factories.organisation(code=code)
    providers.add_agreement(
        body,
        factories.province(code),
        number="黔培〔2026〕1 号",
        title="线上培训协议",
        signed_on=at.date(),
        valid_from=at.date(),
        valid_to=at.date() + dt.timedelta(days=300),
        by=factories.staff(Role.PROVINCE_CATALOGUE, code=code),
        at=at,
    )
    return body


def terms(body: Organisation, **changes: object) -> Terms:
    """Three places at 800 yuan for welders of level 4, three hours, at least half of them online."""
    told = {
        "number": "黔项〔2026〕7 号",
        "title": "焊工项目制培训",
        "organisation": body.pk,
        "programme": "PROJECT",
        "first_day": dt.date(2026, 1, 1),
        "last_day": dt.date(2026, 12, 31),
        "people": 3,
        "hours": 3,
        "online_least": 50,
        "online_most": 100,
        "price_fen": 80_000,
        "sum_fen": 240_000,
        "occupation": "6-18-02-04",
        "level": 4,
    }
    return Terms(**told | changes)


def editor(*, code: str = "520000") -> User:
    return factories.staff(Role.POLICY_EDITOR, code=code)


def publisher(*, code: str = "520000") -> User:
    return factories.staff(Role.POLICY_PUBLISHER, code=code)


def drafted(
    body: Organisation | None = None,
    *,
    by: User | None = None,
    code: str = "520000",
    at: dt.datetime = AT,
    **changes: object,
) -> ProjectContract:
    body = body or school(code=code, at=at)
    return contracts.draft_contract(terms(body, **changes), province=code, by=by or editor(code=code), at=at)


def in_force(body: Organisation | None = None, *, at: dt.datetime = AT, **changes: object) -> ProjectContract:
    code = str(changes.pop("code", "520000"))
    made = drafted(body, code=code, at=at, **changes)
    return contracts.enforce_contract(made, by=publisher(code=code), at=at)


def manager(body: Organisation | None = None) -> User:
    """Who acts for the provider, which has an account."""
    by = factories.staff(Role.PROVIDER_MANAGER)
    list_world.with_account(by, body or factories.organisation())
    return by


def trained(name: str = "王建国", *, at: dt.datetime = AT) -> Certificate:
    """Somebody with a certificate: welder, level 4. They let the provider claim for it."""
    paper = making.certificate(factories.learner(name), at=at)
    mandates.give_mandate(paper.user, paper.serial, at=at, agreed=True)
    return paper


def listed(
    contract: ProjectContract, *papers: Certificate, by: User, at: dt.datetime = AT, **told: object
) -> ClaimList:
    """A checked list of the contract."""
    return list_world.checked(
        *(list_world.row(paper) for paper in papers),
        by=by,
        at=at,
        organisation=contract.organisation,
        programme=contract.programme_id,
        channel="provider",
        contract=contract,
        **told,
    )


def claims(contract: ProjectContract, *papers: Certificate, by: User, at: dt.datetime = AT) -> list[Claim]:
    """Claims that were handed in by a list and looked at by the rules, in the order of the papers."""
    made = listed(contract, *papers, by=by, at=at)
    list_world.work(lists.submit_list(made, by=by, at=at, agreed=True), at=at)
    checking.check_claims(made.claims.values_list("pk", flat=True), at=at)
    by_serial = {claim.certificate_serial: claim for claim in made.claims.all()}
    return [by_serial[paper.serial] for paper in papers]
