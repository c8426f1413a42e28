"""Claims that wait for their check, and what the rules make of them.

Started as a program, this is one worker that does what is due: it says how many, in how many seconds, and how much memory
it had at most.
"""

import copy
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import lru_cache
from io import BytesIO
from itertools import count, islice
from pathlib import Path
from typing import Final

import django

if __name__ == "__main__":
    django.setup()

import psycopg2.extensions
from django.db import connection, transaction

from benchmarks.batching import officer, payable_account
from benchmarks.cloning import clone
from benchmarks.issuing import complete
from benchmarks.looking import bare_link
from benchmarks.place import most_memory
from benchmarks.rounds import Figures, at_once, by_part, repeated
from benchmarks.world import settle, somebody
from certificates import selectors as certificates
from certificates.models import Certificate
from certificates.services import issuing
from certificates.tasks import issue_due_certificates
from courses.models import CourseVersion
from learners.models import Completion, CountingEdition, Enrolment, KeyGroupMembership
from portal import clock
from portal.accounts.models import Identity, Province, User
from portal.accounts.roles import Role
from portal.demo.money import cases_for
from portal.embedded.places import ROOT
from portal.garbage import collect_seldom
from portal.workers import shared
from subsidies import tasks
from subsidies.models import Claim, ClaimMove
from subsidies.policy import Evaluator, evaluate, questions, read_policy
from subsidies.selectors.policies import in_force, policies_of
from subsidies.selectors.recomputing import recomputed
from subsidies.services import claims, policies
from subsidies.workflow.claims import State

PROVINCE = "630000"
BASE = 100_000_000
"""Ids of made-up rows begin here, far above those of real ones."""
PEOPLE = 5_000_000_000
CHUNK, WHOLE = 500, 10


def policy(province: str) -> None:
    """The sample policy from 2022 on, published by the office of the province."""
    text = json.loads((Path(ROOT) / "subsidies/data/policy_a.json").read_text(encoding="utf-8"))[1]
    body = copy.deepcopy(text) | {"region": province, "version": 3, "valid": ["2022-01-01", None]}
    editor, publisher = officer(Role.POLICY_EDITOR, province), officer(Role.POLICY_PUBLISHER, province)
    at = clock.now()
    draft = policies.draft_policy(Province.objects.get(code=province), body, by=editor, at=at)
    policies.keep_cases(draft, cases_for(body), by=editor, at=at)
    policies.publish_policy(policies.submit_policy(draft, by=editor, at=at), by=publisher, at=at)


class Claims:
    """One claim is made as people make it, with all that it rests on; `grow(n)` writes n more after it, each of a person of
    its own: of all ages, hours and groups, every tenth without an answer that the rules need, every tenth without a link.
    """

    def __init__(self, link: psycopg2.extensions.connection) -> None:
        self.link, self.made = link, 0
        policy(PROVINCE)
        level = CourseVersion.objects.filter(
            frozen_at__isnull=False, certificate_kind="level", level__isnull=False
        )
        edition = CountingEdition.objects.published().filter(province=None).first()
        complete(1, level.select_related("course").earliest("pk"), edition, PROVINCE)
        self.completion = Completion.objects.latest("pk")
        self.hours = int(self.completion.enrolment.version.hours)
        issuing.request_all(
            list(certificates.uncertified_completions().filter(pk=self.completion.pk)), at=clock.now()
        )
        while issue_due_certificates():
            pass
        self.paper = Certificate.objects.get(completion=self.completion)
        person = self.completion.user
        payable_account(person, Identity.objects.get(user=person).consent, clock.now()).save()
        steps = questions.steps_of(policies_of(PROVINCE, "SKILL")[0])
        told = {path: not path.startswith(("status", "scheme")) for step in steps for path in step.paths}
        self.claim = claims.submit_claim(person, self.paper.serial, at=clock.now(), answers=told, agreed=True)
        self.group = self._group(person)

    def _group(self, person: User) -> int:
        today = clock.today(clock.now())
        row = KeyGroupMembership.objects.create(
            user=person, province_id=PROVINCE, group="veteran", valid_from=today.replace(day=1, month=1), declared_at=clock.now()
        )  # fmt: skip
        verified = {
            "state": "verified",
            "evidence": "bench",
            "verified_at": clock.now(),
            "verified_by": somebody("office"),
        }
        KeyGroupMembership.objects.filter(pk=row.pk).update(**verified)
        return row.pk

    def grow_to(self, number: int) -> None:
        """Claims that wait for their check, until there are so many, the real one counted."""
        new = range(self.made + 1, number)
        of = f"{PEOPLE} + n"
        ids = {"id": f"{PEOPLE} + n", "user_id": of}
        person = self.claim.claimant_id
        clone(
            self.link,
            User,
            person,
            new,
            id=of,
            uid="gen_random_uuid()",
            phone_index="NULL",
            phone_sealed="NULL",
            phone_verified_at="NULL",
        )
        identity = Identity.objects.get(user=person).pk
        born, key = "date '1957-01-01' + (n * 3701 % 18500)::int", "sha256(convert_to('bench ' || n, 'UTF8'))"
        clone(
            self.link,
            Identity,
            identity,
            new,
            **ids,
            uid="gen_random_uuid()",
            number_index=key,
            born_on=born,
            sex="substr('MF', (n % 2)::int + 1, 1)",
        )
        clone(self.link, Enrolment, self.completion.enrolment_id, new, **ids)
        hours = f"jsonb_set(t.facts, '{{valid_hours}}', to_jsonb(round({self.hours} * (70 + n * 17 % 50) / 100.0)::text))"
        begun = "to_jsonb(((t.facts->>'started_on')::date - (n * 11 % 180)::int)::text)"
        facts = f"{hours} || jsonb_build_object('started_on', {begun})"
        clone(self.link, Completion, self.completion.pk, new, **ids, enrolment_id=of, facts=facts)
        issued = "t.issued_on - (n * 7 % 120)::int"
        serial = "'ZX-63-2000-' || lpad(n::text, 7, '0')"
        code = f"upper(substr(md5('{BASE}' || n) || md5(n::text), 1, 28))"
        clone(
            self.link,
            Certificate,
            self.paper.pk,
            new,
            **ids,
            uid="gen_random_uuid()",
            completion_id=of,
            serial=serial,
            code=code,
            issued_on=issued,
        )
        groups = "(ARRAY['veteran', 'migrant_worker', 'registered_poor', 'disabled'])[n % 4 + 1]"
        clone(self.link, KeyGroupMembership, self.group, new, where="n % 3 = 0", **ids, group=groups)
        link = "'person.hukou_in_region'"
        declared = (
            f"CASE n % 10 WHEN 0 THEN t.declared - {link} - 'person.insured_in_region' - 'person.unemployment_registered'"
            f' WHEN 1 THEN t.declared || \'{{"person.hukou_in_region": false, "person.insured_in_region": false,'
            f' "person.unemployment_registered": false}}\' ELSE t.declared END'
        )
        said = {
            "id": f"{BASE} + n", "number": "'CL-63-2000-' || lpad(n::text, 8, '0')", "claimant_id": of, "person_key": key,
            "certificate_serial": serial, "certificate_issued_on": issued.replace("t.", "t.certificate_"), "declared": declared, "key": "''", "state": "'submitted'", "desk": "''",
            "outcome": "''", "amount_fen": "0", "lines": "'[]'::jsonb", "check_due_at": "t.submitted_at", "due_at": "NULL",
            "moved_step": "'submit'", "moved_at": "t.submitted_at", "moved_by_id": of,
        }  # fmt: skip
        clone(self.link, Claim, self.claim.pk, new, **said)
        move = ClaimMove.objects.filter(claim=self.claim).earliest("pk").pk
        clone(self.link, ClaimMove, move, new, id=f"{BASE} + n", claim_id=f"{BASE} + n", by_id=of)
        self.made = max(self.made, number - 1)
        settle(self.link)


TASKS = {"check": tasks.check_due_claims, "look": tasks.look_at_new_claims}


def work_off(what: str, workers: int) -> dict[str, float]:
    """All that is due of one of TASKS, by so many processes at once; seconds are those of the slowest, without what each needs
    to be ready.
    """
    command = [sys.executable, "-m", "benchmarks.claiming", what]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ)
        for _n in range(workers)
    ]  # fmt: skip
    for one in running:
        one.stdout.readline()
    for one in running:
        one.stdin.write(b"\n")
        one.stdin.flush()
    told = []
    for one in running:
        out, err = one.communicate()
        if one.returncode:
            raise RuntimeError(err.decode()[-2000:])
        told.append(json.loads(out))
    return {
        "claims": (done := sum(one["claims"] for one in told)),
        "seconds": round(seconds := max(one["seconds"] for one in told), 2),
        "per second": round(done / max(seconds, 0.001)),
        "memory before": max(one["before"] for one in told),
        "memory": max(one["memory"] for one in told),
    }


def work(what: str) -> None:
    collect_seldom()
    print("ready", flush=True)
    sys.stdin.readline()
    before, begin, done = round(most_memory() / 1000), time.perf_counter(), 0
    while made := TASKS[what]():
        done += made
    seconds = time.perf_counter() - begin
    told = {"claims": done, "seconds": seconds, "before": before, "memory": round(most_memory() / 1000)}
    print(json.dumps(told), flush=True)


LEFT: Final = {
    "subsidies_decision": "act = 'checked'",
    "subsidies_claimmove": "step = 'check'",
    "audit_entry": "action = 'claim.checked'",
    "subsidies_claim": "state = 'checked'",
}
"""What a check writes for each claim, the claim's own row anew among it, and how such rows are found."""


class BareRows:
    """The rows that a chunk of checks left, by COPY into tables with their first key alone: nothing read, weighed or chained.

    What is left of a check when all is taken away but to keep what it keeps.
    """

    def __init__(self, link: psycopg2.extensions.connection) -> None:
        self.rows: list[tuple[str, bytes]] = []
        with link.cursor() as cursor:
            for table, where in LEFT.items():
                cursor.execute(
                    f"CREATE TABLE IF NOT EXISTS bench_{table} (LIKE {table} INCLUDING DEFAULTS INCLUDING IDENTITY)"
                )
                cursor.execute(f"ALTER TABLE bench_{table} ADD PRIMARY KEY (id)")
                cursor.execute(f"GRANT SELECT, INSERT ON bench_{table} TO zhixun_app")
                cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608 - our names
                names = ", ".join(column.name for column in cursor.description if column.name != "id")
                left = f"SELECT {names} FROM {table} WHERE {where} ORDER BY id LIMIT {CHUNK}"  # noqa: S608 - our names
                cursor.copy_expert(f"COPY ({left}) TO STDOUT", rows := BytesIO())
                self.rows.append((f"COPY bench_{table} ({names}) FROM STDIN", rows.getvalue()))
        self.claims = self.rows[0][1].count(b"\n")

    def copying(self, workers: int) -> Callable[[float], Figures]:
        """So many connections at once; a request is one claim."""

        def work(seconds: float) -> Figures:
            with closing(bare_link()) as link:
                link.autocommit = False
                return by_part(repeated(lambda: self._copy(link), seconds), self.claims)

        return at_once(work, workers)

    def _copy(self, link: psycopg2.extensions.connection) -> None:
        with link, link.cursor() as cursor:
            for sql, rows in self.rows:
                cursor.copy_expert(sql, BytesIO(rows))


def approved() -> Claim:
    """One that the rules have nothing against, paid by one fund."""
    for claim in (
        Claim.objects.filter(state=State.CHECKED, outcome="APPROVE").order_by("pk").iterator(chunk_size=100)
    ):
        if {line["fund"] for line in claim.lines} == {"SKILL"}:
            return claim
    raise RuntimeError("None of the claims is approved by one fund.")


def outcomes() -> dict[str, int]:
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, count(*) FROM subsidies_decision WHERE act = 'checked' GROUP BY outcome"
        )
        found.update(cursor.fetchall())
    return found


def again(jobs: int) -> dict[str, float]:
    """Every decision evaluated once more by itself, from what it kept: how many come out otherwise, and how fast it went."""
    begin, done, broken = time.perf_counter(), 0, 0
    for found in recomputed(jobs=jobs):
        done, broken = done + found.done, broken + len(found.broken)
    seconds = time.perf_counter() - begin
    return {
        "decisions": done,
        "otherwise": broken,
        "per second": round(done / max(seconds, 0.001)),
        "jobs": jobs,
    }


def evaluated(bodies: str, together: bool, place: int, rows: bytes) -> tuple[int, int, bytes]:
    """For `evaluating`, in a process of its own: nothing but the engine. How many, and a digest of their records."""
    by = _evaluator(bodies)
    digest, found = hashlib.sha256(), json.loads(rows)
    for facts in found:
        record = by(facts) if together else evaluate(by.policies, facts)
        digest.update(f"{record['outcome']} {record['amount_fen']} {record['reasons']}".encode())
        if place % WHOLE == 0:
            digest.update(json.dumps(record).encode())
    return len(found), place, digest.digest()


@lru_cache
def _evaluator(bodies: str) -> Evaluator:
    return Evaluator(read_policy(body) for body in json.loads(bodies))


def evaluating(most: int, jobs: int) -> dict[str, dict[str, float]]:
    """The engine alone on the facts of so many decisions, by so many processes: one by one, and as claims are checked.

    Outcome, sum and reasons of every claim are compared, the whole record of every tenth chunk. Raises RuntimeError where
    they differ.
    """
    bodies = json.dumps([row.body for row in in_force(PROVINCE, "SKILL").rows])
    told, digests = {}, {}
    for name, together in (("one by one", False), ("together", True)):
        found = shared("benchmarks.claiming.evaluated", bodies, _pieces(most, together), workers=jobs)
        first = list(islice(found, jobs))  # by then every process is up
        begin = time.perf_counter()
        rest = list(found)
        seconds, done = time.perf_counter() - begin, sum(number for number, _place, _digest in rest)
        known = {place: digest for _number, place, digest in (*first, *rest)}
        told[name] = {
            "evaluated": done + sum(number for number, _place, _digest in first),
            "per second": round(done / max(seconds, 0.001)),
            "jobs": jobs,
        }
        digests[name] = known
    if digests["one by one"] != digests["together"]:
        raise RuntimeError("Claims decided together are decided otherwise.")
    return told


def _pieces(most: int, together: bool) -> Iterator[tuple[bool, int, bytes]]:
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.itersize = CHUNK
        cursor.execute("SELECT facts::text FROM subsidies_decision ORDER BY id LIMIT %s", [most])
        for place in count():
            rows = cursor.fetchmany(CHUNK)
            if not rows:
                return
            yield together, place, f"[{','.join(facts for (facts,) in rows)}]".encode()


if __name__ == "__main__":
    work(sys.argv[1])
