"""Statements of the Experience API 1.0.3, with the Video Profile 1.0.3 for films: pure, from plain values.

Sources: the xAPI specification 1.0.3, part two; the profile `https://w3id.org/xapi/video/v1.0.3` and its statement data
model. What is left out and why: docs/exports.md.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from learners import tape
from learners.ranges import Ranges

VIDEO: Final = "https://w3id.org/xapi/video"
_EXT: Final = f"{VIDEO}/extensions/"
_ADL: Final = "http://adlnet.gov/expapi/"
VERBS: Final = {
    "initialized": f"{_ADL}verbs/initialized",
    "played": f"{VIDEO}/verbs/played",
    "paused": f"{VIDEO}/verbs/paused",
    "seeked": f"{VIDEO}/verbs/seeked",
    "completed": f"{_ADL}verbs/completed",
    "answered": f"{_ADL}verbs/answered",
    "passed": f"{_ADL}verbs/passed",
    "failed": f"{_ADL}verbs/failed",
}
WORDS: Final = {
    "initialized": "打开了",
    "played": "播放了",
    "paused": "暂停了",
    "seeked": "跳转了",
    "completed": "完成了",
    "answered": "回答了",
    "passed": "通过了",
    "failed": "未通过",
}
TYPES: Final = {
    "video": f"{VIDEO}/activity-type/video",
    "lesson": f"{_ADL}activities/lesson",
    "question": f"{_ADL}activities/question",
    "assessment": f"{_ADL}activities/assessment",
    "course": f"{_ADL}activities/course",
}
_NAMES: Final = uuid.uuid5(uuid.NAMESPACE_URL, "https://w3id.org/xapi/zhixun")
SLACK_MS: Final = 2_000


def made_up(*parts: object) -> str:
    """A UUID that is the same each time the same thing is told."""
    return str(uuid.uuid5(_NAMES, "|".join(map(str, parts))))


def seconds(ms: int) -> float:
    return round(ms / 1000, 3)


def moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(ms: int) -> str:
    """ISO 8601, in seconds with at most two decimals, as the specification compares them."""
    return f"PT{ms / 1000:.2f}S"


def segments(played: Iterable[tuple[int, int]]) -> str:
    """Parts of a film in the order in which they were seen: `0.000[.]12.000[,]14.000[.]21.000`."""
    return "[,]".join(f"{a / 1000:.3f}[.]{b / 1000:.3f}" for a, b in played)


@dataclass(frozen=True)
class Who:
    """An account of this portal by its `uid`: no name, no number."""

    home: str
    uid: str

    def as_json(self) -> dict[str, object]:
        return {"objectType": "Agent", "account": {"homePage": self.home, "name": self.uid}}


@dataclass(frozen=True)
class Thing:
    """An activity. `kind` is one of TYPES; `path` is that of its page, which names it."""

    kind: str
    path: str
    name: str
    language: str

    def as_json(self, home: str) -> dict[str, object]:
        return {
            "objectType": "Activity",
            "id": f"{home}{self.path}",
            "definition": {"type": TYPES[self.kind], "name": {self.language: self.name}},
        }


@dataclass(frozen=True)
class Frame:
    """What all statements of one enrolment share."""

    who: Who
    course: Thing
    enrolment: int

    def statement(
        self,
        pk: str,
        verb: str,
        thing: Thing,
        at: dt.datetime,
        *,
        result: dict[str, object] | None = None,
        extensions: dict[str, object] | None = None,
    ) -> dict[str, object]:
        context: dict[str, object] = {
            "registration": made_up("enrolment", self.enrolment),
            "platform": "Zhixun",
            "language": thing.language,
            "contextActivities": {"parent": [self.course.as_json(self.who.home)]},
        }
        if thing.kind == "video":
            context["contextActivities"]["category"] = [{"objectType": "Activity", "id": VIDEO}]
        if thing.kind == "course":
            del context["contextActivities"]
        if extensions:
            context["extensions"] = {_EXT + name: value for name, value in extensions.items()}
        said = {
            "id": pk,
            "actor": self.who.as_json(),
            "verb": {"id": VERBS[verb], "display": {"en": verb, "zh-CN": WORDS[verb]}},
            "object": thing.as_json(self.who.home),
            "context": context,
            "timestamp": moment(at),
            "version": "1.0.3",
        }
        return said | ({"result": result} if result else {})


@dataclass(frozen=True)
class Film:
    """A film's length and what has been credited of it so far, piece by piece in the order in which it was seen."""

    thing: Thing
    length: int
    credits: tuple[tuple[dt.datetime, Ranges, int], ...] = ()
    """Moment of the credit, media ranges and the ms it earned."""

    @property
    def threshold(self) -> float:
        """The share of the film that makes the lesson done (`selectors.time.is_done`)."""
        return int((self.length - min(SLACK_MS, self.length // 10)) * 1000 / self.length) / 1000

    def until(self, at: dt.datetime) -> list[tuple[int, int]]:
        return [piece for then, media, _ms in self.credits if then <= at for piece in media]

    def progress(self, played: Iterable[tuple[int, int]]) -> float:
        seen, end = 0, 0
        for a, b in sorted(played):
            seen, end = seen + max(0, b - max(a, end)), max(b, end)
        return int(1000 * min(1, seen / self.length)) / 1000


@dataclass(frozen=True)
class Session:
    """One player open on one film; `told` is its tape."""

    id: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    position: int
    told: tuple[tape.Event, ...] = field(default=())


def of_session(frame: Frame, film: Film, session: Session) -> list[dict[str, object]]:
    """initialized; played and seeked as the tape tells; answered for each presence check; paused when it was closed.

    The statement of `initialized` has the id of the session, which is the session-id of all of them.
    """
    base = {"length": seconds(film.length), "session-id": session.id}
    whole = base | {"completion-threshold": film.threshold}
    said = [frame.statement(session.id, "initialized", film.thing, session.opened_at, extensions=whole)]

    def add(number: int, verb: str, at: int, **result: float) -> None:
        shown = {_EXT + name.replace("_", "-"): value for name, value in result.items()}
        said.append(
            frame.statement(
                made_up(session.id, number, verb),
                verb,
                film.thing,
                session.opened_at + dt.timedelta(milliseconds=at),
                result={"extensions": shown},
                extensions=base,
            )
        )

    playing, here = False, 0
    for number, event in enumerate(session.told):
        if event.kind == tape.ANSWER:
            said.append(_of_check(frame, film, session, number, event))
        if event.kind != tape.BEAT:
            continue
        start = here if event.start is None else event.start
        if event.start is not None and event.start != here:
            add(number, "seeked", event.at, time_from=seconds(here), time_to=seconds(start))
        goes_on = bool(event.flags & tape.PLAYING)
        if not playing and (goes_on or event.position > start):
            add(number, "played", event.at, time=seconds(start))
        playing, here = goes_on, event.position
    if session.closed_at is not None:
        played = film.until(session.closed_at)
        result = {"time": seconds(session.position), "progress": film.progress(played)}
        result["played-segments"] = segments(played)
        said.append(
            frame.statement(
                made_up(session.id, "paused"),
                "paused",
                film.thing,
                session.closed_at,
                result={"extensions": {_EXT + name: value for name, value in result.items()}},
                extensions=whole,
            )
        )
    return said


def _of_check(
    frame: Frame, film: Film, session: Session, number: int, event: tape.Event
) -> dict[str, object]:
    check = Thing(
        "question", f"{film.thing.path}#check-{session.id}-{number}", film.thing.name, film.thing.language
    )
    return frame.statement(
        made_up(session.id, number, "answered"),
        "answered",
        check,
        session.opened_at + dt.timedelta(milliseconds=event.at),
        result={"success": bool(event.flags & tape.RIGHT)},
    )


def of_film_done(frame: Frame, film: Film) -> dict[str, object]:
    """A film seen to its end, by what was credited: when, how much time it took, and which parts in which order."""
    at = film.credits[-1][0]
    played = film.until(at)
    extensions = {
        _EXT + "time": seconds(max(b for _a, b in played)),
        _EXT + "progress": film.progress(played),
        _EXT + "played-segments": segments(played),
    }
    spent = sum(ms for _at, _media, ms in film.credits)
    return frame.statement(
        made_up("film", frame.enrolment, film.thing.path),
        "completed",
        film.thing,
        at,
        result={"completion": True, "duration": duration(spent), "extensions": extensions},
        extensions={"length": seconds(film.length), "completion-threshold": film.threshold},
    )


def of_result(
    frame: Frame, thing: Thing, pk: str, at: dt.datetime, *, passed: bool, percent: int
) -> dict[str, object]:
    """A graded exam or quiz."""
    score = {"scaled": percent / 100, "raw": percent, "min": 0, "max": 100}
    result = {"success": passed, "completion": True, "score": score}
    return frame.statement(pk, "passed" if passed else "failed", thing, at, result=result)


def of_completion(frame: Frame, pk: str, thing: Thing, at: dt.datetime) -> dict[str, object]:
    return frame.statement(pk, "completed", thing, at, result={"completion": True})
