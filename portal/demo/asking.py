"""A second learner with questions about the demo course: two answered and published, one waiting, one late."""

import datetime as dt

from courses import services as catalogue
from learners import selectors as learners
from learners.selectors.outlines import outline_of
from learners.services import answering, asking, promises
from learners.services.enrolment import enrol
from portal.accounts.models import User

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
ANSWERED = (
    {
        "days": 12,
        "place": ("wear", 4),
        "asked": "手套湿了还能戴吗？车间里就剩这一双。",
        "question_zh": "手套湿了还能戴吗？",
        "question_en": "May I wear gloves that are wet?",
        "answer_zh": "不能。湿手套**导电**，先换一双干的再开工；一时没有，就停下来报告班组长。",
        "answer_en": "No. Wet gloves **conduct**: change them for dry ones before you start, or stop and report it.",
    },
    {
        "days": 10,
        "place": ("work", 6),
        "asked": "接地夹夹在哪里？𠮷师傅说要看工件，我没看清。",
        "question_zh": "接地夹应当夹在哪里？",
        "question_en": "Where does the earth clamp go?",
        "answer_zh": "夹在工件上、靠近焊缝的干净处：\n\n- 不夹在水管、钢丝绳上\n- 夹之前把锈和漆磨掉",
        "answer_en": "On the workpiece, near the weld, where it is clean:\n\n- never on a pipe or a wire rope\n- grind rust and paint off first",
    },
)
OPEN = (
    (9, ("place", 3), "灭火器放在焊机哪一边合适？我们车间通道很窄。"),
    (0, ("wear", 2), "近视眼镜可以戴在面罩里面吗？"),
)
"""Days ago, lesson and second, text: the first has been waiting for too long."""


def ask(people: dict[str, User], course: object, *, at: dt.datetime) -> int:
    """Once, about a course of the catalogue; gives how many questions are new."""
    asker, teacher = people["fellow"], people["instructor"]
    if learners.live_enrolment(asker, course.code):
        return 0
    catalogue.promise_answers(course, working_days=2, by=people["manager"], at=at)
    enrolment = enrol(asker, course.code, at=at)
    outline = outline_of(enrolment)

    def said(place: tuple[str, int], text: str, then: dt.datetime) -> object:
        key, second = place
        return asking.ask(enrolment, outline.lesson(key), text=text, second=second, by=asker, at=then)

    for told in ANSWERED:
        then = at - told["days"] * DAY
        made = said(told["place"], told["asked"], then)
        words = {"text": told["answer_zh"], "text_en": told["answer_en"]}
        answering.answer(made, by=teacher, at=then + 5 * HOUR, **words)
        names = ("question_zh", "question_en", "answer_zh", "answer_en")
        answering.publish(made, by=teacher, at=then + 6 * HOUR, **{name: told[name] for name in names})
    for days, place, text in OPEN:
        said(place, text, at - days * DAY)
    while promises.pass_next_late(at=at):
        pass
    promises.figure(course.code, at=at)
    return len(ANSWERED) + len(OPEN)
