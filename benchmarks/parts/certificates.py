"""Certificates: drawn, signed, issued in batches, and checked by the public."""

from benchmarks import issuing, papers, peers, telling, verifying
from benchmarks.growth import FACTORS, cost, grown
from benchmarks.report import say
from benchmarks.rounds import told
from benchmarks.run import Run

PROVINCES = (telling.PROVINCE, "510000")
PYHANKO, PEERS, BARE_TYPST = "a signature by pyHanko", "WeasyPrint and pyHanko", "a bare typst page"


def certify(run: Run, of: telling.Class) -> None:
    say("certificates")
    contenders = {
        BARE_TYPST: papers.bare_compiling(),
        "paper": papers.drawing(),
        "signed": papers.signing(),
        "signature": papers.signing_alone(),
        PYHANKO: papers.signing_by_pyhanko(),
        "issue": issuing.issuing_by_task(of, run.size.certificates),
    }
    if peers.weasyprint:
        contenders[PEERS] = papers.all_by_peers()
    taken = run.turns(contenders, here=True)
    run.report.add_bare(BARE_TYPST, taken[BARE_TYPST])
    run.report.add("certificate drawn, 1 process", taken, "paper", BARE_TYPST)
    others = [PEERS] if peers.weasyprint else []
    run.report.add("certificate drawn and signed, 1 process", taken, "signed", BARE_TYPST, "paper", *others)
    run.report.add_bare(PYHANKO, taken[PYHANKO])
    run.report.add("its signature alone", taken, "signature", PYHANKO)
    if others:
        run.report.add_bare(PEERS, taken[PEERS])
    else:
        run.report.checks[PEERS] = peers.WITHOUT_WEASYPRINT
    run.report.add("certificate issued by the task", taken, "issue", BARE_TYPST)
    run.report.checks["paper"] = {"kilobytes": papers.kilobytes()}
    for workers, provinces in ((1, 1), (2, 1), (2, 2)):
        name = f"batches in {provinces} provinces, {workers} at work"
        say(f"{name}: {run.size.batch:,} certificates")
        run.report.checks[name] = issuing.batches_by_workers(
            of, run.size.batch, workers, PROVINCES[:provinces]
        )
    verify(run, of)


def verify(run: Run, of: telling.Class) -> None:
    """The public check beside ever more certificates."""
    register, sizes, costs = verifying.Register(run.link, of), [], []
    for factor in FACTORS:
        sizes.append(run.size.register * factor // FACTORS[-1])
        say(f"{sizes[-1]:,} certificates to check")
        register.grow_to(sizes[-1])
        taken = run.turns({"check": register.asking()}, here=True)
        costs.append(cost(taken["check"]))
        name = f"the public check among {sizes[-1]:,}"
        run.report.figures.append({"name": name, **told(taken["check"]), "beside": []})
    run.report.checks["certificates tallied"] = register.tally()
    taken = run.turns({"desk": register.at_desk(), "statistics": register.counting()}, here=True)
    for key, words in (("desk", "the certificates' desk"), ("statistics", "the statistics of that desk")):
        name = f"{words} among {sizes[-1]:,}"
        run.report.figures.append({"name": name, **told(taken[key]), "beside": []})
    run.report.growth.append(grown("the public check", sizes, costs))
    run.plans["the public check"] = register.statements()
