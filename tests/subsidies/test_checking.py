"""Many claims checked together come out as each of them does alone."""

import datetime as dt
import random

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from certificates import services as certificates
from certificates.register_port import Recorder
from learners.models import KeyGroupMembership
from portal.audit.models import Entry
from subsidies.models import Claim, ClaimMove, Decision
from subsidies.services import checking, claims
from tests import factories
from tests.certificates import elsewhere
from tests.certificates import making as papers
from tests.subsidies import making

pytestmark = pytest.mark.django_db
LATER = making.AT + dt.timedelta(hours=3)
GROUPS = ("migrant_worker", "registered_poor", "veteran", "hardship")
POOR = "registered_poor"


@pytest.fixture(autouse=True)
def register():
    Recorder.forget()
    yield
    Recorder.forget()


def of_group(person, code, *, since, until=None):
    row = KeyGroupMembership.objects.create(
        user=person,
        province_id="520000",
        group=code,
        valid_from=since,
        valid_to=until,
        declared_at=making.AT,
    )
    rows = KeyGroupMembership.objects.filter(pk=row.pk)
    rows.update(state="verified", verified_at=making.AT, verified_by=factories.user("office"), evidence="x")


def claimed(person, version, answers, *, code="520000"):
    paper = certificates.issue(
        certificates.request(papers.completion(person, code=code, of=version), at=making.AT), at=making.AT
    )
    asked = making.asked(code)
    told = {path: answers.get(path, value) for path, value in asked.items()}
    return claims.submit_claim(person, paper.serial, at=making.AT, answers=told, agreed=True)


def some(number):
    """Claims of people drawn by chance: groups, answers, provinces with a policy and without, some with two claims."""
    chance = random.Random(number)  # noqa: S311 - the same each time
    making.policy()
    made = []
    for n in range(number):
        code = "520000" if n % 4 else "510000"
        person = making.claimant(["王建国", "李莲花", "赵敏", "阿依古丽·买买提"][n % 4], code=code)
        for group in chance.sample(GROUPS, chance.randint(0, 2)):
            since = dt.date(2026, 3, chance.choice((1, 16, 17)))
            of_group(person, group, since=since, until=chance.choice((None, dt.date(2026, 12, 31))))
        answers = {path: chance.choice((True, False, None)) for path in making.ANSWERS}
        levels = chance.sample((3, 4, 5), 1 + (n % 3 == 0))
        made += [claimed(person, papers.version(code=code, level=one), answers, code=code) for one in levels]
    return made


def told(made):
    """All that a check leaves behind, but for ids of rows."""
    rows = Claim.objects.filter(pk__in=[one.pk for one in made]).order_by("pk")
    decisions = Decision.objects.filter(claim__in=rows).order_by("claim_id")
    return {
        "claims": list(rows.values()),
        "decisions": [
            {name: value for name, value in row.items() if name != "id"} for row in decisions.values()
        ],
        "moves": list(
            ClaimMove.objects.filter(claim__in=rows)
            .order_by("claim_id", "place")
            .values_list("claim_id", "place", "step", "source", "target", "by_id", "at")
        ),
        "log": sorted(
            Entry.objects.filter(action="claim.checked").values_list("thing_id", "detail__outcome", "at")
        ),
    }


def after(made, act):
    """What `act` leaves behind; then all is as before."""
    with transaction.atomic():
        act()
        found = told(made)
        transaction.set_rollback(True)
    return found


def one_by_one(made):
    for claim in made:
        checking.check_claim(claim, at=LATER)


@pytest.mark.parametrize("seed", [8, 9])
def test_together_they_come_out_as_one_by_one(seed):
    made = some(seed)
    together = after(made, lambda: checking.check_claims([claim.pk for claim in made], at=LATER))
    alone = after(made, lambda: one_by_one(made))
    assert len(together["decisions"]) == len(made) > seed
    assert len({decision["outcome"] for decision in together["decisions"]}) > 1
    for part, found in together.items():
        assert found == alone[part], part


def test_a_persons_second_claim_knows_what_came_of_the_first():
    """The living allowance is paid once a year: the first claim's line stands in the way of the second one's."""
    making.policy()
    person = making.claimant()
    of_group(person, POOR, since=dt.date(2026, 1, 1))
    two = [claimed(person, papers.version(level=level), making.ANSWERS) for level in (5, 4)]
    assert checking.check_claims([claim.pk for claim in two], at=LATER) == 2
    items = [[line["item"] for line in claim.lines] for claim in Claim.objects.order_by("pk")]
    assert ("LIVING" in items[0], "LIVING" in items[1]) == (True, False)


def test_one_from_elsewhere_is_checked_with_the_others(at):
    making.policy()
    person = making.claimant()
    papers.completion(person)
    row = elsewhere.checked(person, at=at, issued_on=elsewhere.NEW)
    other = making.submitted(making.claimant("李莲花"))
    ours = claims.submit_claim(row.user, row.serial, at=at, answers=making.ANSWERS, agreed=True)
    assert checking.check_claims([other.pk, ours.pk], at=LATER) == 2
    assert set(Claim.objects.values_list("state", flat=True)) == {"checked"}


def test_the_statements_do_not_grow_with_the_claims():
    making.policy()
    names = ["王建国", "李莲花", "赵敏", "钱一多", "孙晓", "周文"]
    made = [making.submitted(making.claimant(name)) for name in names]
    asked = []
    for some_of in (made[:1], made[1:]):
        with CaptureQueriesContext(connection) as statements:
            checking.check_claims([claim.pk for claim in some_of], at=LATER)
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_all_or_none():
    making.policy()
    good, bad = making.submitted(), making.row()
    with pytest.raises(ObjectDoesNotExist):
        checking.check_claims([good.pk, bad.pk], at=LATER)
    assert set(Claim.objects.values_list("state", flat=True)) == {"submitted"}
    assert not Decision.objects.exists()


def test_what_waits_no_more_is_left_alone():
    making.policy()
    claim = making.submitted()
    assert checking.check_claims([claim.pk], at=LATER) == 1
    assert checking.check_claims([claim.pk], at=LATER) == 0
    assert checking.check_claims([], at=LATER) == 0
    assert Decision.objects.count() == 1
