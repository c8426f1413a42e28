"""From a visitor's search to a line marked paid, by seven people, with nothing behind the pages touched.

A second learner walks the same road while the worker is killed and the broker hangs.
"""

import io
import re
import time
from dataclasses import dataclass

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from tests.e2e import road
from tests.e2e.walking import Walker


@dataclass
class Learner:
    walker: Walker
    course: str
    name: str
    card: str


ROAD = ("吴·买买提𠮷", "13800138000", "520203199007159990", "9999993754577194306")
TROUBLE = ("石秀英", "13800138001", "522629198810109987", "9999995292013378942")


@pytest.fixture(scope="module")
def learners(stack, browser):
    """Two who found the course, registered, enrolled and learned; learning takes minutes, so they do it together."""
    made = []
    for place, (name, phone, number, card) in enumerate((ROAD, TROUBLE)):
        walker = Walker.begin(stack, browser)
        if place == 0:
            road.finds_the_course(walker)
        road.registers(walker, phone, look=place == 0)
        road.enrols(walker, name, number, look=place == 0)
        made.append(Learner(walker, walker.page.url, name, card))
    road.learn([learner.walker for learner in made], [learner.course for learner in made])
    yield made
    for learner in made:
        learner.walker.page.context.close()


def test_from_a_search_to_a_paid_line(stack, walker, learners):
    learner = learners[0]
    road.passes_the_exam(learner.walker, learner.course)
    serial = road.finds_the_certificate(learner.walker)
    the_paper_can_be_read_back(learner, serial, walker())
    road.adds_a_bank_card(learner.walker, learner.card)
    road.answers_for_the_claim(learner.walker, serial)
    number = road.submits_the_claim(learner.walker)
    road.province_passes_it_on(walker().sign_in("reviewer"), number)
    road.ministry_approves(walker().sign_in("ministry"), number)
    another_province_sees_nothing(walker().sign_in("elsewhere"), number)
    money_is_paid(walker, learner, number)
    ministry_sees_the_figures(walker().sign_in("ministry"))
    stack.manage("reconcile")
    stack.manage("verify_audit")
    assert learner.walker.complaints == []


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


def money_is_paid(walker, learner: Learner, number: str) -> None:
    road.publishes_the_notice(walker().sign_in("maker"))
    anybody = walker()
    anybody.go("/notices/")
    anybody.is_in_order()
    anybody.move_clock(road.WEEK)
    anybody.move_clock(road.WEEK)
    maker = walker().sign_in("maker")
    batch = road.assembles_the_batch(maker)
    road.checks_and_releases(walker().sign_in("checker"), batch)
    lines = road.fetches_the_payment_file(maker, batch)
    assert [line["申领编号"] for line in lines] == [number]
    assert lines[0]["户名"] == learner.name
    assert lines[0]["账号"].strip("'\t") == learner.card
    road.bank_answers(maker, batch, lines)
    learner.walker.comes_true(f"/claims/{number}/", "Paid to your bank account.")
    learner.walker.is_in_order()


def ministry_sees_the_figures(ministry: Walker) -> None:
    ministry.go("/overview/")
    ministry.is_in_order()


def test_nothing_is_lost_or_doubled_when_the_worker_dies_and_the_broker_hangs(stack, learners):
    learner = learners[1]
    walker, page = learner.walker, learner.walker.page
    stack.kill_workers()
    road.passes_the_exam(walker, learner.course, look=False)
    for _blow in range(4):
        time.sleep(0.7)
        stack.kill_workers()
    serial = road.finds_the_certificate(walker)
    road.adds_a_bank_card(walker, learner.card)
    road.answers_for_the_claim(walker, serial, look=False)
    with stack.hung_broker():
        began = time.monotonic()
        number = road.submits_the_claim(walker)
        assert time.monotonic() - began < 5
        page.go_back()
        began = time.monotonic()
        page.goto(f"/claims/{number}/")
        assert time.monotonic() - began < 5
    # the message was lost with the broker; the next tick finds the claim by its row
    walker.comes_true(f"/claims/{number}/", "rules met", seconds=60)
    certificates = stack.sql("SELECT count(*) FROM certificates_certificate WHERE serial = %s", (serial,))
    assert certificates == [(1,)]
    assert stack.sql("SELECT count(*) FROM subsidies_claim WHERE certificate_serial = %s", (serial,)) == [
        (1,)
    ]
    same = stack.sql(
        "SELECT count(*) FROM certificates_certificate AS mine JOIN certificates_certificate AS found "
        "USING (user_id) WHERE found.serial = %s",
        (serial,),
    )
    assert same == [(1,)]
    stack.manage("reconcile")
    stack.manage("verify_audit")
    assert walker.complaints == []
