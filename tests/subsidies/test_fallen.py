"""A certificate that is revoked after the yes stops the money at the next gate, and whatever was held is not decided."""

import pytest

from certificates.models import Certificate
from portal.accounts.roles import Role
from subsidies.models import Hold
from subsidies.services import assembling, batches, holds, notices, reviews
from tests import factories
from tests.certificates import making as papers
from tests.subsidies import making, money_world

pytestmark = pytest.mark.django_db
AT, HOUR = money_world.AT, money_world.HOUR


def approved(at=AT):
    money_world.budget(900_000)
    claim = making.passed(at=at)
    return reviews.pass_on(claim, by=factories.staff(Role.MINISTRY_REVIEWER), at=at)


def revoke(claim, at=AT):
    papers.revoked(Certificate.objects.get(serial=claim.certificate_serial), at=at, reason="替考，已核实")


def the_hold(claim):
    hold = Hold.objects.get(claim=claim)
    assert (hold.category, hold.opened_by, hold.closed_at) == (Hold.Category.CERTIFICATE, None, None)
    return hold


def publish(at=AT):
    return notices.publish_notice(province="520000", by=money_world.officer(Role.PROVINCE_REVIEWER), at=at)


def test_it_is_not_published():
    claim = approved()
    revoke(claim)
    for _again in range(2):
        with pytest.raises(notices.NothingToPublish):
            publish()
    the_hold(claim)
    claim.refresh_from_db()
    assert claim.state == "approved"


def test_others_are_published_without_it():
    fallen = approved()
    other = money_world.approve(money_world.claim())
    revoke(fallen)
    notice = publish()
    assert [line.claim_id for line in notice.lines.all()] == [other.pk]


def test_its_notice_ends_without_it():
    claim = approved()
    notice = publish()
    revoke(claim)
    notices.end_notice(notice, at=notice.ends_at + HOUR)
    claim.refresh_from_db()
    assert claim.state == "in_notice"
    the_hold(claim)


def payable():
    claim = approved()
    notice = publish()
    notices.end_notice(notice, at=notice.ends_at + HOUR)
    money_world.vouched(at=notice.ends_at + HOUR)
    return claim, notice.ends_at + HOUR


def test_it_enters_no_batch():
    claim, later = payable()
    revoke(claim, at=later)
    with pytest.raises(assembling.NothingToPay):
        assembling.make_batch(province="520000", by=money_world.officer(Role.FINANCE_MAKER), at=later)
    the_hold(claim)


def test_a_batch_with_it_is_neither_checked_nor_released():
    claim, later = payable()
    batch = assembling.make_batch(province="520000", by=money_world.officer(Role.FINANCE_MAKER), at=later)
    checker = money_world.officer(Role.FINANCE_CHECKER)
    revoke(claim, at=later)
    with pytest.raises(batches.CertificateFallen):
        batches.check_batch(batch, by=checker, at=later)


def test_a_replaced_certificate_stands_by_the_one_in_its_place():
    claim = approved()
    revoke(claim)
    papers.decided(Certificate.objects.get(serial=claim.certificate_serial), "replace", at=AT)
    assert publish().lines.get().claim_id == claim.pk
    assert not Hold.objects.exists()


def test_what_is_held_is_not_decided_in_favour():
    claim = making.accepted()
    hold = holds.put_hold(claim, Hold.Category.CHECK, "同一账户多人申领", by=None, at=AT)
    by = factories.staff(Role.PROVINCE_REVIEWER)
    with pytest.raises(reviews.Held):
        reviews.pass_on(claim, by=by, at=AT, confirmed=True)
    holds.close_hold(hold, by=factories.staff(Role.PROVINCE_REVIEWER), at=AT, reason="已核实为夫妻共用")
    assert reviews.pass_on(claim, by=by, at=AT, confirmed=True).state == "in_second_review"


def test_what_is_held_may_still_be_refused():
    claim = making.accepted()
    holds.put_hold(claim, Hold.Category.CHECK, "x", by=None, at=AT)
    assert making.rejected(claim).state == "rejected"


def test_asking_of_many_takes_few_statements(django_assert_max_num_queries):
    claim = approved()
    serials = [claim.certificate_serial, "ZX-52-2026-9999999", "EX-52-2026-ABCDEFGHJK"]
    from certificates import selectors

    with django_assert_max_num_queries(4):
        assert selectors.fallen(serials) == set()
    revoke(claim)
    assert selectors.fallen(serials) == {claim.certificate_serial}
