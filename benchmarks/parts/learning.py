"""Learning: what players tell, also under processes that are killed; an exam; learners of a former platform."""

from benchmarks import exams, killing, load, people, telling, world
from benchmarks.growth import FACTORS, cost, grown
from benchmarks.report import say
from benchmarks.rounds import Act, Figures, told
from benchmarks.run import EMPTY, EMPTY_PAGE, FEWEST, SIGNED_IN, SIGNED_IN_PAGE, Run
from portal.accounts.models import Organisation

BARE_UPDATE = "a bare update"


def _beat_contenders(run: Run, of: telling.Class) -> dict[str, Act]:
    asked = [load.get(SIGNED_IN, cookie=player.cookie) for player in of.players]
    share = max(1, len(asked) // load.CONNECTIONS)

    def signed_in(seconds: float) -> Figures:
        return load.run(run.port, lambda n: load.Repeats(asked, n * share), seconds=seconds)

    return {SIGNED_IN_PAGE: signed_in, "beat": of.tell(run.port)}


def tell(run: Run, of: telling.Class) -> None:
    say("beats")
    world.settle(run.link)
    before = of.accepted()
    taken = run.turns(
        {
            EMPTY_PAGE: load.pages(run.port, [EMPTY]),
            **_beat_contenders(run, of),
            "update": telling.updating(run.port),
            BARE_UPDATE: telling.bare_updates(),
        }
    )
    run.report.checks["beats"] = {
        "accepted": of.accepted() - before,
        "stored": of.stored(),
        "all_stored": of.accepted() == of.stored(),
    }
    sql = of.statements()
    run.plans["beat"] = sql
    run.report.add_bare(SIGNED_IN_PAGE, taken[SIGNED_IN_PAGE])
    run.report.add_bare(BARE_UPDATE, taken[BARE_UPDATE])
    add = run.report.add
    add("an update through the web server", taken, "update", EMPTY_PAGE, BARE_UPDATE, statements=1)
    limits = (EMPTY_PAGE, SIGNED_IN_PAGE, "update", BARE_UPDATE)
    add("beat, accepted and durable", taken, "beat", *limits, statements=len(sql))


def grow_beats(run: Run, of: telling.Class) -> None:
    history, costs, sizes = telling.History(run.link, of), [], []
    for factor in FACTORS:
        sizes.append(history.grow_to(run.size.beats * factor // FACTORS[-1]))
        say(f"{sizes[-1]:,} beats before")
        taken = run.turns({"beat": of.tell(run.port)}, run.size.growth_seconds)
        costs.append(cost(taken["beat"]))
    run.report.growth.append(grown("a beat", sizes, costs))


def kill(run: Run, of: telling.Class) -> None:
    """The last thing of a run: PostgreSQL is killed under it, and the links to it with it."""
    if run.size.kills:
        say("processes are killed under players that tell")
        run.report.checks["killed"] = killing.kill_and_count(of, run.meter)


def examine(run: Run) -> None:
    """Beside as many empty pages, signed in."""
    say("an exam that everybody begins at once")
    world.count_on(run.link)
    hall = exams.Hall(Organisation.objects.select_related("province").earliest("pk"), run.link)
    hall.begin(run.port, hall.seat(exams.WAITING))
    taken: dict[str, list[Figures]] = {"exam": [], SIGNED_IN_PAGE: []}
    for _round in range(run.size.rounds):
        asked = hall.seat(run.size.exams)
        pages = [load.get(SIGNED_IN, cookie=cookie) for _path, cookie, _csrf in asked]
        for name, act in {
            "exam": lambda asked=asked: hall.begin(run.port, asked),
            SIGNED_IN_PAGE: lambda pages=pages: load.run(
                run.port, lambda n: load.Repeats(pages, n), seconds=run.size.seconds
            ),
        }.items():
            before = run.meter()
            figures = act()
            figures.cpu = (run.meter() - before) * 1000 / figures.requests
            taken[name].append(figures)
    sql = hall.statements()
    run.plans["an exam begun"] = sql
    run.report.add_bare(SIGNED_IN_PAGE, taken[SIGNED_IN_PAGE])
    run.report.add("an exam begun, and its first page", taken, "exam", SIGNED_IN_PAGE, statements=len(sql))
    run.report.checks["exams"] = {
        "learners": run.size.exams,
        "seconds": [round(figures.seconds, 1) for figures in taken["exam"]],
        "begun": hall.begun(),
    }


def arrive(run: Run) -> None:
    """Learners of a former platform come in three steps, then their courses; and some ask for "my learning"."""
    arriving, steps = people.Arriving(run.link, run.var, run.meter.with_this), []
    for factor in FACTORS:
        say(f"{run.size.people * factor // FACTORS[-1]:,} learners brought in")
        steps.append(arriving.grow(run.size.people * factor // FACTORS[-1]))
        run.report.checks[f"{steps[-1]['rows']:,} learners"] = steps[-1]
    run.report.growth.append(people.growth(steps))
    say("their courses")
    run.report.checks["their courses"] = arriving.enrol(min(FEWEST, run.size.courses))
    figures, sql = people.my_learning(run.size.asked)
    run.plans["my learning"] = sql
    told_of = {"name": "statements of my learning", **told([figures]), "beside": []}
    run.report.figures.append(told_of | {"statements": len(sql)})
