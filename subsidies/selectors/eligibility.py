"""Whether a course can be paid for: what somebody says of themselves, before the very rules that decide claims.

The answer is reckoned as if the course were learned whole, certified and claimed today. Nothing of it is stored.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from courses import selectors as courses
from portal import clock
from portal.accounts.models import User
from subsidies.models import PolicyVersion
from subsidies.policy import evaluate
from subsidies.policy.questions import Answers, Reads, asked, facts_of, reads, sure_fen
from subsidies.selectors.facts import cut
from subsidies.selectors.policies import policies_of, policy_versions, version_row


@dataclass(frozen=True)
class Programme:
    """What one programme's policy says. `version` is None where none is in force on the day that decides.

    `sure_fen` is the money that is certain once every open rule turns out well.
    """

    version: PolicyVersion | None
    record: dict[str, Any]
    sure_fen: int


@dataclass(frozen=True)
class Eligibility:
    """`asked` are the facts that matter here and now; `known` all that the policies could ever ask.

    `standing` is whether an enrolment of today would count at all.
    """

    course: Any
    standing: courses.Standing
    basis: dict[str, Any]
    known: Reads
    asked: frozenset[str]
    programmes: tuple[Programme, ...]


def course_basis(course: Any, on: dt.date) -> dict[str, Any]:
    """The facts of a claim that follow from the course alone. `course` is one of courses.selectors.

    Days of training in person are left open where the course has lessons on site. Raises CourseVersion.DoesNotExist
    for a course that was never published.
    """
    version = courses.current_version(course)
    facts = courses.certificate_facts(version.pk, on=on)
    outline = courses.outline(version.pk)
    day, hours = on.isoformat(), cut(facts.hours)
    learning: dict[str, Any] = {"valid_hours": hours, "online_hours": hours}
    if not any(lesson.on_site for lesson in outline.lessons):
        learning["offline_days"] = 0
    return {
        "certificate": {
            "kind": facts.certificate_kind,
            "occupation": facts.occupation_code,
            "level": facts.level,
            "issued_on": day,
        },
        "training": {"started_on": day},
        "learning": learning,
        "course": {"hours": hours},
        "occupation": {"shortage": facts.shortage},
        "claim": {"submitted_on": day},
    }


def eligibility(course: Any, answers: Answers, *, at: dt.datetime) -> Eligibility:
    """The policies of the course's province about this course and these answers.

    Raises CourseVersion.DoesNotExist for a course that was never published.
    """
    basis = course_basis(course, clock.today(at))
    standing = courses.subsidy_standing(course, on=clock.today(at))
    names = policy_versions(course.province_id).order_by("programme").values_list("programme", flat=True)
    names = names.filter(programme__payees__contains=["person"])
    policies = {name: policies_of(course.province_id, name) for name in names.distinct()}
    if not standing.counts:
        policies = {}
    known = reads(policy for versions in policies.values() for policy in versions)
    found = []
    wanted: frozenset[str] = frozenset()
    for name, versions in policies.items():
        facts = facts_of(basis, answers, known)
        record = evaluate(versions, facts, evaluated_at=at.isoformat())
        row = version_row(course.province_id, name, record["version"]) if record["version"] else None
        found.append(Programme(row, record, sure_fen(versions, facts)))
        wanted |= asked(versions, basis, Answers(), known) | {fact["name"] for fact in record["facts"]}
    given = {f"{section}.{name}" for section, facts in basis.items() for name in facts}
    return Eligibility(course, standing, basis, known, wanted - given, tuple(found))


def course_asked_about(user: User | AnonymousUser, code: str) -> Any:
    """Raises Http404 for a course that the reader may not know of."""
    return courses.course_visible_to(user, code.upper())
