"""How fast certificates are issued: by the task alone, and batches of one province or several by one worker and by more.

Started as a program, this is one worker of a batch: it says what it did and how much memory it had at most.
"""

import datetime as dt
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import django

if __name__ == "__main__":
    django.setup()

from benchmarks.papers import NAMES
from benchmarks.place import most_memory
from benchmarks.rounds import Figures
from benchmarks.telling import PROVINCE, Class
from certificates import selectors, tasks
from certificates.models import Certificate, IssuingBatch
from certificates.services import batches, issuing
from courses.models import CourseVersion
from learners.models import Completion, CountingEdition, Enrolment
from portal import clock, crypto
from portal.accounts.models import Appointment, Consent, Identity, User
from portal.accounts.roles import Role
from portal.embedded.places import ROOT
from portal.garbage import collect_seldom

AT_ONCE = 5_000
"""So many completions are made at once: this process is not what is measured."""

PAPER_SECONDS = 30


def issuing_by_task(of: Class, batch: int) -> Callable[[float], Figures]:
    """The task as Celery runs it: asks, freezes, numbers, tells, records; one worker.

    A round is a batch of completions, however long it takes; the seconds asked for are not looked at.
    """
    version = CourseVersion.objects.get(pk=of.lesson.version_id)

    def act(seconds: float) -> Figures:
        complete(batch, version, of.edition)
        figures, begin = Figures(), time.perf_counter()
        figures.requests = tasks.issue_due_certificates()
        figures.seconds = time.perf_counter() - begin
        if figures.requests != batch:
            raise RuntimeError(f"{figures.requests} of {batch} certificates were issued.")
        figures.times = [figures.seconds * 1000 / batch]
        return figures

    return act


def batches_by_workers(of: Class, size: int, workers: int, provinces: Sequence[str]) -> dict[str, object]:
    """`size` certificates, a batch in each of the provinces, issued by so many processes; then papers for PAPER_SECONDS.

    Memory in megabytes, of the largest process.
    """
    version = CourseVersion.objects.get(pk=of.lesson.version_id)
    officers = {province: _officer(province) for province in provinces}
    share = size // len(provinces)
    for province, officer in officers.items():
        batches.set_terms(province, by_batch=True, by=officer, at=clock.now())
        for begin in range(0, share, AT_ONCE):
            complete(min(AT_ONCE, share - begin), version, of.edition, province)
    while completions := list(selectors.uncertified_completions()[:AT_ONCE]):
        issuing.request_all(completions, at=clock.now())
    begun = [batches.start(province, by=officer, at=clock.now()) for province, officer in officers.items()]
    issued = _work(workers, "issue", *(str(batch.pk) for batch in begun))
    for batch in begun:
        batch.refresh_from_db()
        if (batch.total, batch.issued) != (share, share):
            raise RuntimeError(f"{batch.issued} of {share} certificates were issued.")
    made = _work(workers, "papers", str(PAPER_SECONDS))
    Certificate.objects.exclude(paper_due_at=None).update(paper_due_at=None)
    for province, officer in officers.items():
        batches.set_terms(province, by_batch=False, by=officer, at=clock.now())
    return {
        "certificates": share * len(provinces),
        "workers": workers,
        "provinces": len(provinces),
        "issued/s": round(share * len(provinces) / issued["seconds"]),
        "memory of a worker that issues": issued["memory"],
        "papers": made["done"],
        "papers/s": round(made["done"] / made["seconds"], 1),
        "memory of a worker that makes papers": made["memory"],
    }


def _officer(province: str) -> User:
    officer = User(joined_at=clock.now(), province_id=province, display_name="officer")
    officer.set_unusable_password()
    officer.save()
    today = clock.today(clock.now())
    Appointment.objects.create(
        user=officer, role=Role.PROVINCE_REVIEWER, province_id=province, valid_from=today
    )
    return officer


def _work(workers: int, *what: str) -> dict[str, float]:
    """Starts them together; `seconds` is that of the slowest, what each needs to be ready left out."""
    command = [sys.executable, "-m", "benchmarks.issuing", *what]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ)
        for _worker in range(workers)
    ]
    for worker in started:
        worker.stdout.readline()
    for worker in started:
        worker.stdin.write(b"go\n")
        worker.stdin.flush()
    said = [json.loads(worker.communicate()[0]) for worker in started]
    return {
        "done": sum(one["done"] for one in said),
        "seconds": max(one["seconds"] for one in said),
        "memory": max(one["memory"] for one in said),
    }


def work(what: str, *told: str) -> None:
    collect_seldom()
    print("ready", flush=True)
    sys.stdin.readline()
    begin = time.perf_counter()
    done = _issue([int(batch) for batch in told]) if what == "issue" else _make_papers(float(*told))
    seconds = time.perf_counter() - begin
    print(json.dumps({"done": done, "seconds": seconds, "memory": round(most_memory() / 1000)}), flush=True)


def _issue(begun: Sequence[int]) -> int:
    done = 0
    while IssuingBatch.objects.open().filter(pk__in=begun).exists():
        done += tasks.issue_due_certificates()
    return done


def _make_papers(seconds: float) -> int:
    tasks.ROUND = seconds
    return tasks.make_due_papers()


def complete(number: int, version: CourseVersion, edition: CountingEdition, province: str = PROVINCE) -> None:
    """So many people, known by name, who have completed the course."""
    at = clock.now()
    people = [User(joined_at=at, province_id=province, display_name=f"毕业{n}") for n in range(number)]
    for person in people:
        person.set_unusable_password()
    people = User.objects.bulk_create(people)
    consents = Consent.objects.bulk_create(
        Consent(user=person, province_id=province, purpose="real_name", version="benchmark", given_at=at)
        for person in people
    )
    Identity.objects.bulk_create(
        _identity(person, consent, n, at)
        for n, (person, consent) in enumerate(zip(people, consents, strict=True))
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(
            user=person,
            province_id=province,
            course_code=version.course.code,
            version=version,
            edition=edition,
            required_percent=80,
            counts_for_subsidy=True,
            enrolled_at=at,
        )
        for person in people
    )
    done = Enrolment.objects.filter(pk__in=[e.pk for e in enrolments])
    done.update(state="completed", completed_at=at)
    day = clock.today(at).isoformat()
    said = {
        "valid_hours": "80",
        "course_hours": "80",
        "required_hours": "80",
        "online_hours": "80",
        "offline_days": 0,
    }
    said |= {"started_on": day, "completed_on": day, "counted_seconds": 216_000, "version_id": version.pk}
    Completion.objects.bulk_create(
        Completion(
            enrolment=e,
            user_id=e.user_id,
            province_id=province,
            completed_at=at,
            facts=said,
            digest=bytes(32),
        )
        for e in enrolments
    )


def _identity(person: User, consent: Consent, number: int, at: dt.datetime) -> Identity:
    identity = Identity(
        user=person, province_id=person.province_id, masked_name="某**", number_index=secrets.token_bytes(32),
        masked_number="52**************1X", sex="F", born_on=dt.date(1990, 1, 1), region_known=True,
        checked_by_port="benchmark", verified_at=at, consent=consent,
    )  # fmt: skip
    bound = {"table": "accounts_identity", "row": identity.uid}
    identity.name_sealed = crypto.seal(NAMES[number % len(NAMES)], column="name", **bound)
    identity.number_sealed = crypto.seal("520102199001011234", column="number", **bound)
    return identity


if __name__ == "__main__":
    work(*sys.argv[1:])
