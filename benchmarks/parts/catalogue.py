"""The catalogue: its page, searches of all kinds, ever more courses, and courses brought in."""

from urllib.parse import urlencode

from benchmarks import checking, importing, load, looking, place, shelves, world
from benchmarks.growth import FACTORS, cost, grown
from benchmarks.report import say
from benchmarks.rounds import repeated, told
from benchmarks.run import EMPTY, EMPTY_PAGE, FEWEST, Run
from portal.accounts.models import Organisation

CATALOGUE = "/courses/"
NAIVE, BARE_SQL = "a search by plain ORM", "its two statements bare"
BARE_CHECK, LONG = "the statements of a standard check bare", 100


def measure(run: Run) -> None:
    grow(run)
    look(run)
    stack(run)
    supply(run)


def few(run: Run) -> None:
    """As many courses as other parts need."""
    world.Catalogue(run.link, providers=run.size.providers).grow_to(FEWEST)


def _search_pages() -> list[str]:
    return [f"{CATALOGUE}?{query}" for query in looking.searches()]


def grow(run: Run) -> None:
    """The world comes to its size in three steps; on each the page and the search are measured."""
    catalogue = world.Catalogue(run.link, providers=run.size.providers)
    sizes = [run.size.courses * factor // FACTORS[-1] for factor in FACTORS]
    costs: dict[str, list[float]] = {}
    for number in sizes:
        say(f"{number:,} courses")
        catalogue.grow_to(number)
        taken = run.turns(
            {
                "the catalogue page": load.pages(run.port, [CATALOGUE]),
                "the search page, varied": load.pages(run.port, _search_pages()),
                "a search alone": looking.searching(looking.many_searches(), run.size.processes),
            },
            run.size.growth_seconds,
            here=run.size.processes == 1,
        )
        for name, rounds in taken.items():
            costs.setdefault(name, []).append(cost(rounds))
    run.report.growth += [grown(name, sizes, found) for name, found in costs.items()]


def look(run: Run) -> None:
    say("catalogue and search")
    queries = looking.searches()
    kinds = {kind: [urlencode({"q": word}) for word in words] for kind, words in looking.WORDS.items()}
    taken = run.turns(
        {
            EMPTY_PAGE: load.pages(run.port, [EMPTY]),
            "catalogue": load.pages(run.port, [CATALOGUE]),
            "search": load.pages(run.port, _search_pages()),
        }
    )
    taken |= run.turns(
        {
            BARE_SQL: looking.bare_statements(looking.search_statements(queries), run.size.processes),
            "alone": looking.searching(looking.many_searches(), run.size.processes),
            "again": looking.searching(queries[:8], run.size.processes),
            NAIVE: looking.naively(queries, run.size.processes),
        }
    )
    kinds_taken = run.turns(
        {k: looking.searching(q, run.size.processes) for k, q in kinds.items()}, run.size.growth_seconds
    )
    sql = looking.statements(CATALOGUE)
    searched = looking.statements(f"{CATALOGUE}?{urlencode({'q': '焊工', 'province': '520000'})}")
    run.plans |= {"catalogue page": sql, "search page, 焊工 in 520000": searched}
    run.plans["search page, 安全"] = looking.statements(f"{CATALOGUE}?{urlencode({'q': '安全'})}")
    add = run.report.add
    run.report.add_bare(EMPTY_PAGE, taken[EMPTY_PAGE])
    add("catalogue page", taken, "catalogue", EMPTY_PAGE, statements=len(sql))
    add("search page, varied", taken, "search", EMPTY_PAGE, statements=len(searched))
    run.report.add_bare(BARE_SQL, taken[BARE_SQL])
    run.report.add_bare(NAIVE, taken[NAIVE])
    add("search alone, 2 processes, ever another one", taken, "alone", BARE_SQL, NAIVE, statements=2)
    add("the same few searches again", taken, "again", BARE_SQL, NAIVE, statements=1)
    for kind, rounds in kinds_taken.items():
        run.report.figures.append({"name": f"    {kind}", **told(rounds), "beside": []})
    say("recall against a plain scan")
    run.report.checks["search"] = looking.recall()


def multiply(run: Run) -> None:
    """The same searches among few courses and among very many, all of them in PostgreSQL."""
    catalogue = world.Catalogue(run.link, providers=run.size.providers)
    catalogue.grow_to(run.size.courses)
    sizes: list[int] = []
    costs: dict[str, list[float]] = {}
    for times in (1, run.size.times):
        if times > 1:
            say(f"every course {times} times")
            catalogue.multiply(times)
        sizes.append(catalogue.size)
        say(f"{catalogue.size:,} courses")
        first = looking.first_time()
        taken = run.turns({"search alone": looking.searching(looking.many_searches(), 1)}, here=True)
        taken |= run.turns(
            {
                "catalogue page": load.pages(run.port, [CATALOGUE]),
                "search page": load.pages(run.port, _search_pages()),
            }
        )
        for name, rounds in {"each word for the first time": [first], **taken}.items():
            costs.setdefault(name, []).append(cost(rounds))
            figure = {"name": f"{name}, {catalogue.size:,}", **told(rounds), "beside": []}
            run.report.figures.append(figure)
    run.report.growth += [grown(name, sizes, found) for name, found in costs.items()]
    run.report.about["courses"] = catalogue.size
    run.report.checks["memory of one process"] = {"kilobytes": place.most_memory()}


def stack(run: Run) -> None:
    """What counting costs at sizes that no quick run can fill a database with: the shelf alone, made-up columns."""
    sizes = [run.size.shelf * factor // FACTORS[-1] for factor in FACTORS]
    costs = []
    for number in sizes:
        say(f"a shelf of {number:,} courses")
        asked = shelves.asking(number)
        taken = run.turns({"a shelf": lambda seconds, asked=asked: repeated(asked, seconds)}, here=True)
        costs.append(cost(taken["a shelf"]))
        run.report.figures.append({"name": f"a shelf of {number:,}", **told(taken["a shelf"]), "beside": []})
    run.report.growth.append(grown("counting on a shelf", sizes, costs))


def supply(run: Run) -> None:
    """Courses brought in by documents, and the standard check of a long one."""
    say("courses brought in")
    world.count_on(run.link)
    by, second = (world.somebody(name) for name in ("author", "second"))
    organisation = Organisation.objects.select_related("province").earliest("pk")
    run.report.growth += importing.import_courses(organisation, by, most=run.size.imported)
    run.report.checks["a sheet"] = importing.work_on_sheet(run.size.rows, organisation, by)
    say("the standard check")
    version = checking.course_of(LONG, by=by, second=second, organisation=organisation)
    taken = run.turns(
        {
            "rules": checking.rules_alone(version),
            BARE_CHECK: checking.bare_statements(version),
            "check": checking.checking(version),
        },
        here=True,
    )
    run.report.add_bare(BARE_CHECK, taken[BARE_CHECK])
    sql = checking.statements(version)
    run.report.add(f"standard check of {LONG} lessons", taken, "check", BARE_CHECK, statements=len(sql))
    run.report.figures.append({"name": "    its rules alone", **told(taken["rules"]), "beside": []})
