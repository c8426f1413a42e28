"""A no of two people, and the appeal that neither of them decides."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from portal.accounts.roles import Role
from portal.moves import IllegalMove
from subsidies.models import Appeal, Claim
from subsidies.selectors.desks import NotTheReviewer, SamePerson
from subsidies.services import checking, claims, rejections, reviews
from tests import factories
from tests.subsidies import making

pytestmark = pytest.mark.django_db
AT = making.AT
NO = {"at": AT, "reason": "材料与记录不符", "codes": ["STATED_WRONGLY"]}


def officer(role=Role.PROVINCE_REVIEWER):
    return factories.staff(role)


def test_a_rejection_is_proposed_and_another_person_confirms_it():
    first, second = officer(), officer(Role.SECOND_REVIEWER)
    claim = rejections.propose_reject(making.accepted(), by=first, **NO)
    assert (claim.state, claim.desk) == ("reject_proposed", "confirm_province")
    with pytest.raises(SamePerson):
        rejections.confirm_reject(claim, by=first, at=AT)
    claim = rejections.confirm_reject(claim, by=second, at=AT)
    assert (claim.state, claim.reason, claim.desk) == ("rejected", NO["reason"], "")
    decision = claim.decisions.last()
    assert (decision.act, decision.seat) == ("rejected", "confirmer")
    assert decision.reasons == [
        {
            "code": "STATED_WRONGLY",
            "ref": "申领人承诺",
            "zh": "所述情况与记录不符",
            "en": "What is stated differs from the records",
        }
    ]


def test_without_a_choice_it_rests_on_the_rules_that_are_not_met():
    claim = making.accepted(making.checked(**dict.fromkeys(making.LINKS, False)))
    claim = rejections.propose_reject(claim, by=officer(), at=AT, reason="与本省无关联")
    decision = claim.decisions.last()
    (one,) = decision.reasons
    assert (one["code"], one["ref"]) == ("LINK", next(r["ref"] for r in decision.rules if r["id"] == "LINK"))


def test_a_no_that_rests_on_nothing_is_refused():
    with pytest.raises(reviews.NothingToRestOn):
        rejections.propose_reject(making.accepted(), by=officer(), at=AT, reason="不想批")


def test_a_proposal_that_is_not_followed_begins_the_review_anew():
    first, second = officer(), officer(Role.SECOND_REVIEWER)
    claim = rejections.propose_reject(making.accepted(), by=first, **NO)
    claim = rejections.overrule(claim, by=second, at=AT, reason="材料没有问题")
    assert (claim.state, claim.desk) == ("in_first_review", "first")
    claim = reviews.pass_on(claim, by=first, at=AT, confirmed=True)
    assert reviews.pass_on(claim, by=second, at=AT).state == "in_ministry_review"


def test_what_the_ministry_proposes_the_ministry_confirms():
    claim = rejections.propose_reject(making.passed(), by=officer(Role.MINISTRY_REVIEWER), **NO)
    assert claim.desk == "confirm_ministry"
    with pytest.raises(NotTheReviewer):
        rejections.confirm_reject(claim, by=officer(Role.SECOND_REVIEWER), at=AT)
    claim = rejections.confirm_reject(claim, by=officer(Role.MINISTRY_REVIEWER), at=AT)
    claim = rejections.file_appeal(claim, by=claim.claimant, at=AT, words="请复核")
    assert claim.desk == "appeal_ministry"


def test_a_rejected_claim_makes_room_for_another():
    claim = making.rejected()
    again = claims.submit_claim(
        claim.claimant, claim.certificate_serial, at=AT, answers=making.asked(), agreed=True
    )
    assert checking.check_claim(again, at=AT).outcome == "APPROVE"
    with pytest.raises(rejections.ClaimedAgain):
        rejections.file_appeal(claim, by=claim.claimant, at=AT, words="请复核")
    claim.refresh_from_db()
    assert claim.state == "rejected"


def test_an_appeal_has_its_days_and_is_the_claimants():
    claim = making.rejected()
    assert claim.appeal_ends_at == rejections.end_of_day(AT, 60)
    with pytest.raises(claims.NotYours):
        rejections.file_appeal(claim, by=officer(), at=AT, words="请复核")
    with pytest.raises(rejections.AppealTooLate):
        rejections.file_appeal(claim, by=claim.claimant, at=claim.appeal_ends_at, words="请复核")
    with pytest.raises(reviews.ReasonMissing):
        rejections.file_appeal(claim, by=claim.claimant, at=AT, words=" ")
    last = claim.appeal_ends_at - dt.timedelta(seconds=1)
    claim = rejections.file_appeal(claim, by=claim.claimant, at=last, words="请复核 𠮷·𬎆")
    with pytest.raises(IllegalMove):
        rejections.file_appeal(claim, by=claim.claimant, at=last, words="再次")


def test_the_last_day_of_an_appeal_is_a_working_day():
    sixty_days_later_is_a_sunday = dt.datetime(2026, 5, 13, 2, tzinfo=dt.UTC)
    until = rejections.end_of_day(sixty_days_later_is_a_sunday, 60)
    assert until.astimezone(dt.UTC) == dt.datetime(2026, 7, 13, 16, tzinfo=dt.UTC)


def test_who_rejected_hears_no_appeal_and_reviews_no_more():
    claim = making.accepted()
    first, second = officer(), officer(Role.SECOND_REVIEWER)
    claim = rejections.propose_reject(claim, by=first, **NO)
    claim = rejections.confirm_reject(claim, by=second, at=AT)
    claim = rejections.file_appeal(claim, by=claim.claimant, at=AT, words="请复核")
    for by in (first, second):
        with pytest.raises(SamePerson):
            rejections.decide_appeal(claim, by=by, at=AT, granted=True, reason="有理")
    third = officer(Role.SECOND_REVIEWER)
    claim = rejections.decide_appeal(claim, by=third, at=AT, granted=True, reason="有理")
    assert (claim.state, claim.desk) == ("in_second_review", "second")
    for by in (second, third):
        with pytest.raises(SamePerson):
            reviews.pass_on(claim, by=by, at=AT, confirmed=True)
    claim = reviews.pass_on(claim, by=officer(Role.SECOND_REVIEWER), at=AT, confirmed=True)
    assert claim.state == "in_ministry_review", "only one has said yes: the ministry looks, too"
    claim = reviews.pass_on(claim, by=officer(Role.MINISTRY_REVIEWER), at=AT)
    assert claim.state == "awaiting_funds"


def test_a_rejection_that_is_upheld_is_final():
    claim = making.rejected()
    claim = rejections.file_appeal(claim, by=claim.claimant, at=AT, words="请复核")
    claim = rejections.decide_appeal(
        claim, by=officer(Role.SECOND_REVIEWER), at=AT, granted=False, reason="档案无误"
    )
    assert (claim.state, claim.reason) == ("rejected_final", "档案无误")
    appeal = Appeal.objects.get()
    assert (appeal.granted, appeal.reason) == (False, "档案无误")
    assert claim.decisions.last().reasons, "it rests on what the rejection rested on"
    for change in ({"reason": "其他"}, {"words": "其他"}):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            Appeal.objects.update(**change)


def test_the_database_wants_two_people_behind_a_no():
    claim = rejections.propose_reject(making.accepted(), by=officer(), **NO)
    with pytest.raises(IntegrityError, match="claim_rejected_by_two_people"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(
            state="rejected", moved_step="reject", desk="", appeal_ends_at=AT + dt.timedelta(days=60)
        )
