"""A player that talks HTTP as the page's script does, and can be told to cheat. Keeps the clock of its test."""

import datetime as dt
from dataclasses import dataclass, field

from tests.learners.lessons import Learning


@dataclass
class Clock:
    """Stands still until it is moved; `portal.clock.now` reads it."""

    at: dt.datetime

    def __call__(self):
        return self.at

    def go(self, ms):
        self.at += dt.timedelta(milliseconds=ms)


@dataclass
class Player:
    client: object
    learning: Learning
    clock: Clock
    lesson: str = "film"
    right: bool = True
    replies: list = field(default_factory=list)
    session: str = ""
    seq: int = 0
    nonce: str = ""
    position: int = 0
    brief: bool = False
    """Says with every beat that it can do without the figures."""

    def post(self, path, data):
        return self.client.post(f"/api/learn/{path}", data, content_type="application/json")

    def open(self, position=None):
        data = {"enrolment": self.learning.enrolment.pk, "lesson": self.lesson}
        reply = self.post("sessions/", data if position is None else {**data, "position": position})
        assert reply.status_code == 201, reply.content
        told = reply.json()
        self.session, self.seq, self.nonce = told["session"], told["seq"], told["nonce"]
        self.position = told["position"]
        self.replies.append(told)
        return told

    def send(self, **changed):
        """One raw beat; gives the response, whatever it is."""
        data = {
            "seq": self.seq + 1,
            "nonce": self.nonce,
            "position": self.position,
            "playing": True,
            "visible": True,
            "rate": 100,
            "brief": self.brief,
        }
        return self.post(f"sessions/{self.session}/beats/", {**data, **changed})

    def beat(self, gap=15_000, moved=None, **changed):
        self.clock.go(gap)
        self.position = min(self.position + (gap if moved is None else moved), self.length)
        response = self.send(**changed)
        assert response.status_code == 200, response.content
        return self.heard(response)

    def heard(self, response):
        """What a reply says; of a brief one the rest is as it was, with nothing to explain and nothing asked."""
        told = response.json()
        if "spans" not in told:
            assert set(told) == {"seq", "nonce", "position"}
            told = {**self.replies[-1], **told, "reason": None, "check": None, "credited_ms": 0}
        self.seq, self.nonce = told["seq"], told["nonce"]
        self.replies.append(told)
        return told

    @property
    def length(self):
        return self.replies[-1]["length_ms"]

    def answer(self, check, *, right=True, **changed):
        self.clock.go(4_000)
        answers = {str(q["id"]): ["A" if right else "B"] for q in check["questions"]}
        data = {"number": check["number"], "answers": answers, "here": right, **changed}
        response = self.post(f"sessions/{self.session}/answer/", data)
        assert response.status_code == 200, response.content
        return self.heard(response)

    def watch(self, *, rate=1.0, beat=15_000, until=None, **changed):
        """Play on to `until` (ms) or the end."""
        until = self.length if until is None else until
        while self.position < until:
            told = self.beat(beat, round(beat * rate), **changed)
            if told["check"]:
                told = self.answer(told["check"], right=self.right)
                if not self.right:
                    return told
        return self.replies[-1]
