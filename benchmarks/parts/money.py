"""The money part: claims checked by the rules, entries in the ledger, the proof over all, and the desk's queue."""

from benchmarks import batching, claiming, history, proving, queueing
from benchmarks.growth import FACTORS, cost, grown
from benchmarks.report import say
from benchmarks.rounds import told as told_of
from benchmarks.run import Run
from subsidies.models import Claim

BARE_ROWS = "the rows of an entry inserted bare"
BARE_CHECKS = "the rows of a check copied bare"


def claim(run: Run, *, pay: bool = False) -> None:
    """Claims checked by the rules, the desk's queue among them, the ledger and the proof over all; on demand, batches paid.

    The proof comes before anything that no service leaves: claims made up to be paid, entries of the benchmark, the queue.
    """
    like = check(run)
    prove(run, like)
    if pay:
        pay_batches(run)
    post(run)
    queue(run, like)


def check(run: Run) -> Claim:
    """Ever more claims, all that wait checked by as many workers as there are cores; then each decision once more by itself."""
    cores = run.size.processes
    waiting, costs, sizes = claiming.Claims(run.link), [], []
    for factor in FACTORS:
        sizes.append(max(1, run.size.claims * factor // FACTORS[-1]))
        say(f"{sizes[-1]:,} claims to check")
        waiting.grow_to(sizes[-1])
        before = run.meter()
        told = claiming.work_off("check", cores)
        spent = run.meter() - before
        costs.append(max(spent * 1000 / told["claims"], 0.001))
        run.report.checks[f"claims checked, up to {sizes[-1]:,}"] = told | {
            "CPU of all, ms each": round(costs[-1], 2)
        }
    bare = run.turns({BARE_CHECKS: claiming.BareRows(run.link).copying(cores)})[BARE_CHECKS]
    run.report.add_bare(BARE_CHECKS, bare)
    limit = told_of(bare)
    run.report.checks["the last of them beside their rows copied bare"] = {
        "rate": round(told["per second"] / limit["per_second"], 3),
        "by CPU": round(limit["cpu_ms"] / costs[-1], 3),
    }
    run.report.checks["checks for fraud, all that was submitted"] = claiming.work_off("look", cores)
    for name, told in claiming.evaluating(run.size.claims, cores).items():
        run.report.checks[f"the rules alone, {name}"] = told
    run.report.checks |= {
        "each decision once more by itself": claiming.again(cores),
        "what was decided": claiming.outcomes(),
    }
    run.report.growth.append(grown("a claim checked", sizes, costs))
    return claiming.approved()


def pay_batches(run: Run) -> None:
    """A batch of ever more claims, from the button to the bank's answer, by a worker of its own."""
    sizes = [max(1, run.size.payments * factor // FACTORS[-1]) for factor in FACTORS]
    payables, costs = batching.Payables(run.link, sum(sizes)), []
    for number in sizes:
        say(f"{number:,} claims to pay")
        payables.grow(number)
        before = run.meter()
        told = batching.pay(payables)
        spent = run.meter() - before
        if told["lines"] != number or not batching.balanced(payables.book):
            raise RuntimeError(f"{told['lines']} of {number} claims were paid.")
        seconds = sum(
            told[step] for step in ("assembled", "checked", "released", "answer read", "answer applied")
        )
        costs.append(max(spent * 1000 / number, 0.001))
        told |= {
            "from the button to paid, without the file": round(seconds, 1),
            "CPU of all, file included": round(spent, 1),
        }
        run.report.checks[f"a batch of {number:,}"] = told
    run.report.growth.append(grown("a claim paid", sizes, costs))


def post(run: Run) -> None:
    say("entries in the ledger")
    postings = proving.Postings(run.link)
    contenders = {
        "entries": postings.posting(),
        "single": postings.posting(1),
        BARE_ROWS: postings.inserting(),
    }
    taken = run.turns(contenders, here=True)
    run.report.add_bare(BARE_ROWS, taken[BARE_ROWS])
    run.report.add(f"an entry of two postings, {proving.AT_ONCE} together", taken, "entries", BARE_ROWS)
    run.report.add("an entry of two postings, alone", taken, "single", BARE_ROWS)


def prove(run: Run, like: Claim) -> None:
    say(f"{run.size.proved:,} claims more, and the proof over all")
    history.History(run.link, like).write(run.size.proved)
    before = run.meter()
    told = proving.prove_in_a_process()
    run.report.checks[f"reconcile over {told['counts']['claims']:,} claims"] = told | {
        "CPU of all": round(run.meter() - before, 1)
    }
    if told["breaches"]:
        raise RuntimeError(f"{told['breaches']} breaches: {told['first']}")


def queue(run: Run, like: Claim) -> None:
    desk, sizes, costs = queueing.Queue(run.link, like.pk), [], []
    for factor in FACTORS:
        sizes.append(run.size.queue * factor // FACTORS[-1])
        say(f"a queue of {sizes[-1]:,} claims")
        desk.grow_to(sizes[-1])
        taken = run.turns({"queue": desk.asking()}, here=True)
        costs.append(cost(taken["queue"]))
        run.report.figures.append(
            {"name": f"the queue's page of {sizes[-1]:,}", **told_of(taken["queue"]), "beside": []}
        )
    run.report.checks["the queue's dearest pages, ms"] = desk.slowest()
    run.report.growth.append(grown("the queue's page", sizes, costs))
    for view in ("", "?view=all", "?view=evidence"):
        run.plans[f"the queue of the first review {view}"] = desk.statements("first review", view)
