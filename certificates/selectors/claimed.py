"""What a claim may rest on."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from certificates import codes, workflow
from certificates.models import Certificate, ExternalCertificate, Proposal
from certificates.selectors.certificates import certificates_of
from certificates.selectors.external import externals_of
from learners import selectors as learners
from portal.accounts.models import User


@dataclass(frozen=True)
class CertificateFacts:
    """`level` is None for certificates without one; `holder_masked` is all of the name.

    `issued_on` is the day on which this achievement was first certified: a replacement does not move it, nor any deadline.
    `questioned`: somebody has proposed to revoke it, and nobody has decided yet; or the register contradicts what it said.
    Of one issued elsewhere, `completion_id` and `version_id` are those of the holder's own course that it stands beside.
    """

    serial: str
    user_id: int
    completion_id: int
    version_id: int
    kind: str  # "level" | "special" | "completion"
    occupation_code: str
    level: int | None
    issued_on: dt.date
    state: str  # "issued" | "revoked" | "replaced"
    province_code: str
    holder_masked: str
    questioned: bool


def certificate_facts(serial: str) -> CertificateFacts:
    """Raises ObjectDoesNotExist for a serial that is on no paper, and for one from elsewhere without a course."""
    found = certificate_facts_of([serial])
    if not found:
        raise Certificate.DoesNotExist
    return found[serial]


def certificate_facts_of(serials: Iterable[str]) -> dict[str, CertificateFacts]:
    """As `certificate_facts`, by serial; what does not exist is missing. The statements do not grow with them."""
    asked = set(serials)
    elsewhere = {serial for serial in asked if codes.is_external(serial)}
    own = Certificate.objects.on_paper().filter(serial__in=asked - elsewhere)
    external = ExternalCertificate.objects.on_a_course().filter(serial__in=elsewhere) if elsewhere else ()
    return {one.serial: one for one in (*_facts_of(own), *_external_facts_of(external))}


def standing_for(serial: str) -> CertificateFacts:
    """The certificate itself, or the last of those that took its place one after the other. Raises ObjectDoesNotExist.

    One issued elsewhere has its place taken when its holder registers the same number anew.
    """
    if codes.is_external(serial):
        return _external_facts(_external_line(_external(serial))[-1])
    return _facts(_line(Certificate.objects.on_paper().get(serial=serial))[-1])


def lineages(serials: Iterable[str]) -> dict[str, set[str]]:
    """By serial, all of which only one can carry a claim, itself among them; of an unknown one itself alone.

    Those that stand or stood for the same achievement, and all others that rest on the same course: a training is paid for
    once, whoever certified it.
    """
    found = {serial: {serial} for serial in serials}
    rows = [
        *Certificate.objects.on_paper().filter(serial__in=found).values_list("serial", "completion_id"),
        *_external_courses(found),
    ]
    courses = {completion for _serial, completion in rows}
    family = defaultdict(set)
    for certified in (Certificate.objects.on_paper(), ExternalCertificate.objects.on_a_course()):
        resting = certified.filter(completion_id__in=courses)
        for completion, serial in resting.values_list("completion_id", "serial"):
            family[completion].add(serial)
    for serial, completion in rows:
        found[serial] |= family[completion]
    return found


def fallen(serials: Iterable[str]) -> set[str]:
    """Those that stand no more, and that no later one stands for: revoked, or refused by the register since."""
    own, elsewhere = [], []
    for serial in set(serials):
        (elsewhere if codes.is_external(serial) else own).append(serial)
    asked = dict(Certificate.objects.on_paper().filter(serial__in=own).values_list("serial", "completion_id"))
    papers = Certificate.objects.on_paper().filter(completion_id__in=set(asked.values())).order_by("pk")
    last = dict(papers.values_list("completion_id", "state"))
    found = {serial for serial, completion in asked.items() if last[completion] != workflow.ISSUED}
    rows = ExternalCertificate.objects.on_a_course().order_by("pk")
    numbers = {
        serial: (user, number)
        for serial, user, number in rows.filter(serial__in=elsewhere).values_list(
            "serial", "user_id", "number"
        )
    }
    line = rows.filter(number__in={number for _user, number in numbers.values()})
    newest = {(user, number): state for user, number, state in line.values_list("user_id", "number", "state")}
    return found | {serial for serial, key in numbers.items() if newest[key] != workflow.CHECKED}


def completions_behind(serials: Iterable[str]) -> dict[str, int]:
    """By serial, the completion on which it rests; what is on no paper is missing. Two statements."""
    asked = set(serials)
    own = Certificate.objects.on_paper().filter(serial__in=asked).values_list("serial", "completion_id")
    beside = ExternalCertificate.objects.on_a_course().filter(serial__in=asked)
    return dict([*own, *beside.values_list("serial", "completion_id")])


def questioned_among(serials: Iterable[str]) -> set[str]:
    """Those that somebody proposed to revoke, or that the register contradicts since it confirmed them. Two statements."""
    asked = set(serials)
    doubts = Proposal.objects.open().filter(kind=Proposal.Kind.REVOKE, certificate__serial__in=asked)
    beside = ExternalCertificate.objects.on_a_course().filter(serial__in=asked, doubted_at__isnull=False)
    return {*doubts.values_list("certificate__serial", flat=True), *beside.values_list("serial", flat=True)}


def numbers_shared(serials: Iterable[str]) -> dict[str, int]:
    """By serial of one issued elsewhere whose number others registered, too: how many people registered it. Two statements."""
    rows = ExternalCertificate.objects.filter(serial__in=set(serials)).values_list("serial", "number")
    numbers = dict(rows)
    people: dict[str, set[int]] = defaultdict(set)
    all_of_them = ExternalCertificate.objects.filter(number__in=set(numbers.values()))
    for number, user in all_of_them.values_list("number", "user_id"):
        people[number].add(user)
    return {serial: len(people[number]) for serial, number in numbers.items() if len(people[number]) > 1}


def _external_courses(serials: Iterable[str]) -> list[tuple[str, int]]:
    """Serials issued elsewhere, each with every course beside which its number stood in the hands of its holder."""
    rows = ExternalCertificate.objects.on_a_course()
    asked = list(rows.filter(serial__in=serials).values_list("serial", "user_id", "number"))
    stood = rows.filter(number__in={number for _serial, _user, number in asked})
    beside = defaultdict(set)
    for user, number, completion in stood.values_list("user_id", "number", "completion_id"):
        beside[user, number].add(completion)
    return [(serial, completion) for serial, user, number in asked for completion in beside[user, number]]


def externals_on_a_course(user: User) -> QuerySet[ExternalCertificate]:
    """A person's own from elsewhere on which a claim may rest, or may have rested; newest first."""
    return externals_of(user).on_a_course()


def _external(serial: str) -> ExternalCertificate:
    return ExternalCertificate.objects.on_a_course().get(serial=serial)


def _external_line(external: ExternalCertificate) -> list[ExternalCertificate]:
    rows = ExternalCertificate.objects.on_a_course().filter(number=external.number, user_id=external.user_id)
    return list(rows.order_by("pk"))


def _external_facts(external: ExternalCertificate) -> CertificateFacts:
    return _external_facts_of([external])[0]


def _external_facts_of(externals: Iterable[ExternalCertificate]) -> list[CertificateFacts]:
    rows = list(externals)
    learnt = learners.learning_facts_of(row.completion_id for row in rows) if rows else {}
    return [_external_told(row, learnt[row.completion_id].version_id) for row in rows]


def _external_told(external: ExternalCertificate, version_id: int) -> CertificateFacts:
    return CertificateFacts(
        serial=external.serial,
        user_id=external.user_id,
        completion_id=external.completion_id,
        version_id=version_id,
        kind=external.kind,
        occupation_code=external.occupation_code,
        level=external.level,
        issued_on=external.issued_on,
        state="issued" if external.state == workflow.CHECKED else "revoked",
        province_code=external.province_id,
        holder_masked=external.holder_masked,
        questioned=external.state == workflow.CHECKED and external.doubted_at is not None,
    )


def _line(certificate: Certificate) -> list[Certificate]:
    """All papers of its completion: each replaces the one before."""
    return list(Certificate.objects.on_paper().filter(completion_id=certificate.completion_id).order_by("pk"))


def claimable(user: User, serial: str) -> CertificateFacts:
    """The facts of the person's own valid certificate. Raises ObjectDoesNotExist for any other.

    One issued elsewhere has to be checked, and to stand beside a course of the person's own.
    """
    if codes.is_external(serial):
        own = externals_on_a_course(user).filter(state=workflow.CHECKED)
        return _external_facts(own.get(serial=serial))
    return _facts(certificates_of(user).issued().get(serial=serial))


def claimable_of(serials: Iterable[str]) -> dict[str, CertificateFacts]:
    """As `claimable`, of many, whoever holds them: what is not valid, or unknown, is missing. The statements do not grow."""
    own, elsewhere = [], []
    for serial in set(serials):
        (elsewhere if codes.is_external(serial) else own).append(serial)
    found = _facts_of(Certificate.objects.issued().filter(serial__in=own))
    checked = ExternalCertificate.objects.on_a_course().filter(serial__in=elsewhere, state=workflow.CHECKED)
    return {one.serial: one for one in [*found, *_external_facts_of(checked)]}


def _facts(certificate: Certificate) -> CertificateFacts:
    return _facts_of([certificate])[0]


def _facts_of(certificates: Iterable[Certificate]) -> list[CertificateFacts]:
    """In the same order. One statement for the days of what was replaced, one for what is proposed."""
    rows = list(certificates)
    replacing = {row.completion_id for row in rows if row.replaces_id}
    first: dict[int, dt.date] = {}
    if replacing:
        line = Certificate.objects.on_paper().filter(completion_id__in=replacing).order_by("-pk")
        first = dict(
            line.values_list("completion_id", "issued_on")
        )  # the last one read is the first of its line
    issued = [row.pk for row in rows if row.state == workflow.ISSUED]
    doubts = Proposal.objects.open().filter(kind=Proposal.Kind.REVOKE, certificate__in=issued)
    doubted = set(doubts.values_list("certificate_id", flat=True)) if issued else set()
    return [_told(row, first.get(row.completion_id), questioned=row.pk in doubted) for row in rows]


def _told(certificate: Certificate, first: dt.date | None, *, questioned: bool) -> CertificateFacts:
    """`first`: the day of the first paper of its completion, for one that replaces another."""
    said = certificate.facts
    return CertificateFacts(
        serial=certificate.serial,
        user_id=certificate.user_id,
        completion_id=certificate.completion_id,
        version_id=certificate.version_id,
        kind=said["kind"],
        occupation_code=said["occupation_code"],
        level=said["level"],
        issued_on=first or certificate.issued_on,
        state=certificate.state,
        province_code=certificate.province_id,
        holder_masked=certificate.holder_masked,
        questioned=questioned,
    )
