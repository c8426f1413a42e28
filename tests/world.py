"""One small whole world: people of every role in two provinces, and one of everything that has a page.

Made once per worker through the services, in a database of its own; a module looks at it inside a transaction that is
rolled back in the end (`world` in tests/conftest.py). Everything stands in Guizhou; whoever is `far` belongs to Sichuan.
"""

import copy
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.base import Template
from django.test import override_settings

from certificates import services as certificates
from certificates.paper.wording import SHIPPED
from certificates.selectors.desk import Filters
from certificates.selectors.templates import in_force_on
from certificates.services import batches as issuing
from certificates.services import inspections as inspecting
from certificates.services import rulings, templates
from courses import selectors as courses
from courses import services as catalogue
from courses.models import Lesson, Occupation, Question
from courses.services import corrections, import_work, imports, packages, partner_keys, webhooks
from courses.services.calls import Call, Outcome, note
from courses.services.sending import begin_film
from courses.services.standards import StandardWords, draft_standard, publish_standard
from learners.models import Attempt, Enrolment, IntegritySignal, Invitation, LedgerRow, Regrade
from learners.selectors.editions import edition_in_force
from learners.services import (
    answering,
    appeals,
    asking,
    assessment,
    classes,
    contests,
    figures,
    ledger,
    play,
    regrading,
    rosters,
    settling,
    time,
)
from learners.services import corrections as taking_back
from learners.services import county_help as help_at_desk
from learners.services.completion import hand_in
from learners.services.editions import draft_edition
from learners.services.enrolment import await_seat, enrol
from learners.services.intake import set_intake
from learners.services.key_groups import declare_key_group
from learners.states import Post
from portal import clock
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.accounts.roles import SCOPES, Role, Scope
from portal.notices.models import Notice
from portal.owndata import services as own_data
from portal.owndata.models import Copy
from subsidies.bank.template import STANDARD
from subsidies.fraud.checks import When
from subsidies.models import (
    BankProfile,
    Claim,
    ClaimList,
    Finding,
    Hold,
    PaymentNotice,
    PolicyVersion,
    ReviewSample,
)
from subsidies.policy import read_policy
from subsidies.selectors.lists import policy_for as list_policy
from subsidies.services import (
    assembling,
    budgets,
    checking,
    drafts,
    holds,
    impacts,
    lists,
    materials,
    notices,
    objections,
    packs,
    payment_notices,
    policies,
    profiles,
    reconcile,
    reviews,
    sanctions,
    settlements,
)
from subsidies.services import figures as reported
from subsidies.services import files as payment_files
from subsidies.services.fraud import looking
from subsidies.services.saved_views import save_view
from tests import factories
from tests.certificates import elsewhere
from tests.certificates.making import completion
from tests.courses import files, footage, scorm
from tests.guards import Reader
from tests.learners import asked, kinds, lessons, meetings, packaged, practising, study
from tests.subsidies import contract_world, list_world, making, money_world, recovery_world

THEN = factories.AT
"""When the papers were made."""
NOW = THEN + dt.timedelta(days=14)
"""When the pages are asked: `portal.clock.now` for these tests."""
LATER = NOW + dt.timedelta(days=7)
HOME, FAR = "520000", "510000"
PUBLISHED_TWICE = {"notice": {"publish_payment": True}}
"""In Guizhou, once more when it is paid."""

NAME, NUMBER = "欧阳𠮷祥", "520102199003079238"
PHONE, CARD = "+8613955557777", "9999991285726840905"
"""Of the learner: what may stand nowhere in full."""

STAFF = {
    "instructor": Role.INSTRUCTOR,
    "manager": Role.PROVIDER_MANAGER,
    "employer": Role.EMPLOYER,
    "catalogue": Role.PROVINCE_CATALOGUE,
    "intake": Role.INTAKE_OFFICER,
    "reviewer": Role.PROVINCE_REVIEWER,
    "second": Role.SECOND_REVIEWER,
    "county": Role.COUNTY_DESK,
    "ministry": Role.MINISTRY_REVIEWER,
    "maker": Role.FINANCE_MAKER,
    "checker": Role.FINANCE_CHECKER,
    "recovery": Role.RECOVERY_OFFICER,
    "investigator": Role.INVESTIGATOR,
    "editor": Role.POLICY_EDITOR,
    "publisher": Role.POLICY_PUBLISHER,
    "ministry_policy": Role.MINISTRY_POLICY,
    "auditor": Role.AUDITOR,
    "operator": Role.OPERATOR,
}
PROVINCIAL = {name: role for name, role in STAFF.items() if role not in SCOPES[Scope.NATION]}
PEOPLE = (
    "visitor",
    "newcomer",
    "learner",
    "stranger",
    *STAFF,
    "far_learner",
    *(f"far_{name}" for name in PROVINCIAL),
)


@dataclass
class World:
    """`people` by name (None: a visitor), `browsers` signed in with their second factor, `args` of addresses by name."""

    people: dict[str, User | None] = field(default_factory=dict)
    browsers: dict[str, Reader] = field(default_factory=dict)
    args: dict[str, dict[str, object]] = field(default_factory=dict)
    things: dict[str, object] = field(default_factory=dict)

    def browser(self, name: str, *, second_factor: bool = True) -> Reader:
        key = name if second_factor else f"{name} without"
        if key not in self.browsers:
            made = Reader(raise_request_exception=True)
            if (person := self.people[name]) is not None:
                factories.sign_in(made, person, second_factor=second_factor)
            self.browsers[key] = made
        return self.browsers[key]


def build() -> World:
    world = World()
    _people(world)
    _providers(world)
    _standards(world)
    _learning(world)
    _ledger(world)
    _classes(world)
    _line(world)
    _staff(world)
    _footage(world)
    _practice(world)
    _package(world)
    _imports(world)
    _external(world)
    _papers(world)
    _external_checked(world)
    _claims(world)
    _money(world)
    _supply(world)
    _notices(world)
    reported.take_figures(at=NOW)
    for name in PEOPLE:
        world.browser(name)
        if name.removeprefix("far_") in STAFF:
            world.browser(name, second_factor=False)
    return world


def _people(world: World) -> None:
    who = world.people
    who["visitor"] = None
    who["newcomer"] = factories.user(at=THEN)
    who["learner"] = factories.user(at=THEN)
    who["learner"].phone = PHONE
    who["learner"].save()
    accounts.register_real_name(
        who["learner"], name=NAME, number=NUMBER, province=factories.province(HOME), agreed=True, at=THEN
    )
    factories.with_bank_account(who["learner"], number=CARD, at=THEN - dt.timedelta(days=90))
    who["stranger"] = factories.with_bank_account(factories.learner("赵小红", at=THEN), at=THEN)
    who["far_learner"] = factories.with_bank_account(factories.learner("钱多多", code=FAR, at=THEN), at=THEN)
    for name, role in STAFF.items():
        who[name] = factories.staff(role, code=HOME, at=THEN, name=name)
    far_school = factories.organisation("91513224YYYXEW2XXJ", code=FAR)
    far_works = factories.enterprise(code=FAR)
    for name, role in PROVINCIAL.items():
        if role in SCOPES[Scope.ORGANISATION]:
            who[f"far_{name}"] = factories.user(f"far {name}", at=THEN)
            accounts.appoint(
                who[f"far_{name}"],
                role,
                by=None,
                at=THEN,
                organisation=far_works if name == "employer" else far_school,
            )
        else:
            who[f"far_{name}"] = factories.staff(role, code=FAR, at=THEN, name=f"far {name}")


def _providers(world: World) -> None:
    """The school of Guizhou: listed, a suspension planned; a contact, an agreement, a notice of it all."""
    keeper, school = world.people["catalogue"], factories.organisation(code=HOME)
    told = {"by": keeper, "at": THEN}
    day = clock.today(THEN)
    studied = {"reason": "核验通过", "effective_on": day}
    catalogue.decide(school, factories.province(HOME), "list", **studied, **told)
    planned = catalogue.decide(
        school,
        factories.province(HOME),
        "suspend",
        effective_on=clock.today(NOW) + dt.timedelta(days=9),
        reason="抽查发现替学",
        **told,
    )
    contact = catalogue.add_contact(
        school, name="石磊", function="教务", phone="13955557779", email="shi.lei@school.example", **told
    )
    catalogue.add_agreement(
        school,
        factories.province(HOME),
        number="黔培〔2026〕1 号",
        title="线上培训协议",
        signed_on=day,
        valid_from=day,
        **told,
    )
    world.args |= {
        "provider": {"organisation_id": school.pk},
        "contact": {"contact_id": contact.pk},
        "licence": {"licence_id": planned.pk},
    }


def _standards(world: World) -> None:
    """A published standard of the province, and a draft of it that another person wrote."""
    words = {
        "province": factories.province(HOME),
        "occupation": Occupation.objects.get(code="6-18-02-04"),
        "certificate_kind": "level",
        "title_zh": "焊工课程标准（虚构）",
        "doc_no": "虚构 1",
        "source": "虚构",
        "body": {"schema": "standard/1", "rules": {"min_hours": {"value": "3"}}},
    }
    writer = factories.staff(Role.PROVINCE_CATALOGUE, code=HOME, at=THEN, name="writer")
    first = StandardWords(**words, level=4, first_day=THEN.date())
    published = publish_standard(
        draft_standard(first, by=writer, at=THEN), by=world.people["catalogue"], at=THEN
    )
    draft = draft_standard(StandardWords(**words, level=3, first_day=NOW.date()), by=writer, at=THEN)
    editable = draft_standard(StandardWords(**words, level=2, first_day=NOW.date()), by=writer, at=THEN)
    rules = [
        draft_edition(
            province=factories.province(HOME),
            name=f"学时认定规则𠮷·{number}",
            source="虚构",
            valid_from=clock.today(NOW) + dt.timedelta(days=1),
            by=writer,
            at=THEN,
        )
        for number in (1, 2)
    ]
    papers = [
        templates.draft(
            factories.province(HOME),
            kind,
            wording=SHIPPED[kind],
            valid_from=clock.today(NOW) + dt.timedelta(days=1),
            by=writer,
            at=THEN,
        )
        for kind in ("level", "special")
    ]
    world.args |= {
        "shipped_template": {"pk": in_force_on(clock.today(THEN), {HOME}).of(HOME, "level").reference["id"]},
        "template_draft": {"pk": papers[0].pk},
        "template_editable": {"pk": papers[1].pk},
        "edition": {"pk": edition_in_force(HOME, clock.today(THEN)).pk},
        "edition_draft": {"pk": rules[0].pk},
        "edition_editable": {"pk": rules[1].pk},
        "standard": {"pk": published.pk},
        "standard_draft": {"pk": draft.pk},
        "standard_editable": {"pk": editable.pk},
    }


def _learning(world: World) -> None:
    """A course with an exam that runs, another with one that is over, and a film being played."""
    person = world.people["learner"]
    course = study.publish(THEN, code="GZ-S1")
    early = NOW - dt.timedelta(hours=1)
    running = enrol(person, course.code, at=early)
    study.learn(running, at=early)
    attempt = assessment.start_attempt(running, by=person, at=NOW - dt.timedelta(minutes=1))
    other = enrol(person, study.publish(THEN, code="GZ-S2").code, at=early)
    study.learn(other, at=early)
    sat = study.sit(other, at=early)
    hand_in(sat, by=person, at=early + dt.timedelta(minutes=5))
    world.things["completed"] = Enrolment.objects.get(pk=other.pk)
    film = lessons.learning(NOW, user=person)
    pinned = catalogue.add_question(
        film.enrolment.version.course, kind="single", stem_zh="𠮷师傅先做什么？", right={"A"}, moment=75,
        options=lessons.OPTIONS, lesson=Lesson.objects.get(pk=film.facts("film").id), by=person, at=NOW,
    )  # fmt: skip
    mark = kinds.waiting(at=early, user=world.people["stranger"])
    session = time.open_session(
        film.enrolment,
        film.facts("film"),
        by=person,
        at=NOW - dt.timedelta(seconds=20),
        web_session=world.browser("learner").session.session_key,
    )
    shut = play.locked_coverage(film.enrolment, film.facts("short").id)
    settling.shut(shut, at=NOW - dt.timedelta(hours=1))
    shut.save()
    key = default_storage.save("films/world.mp4", ContentFile(b"not really a film"))
    url = courses.media_url(key, user=person, at=NOW)
    draft = catalogue.create_course(
        code="GZ-D1",
        province=factories.province(HOME),
        organisation=factories.organisation(),
        occupation=course.occupation,
        certificate_kind="completion",
        level=None,
        title_zh="还没写完的课",
        hours=1,
        delivery="video",
        by=world.people["manager"],
        at=early,
    )
    told = {"by": world.people["manager"], "at": early}
    lesson = catalogue.add_lesson(draft, key="text", kind="reading", title_zh="读", body_zh="字", **told)
    asked = catalogue.add_question(
        draft,
        kind="single",
        stem_zh="先做什么？",
        options=[{"key": "A", "zh": "断电"}, {"key": "B", "zh": "通电"}],
        right={"A"},
        lesson=lesson,
        for_exam=True,
        **told,
    )
    far_enrolment = enrol(world.people["far_learner"], course.code, at=early)
    world.args |= {
        "course": {"code": course.code},
        "draft": {"code": draft.code},
        "draft_section": {"code": draft.code, "key": "contents"},
        "draft_lesson": {"code": draft.code, "key": "text"},
        "draft_question": {"code": draft.code, "pk": asked.pk},
        "media": {"token": url.rstrip("/").rpartition("/")[2]},
        "enrolment": {"enrolment_id": running.pk},
        "film": {"enrolment_id": film.enrolment.pk, "key": "film"},
        "pin": {"enrolment_id": film.enrolment.pk, "key": "film", "question_id": pinned.pk},
        "api_pin": {"enrolment_id": film.enrolment.pk, "question_id": pinned.pk},
        "page": {"enrolment_id": running.pk, "key": "page"},
        "quiz": {"enrolment_id": running.pk, "key": "quiz"},
        "attempt": {"attempt_id": attempt.pk},
        "question": {"attempt_id": attempt.pk, "number": 1},
        "answer": {"attempt_id": attempt.pk, "question_id": attempt.question_ids[0]},
        "sat": {"attempt_id": sat.pk},
        "figured": {"code": other.course_code},
        "shut": {"coverage_id": shut.pk},
        "hand_mark": {"mark_id": mark.pk},
        "session": {"session_id": session.pk},
    }
    while figures.figure_next_due(at=NOW):
        pass
    _correction(world, sat)
    _appeal(world, at=early)
    world.things |= {"far_enrolment": far_enrolment, "attempt": attempt, "film": film}
    _asking(world, film)


def _correction(world: World, sat: Attempt) -> None:
    """The keys of an exam that was passed turn out to be wrong: the pass waits for a person."""
    teacher, early = world.people["instructor"], NOW - dt.timedelta(minutes=30)
    rows = list(Question.objects.filter(pk__in=sat.question_ids))
    for row in rows:
        said = {
            "words": {"right_keys": ["A", "B", "C"] if row.kind == "multiple" else ["B"]},
            "reason": "答案印错了𠮷",
        }
        corrections.correct_question(row, is_void=False, by=teacher, at=early, **said)
    regrading.take_up_corrections()
    while regrading.regrade_next_due(at=NOW):
        pass
    held = Regrade.objects.held().first()
    world.args |= {
        "published_question": {"code": rows[0].version.course.code, "pk": rows[0].pk},
        "regrade": {"regrade_id": held.pk},
    }


def _appeal(world: World, *, at: dt.datetime) -> None:
    """A stranger's failed exam, the appeal about it that waits, and something a person should look at."""
    person = world.people["stranger"]
    enrolment = enrol(person, study.publish(THEN, code="GZ-S3").code, at=at)
    study.learn(enrolment, at=at)
    failed = hand_in(study.sit(enrolment, at=at, right=1), by=person, at=at)
    row = appeals.make_appeal(failed, words="第二题的答案不对，𠮷师傅也这样说。", by=person, at=at)
    seen = IntegritySignal.objects.create(
        attempt=failed,
        user=person,
        province_id=failed.province_id,
        version_id=enrolment.version_id,
        kind="night_study",
        facts={"nights": 6, "days": 7},
        found_at=at,
    )
    world.args |= {"appeal": {"appeal_id": row.pk}, "signal": {"signal_id": seen.pk}}


def _asking(world: World, film: lessons.Learning) -> None:
    """A question that waits, one answered and published, and reports of the answer and of what was published."""
    teacher, early = world.people["instructor"], NOW - dt.timedelta(hours=1)
    waiting = asked.ask(film, at=early)
    done = asked.answered(film, by=teacher, at=early)
    entry = answering.publish(done, by=teacher, at=NOW, **asked.FAQ)
    answer = done.posts.get(kind="answer")
    report = asking.report(answer, why="wrong", by=world.people["learner"], at=NOW)
    world.args |= {
        "enquiry": {"enquiry_id": waiting.pk},
        "answered": {"enquiry_id": done.pk},
        "entry": {"entry_id": entry.pk},
        "post": {"post_id": answer.pk},
        "report": {"report_id": report.pk},
        "promise": {"code": film.enrolment.course_code},
    }


def _ledger(world: World) -> None:
    """Of the learner's film: a minute that counted and is to be taken back, one that was refused, one contested."""
    film = world.things["film"]
    coverage = play.locked_coverage(film.enrolment, film.facts("short").id)
    start = clock.milliseconds(NOW - dt.timedelta(hours=3))
    minute = 60_000
    posts = [
        Post(start, start + minute, ((0, minute),), minute),
        Post(start + minute, start + 2 * minute, ((minute, 2 * minute),), minute, "gap"),
        Post(start + 2 * minute, start + 3 * minute, ((0, minute),), minute, "hidden"),
    ]
    told = {"kind": "video", "edition_id": film.enrolment.edition_id, "daily_cap": 10 * minute, "at": NOW}
    ledger.post(coverage, posts, **told)
    counted, refused, contested = LedgerRow.objects.filter(enrolment=film.enrolment).order_by("place")
    contest = contests.contest(contested, by=film.user, at=NOW, words="我一直在看，是页面没有上报。")
    correction = taking_back.propose(
        counted, by=world.people["instructor"], at=NOW, seconds=30, why="现场检查：本人不在。"
    )
    world.args |= {
        "refused_row": {"enrolment_id": film.enrolment.pk, "row_id": refused.pk},
        "film_enrolment": {"enrolment_id": film.enrolment.pk},
        "counted_row": {"row_id": counted.pk},
        "contest": {"contest_id": contest.pk},
        "correction": {"correction_id": correction.pk},
    }


def _classes(world: World) -> None:
    """A live class that goes on, with the learner in it, one to come, one to sign, and a workshop day."""
    host, of = world.people["instructor"], meetings.version(THEN, code="GZ-L1")
    learning = lessons.learning(NOW, user=world.people["learner"], of=of)
    early = NOW - dt.timedelta(minutes=65)
    meeting = meetings.plan(of, host, early)
    meetings.come(meeting, learning, NOW - dt.timedelta(minutes=1))
    day = meetings.plan(of, host, early, key="task")
    coming = meetings.plan(of, host, NOW)
    over = meetings.plan(of, host, NOW - dt.timedelta(hours=4))
    meetings.come(over, learning)
    classes.close_meeting(over, by=host, at=NOW - dt.timedelta(hours=1))
    world.args |= {
        "class": {"enrolment_id": learning.enrolment.pk, "meeting_id": meeting.pk},
        "class_enrolment": {"enrolment_id": learning.enrolment.pk},
        "meeting": {"meeting_id": meeting.pk},
        "workshop_day": {"meeting_id": day.pk},
        "workshop_door": {"enrolment_id": learning.enrolment.pk, "meeting_id": day.pk},
        "class_to_come": {"meeting_id": coming.pk},
        "class_to_sign": {"meeting_id": over.pk},
    }


def _line(world: World) -> None:
    """A course with one seat: the stranger has it, the learner waits; and a key group the learner has declared."""
    course = study.publish(THEN, code="GZ-W1")
    set_intake(course.code, by=world.people["manager"], at=THEN, seats=1)
    enrol(world.people["stranger"], course.code, at=THEN)
    place = await_seat(world.people["learner"], course.code, at=THEN)
    group = declare_key_group(world.people["learner"], "veteran", at=THEN, evidence="退役证")
    world.args |= {
        "place": {"place_id": place.pk},
        "group": {"pk": group.pk},
        "full": {"code": course.code},
    }


def _staff(world: World) -> None:
    """An employer has invited the learner, and a second list with a wrong row waits; a county desk helps somebody else."""
    by = world.people["employer"]
    course = study.publish(THEN, code="GZ-E1")
    known = f"{NAME},{NUMBER},{PHONE},{course.code}"
    first, roster = (
        rosters.upload_roster(
            ContentFile(f"name,number,phone,course\n{row}\n王五,1,2,3\n".encode()),
            name="staff.csv",
            organisation=factories.enterprise(code=HOME),
            by=by,
            at=THEN,
        )
        for row in (known, f"王小·𠮷,{factories.ADULT_IDS[-1]},13955557775,{course.code}")
    )
    rosters.apply_roster(first, by=by, at=THEN)
    while rosters.apply_some(at=THEN):
        pass
    invitation = Invitation.objects.get()
    helped = factories.learner("古丽·𠮷", code=HOME, at=THEN)
    asked = help_at_desk.ask_with_card(helped.identity.number, by=world.people["county"], at=NOW)
    help_at_desk.confirm_presence(asked, by=world.people["reviewer"], at=NOW)
    world.args |= {
        "roster": {"pk": roster.pk},
        "roster_template": {"form": "csv"},
        "invitation": {"pk": invitation.pk},
        "help": {"pk": asked.pk},
    }


def _footage(world: World) -> None:
    """A draft whose film stands, and another that is being sent."""
    draft = footage.draft(by=world.people["manager"], at=THEN)
    begun = begin_film(draft, lesson_key="weld", name="平焊.mp4", size=10, by=world.people["manager"], at=NOW)
    place = {"code": draft.code, "key": "weld"}
    world.args |= {
        "footage": place,
        "captions": place | {"position": 1, "language": "zh"},
        "upload": {"uid": begun.pk},
    }


def _practice(world: World) -> None:
    """The learner's films of practical work: one being sent, one with two assessors, one decided; and a draft of a task."""
    person = world.people["learner"]
    second = factories.user("second instructor", at=THEN)
    accounts.appoint(second, Role.INSTRUCTOR, by=None, at=THEN, organisation=factories.organisation())
    rows = [
        enrol(person, study.publish(THEN, code=code, task=practising.TASK).code, at=NOW)
        for code in ("GZ-B1", "GZ-B2", "GZ-B3")
    ]
    sending = practising.begun(rows[0], at=NOW, content=b"few")
    waiting, decided = (practising.shown(row, at=NOW) for row in rows[1:])
    for seat in (1, 2):
        practising.assess(decided, seat, at=NOW)
    paper = waiting.assessments.get(assessor=world.people["instructor"])
    accounts.appoint(
        factories.user("third instructor", at=THEN),
        Role.INSTRUCTOR,
        by=None,
        at=THEN,
        organisation=factories.organisation(),
    )
    told = {"by": world.people["manager"], "at": THEN}
    draft = footage.draft(code="GZ-B4", **told)
    catalogue.add_lesson(draft, key="bench", kind="practical", title_zh="上手", **told)
    world.args |= {
        "bench": {"enrolment_id": rows[0].pk, "key": "bench"},
        "practice_film": {"uid": sending.film_id},
        "paper": {"pk": paper.pk},
        "submission": {"uid": waiting.pk},
        "feedback": {"uid": decided.pk},
        "draft_task": {"code": draft.code, "key": "bench"},
    }


def _package(world: World) -> None:
    """A draft with an imported package, by the catalogue's administrator; and the learner on that version."""
    person = world.people["catalogue"]
    version = lessons.version(THEN, code="GZ-P1", with_questions=False)
    told = {"by": person, "at": THEN, "planned_seconds": 1_800}
    lesson = catalogue.add_lesson(version.course, key="pack", kind="package", title_zh="课件𠮷", **told)
    file = ContentFile(scorm.good(), name="课件.zip")
    uploaded = catalogue.upload_package(lesson, file=file, by=person, at=THEN)
    packages.unpack(packages.take_up(at=THEN), at=THEN)
    learning = lessons.learning(NOW, user=world.people["learner"], of=version)
    facts = courses.package_of(lesson.pk)
    token = courses.package_address(facts, 0, at=NOW).split("/")[3]
    world.args |= {
        "package": {"code": version.course.code, "key": "pack"},
        "package_file": {"token": token, "path": "课件/样式.css"},
        "package_state": {"enrolment_id": learning.enrolment.pk, "key": "pack"},
        "package_session": {"session_id": packaged.beside(learning, at=NOW).pk},
    }
    world.things["package"] = uploaded


def _imports(world: World) -> None:
    """A file of courses that was read, and waits for somebody to apply it."""
    by = world.people["manager"]
    job = imports.upload_import(
        files.table(files.COURSE),
        name="courses.csv",
        kind="courses",
        organisation=factories.organisation(code=HOME),
        by=by,
        at=THEN,
    )
    import_work.work(import_work.claim(job.pk, at=THEN), at=THEN)
    world.args |= {
        "import": {"pk": job.pk},
        "template": {"kind": "courses", "form": "csv"},
    }


def _external(world: World) -> None:
    """One from elsewhere that waits for the register, and one about which a reviewer has made a proposal."""
    person = world.people["learner"]
    reported = elsewhere.reported(person, at=THEN, issued_on=elsewhere.NEW)
    ruled = elsewhere.reported(person, at=THEN)
    by = factories.staff(Role.PROVINCE_REVIEWER, code=HOME)
    ruling = rulings.propose(ruled, "refuse", by=by, at=THEN, reason=elsewhere.REASON)
    world.args |= {
        "external": {"serial": reported.serial},
        "external_ruled": {"serial": ruled.serial},
        "ruling_uid": {"uid": str(ruling.uid)},
    }
    world.things["external"] = reported


def _external_checked(world: World) -> None:
    """One that is valid and stands beside a course."""
    checked = elsewhere.checked(world.people["learner"], at=THEN, issued_on=elsewhere.NEW)
    world.args["external_checked"] = {"serial": checked.serial}


def _papers(world: World) -> None:
    person = world.people["learner"]
    paper = certificates.issue(certificates.request(completion(person), at=THEN), at=THEN)
    failed = certificates.request(completion(world.people["stranger"]), at=THEN)
    asked = certificates.issue(certificates.request(completion(person), at=THEN), at=THEN)
    proposal = certificates.propose(
        asked,
        "revoke",
        by=factories.staff(Role.PROVINCE_REVIEWER, code=HOME),
        at=THEN,
        reason="重复发证，已核实",
    )
    consent, _code = certificates.give_consent(
        person, given_to="锦川重工", purpose="录用", ends_on=NOW.date(), certificates=None, at=THEN
    )
    world.args |= {
        "consent": {"uid": consent.uid},
        "serial": {"serial": paper.serial},
        "issuer": {"province": HOME},
        "status_list": {"province": HOME, "year": int(paper.serial[6:10]), "number": 0},
        "failed": {"serial": failed.number},
        "proposed": {"serial": asked.serial},
        "proposal_uid": {"uid": str(proposal.uid)},
        "code": {"code": paper.code},
    }
    world.things["certificate"] = paper
    _issuing(world)


def _issuing(world: World) -> None:
    """Guizhou issues in batches now: one runs, with a paper issued and one to come, and one more waits. And an inspection."""
    told = {"by": world.people["reviewer"], "at": THEN}
    issuing.set_terms(HOME, by_batch=True, **told)
    first, _second = (
        certificates.request(completion(world.people["stranger"]), at=THEN) for _turn in range(2)
    )
    batch = issuing.start(HOME, **told)
    issuing.go_on(at=THEN)
    certificates.issue(first, at=THEN)
    certificates.request(completion(world.people["stranger"]), at=NOW)
    inspection = inspecting.begin(Filters(), size=2, purpose="月度抽查𠮷", **told)
    world.args |= {
        "issuing_batch": {"uid": str(batch.uid)},
        "inspection": {"uid": str(inspection.uid)},
        "inspected": {"uid": str(inspection.uid), "place": 1},
    }


def _claims(world: World) -> None:
    person = world.people["learner"]
    policy = making.policy(at=THEN, **PUBLISHED_TWICE)
    claim = making.accepted(making.checked(person, at=THEN), by=world.people["intake"], at=THEN)
    paper = making.certificate(person, at=THEN)
    returned = making.row("returned", claimant=person, certificate_serial=paper.serial, due_at=LATER)
    rejected = making.turned_down(
        making.row("rejected", claimant=person, certificate_serial="ZX-52-2026-7777777")
    )
    at_intake = making.checked(making.claimant("张敏"), at=THEN)
    at_second = making.first_passed(
        making.accepted(making.checked(making.claimant("李强"), at=THEN), at=THEN), at=THEN
    )
    proposed = making.proposed(making.claimant("王芳"), at=THEN)
    saved = save_view("今天到期", view="due", desk="", province=None, by=world.people["reviewer"], at=THEN)
    heard = making.heard(making.claimant("赵磊"), at=THEN)
    sample = ReviewSample.objects.create(
        province_id=HOME, programme="SKILL", month=dt.date(2026, 1, 1), seed="5e" * 32, made_at=THEN
    )
    world.args |= {
        "policy": {"pk": policy.pk},
        "sample": {"pk": str(sample.pk)},
        "claim": {"number": claim.number},
        "saved_view": {"number": saved.pk},
        "decide": {"number": claim.number, "step": "pass"},
        "returned": {"number": returned.number},
        "rejected": {"number": rejected.number},
        "at_intake": {"number": at_intake.number},
        "at_second": {"number": at_second.number},
        "claim_proposed": {"number": proposed.number},
        "heard": {"number": heard.number},
        "start_link": {"serial": world.args["serial"]["serial"], "programme": "SKILL", "step": "link"},
        "start_check": {"serial": world.args["serial"]["serial"], "programme": "SKILL"},
    }
    _evidence(world, rejected, at_second)
    world.things |= {"claim": claim, "returned": returned}
    _policies(world)
    _lists(world, paper.serial)
    _contracts(world)


def _lists(world: World, serial: str) -> None:
    """A living allowance with a paper. An enterprise's list to look at, and one whose claims came, went back, were rejected."""
    person, boss = world.people["learner"], world.people["employer"]
    list_world.published(list_world.LIVING, at=THEN, materials=["group_proof"])
    told = {"claimant": person, "programme": "LIVING", "purpose": "living", "due_at": LATER}
    living = making.row("returned", certificate_serial=serial, **told)
    own = world.args["serial"]["serial"]
    draft = drafts.save_answers(person, own, {}, at=THEN, programme="LIVING")
    scan = SimpleUploadedFile("证明.pdf", b"%PDF-1.7")
    policy = read_policy(PolicyVersion.objects.published().get(programme="LIVING").body)
    paper = materials.add_material(draft, kind="group_proof", paper=scan, policy=policy, by=person, at=THEN)
    list_world.published(list_world.ENTERPRISE, at=THEN, materials=["payroll"])
    list_world.published(list_world.PROVIDER, at=THEN)
    list_world.with_account(boss, at=THEN)
    names = ("周一", "吴二", "郑三")
    done = list_world.checked(
        *(list_world.row(list_world.employee(name, at=THEN)) for name in names), by=boss, at=THEN
    )
    _with_payroll(done, boss)
    lists.submit_list(done, by=boss, at=THEN, agreed=True)
    list_world.work(done, at=THEN)
    plain, returned, rejected = (
        checking.check_claim(claim, at=THEN) for claim in done.claims.order_by("pk").all()
    )
    intake = world.people["intake"]
    reviews.send_back(returned, by=intake, at=THEN, reason="缺工资凭证", codes=("EVIDENCE_NEEDED",))
    making.rejected(rejected, at=THEN)
    looked = list_world.checked(
        list_world.row(list_world.employee("王五", at=THEN)),
        list_world.row(list_world.employee("冯六", at=THEN), name="冯七"),
        by=boss,
        at=THEN,
    )
    _with_payroll(looked, boss)
    world.args |= {
        "start_paper": {"serial": own, "programme": "LIVING", "kind": "group_proof"},
        "returned_paper": {"number": living.number, "kind": "group_proof"},
        "material": {"pk": str(paper.pk)},
        "claim_list": {"pk": str(looked.pk)},
        "list_paper": {"pk": str(looked.pk), "kind": "payroll"},
        "list_template": {"form": "csv"},
        "list_claim": {"number": plain.number},
        "list_returned": {"number": returned.number},
        "list_rejected": {"number": rejected.number},
        "list_returned_paper": {"number": returned.number, "kind": "payroll"},
    }


def _contracts(world: World) -> None:
    """A project contract in force, and a draft."""
    body, editor = factories.organisation(), world.people["editor"]
    contract_world.policy(at=THEN)
    contract = contract_world.in_force(body, by=editor, at=THEN)
    draft = contract_world.drafted(
        body, by=editor, at=THEN, number="黔项〔2026〕8 号", title="电工项目制培训𠮷"
    )
    world.args |= {"contract": {"pk": str(contract.pk)}, "contract_draft": {"pk": str(draft.pk)}}


def _with_payroll(made: ClaimList, boss: User) -> None:
    policy = list_policy(made, at=THEN)
    scan = SimpleUploadedFile("工资表.pdf", b"%PDF-1.7")
    materials.add_material(made, kind="payroll", paper=scan, policy=policy, by=boss, at=THEN)


def _evidence(world: World, rejected: Claim, packed: Claim) -> None:
    """The letter of a rejection, its record, and a pack of another claim that the auditor can fetch."""
    decision = rejected.decisions.get(act="rejected")
    one = {"number": rejected.number, "pk": str(decision.pk)}
    pack = packs.ask(packed, by=world.people["auditor"], at=NOW, reason="年度审计𠮷")
    packs.make_next(at=NOW)
    world.args |= {
        "letter": one,
        "decision_file": one | {"form": "xlsx"},
        "pack": {"uid": pack.uid},
        "report_money": {"view": "money"},
        "report_waiting": {"view": "ageing"},
        "report_file": {"view": "outcomes", "form": "csv"},
    }


def _policies(world: World) -> None:
    """On the desk of Guizhou: a draft with a run, one handed in, and one of a city that is published and begins later."""
    editor, publisher = world.people["editor"], world.people["publisher"]
    draft = _drafted(world, version=9, first="2030-01-01")
    handed_in, coming = (
        policies.submit_policy(made, by=editor, at=THEN)
        for made in (
            _drafted(world, version=10, first="2031-01-01"),
            _drafted(world, code="520100", version=1, first="2032-01-01"),
        )
    )
    policies.publish_policy(coming, by=publisher, at=THEN)
    run = impacts.start_run(draft, by=editor, at=THEN)
    pk = str(draft.pk)
    world.args |= {
        "policy_draft": {"pk": pk},
        "policy_piece": {"pk": pk, "place": "eligibility-0"},
        "policy_move": {"pk": pk, "place": "eligibility-0", "step": "down"},
        "policy_case": {"pk": pk, "place": "1"},
        "policy_case_read": {"pk": str(world.args["policy"]["pk"]), "place": "1"},
        "policy_review": {"pk": str(handed_in.pk)},
        "policy_coming": {"pk": str(coming.pk)},
        "impact": {"pk": str(run.pk)},
    }


def _drafted(world: World, **changes: object) -> PolicyVersion:
    """A draft of the office of policies, with its cases."""
    editor, body = world.people["editor"], making.body(**PUBLISHED_TWICE | changes)
    draft = policies.draft_policy(factories.province(HOME), body, by=editor, at=THEN)
    policies.keep_cases(draft, making.cases_for(body), by=editor, at=THEN)
    return draft


def _money(world: World) -> None:
    maker = world.people["maker"]
    _recovery(world)
    _fraud(world)
    money_world.budget(900_000, at=THEN)
    proposal = budgets.propose_budget(
        province=HOME, fund="SKILL", year=2026, fen=100, document="黔财〔2026〕900 号", by=maker, at=THEN
    )
    paid, held = money_world.claim(person=world.people["learner"]), money_world.claim()
    hold = holds.put_hold(held, Hold.Category.values[0], "看一看", by=maker, at=THEN)
    notice, after = money_world.noticed([paid], at=THEN)
    batch = assembling.make_batch(province=HOME, by=maker, at=after)
    second = money_world.claim()
    _second_notice, after = money_world.noticed([second], at=after)
    sent = assembling.make_batch(province=HOME, by=maker, at=after)
    money_world.released(sent, at=after)
    payment_files.write_payment_file(sent, at=after)
    making.approved(making.passed(making.checked(making.claimant("孙丽"), at=THEN), at=THEN), at=THEN)
    yesterday = NOW - dt.timedelta(days=1)
    open_notice = notices.publish_notice(province=HOME, by=maker, at=yesterday)
    line = open_notice.lines.select_related("claim", "notice").get()
    objection = objections.raise_objection(line, words="此人未参加培训", contact="李四", at=yesterday)
    waiting = money_world.claim()
    money_world.approve(waiting, at=THEN)
    world.args |= {
        "proposal": {"pk": str(proposal.pk)},
        "hold": {"pk": str(hold.pk)},
        "notice": {"number": notice.number},
        "payment_notice": {"number": _payment_notice(world, maker).number},
        "objected_line": {"number": open_notice.number, "line_no": 1},
        "objection": {"pk": str(objection.pk)},
        "objection_step": {"pk": str(objection.pk), "step": "dismiss"},
        "objection_receipt": {"receipt": objection.receipt},
        "batch": {"number": batch.number},
        "sent": {"number": sent.number},
        "profile": {"pk": str(batch.profile_id)},
        "profile_draft": {"pk": str(_profile(maker).pk)},
    }
    world.things |= {"batch": batch, "sent": sent, "notice": notice}


def _recovery(world: World) -> None:
    """Two payments asked back: one that the learner may still reply to; one of another payee, who is barred, with a sum to confirm."""
    early = THEN - dt.timedelta(days=60)
    book = money_world.budget(500_000, at=early)
    told = money_world.claim(person=world.people["learner"], at=early)
    barred = factories.with_bank_account(factories.learner(at=early), at=early - dt.timedelta(days=30))
    owed = money_world.claim(person=barred, at=early)
    after = recovery_world.paid([told, owed], at=early)
    order, at = recovery_world.ordered(owed, at=after)
    settlement = settlements.enter_repayment(
        order, fen=100, reference="B-1", by=recovery_world.officer(), at=at
    )
    sanction = sanctions.impose_sanction(
        order,
        kind="blacklist",
        starts_on=at.date(),
        ends_on=None,
        document="黔人社〔2026〕2 号",
        reason="骗取补贴，已核实。",
        by=recovery_world.officer(),
        at=at,
    )
    asked = recovery_world.told(told, at=NOW - dt.timedelta(hours=1))
    run = reconcile.prove(at=THEN)
    world.args |= {
        "book": {"pk": str(book.pk)},
        "account": {"pk": str(book.pk), "kind": "paid"},
        "account_file": {"pk": str(book.pk), "kind": "paid", "form": "csv"},
        "journal_entry": {"pk": str(book.entries.earliest("place").pk)},
        "recovery": {"number": order.number},
        "recovery_step": {"number": order.number, "step": "cancel"},
        "settlement": {"number": order.number, "pk": str(settlement.pk)},
        "sanction": {"pk": str(sanction.pk)},
        "debt": {"number": asked.number},
        "proof_run": {"pk": str(run.pk)},
    }
    world.things |= {"recovery": order, "debt": asked}


def _fraud(world: World) -> None:
    """Three claims that hang together by one bank account, and what the checks found of them."""
    people = [factories.learner(name, at=THEN) for name in ("周伟", "吴敏", "郑强")]
    for person in people:
        factories.with_bank_account(person, number="6222020000001230", at=THEN)
    claims = [
        making.row("in_first_review", claimant=one, person_key=bytes(one.identity.number_index), at=THEN)
        for one in people
    ]
    looking.look_at([claim.pk for claim in claims], When.SUBMIT, at=THEN)
    found = Finding.objects.filter(claim=claims[0], check_code="shared_account").get()
    world.args |= {
        "finding": {"pk": str(found.pk)},
        "finding_step": {"pk": str(found.pk), "step": "dismiss"},
        "claim_group": {"number": claims[0].number},
    }
    world.things |= {"finding": found}


def _payment_notice(world: World, maker: User) -> PaymentNotice:
    """One of the two payments that are asked back was published; the other waits to be."""
    version = PolicyVersion.objects.get(pk=world.args["policy"]["pk"])
    first, second = Claim.objects.filter(state="paid", province_id=HOME).order_by("pk")
    money_world.approved_by_policy(first, version, at=THEN)
    made = payment_notices.publish_payment(province=HOME, by=maker, at=THEN)
    money_world.approved_by_policy(second, version, at=THEN)
    return made


def _profile(maker: User) -> BankProfile:
    """A bank's profile that waits for the second person."""
    return profiles.draft_profile(
        province=HOME,
        code="icbc",
        name="示例银行",
        bank_code="102701000017",
        template=STANDARD,
        needs_name_check=True,
        releaser_may_be_checker=False,
        cooling_days=3,
        valid_from=THEN.date(),
        valid_to=None,
        by=maker,
        at=THEN,
    )


def _supply(world: World) -> None:
    """A key, an address with a message that was given up, and a call, of the organisation in Guizhou."""
    manager = world.people["manager"]
    school = factories.organisation()
    key, _token = partner_keys.make_key(school, name="夜间同步", by=manager, at=THEN)
    address, _secret = webhooks.add_endpoint(
        school, url="https://hooks.example.com/zhixun", events=["course.published"], by=manager, at=THEN
    )
    webhooks.ping(address, by=manager, at=THEN)
    message = webhooks.mark(webhooks.take_up(at=THEN), at=THEN, problem="late", for_good=True)
    sent = Call(school, "submit_course", "POST", "/api/partner/v1/courses/W-1/submit/", key, "W-1")
    call = note(sent, Outcome(404, {}, "refused"), at=THEN)
    world.args |= {
        "partner_key": {"public_id": key.public_id},
        "endpoint": {"uid": address.uid},
        "delivery": {"uid": message.uid},
        "call": {"uid": call.uid},
        "partner_ref": {"partner_ref": "W-1"},
    }


def _notices(world: World) -> None:
    """Something the learner was told on the way here, and a link to confirm a mailbox that nobody gave."""
    notice = Notice.objects.filter(user=world.people["learner"]).first()
    own_data.ask(world.people["learner"], at=NOW)
    own_data.make_next(at=NOW)
    copy = Copy.objects.get()
    world.args |= {
        "copy": {"uid": copy.uid},
        "own_notice": {"notice_id": notice.pk},
        "mailbox_link": {"token": "x:y:z"},
    }


@contextmanager
def standing(folder: Path) -> Iterator[None]:
    """The clock stands, and files lie in `folder`, as when the world was made."""
    store = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder / "media", "base_url": None},
    }
    from django.conf import settings

    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(STORAGES={**settings.STORAGES, "default": store}),
    ):
        patch.setattr("portal.clock.now", lambda: NOW)
        # else Django's test client keeps a copy of the context for every template of every page: thousands, never read
        patch.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))
        yield


def as_made(world: World) -> World:
    """The world as it was made, whatever a module before has done to its people, things and browsers."""
    fresh = copy.deepcopy(replace(world, browsers={}))
    for name, browser in world.browsers.items():
        fresh.browsers[name] = Reader(raise_request_exception=True)
        fresh.browsers[name].cookies = copy.deepcopy(browser.cookies)
    return fresh
