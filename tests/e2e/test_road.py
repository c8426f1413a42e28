"""From a visitor's search to a line marked paid, by nine people, with nothing behind the pages touched.

A second learner walks the same road on a slow line while the worker is killed and the broker hangs or is gone.
"""

import io
import re
import time
from dataclasses import dataclass

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from portal.embedded import processes
from tests.e2e import road
from tests.e2e.walking import Walker


@dataclass
class Learner:
    walker: Walker
    course: str
    name: str
    card: str


ROAD = ("吴·买买提𠮷", "13800138000", "520203199007159990", "9999993754577194306")
IN_NOTICE = (
    "SELECT number FROM subsidies_claim WHERE province_id = '520000' AND state = 'in_notice' ORDER BY number"
)
TROUBLE = ("石秀英", "13800138001", "522629198810109987", "9999995292013378942")


@pytest.fixture(scope="module")
def staff(stack, browser):
    """Those who sit at desks, by key; who signs in is signed in while films play."""
    return {
        key: Walker.begin(stack, browser)
        for key in ("intake", "reviewer", "second", "ministry", "elsewhere", "maker", "checker", "releaser")
    }


@pytest.fixture(scope="module")
def learners(stack, browser, staff):
    """Two who found the course, registered, enrolled and learned; learning takes minutes, so they do it together."""
    made = []
    for place, (name, phone, number, card) in enumerate((ROAD, TROUBLE)):
        walker = Walker.begin(stack, browser)
        if place == 0:
            road.finds_the_course(walker)
        road.registers(walker, phone, look=place == 0)
        road.enrols(walker, name, number, look=place == 0)
        made.append(Learner(walker, walker.page.url, name, card))
    meanwhile = (walker.sign_in(key) for key, walker in staff.items())
    road.learn([learner.walker for learner in made], [learner.course for learner in made], meanwhile)
    yield made
    for walker in (*staff.values(), *(learner.walker for learner in made)):
        walker.page.context.close()


def test_from_a_search_to_a_paid_line(stack, walker, learners, staff):
    learner = learners[0]
    road.passes_the_exam(learner.walker, learner.course)
    serial = road.finds_the_certificate(learner.walker)
    the_paper_can_be_read_back(learner, serial, walker())
    road.adds_a_bank_card(learner.walker, learner.card)
    road.answers_for_the_claim(learner.walker, serial)
    number = road.submits_the_claim(learner.walker)
    road.intake_takes_it_in(staff["intake"], number)
    road.province_passes_it_on(staff["reviewer"], staff["second"], number)
    road.ministry_approves(staff["ministry"], number)
    another_province_sees_nothing(staff["elsewhere"], number)
    ministry_sees_the_figures(staff["ministry"])
    road.publishes_the_notice(staff["maker"])
    noticed = [row[0] for row in stack.sql(IN_NOTICE)]
    anybody = walker()
    anybody.go("/notices/")
    anybody.is_in_order()
    anybody.move_clock(road.WEEK)
    anybody.move_clock(road.WEEK)
    money_is_paid(learner, number, noticed, staff)
    stack.manage("reconcile")
    stack.manage("verify_audit")
    for someone in (learner.walker, *staff.values()):
        assert someone.complaints == []


def the_paper_can_be_read_back(learner: Learner, serial: str, anybody: Walker) -> None:
    """The PDF's text holds name and serial; its QR code leads to the public check, for anybody."""
    answer = learner.walker.page.request.get(f"/certificates/{serial}/pdf/")
    assert answer.ok
    content = answer.body()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert learner.name in text
    assert serial in text.replace(" ", "")
    picture = pypdfium2.PdfDocument(content)[0].render(scale=3).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    found = re.fullmatch(rf"{anybody.stack.address}/verify/([^/]+)/", code.text)
    assert found, code.text
    anybody.go(f"/verify/{found[1]}/")
    anybody.heading("The certificate is valid")
    anybody.is_in_order()
    assert learner.name not in anybody.page.content(), "the public sees a masked name"


def another_province_sees_nothing(reviewer: Walker, number: str) -> None:
    reviewer.go("/desk/claims/")
    assert reviewer.page.get_by_text(number).count() == 0
    assert reviewer.page.request.get(f"/desk/claims/{number}/").status == 404


def money_is_paid(learner: Learner, number: str, noticed: list[str], staff: dict[str, Walker]) -> None:
    """Everybody whose notice has ended, and nobody else."""
    maker = staff["maker"]
    batch = road.assembles_the_batch(maker)
    road.checks_and_releases(staff["checker"], staff["releaser"], batch)
    lines = road.fetches_the_payment_file(maker, batch)
    assert sorted(line["申领编号"] for line in lines) == noticed
    [mine] = [line for line in lines if line["申领编号"] == number]
    assert mine["户名"] == learner.name
    assert mine["账号"].strip("'\t") == learner.card
    road.bank_answers(maker, batch, lines)
    learner.walker.comes_true(f"/claims/{number}/", "Paid to your bank account.")
    learner.walker.is_in_order()


def ministry_sees_the_figures(ministry: Walker) -> None:
    ministry.go("/overview/")
    ministry.is_in_order()


def test_nothing_is_lost_or_doubled_when_worker_and_broker_fail(stack, learners):
    learner = learners[1]
    walker = learner.walker
    serial = the_worker_dies_at_certificate_and_paper(stack, learner)
    road.adds_a_bank_card(walker, learner.card)
    road.answers_for_the_claim(walker, serial, look=False)
    with stack.hung_broker():
        first = submits_twice_in_time(walker)
    walker.comes_true(f"/claims/{first}/", "rules met", seconds=60)
    road.withdraws_the_claim(walker, first)
    road.answers_for_the_claim(walker, serial, look=False)
    with stack.stopped_broker():
        second = submits_twice_in_time(walker)
    walker.comes_true(f"/claims/{second}/", "rules met", seconds=60)
    claims = stack.sql(
        "SELECT number, state FROM subsidies_claim WHERE certificate_serial = %s ORDER BY number", (serial,)
    )
    assert claims == [(first, "withdrawn"), (second, "checked")]
    stack.manage("reconcile")
    stack.manage("verify_audit")
    assert walker.complaints == []


def the_worker_dies_at_certificate_and_paper(stack, learner: Learner) -> str:
    """The serial of the one certificate that there is afterwards: no number is lost, and the second try makes its paper."""
    learner.walker.far_away()
    last = "SELECT coalesce(sum(last), 0) FROM certificates_serialcounter"
    ((before,),) = stack.sql(last)
    with (
        stack.killed_at("certificates_certificate", "NEW.pdf_key <> OLD.pdf_key"),
        stack.killed_at("certificates_certificate", "NEW.state = 'issued' AND OLD.state <> 'issued'"),
    ):
        road.passes_the_exam(learner.walker, learner.course, look=False)
    assert stack.sql(last) == [(before + 1,)]
    # the second try at the paper is due some minutes later
    learner.walker.move_clock(road.HOUR)
    serial = road.finds_the_certificate(learner.walker)
    papers = (
        "SELECT mine.serial, mine.state, mine.paper_attempts FROM certificates_certificate AS mine "
        "JOIN certificates_certificate AS found USING (user_id) WHERE found.serial = %s AND mine.pdf_key <> ''"
    )
    assert processes.wait_until(lambda: stack.sql(papers, (serial,)) == [(serial, "issued", 2)], 60)
    assert learner.walker.page.request.get(f"/certificates/{serial}/pdf/").ok
    return serial


def submits_twice_in_time(walker: Walker) -> str:
    """The number of the one claim that two windows submit; each answers within 5 s."""
    other = Walker.beside(walker)
    other.go(walker.page.url)
    other.page.locator("input[name=agreed]").check()
    began = time.monotonic()
    number = road.submits_the_claim(walker)
    between = time.monotonic()
    other.button("Submit the claim").click()
    other.page.wait_for_load_state()
    assert max(between - began, time.monotonic() - between) < 5
    other.go(f"/claims/{number}/")
    other.page.close()
    assert other.complaints == []
    return number
