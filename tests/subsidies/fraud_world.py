"""Claims and what stands behind them for the tests of the checks: rows as the portal leaves them, made as cheaply as may be."""

import datetime as dt
import itertools

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from courses.models import Lesson
from learners.models import Attempt, Coverage, IntegritySignal, Invitation, LedgerRow, PlaySession
from portal.accounts.models import SignIn
from subsidies.fraud.checks import When
from subsidies.fraud.numbers import Terms
from subsidies.selectors.fraud.findings import batch_of
from subsidies.selectors.fraud.register import BY_CODE
from subsidies.services.fraud import looking
from tests import factories
from tests.certificates import making as papers
from tests.learners import study
from tests.subsidies import making

AT = making.AT
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
_numbers = itertools.count(1)
_places = itertools.count(1)


def claim(person=None, **fields):
    person = person or making.claimant(f"测试{chr(0x4E00 + next(_numbers))}")
    told = {"claimant": person, "person_key": bytes(person.identity.number_index), "state": "checked"}
    return making.row(**(told | fields))


def found(code, *claims, at=AT, **numbers):
    """What one check sees of these claims by these numbers: the keys by claim number."""
    batch = batch_of([one.pk for one in claims], at=at, terms=Terms(None, numbers))
    return {one.row.number: dict(one.figures) for one in BY_CODE[code].of_claims(batch)}


def around(code, *, at=AT, **numbers):
    return list(BY_CODE[code].of_time(at, Terms(None, numbers)))


def looked(*claims, when=When.SUBMIT, at=AT):
    return looking.look_at([one.pk for one in claims], when, at=at)


def signed_in(person, device, *, at=AT, network="n"):
    door = f"door{next(_numbers)}"
    return SignIn.objects.create(
        user=person,
        at=at,
        door=door,
        device_index=device.encode().ljust(32),
        network_index=network.encode().ljust(32),
    )


def completion_of(person):
    return papers.completion(person)


def enrolment_of(person):
    return papers.completion(person).enrolment


def session(enrolment, lesson, *, door="d", at=AT):
    """A closed session of play."""
    made = PlaySession.objects.create(
        user=enrolment.user,
        province_id=enrolment.province_id,
        enrolment=enrolment,
        lesson=lesson,
        edition=enrolment.edition,
        length_ms=60_000,
        no_skip=True,
        reading=False,
        answer_ms=20_000,
        opened_at=at,
        beat_at=at,
        nonce="n",
        door=door,
        first={},
        now={},
    )
    PlaySession.objects.filter(pk=made.pk).update(state="closed", ending="left", closed_at=at)
    return made


def credit(enrolment, lesson, *, began=AT, minutes=60, ms=None):
    ended = began + dt.timedelta(minutes=minutes)
    return LedgerRow.objects.create(
        user=enrolment.user,
        province_id=enrolment.province_id,
        enrolment=enrolment,
        lesson=lesson,
        edition=enrolment.edition,
        entry="credit",
        kind="video",
        wall=DateTimeTZRange(began, ended),
        ms=minutes * 60_000 if ms is None else ms,
        at=ended,
        place=next(_places),
        previous=b"p" * 32,
        digest=b"d" * 32,
    )


def presence(enrolment, lesson, *, passed, failed):
    return Coverage.objects.create(
        user=enrolment.user,
        province_id=enrolment.province_id,
        enrolment=enrolment,
        lesson=lesson,
        passed=passed,
        failures=failed,
        checks=passed + failed,
        seed="s",
    )


def signal(attempt, **fields):
    return IntegritySignal.objects.create(
        attempt=attempt,
        user=attempt.enrolment.user,
        province_id=attempt.province_id,
        version_id=attempt.enrolment.version_id,
        kind="quick_answers",
        found_at=AT,
        **fields,
    )


def lesson(at=AT):
    """A page of a course that is published."""
    return Lesson.objects.filter(version=study.publish(at).current_version, key="page").get()


def attempt_of(enrolment, number=1, *, passed=True, score=90, minutes=20):
    """A graded exam, which took so long."""
    began = AT - HOUR
    made = Attempt.objects.create(
        enrolment=enrolment,
        province_id=enrolment.province_id,
        number=number,
        seed=number,
        question_ids=[1],
        pass_mark_percent=60,
        started_at=began,
        ends_at=AT,
        close_at=AT,
    )
    Attempt.objects.filter(pk=made.pk).update(
        state="passed" if passed else "failed",
        close_at=None,
        submitted_at=began + dt.timedelta(minutes=minutes),
        graded_at=began + dt.timedelta(minutes=minutes),
        right_ids=[1] if passed else [],
        score_percent=score if passed else 10,
    )
    made.refresh_from_db()
    return made


def of_provider(count, *, organisation=None, code="520000", **fields):
    """Claims of one provider, as rows."""
    organisation = organisation or factories.organisation(code=code)
    return [claim(provider=organisation, **fields) for _n in range(count)]


def invitation(claim, *, person=b"", phone="", course="GZ-1", organisation=None, accepted=False):
    """An employer's invitation, with the phone of the claimant if no other is told."""
    made = Invitation(
        organisation=organisation or factories.enterprise(),
        province_id="520000",
        course_code=course,
        person_index=person or bytes(claim.person_key),
        masked_name="王*",
        invited_at=AT,
    )
    made.name, made.phone = "王某", phone or claim.claimant.phone
    made.save()
    if accepted:
        told = {"user": claim.claimant, "accepted_at": AT, "enrolment": enrolment_of(claim.claimant)}
        Invitation.objects.filter(pk=made.pk).update(
            state="accepted", consent_version="1", tell_at=None, **told
        )
    return made
