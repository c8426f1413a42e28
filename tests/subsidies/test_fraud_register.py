"""The register of checks, walked: words in both languages, a test that fires each, a row in docs/fraud.md; and the groups."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from portal.accounts.roles import Role
from subsidies import outside_port
from subsidies.fraud import graph, numbers
from subsidies.fraud.checks import When
from subsidies.fraud.graph import Tie, drawing, groups
from subsidies.models import Finding
from subsidies.selectors.fraud import network
from subsidies.selectors.fraud.register import BY_CODE, CHECKS
from tests import factories
from tests.subsidies import fraud_world as world

HERE = Path(__file__).parent
DOC = (settings.BASE_DIR / "docs" / "fraud.md").read_text(encoding="utf-8")
TESTS = "".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob("test_fraud_*.py")))


def test_codes_are_unique_and_a_check_looks_in_one_way():
    assert len(BY_CODE) == len(CHECKS)
    for check in CHECKS:
        ways = [check.of_claims, check.of_time]
        assert sum(way is not None for way in ways) == (check.code != "random_look"), check.code
        assert check.action in Finding.Action.values
        assert check.when


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_each_has_words_in_both_languages_whose_figures_agree(check):
    for words in (check.title, check.seen, check.otherwise):
        with translation.override("en"):
            english = str(words)
        with translation.override("zh-hans"):
            chinese = str(words)
        assert re.search("[\u4e00-\u9fff]", chinese), english
        assert not re.search("[\u4e00-\u9fff]", english)
        found = [sorted(re.findall(r"%\((\w+)\)s", said)) for said in (english, chinese)]
        assert found[0] == found[1]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_each_stands_in_the_document_with_its_number_and_action(check):
    rows = [line for line in DOC.splitlines() if f"| `{check.code}` |" in line]
    assert len(rows) == 1
    assert rows[0].startswith(f"| {check.number} |")
    assert f"| {check.action} |" in rows[0]


@pytest.mark.parametrize("check", [check for check in CHECKS if not check.code.startswith("outside_")])
def test_each_has_a_test_that_names_it(check):
    assert f'"{check.code}"' in TESTS


def test_the_document_names_no_check_or_question_that_is_none():
    named = set(re.findall(r"^\| \d+ \| `(\w+)`", DOC, re.MULTILINE))
    assert named == set(BY_CODE)
    for question in outside_port.REGISTERS:
        assert f"`{question}`" in DOC
    for name in re.findall(r"`((?:look|hold|account|device|study|officer|pair|limit)_\w+)`", DOC):
        assert name in numbers.NUMBERS or name in BY_CODE or name.startswith("look_"), name


def test_the_defaults_lie_within_their_bounds():
    for name, number in numbers.NUMBERS.items():
        assert number.low <= number.default <= number.high, name


def test_every_number_is_used():
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("selectors/fraud", "services/fraud")
        for path in (settings.BASE_DIR / "subsidies" / folder).glob("*.py")
    )
    for name in numbers.NUMBERS:
        assert f'"{name}"' in code, name


# -- groups ---------------------------------------------------------------------------------------------------------


def test_claims_hang_together_over_what_they_share():
    ties = [
        Tie("c1", "account", "a"),
        Tie("c2", "account", "a"),
        Tie("c2", "device", "d"),
        Tie("c3", "device", "d"),
        Tie("c4", "device", "other"),
        Tie("c5", "device", "other"),
    ]
    (group,) = groups(ties, fewest=3)
    assert group.claims == ("c1", "c2", "c3")
    assert group.things == (("account", "a"), ("device", "d"))
    assert [one.name for one in groups(ties, fewest=2)] == ["c1", "c4"]
    assert groups([], fewest=2) == []


def test_a_drawing_is_the_same_each_time_and_cuts_a_large_group():
    ties = [Tie(f"c{n:03}", "account", "a") for n in range(200)]
    (group,) = groups(ties, fewest=3)
    first, again = drawing(group), drawing(group)
    assert first == again
    assert len(first.dots) == graph.MOST_NODES
    assert first.left_out == 201 - graph.MOST_NODES
    assert all(0 <= dot.x <= graph.WIDTH and 0 <= dot.y <= graph.HEIGHT for dot in first.dots)
    assert ("account", "a") in {(dot.kind, dot.name) for dot in first.dots}


@pytest.mark.django_db
def test_groups_come_from_findings_that_were_not_dismissed_in_ones_own_provinces():
    claims = [world.claim() for _n in range(3)]
    for claim in claims:
        factories.with_bank_account(claim.claimant, number="6222020000001230")
    world.looked(*claims, when=When.SUBMIT)
    who = factories.staff(Role.INVESTIGATOR)
    on = world.AT.date()
    (group,) = network.groups_visible_to(who, on=on)
    assert group.claims == tuple(sorted(claim.number for claim in claims))
    assert network.groups_visible_to(factories.staff(Role.INVESTIGATOR, code="510000"), on=on) == []
    Finding.objects.filter(claim=claims[0]).update(
        state="dismissed", decided_by=who, decided_at=world.AT + dt.timedelta(hours=1), reason="x"
    )
    assert network.groups_visible_to(who, on=on) == []
