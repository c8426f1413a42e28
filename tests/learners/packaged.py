"""A course with imported packages that have a planned time, and a page that tells of them as the real one does."""

import datetime as dt
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.urls import reverse

from courses import services as catalogue
from courses.services import packages as unpacking
from learners.models import PackageSession
from learners.services import play
from tests.courses import scorm
from tests.learners import lessons
from tests.learners.lessons import OPTIONS, Learning

PLANNED = 2_700


def learning(at: dt.datetime, *, planned: int = PLANNED, with_questions: bool = True, **told) -> Learning:
    """Two packages, "pack" with a question and two parts, and "other"; beside lessons of the usual kinds."""
    version = told.pop("of", None) or lessons.version(at, with_questions=with_questions)
    author = {"by": version.created_by, "at": at}
    for key, title in (("pack", "课件𠮷"), ("other", "课件·二")):
        lesson = catalogue.add_lesson(
            version.course, key=key, kind="package", title_zh=title, planned_seconds=planned, **author
        )
        content = scorm.files(hrefs=("课件/首页.html", "课件/首页.html?2"), titles=("一", "二"))
        file = ContentFile(scorm.packed(content), name="课件.zip")
        catalogue.upload_package(lesson, file=file, **author)
        unpacking.unpack(unpacking.take_up(at=at), at=at)
        if with_questions and key == "pack":
            catalogue.add_question(
                version.course,
                kind="single",
                stem_zh="检修前先做什么？",
                options=OPTIONS,
                right={"A"},
                lesson=lesson,
                **author,
            )
    catalogue.set_blueprint(
        version.course, questions=1, pass_mark_percent=60, minutes=9, attempts=2, **author
    )
    return lessons.learning(at, of=version, **told)


def beside(mine: Learning, key: str = "pack", *, at: dt.datetime) -> PackageSession:
    """A live session as a row, whatever else is open."""
    facts = mine.facts(key)
    play.locked_coverage(mine.enrolment, facts.id)
    return PackageSession.objects.create(
        user=mine.user,
        province_id="520000",
        enrolment=mine.enrolment,
        lesson_id=facts.id,
        edition_id=mine.enrolment.edition_id,
        number=0,
        length_ms=facts.planned_seconds * 1000,
        opened_at=at,
        told_at=at,
    )


@dataclass
class Page:
    """The learner's page with a package in it; speaks HTTP as its script does, and can be told to cheat."""

    client: object
    learning: Learning
    clock: object
    lesson: str = "pack"
    session: str = ""
    replies: list = field(default_factory=list)

    def post(self, path, data):
        return self.client.post(f"/api/learn/packages/{path}", data, content_type="application/json")

    def open(self, **changed):
        data = {"enrolment": self.learning.enrolment.pk, "lesson": self.lesson, **changed}
        answer = self.post("", data)
        assert answer.status_code == 201, answer.content
        self.session = answer.json()["session"]
        self.replies.append(answer.json())
        return answer.json()

    def send(self, declared="", *, name="cmi.core.session_time", step="beats", **changed):
        told = {name: declared} if declared else {}
        return self.post(f"{self.session}/{step}/", {"visible": True, "run": 0, "told": told, **changed})

    def beat(self, declared="", *, gap=15_000, **changed):
        self.clock.go(gap)
        answer = self.send(declared, **changed)
        assert answer.status_code == 200, answer.content
        self.replies.append(answer.json())
        return answer.json()

    def work(self, seconds, declared=None, **changed):
        """Open, visible and told of for so long; the package says `declared`, or what is true."""
        for done in range(15, seconds + 1, 15):
            self.beat(clockwork(done) if declared is None else declared, **changed)
        return self.replies[-1]

    def finish(self, *, right=True):
        """Press the button below the package."""
        form = self.client.get(self.address).context["form"]
        data = {}
        for name in form.fields:
            data[form.add_prefix(name)] = form.initial.get(name, "A" if right else "B")
        url = reverse("learners:package-done", args=[self.learning.enrolment.pk, self.lesson])
        return self.client.post(url, data, follow=True)

    @property
    def address(self):
        return reverse("learners:lesson", args=[self.learning.enrolment.pk, self.lesson])


def clockwork(seconds):
    """As SCORM 1.2 writes a time."""
    return f"{seconds // 3600:04d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.00"
