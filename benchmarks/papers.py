"""Contenders of the certificate: the paper alone, the bare compiler, and the whole way from a completion to a stored PDF.

The typst engine keeps threads, so this part is run last: nothing may fork after it (see certificates/paper).
"""

import datetime as dt
import secrets
import statistics
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import typst

from benchmarks import peers
from benchmarks.rounds import Figures, repeated
from benchmarks.telling import PROVINCE, Class
from certificates import paper, signers
from certificates.tasks import issue_due_certificates
from courses.models import CourseVersion
from learners.models import Completion, CountingEdition, Enrolment
from portal import clock, crypto
from portal.accounts.models import Consent, Identity, User

EMPTY = Path(__file__).with_name("empty.typ")
_NAMES = ("王建国", "李桂英", "欧阳娜娜", "阿依古丽·买买提", "张𬭊", "杨秀兰", "赵铁柱", "陈思远")
_numbers = count(1)


def facts(number: int) -> paper.PaperFacts:
    code = f"{secrets.randbits(140):028X}"[-28:]
    day = dt.date(2026, 3, 16)
    return paper.PaperFacts(
        serial=f"ZX-52-2026-{number:07}",
        code=code,
        verify_url=f"https://zhixun.example/verify/{code}/",
        kind="level",
        holder_name=_NAMES[number % len(_NAMES)],
        holder_number="52**************1X",
        course_title="焊工入门：平角焊与安全操作",
        course_title_en="Entry welding: flat fillet welds and safe working",
        occupation_code="6-18-02-04",
        occupation_name="焊工",
        level=4,
        hours="80",
        course_hours="80",
        started_on=day,
        completed_on=day,
        issued_on=day,
        issuer="贵州省职业技能培训管理机构",
        provider="贵州示例职业技能培训学校",
    )


def drawing() -> Callable[[float], Figures]:
    """Each page another name, serial and code: nothing of the page before can be used again."""
    return lambda seconds: repeated(lambda: paper.draw(facts(next(_numbers))), seconds)


def signing() -> Callable[[float], Figures]:
    """Drawn and signed, as it is stored."""
    return lambda seconds: repeated(lambda: _signed(next(_numbers)), seconds)


def _signed(number: int) -> bytes:
    told = facts(number)
    return signers.signed(paper.draw(told), at=clock.now(), serial=told.serial)


def signing_alone() -> Callable[[float], Figures]:
    """Of a page that is drawn already."""
    drawn = paper.draw(facts(next(_numbers)))
    return lambda seconds: repeated(
        lambda: signers.signed(drawn, at=clock.now(), serial=str(next(_numbers))), seconds
    )


def signing_by_pyhanko() -> Callable[[float], Figures]:
    """The same page, drawn already, by the peer."""
    drawn, signed = paper.draw(facts(next(_numbers))), peers.pyhanko()
    return lambda seconds: repeated(lambda: signed(drawn), seconds)


def all_by_peers() -> Callable[[float], Figures]:
    """Set by WeasyPrint and signed by pyHanko."""
    draw, signed = peers.weasyprint_drawing(), peers.pyhanko()
    return lambda seconds: repeated(lambda: signed(draw(facts(next(_numbers)))), seconds)


def bare_compiling() -> Callable[[float], Figures]:
    """The same engine, fonts and standards for a page with one changing word."""
    compiler = typst.Compiler(root=str(EMPTY.parent), font_paths=[str(paper.FONTS)], ignore_system_fonts=True)
    page = EMPTY.read_text(encoding="utf-8")

    def once() -> None:
        compiler.compile(f"{page}{next(_numbers)}".encode(), format="pdf", pdf_standards=["a-2a", "ua-1"])

    return lambda seconds: repeated(once, seconds)


def kilobytes() -> float:
    """Of a signed paper, on average."""
    return round(statistics.mean(len(_signed(next(_numbers))) for _name in _NAMES) / 1000, 1)


def issuing(of: Class, batch: int) -> Callable[[float], Figures]:
    """The task as Celery runs it: asks, takes up, freezes, draws, stores, records; one worker, one after the other.

    A round is a batch of completions, however long it takes; the seconds asked for are not looked at.
    """
    version = CourseVersion.objects.get(pk=of.lesson.version_id)

    def act(seconds: float) -> Figures:
        _complete(batch, version, of.edition)
        figures, begin = Figures(), time.perf_counter()
        figures.requests = issue_due_certificates()
        figures.seconds = time.perf_counter() - begin
        if figures.requests != batch:
            raise RuntimeError(f"{figures.requests} of {batch} certificates were issued.")
        figures.times = [figures.seconds * 1000 / batch]
        return figures

    return act


def _complete(number: int, version: CourseVersion, edition: CountingEdition) -> None:
    """So many people, known by name, who have completed the course."""
    at = clock.now()
    people = [User(joined_at=at, province_id=PROVINCE, display_name=f"毕业{n}") for n in range(number)]
    for person in people:
        person.set_unusable_password()
    people = User.objects.bulk_create(people)
    consents = Consent.objects.bulk_create(
        Consent(user=person, province_id=PROVINCE, purpose="real_name", version="benchmark", given_at=at)
        for person in people
    )
    Identity.objects.bulk_create(
        _identity(person, consent, n, at)
        for n, (person, consent) in enumerate(zip(people, consents, strict=True))
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(
            user=person,
            province_id=PROVINCE,
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
            province_id=PROVINCE,
            completed_at=at,
            facts=said,
            digest=bytes(32),
        )
        for e in enrolments
    )


def _identity(person: User, consent: Consent, number: int, at: dt.datetime) -> Identity:
    identity = Identity(
        user=person, province_id=PROVINCE, masked_name="某**", number_index=secrets.token_bytes(32),
        masked_number="52**************1X", sex="F", born_on=dt.date(1990, 1, 1), region_known=True,
        checked_by_port="benchmark", verified_at=at, consent=consent,
    )  # fmt: skip
    bound = {"table": "accounts_identity", "row": identity.uid}
    identity.name_sealed = crypto.seal(_NAMES[number % len(_NAMES)], column="name", **bound)
    identity.number_sealed = crypto.seal("520102199001011234", column="number", **bound)
    return identity
