"""Claims of two months at every point of the road, so that no desk is empty: taken in, reviewed, sent back, rejected, held by a
check, in public notice, in a batch, paid, returned by the bank, to be paid back.

Everybody who acts is a generator that gives the moment of its next act; `_play` lets them act in the order of time.
"""

import datetime as dt
import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from certificates import services as certificates
from courses import selectors as courses
from learners.services.enrolment import enrol
from portal import clock
from portal.accounts.models import User
from portal.demo import accounts, learning
from portal.demo.people import BY_KEY, GUIZHOU, Person
from subsidies.selectors import claims_visible_to
from subsidies.services import (
    answers,
    assembling,
    batches,
    checking,
    claims,
    figures,
    files,
    names,
    notices,
    payment_notices,
    recovery,
    rejections,
    reviews,
)
from subsidies.services.fraud import looking

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
SINCE: Final = 60 * DAY
"""So long before the demo begins its course could be learned."""
FIRST: Final = ("accept",)
SECOND: Final = (*FIRST, "first")
MINISTRY: Final = (*SECOND, "second")
APPROVED: Final = (*MINISTRY, "ministry")
SENT_BACK, PROPOSED = (*FIRST, "send_back"), (*FIRST, "propose_reject")
APPEALED: Final = (*PROPOSED, "reject", "appeal")
CARD_OF_THREE: Final = "9999993538887387183"


@dataclass(frozen=True)
class Claimant:
    """Somebody who completes the course so many `days` before the demo begins, and the steps that the claim took since.

    `hukou`: what is declared of the household register, which the policy asks for; None leaves it to be proved.
    """

    name: str
    number: str
    card: str
    days: int
    steps: tuple[str, ...] = ()
    hukou: bool | None = True


CLAIMANTS: Final = (
    Claimant("王秀兰", "520102197806059987", "9999997843248583306", 52, APPROVED),
    Claimant("李𬭎", "52010319850721997X", "9999998736752642915", 52, APPROVED),
    Claimant("古丽娜尔·库尔班", "522726199001039983", "9999996350866258634", 52, APPROVED),
    Claimant("张国强", "522629197209049974", "9999995822610907717", 51, APPROVED),
    Claimant("杨頔", "522326199606199988", "9999995195761846004", 51, APPROVED),
    Claimant("陈建军", "520203197601179979", "9999990744877558725", 33, APPROVED),
    Claimant("刘若曦", "520326199904029985", "9999992297311896571", 33, APPROVED),
    Claimant("吴阿昌", "522729198002149978", "9999992377969329156", 8, APPROVED),
    Claimant("潘桂花", "520102197507039986", "9999991396525038524", 8, APPROVED),
    Claimant("石老宝", "520103198804039975", "9999993061113970839", 8, APPROVED),
    Claimant("龙秀英", "522726198209149984", "9999991725898496457", 7, MINISTRY),
    Claimant("高祎𫍲", "522629199301279982", "9999991748106781486", 6, MINISTRY),
    Claimant("罗永福", "522326197910049977", "9999999678381596063", 7, SECOND),
    Claimant("胡𨱑", "520203199104219975", "9999995138429530099", 5, SECOND),
    Claimant("蒙阿妹", "520326198411199981", "9999992407793273898", 17, FIRST),
    Claimant("欧阳明", "522729198701199974", "9999998359030794935", 5, FIRST),
    Claimant("何𫖮", "520102199410139971", "9999991835686358445", 4, FIRST),
    Claimant("周淑芬", "520103197901089988", "9999995509497228321", 6, SENT_BACK),
    Claimant("田茂林", "522726197701189975", "9999993042767445955", 6, PROPOSED),
    Claimant("扎西·次仁", "522629199203109971", "9999996568937803431", 14, APPEALED),
    Claimant("莫家兴", "522729198909279973", CARD_OF_THREE, 4, FIRST),
    Claimant("莫家旺", "520102199211069974", CARD_OF_THREE, 3, FIRST),
    Claimant("莫小妹", "520103199504129965", CARD_OF_THREE, 3, FIRST),
    Claimant("郭𬎆", "522326198207059975", "9999999680506775952", 2),
    Claimant("岑小凤", "520203199809049988", "9999997385340608383", 2, hukou=None),
    Claimant("余德贵", "520326196510109970", "9999990105567134732", 1),
)


@transaction.atomic
def tell(people: dict[str, User], course_code: str, *, at: dt.datetime) -> int:
    """Once; gives how many claims are new. None where the provider was listed only lately, as in the demo of an earlier version."""
    course = courses.course_visible_to(people["catalogue"], course_code)
    began = clock.today(at - SINCE)
    if accounts.user_of(_person(0)) is not None or not courses.subsidy_standing(course, on=began).counts:
        return 0
    story = _Story(people, course_code, at)
    _play([*map(story.claims, range(len(CLAIMANTS))), story.pays(), story.publishes()])
    looking.look_at_new(at=at)
    figures.take_figures(at=at)
    return len(CLAIMANTS)


def told() -> list[tuple[Person, str]]:
    """The claimants, each with the state of the claim now; nobody before there are claims."""
    auditor = accounts.user_of(BY_KEY["auditor"])
    rows = claims_visible_to(auditor).order_by("pk") if auditor else ()
    states = {row.claimant_id: row.get_state_display() for row in rows}
    people = [(person, accounts.user_of(person)) for person in map(_person, range(len(CLAIMANTS)))]
    return [(person, states[user.pk]) for person, user in people if user and user.pk in states]


def _play(actors: list[Iterator[dt.datetime]]) -> None:
    waiting = [(next(actor), place, actor) for place, actor in enumerate(actors)]
    heapq.heapify(waiting)
    while waiting:
        _at, place, actor = heapq.heappop(waiting)
        if (then := next(actor, None)) is not None:
            heapq.heappush(waiting, (then, place, actor))


def _person(place: int) -> Person:
    who = CLAIMANTS[place]
    phone = f"139000001{place:02}"
    return Person(key="", phone=phone, name=who.name, province=GUIZHOU, number=who.number, card=who.card)


@dataclass
class _Story:
    people: dict[str, User]
    course_code: str
    at: dt.datetime
    told: dict[int, tuple[Any, Any]] = field(default_factory=dict)
    """Certificate and claim by the claimant's place."""

    def claims(self, place: int) -> Iterator[dt.datetime]:
        """Learns, passes the exam, claims the day after, and what becomes of it, a step a day."""
        who = CLAIMANTS[place]
        now = self.at - who.days * DAY - (len(CLAIMANTS) - place) * 7 * dt.timedelta(minutes=1)
        yield now
        user = accounts.make(_person(place), at=now)
        enrolment = enrol(user, self.course_code, at=now)
        yield (now := now + HOUR)
        learning.learn(enrolment, at=now)
        completion = learning.pass_exam(enrolment, at=now)
        paper = certificates.issue(certificates.request(completion, at=now), at=now)
        yield (now := now + DAY)
        said = _ANSWERS | {"person.hukou_in_region": who.hukou}
        claim = claims.submit_claim(user, paper.serial, at=now, answers=said, agreed=True)
        claim = checking.check_claim(claim, at=now)
        self.told[place] = paper, claim
        for step in who.steps:
            yield (now := now + DAY)
            claim = _STEPS[step](claim, self.people, at=now)

    def publishes(self) -> Iterator[dt.datetime]:
        """The list that is in public notice when the demo begins."""
        yield (now := self.at - 2 * DAY)
        self._notice(at=now)

    def pays(self) -> Iterator[dt.datetime]:
        """Two lists whose notice has ended: one paid, but for what the bank returned, and one whose batch waits for its check."""
        people = self.people
        yield (now := self.at - 45 * DAY)
        notice = self._notice(at=now)
        yield (now := notice.ends_at + HOUR)
        batch = self._assembled(notice, at=now)
        yield (now := now + HOUR)
        batches.check_batch(batch, by=people["checker"], at=now)
        yield (now := now + HOUR)
        batch = batches.release_batch(batch, by=people["releaser"], at=now)
        batch = files.write_payment_file(batch, at=now)
        yield (now := now + DAY)
        self._answered(batch, at=now)
        yield (now := now + DAY)
        payment_notices.publish_payment(province=GUIZHOU, by=people["reviewer"], at=now)
        yield (now := max(now + DAY, self.at - 26 * DAY))
        notice = self._notice(at=now)
        yield (now := notice.ends_at + HOUR)
        self._assembled(notice, at=now)
        yield (now := max(now + HOUR, self.at - 5 * DAY))
        self._revoked(*self.told[0], at=now)

    def _notice(self, *, at: dt.datetime) -> Any:
        return notices.publish_notice(province=GUIZHOU, by=self.people["reviewer"], at=at)

    def _assembled(self, notice: Any, *, at: dt.datetime) -> Any:
        """The notice ends, the bank vouches for the accounts, and what is payable is put into a batch."""
        notices.end_notice(notice, at=at)
        names.ask_for(names.unchecked_accounts(at=at).values_list("pk", "province_id"), at=at)
        while (check := names.take_up(at=at)) is not None:
            names.told(check, names.ask(check, at=at), at=at)
        return assembling.make_batch(province=GUIZHOU, by=self.people["maker"], at=at)

    def _answered(self, batch: Any, *, at: dt.datetime) -> None:
        """The bank has paid all lines but the last, whose account bears another name."""
        rows, lines = ["批次号,行号,回单号,金额,结果,原因"], list(batch.lines.order_by("line_no"))
        for line in lines:
            said = "失败,户名不符" if line is lines[-1] else "成功,"
            amount = f"{line.fen // 100}.{line.fen % 100:02}"
            rows.append(f"{batch.number},{line.line_no},R{batch.pk}-{line.line_no},{amount},{said}")
        told = {"by": self.people["maker"], "at": at}
        file = answers.apply_answer_file(batch, name="回盘.csv", content="\n".join(rows).encode(), **told)
        for answer in file.answers.order_by("pk"):
            answers.apply_answer(answer, at=at)
        batches.close_if_answered(batch, at=at)

    def _revoked(self, paper: Any, claim: Any, *, at: dt.datetime) -> None:
        """A certificate falls after its claim was paid; the payee is told what is to be paid back, and may reply."""
        people, reason = self.people, "复核发现考试由他人代考，学员本人承认。"
        proposal = certificates.propose(paper, "revoke", by=people["operator"], at=at, reason=reason)
        certificates.approve(proposal, by=people["reviewer"], at=at)
        told = {"ground": "certificate", "reason": reason, "by": people["recovery"], "at": at}
        order = recovery.propose_recovery(claim.entitlements.get(), **told)
        recovery.notify_payee(order, by=people["recovery_second"], at=at)


_ANSWERS: Final = {
    "person.insured_in_region": None,
    "person.unemployment_registered": None,
    "scheme.UI_SKILL": False,
    "person.living_paid_this_year": False,
    "status.establishment_staff": False,
    "status.pensioner": False,
    "status.fulltime_student": False,
}
"""To what else the sample policy asks, as somebody answers whom it pays."""


def _send_back(claim: Any, people: dict[str, User], *, at: dt.datetime) -> Any:
    told = {"reason": "身份证照片看不清，请重新上传。", "codes": ["MATERIAL_UNCLEAR"]}
    return reviews.send_back(claim, by=people["reviewer"], at=at, **told)


def _propose_reject(claim: Any, people: dict[str, User], *, at: dt.datetime) -> Any:
    told = {"reason": "所述参保情况与社保记录不符。", "codes": ["STATED_WRONGLY"]}
    return rejections.propose_reject(claim, by=people["reviewer"], at=at, **told)


def _appeal(claim: Any, people: dict[str, User], *, at: dt.datetime) -> Any:
    words = "我去年转移了社保关系，当时系统里还没有更新。"
    return rejections.file_appeal(claim, by=claim.claimant, at=at, words=words)


_STEPS: Final = {
    "accept": lambda claim, people, at: reviews.accept(claim, by=people["intake"], at=at),
    "first": lambda claim, people, at: reviews.pass_on(claim, by=people["reviewer"], at=at, confirmed=True),
    "second": lambda claim, people, at: reviews.pass_on(claim, by=people["second"], at=at),
    "ministry": lambda claim, people, at: reviews.pass_on(claim, by=people["ministry"], at=at),
    "send_back": _send_back,
    "propose_reject": _propose_reject,
    "reject": lambda claim, people, at: rejections.confirm_reject(claim, by=people["second"], at=at),
    "appeal": _appeal,
}
