"""What a partner's machine asks for: bringing courses to its documents, and handing one in."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from courses.documents import CourseDocument
from courses.models import Course
from courses.services.calls import Call
from courses.services.documents import Fate, apply_documents
from courses.services.steps import submit
from portal.audit.services import record


@transaction.atomic
def supply(call: Call, documents: Iterable[CourseDocument], *, at: dt.datetime) -> list[Fate]:
    """Bring the organisation's courses to the documents, each as a draft: nothing is submitted, nothing published.

    Province and organisation are those of the call. In the order of the documents.
    """
    organisation = call.organisation
    told = apply_documents(organisation, organisation.province, documents, by=call.by, at=at)
    counts = Counter(fate.fate for fate in told)
    if counts["created"] or counts["updated"]:
        _record(call, at=at, created=counts["created"], updated=counts["updated"])
    return told


def hand_in(call: Call, course: Course, *, at: dt.datetime) -> Course:
    """Submit a draft, in the caller's transaction. Raises what courses.services.submit raises."""
    course = submit(course, by=call.by, at=at)
    _record(call, at=at, submitted=course.code)
    return course


def _record(call: Call, *, at: dt.datetime, **detail: object) -> None:
    """By whom the key was made; the key and the call stand in the detail."""
    thing = call.key or call.organisation
    known = {"key": call.key.public_id} if call.key else {"resent_from": str(call.resent_from)}
    record(
        by=call.by,
        action="partner.supplied",
        thing=thing,
        at=at,
        province=call.organisation.province_id,
        detail={"call": str(call.uid), **known, **detail},
    )
