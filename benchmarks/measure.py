"""The parts in their order, or one of them."""

from collections.abc import Callable

from benchmarks import telling
from benchmarks.parts import catalogue, certificates, learning, money
from benchmarks.report import Report
from benchmarks.run import FEWEST, Run


def measure(run: Run) -> Report:
    part = next((part for name, part in _ALONE.items() if getattr(run.size, name)), _everything)
    run.begin()
    try:
        part(run)
    finally:
        run.end()
    return run.report


def _everything(run: Run) -> None:
    catalogue.measure(run)
    of = telling.Class(run.size.learners)
    learning.tell(run, of)
    learning.grow_beats(run, of)
    learning.arrive(run)
    learning.examine(run)
    certificates.certify(run, of)
    money.claim(run, pay=True)
    learning.kill(run, of)


def _beats(run: Run) -> None:
    catalogue.few(run)
    of = telling.Class(run.size.learners)
    learning.tell(run, of)
    learning.grow_beats(run, of)
    learning.kill(run, of)


def _exams(run: Run) -> None:
    catalogue.few(run)
    learning.examine(run)


def _papers(run: Run) -> None:
    catalogue.few(run)
    certificates.certify(run, telling.Class(run.size.learners))


def _people(run: Run) -> None:
    catalogue.few(run)
    run.report.about |= {"courses": FEWEST, "learners": run.size.people}
    learning.arrive(run)


def _batches(run: Run) -> None:
    run.report.about |= {"payments": run.size.payments}
    money.pay_batches(run)


def _claims(run: Run) -> None:
    catalogue.few(run)
    run.report.about |= {"claims": run.size.claims, "queue": run.size.queue}
    money.claim(run)


_ALONE: dict[str, Callable[[Run], None]] = {
    "times": catalogue.multiply,
    "only_beats": _beats,
    "only_exams": _exams,
    "only_papers": _papers,
    "only_people": _people,
    "only_batches": _batches,
    "only_claims": _claims,
    "only_catalogue": catalogue.measure,
}
