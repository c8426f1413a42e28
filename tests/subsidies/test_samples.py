"""The seed of a month's sample: for whom, from when on, and what anybody reckons from it."""

import datetime as dt
import hashlib

import pytest
from django.urls import reverse

from portal import clock
from portal.accounts.roles import Role
from subsidies.models import ReviewSample
from subsidies.selectors import samples
from subsidies.services import claims, reviews
from tests import factories
from tests.subsidies import making

pytestmark = pytest.mark.django_db
AT = making.AT
NEXT_MONTH = AT + dt.timedelta(days=31)
BEFORE_THAT = AT + dt.timedelta(days=14)


@pytest.fixture
def claim():
    """Drawn for the ministry and the second review at the first yes."""
    making.policy(review={"second": "sample", "ministry": "sample", "sample_percent": 100})
    return making.first_passed(making.accepted(making.checked()))


def shown(at):
    (it,) = samples.shown(ReviewSample.objects.all(), at=at)
    return it


def test_a_seed_is_shown_when_its_month_is_over_and_nobody_can_be_drawn_any_more(claim):
    assert (shown(BEFORE_THAT).seed, shown(BEFORE_THAT).waits_for) == ("", 1)
    assert (shown(NEXT_MONTH).seed, shown(NEXT_MONTH).month_over) == ("", True)
    making.approved(reviews.pass_on(claim, by=factories.staff(Role.SECOND_REVIEWER), at=AT))
    assert shown(BEFORE_THAT).seed == ""
    assert shown(NEXT_MONTH).seed == ReviewSample.objects.get().seed


def test_a_rejected_claim_can_be_drawn_as_long_as_it_can_be_appealed(claim):
    rejected = making.rejected(making.checked(making.claimant("李莲花")))
    claims.withdraw(claim, by=claim.claimant, at=AT)
    assert shown(NEXT_MONTH).waits_for == 1
    assert shown(rejected.appeal_ends_at).is_open


def test_claims_of_another_month_province_or_programme_keep_no_seed_closed(claim):
    claims.withdraw(claim, by=claim.claimant, at=AT)
    making.row("checked", at=NEXT_MONTH)
    making.row("checked", code="510000", certificate_serial="ZX-51-2026-9999999", number="CL-51-2026-900001")
    making.row(
        "checked", programme="OTHER", certificate_serial="ZX-52-2026-9999998", number="CL-52-2026-900077"
    )
    assert shown(NEXT_MONTH).is_open


def test_the_last_evening_of_a_month_is_that_of_shanghai(claim):
    claims.withdraw(claim, by=claim.claimant, at=AT)
    evening = dt.datetime(2026, 3, 31, 15, 59, tzinfo=dt.UTC)
    making.row("checked", at=evening)
    assert shown(NEXT_MONTH).waits_for == 1


def test_everybody_draws_again_what_was_drawn(claim):
    sample = ReviewSample.objects.get()
    drawn = samples.draws_of(sample, samples.decisions_of(sample))
    assert [(one.number, one.what, one.chosen, one.same) for one in drawn] == [
        (claim.number, "ministry", True, True),
        (claim.number, "second", True, True),
    ]
    text = f"{sample.seed}|ministry|{claim.number}".encode()
    assert drawn[0].place == int(hashlib.sha256(text).hexdigest(), 16) % 10_000


def test_the_page_and_the_api_show_nothing_before_and_all_after(claim, client, monkeypatch):
    sample = ReviewSample.objects.get()
    factories.sign_in(client, factories.staff(Role.INTAKE_OFFICER))
    page, draws = reverse("subsidies:sample", args=[sample.pk]), reverse("api-sample-draws", args=[sample.pk])

    def told():
        listed = client.get(reverse("subsidies:samples")).content.decode()
        (row,) = client.get(reverse("api-samples")).json()["results"]
        assert sample.seed not in listed
        return client.get(page).content.decode(), client.get(draws).json()["results"], row["seed"]

    monkeypatch.setattr(clock, "now", lambda: BEFORE_THAT)
    text, rows, seed = told()
    assert (sample.seed in text, claim.number in text, rows, seed) == (False, False, [], "")
    claims.withdraw(claim, by=claim.claimant, at=AT)
    monkeypatch.setattr(clock, "now", lambda: NEXT_MONTH)
    text, rows, seed = told()
    assert (sample.seed in text, claim.number in text, seed) == (True, True, sample.seed)
    assert [(row["what"], row["place"] == row["again"]) for row in rows] == [
        ("ministry", True),
        ("second", True),
    ]


def test_another_province_finds_no_sample(claim, client):
    sample = ReviewSample.objects.get()
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER, code="510000"))
    assert client.get(reverse("subsidies:sample", args=[sample.pk])).status_code == 404
    assert client.get(reverse("api-sample-draws", args=[sample.pk])).status_code == 404
    assert client.get(reverse("api-samples")).json()["results"] == []


def test_months_cost_the_same_with_many_rows(claim, client, django_assert_max_num_queries):
    for month in range(1, 7):
        ReviewSample.objects.create(
            province_id="520000", programme="SKILL", month=dt.date(2025, month, 1), seed="a1" * 32, made_at=AT
        )
    factories.sign_in(client, factories.staff(Role.AUDITOR))
    client.get(reverse("subsidies:samples"))
    with django_assert_max_num_queries(20):
        assert client.get(reverse("subsidies:samples")).status_code == 200
