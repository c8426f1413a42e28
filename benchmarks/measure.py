"""The run itself: what stands beside what."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg2.extensions

from benchmarks import (
    checking,
    exams,
    importing,
    issuing,
    killing,
    load,
    looking,
    money,
    papers,
    peers,
    people,
    place,
    plans,
    shelves,
    telling,
    verifying,
    world,
)
from benchmarks.growth import FACTORS, cost, grown
from benchmarks.report import Report, machine, say
from benchmarks.rounds import Act, Figures, interleaved, repeated, told
from portal.accounts.models import Organisation

FEWEST = 320
"""Courses without which the searches find nothing."""
CATALOGUE, EMPTY, SIGNED_IN = "/courses/", "/bare/empty/", "/bare/signed-in/"
EMPTY_PAGE, SIGNED_IN_PAGE = "an empty page", "an empty page, signed in"
NAIVE = "a search by plain ORM"
BARE_CHECK, LONG = "the statements of a standard check bare", 100
PROVINCES = (telling.PROVINCE, "510000")
PYHANKO, PEERS = "a signature by pyHanko", "WeasyPrint and pyHanko"
BARE_SQL, BARE_UPDATE, BARE_TYPST = "its two statements bare", "a bare update", "a bare typst page"


@dataclass(frozen=True)
class Size:
    """How much of everything. A round is `seconds` long; courses and beats are those of the largest of the FACTORS."""

    courses: int = 20_000
    providers: int = world.PROVIDERS
    learners: int = 1_000
    beats: int = 800_000
    rounds: int = 5
    seconds: float = 2.0
    growth_seconds: float = 1.0
    certificates: int = 60
    batch: int = 10_000
    register: int = 1_000_000
    exams: int = 2_000
    processes: int = looking.PROCESSES
    only_catalogue: bool = False
    only_beats: bool = False
    only_exams: bool = False
    only_papers: bool = False
    only_people: bool = False
    only_batches: bool = False
    payments: int = 100_000
    only_claims: bool = False
    claims: int = 1_000_000
    proved: int = 1_000_000
    queue: int = 5_000_000
    people: int = 20_000
    asked: int = 500
    kills: bool = True
    times: int = 0
    shelf: int = 2_000_000
    imported: int = 20_000
    rows: int = 5_000

    @classmethod
    def quick(cls) -> "Size":
        return cls(courses=3_200, providers=100, learners=200, beats=80_000, rounds=3, seconds=0.4,
                   growth_seconds=0.2, certificates=10, batch=200, register=16_000, exams=100, shelf=320_000, imported=400, rows=400, people=1_600,
                   asked=50, payments=800, claims=4_000, proved=4_000,
                   queue=16_000)  # fmt: skip


class Run:
    def __init__(
        self, size: Size, *, meter: place.Meter, link: psycopg2.extensions.connection, var: Path
    ) -> None:
        self.size, self.port, self.meter, self.link, self.var = size, meter.port, meter, link, var
        self.report = Report()
        self.queries, self.many = looking.searches(), looking.many_searches()
        self.plans: dict[str, list[str]] = {}

    def everything(self) -> Report:
        size = self.size
        self.report.about = machine() | {
            "courses": size.courses,
            "providers": size.providers,
            "learners": size.learners,
            "rounds": size.rounds,
            "seconds": size.seconds,
            "load_before": round(os.getloadavg()[0], 2),
        }
        world.open_gates(self.link)
        only = {
            "times": self.multiply,
            "only_beats": self.beats,
            "only_exams": self.exams,
            "only_papers": self.papers,
            "only_people": self.newcomers,
            "only_batches": self.payments,
            "only_claims": self.claims,
            "only_catalogue": self.catalogue,
        }
        part = next((part for name, part in only.items() if getattr(size, name)), self.all_parts)
        try:
            part()
        finally:  # what was measured before something broke is kept
            if self.plans:
                plans.write(self.var / "plans.txt", self.plans)
            self._done()
        return self.report

    def all_parts(self) -> None:
        self.catalogue()
        of = telling.Class(self.size.learners)
        self.tell(of)
        self.grow_beats(of)
        self.arrive()
        self.begin_exams()
        self.certify(of)
        money.claim(self, pay=True)
        self.kill(of)

    def catalogue(self) -> None:
        self.grow_catalogue()
        self.look()
        self.stack()
        self.supply()

    def _few_courses(self) -> None:
        world.Catalogue(self.link, providers=self.size.providers).grow_to(FEWEST)

    def beats(self) -> None:
        self._few_courses()
        of = telling.Class(self.size.learners)
        self.tell(of)
        self.grow_beats(of)
        self.kill(of)

    def exams(self) -> None:
        self._few_courses()
        self.begin_exams()

    def papers(self) -> None:
        self._few_courses()
        self.certify(telling.Class(self.size.learners))

    def newcomers(self) -> None:
        self._few_courses()
        self.report.about |= {"courses": FEWEST, "learners": self.size.people}
        self.arrive()

    def payments(self) -> None:
        self.report.about |= {"payments": self.size.payments}
        money.pay_batches(self)

    def claims(self) -> None:
        self._few_courses()
        self.report.about |= {"claims": self.size.claims, "queue": self.size.queue}
        money.claim(self)

    def _done(self) -> None:
        self.report.about["load_after"] = round(os.getloadavg()[0], 2)
        self.report.write(self.var / "report.json")

    def turns(
        self, contenders: dict[str, Act], seconds: float | None = None, *, here: bool = False
    ) -> dict[str, list[Figures]]:
        """`here`: the contenders work in this very process, so its CPU counts too."""
        return interleaved(
            contenders,
            rounds=self.size.rounds,
            seconds=seconds or self.size.seconds,
            spent=self.meter.with_this if here else self.meter,
        )

    @property
    def search_pages(self) -> list[str]:
        return [f"{CATALOGUE}?{query}" for query in self.queries]

    def grow_catalogue(self) -> None:
        """The world comes to its size in three steps; on each the page and the search are measured."""
        catalogue = world.Catalogue(self.link, providers=self.size.providers)
        sizes = [self.size.courses * factor // FACTORS[-1] for factor in FACTORS]
        costs: dict[str, list[float]] = {}
        for number in sizes:
            say(f"{number:,} courses")
            catalogue.grow_to(number)
            taken = self.turns(
                {
                    "the catalogue page": load.pages(self.port, [CATALOGUE]),
                    "the search page, varied": load.pages(self.port, self.search_pages),
                    "a search alone": looking.searching(self.many, self.size.processes),
                },
                self.size.growth_seconds,
                here=self.size.processes == 1,
            )
            for name, rounds in taken.items():
                costs.setdefault(name, []).append(cost(rounds))
        self.report.growth += [grown(name, sizes, found) for name, found in costs.items()]

    def look(self) -> None:
        say("catalogue and search")
        kinds = {kind: [urlencode({"q": word}) for word in words] for kind, words in looking.WORDS.items()}
        taken = self.turns(
            {
                EMPTY_PAGE: load.pages(self.port, [EMPTY]),
                "catalogue": load.pages(self.port, [CATALOGUE]),
                "search": load.pages(self.port, self.search_pages),
            }
        )
        taken |= self.turns(
            {
                BARE_SQL: looking.bare_statements(
                    looking.search_statements(self.queries), self.size.processes
                ),
                "alone": looking.searching(self.many, self.size.processes),
                "again": looking.searching(self.queries[:8], self.size.processes),
                NAIVE: looking.naively(self.queries, self.size.processes),
            }
        )
        kinds_taken = self.turns(
            {k: looking.searching(q, self.size.processes) for k, q in kinds.items()}, self.size.growth_seconds
        )
        sql = looking.statements(CATALOGUE)
        searched = looking.statements(f"{CATALOGUE}?{urlencode({'q': '焊工', 'province': '520000'})}")
        self.plans |= {"catalogue page": sql, "search page, 焊工 in 520000": searched}
        self.plans["search page, 安全"] = looking.statements(f"{CATALOGUE}?{urlencode({'q': '安全'})}")
        add = self.report.add
        self.report.add_bare(EMPTY_PAGE, taken[EMPTY_PAGE])
        add("catalogue page", taken, "catalogue", EMPTY_PAGE, statements=len(sql))
        add("search page, varied", taken, "search", EMPTY_PAGE, statements=len(searched))
        self.report.add_bare(BARE_SQL, taken[BARE_SQL])
        self.report.add_bare(NAIVE, taken[NAIVE])
        add("search alone, 2 processes, ever another one", taken, "alone", BARE_SQL, NAIVE, statements=2)
        add("the same few searches again", taken, "again", BARE_SQL, NAIVE, statements=1)
        for kind, rounds in kinds_taken.items():
            self.report.figures.append({"name": f"    {kind}", **told(rounds), "beside": []})
        say("recall against a plain scan")
        self.report.checks["search"] = looking.recall()

    def multiply(self) -> None:
        """The same searches among few courses and among very many, all of them in PostgreSQL."""
        catalogue = world.Catalogue(self.link, providers=self.size.providers)
        catalogue.grow_to(self.size.courses)
        sizes: list[int] = []
        costs: dict[str, list[float]] = {}
        for times in (1, self.size.times):
            if times > 1:
                say(f"every course {times} times")
                catalogue.multiply(times)
            sizes.append(catalogue.size)
            say(f"{catalogue.size:,} courses")
            first = looking.first_time()
            taken = self.turns({"search alone": looking.searching(self.many, 1)}, here=True)
            taken |= self.turns(
                {
                    "catalogue page": load.pages(self.port, [CATALOGUE]),
                    "search page": load.pages(self.port, self.search_pages),
                }
            )
            for name, rounds in {"each word for the first time": [first], **taken}.items():
                costs.setdefault(name, []).append(cost(rounds))
                figure = {"name": f"{name}, {catalogue.size:,}", **told(rounds), "beside": []}
                self.report.figures.append(figure)
        self.report.growth += [grown(name, sizes, found) for name, found in costs.items()]
        self.report.about["courses"] = catalogue.size
        self.report.checks["memory of one process"] = {"kilobytes": place.most_memory()}

    def stack(self) -> None:
        """What counting costs at sizes that no quick run can fill a database with: the shelf alone, made-up columns."""
        sizes = [self.size.shelf * factor // FACTORS[-1] for factor in FACTORS]
        costs = []
        for number in sizes:
            say(f"a shelf of {number:,} courses")
            asked = shelves.asking(number)
            taken = self.turns({"a shelf": lambda seconds, asked=asked: repeated(asked, seconds)}, here=True)
            costs.append(cost(taken["a shelf"]))
            self.report.figures.append(
                {"name": f"a shelf of {number:,}", **told(taken["a shelf"]), "beside": []}
            )
        self.report.growth.append(grown("counting on a shelf", sizes, costs))

    def supply(self) -> None:
        """Courses brought in by documents, and the standard check of a long one."""
        say("courses brought in")
        world.count_on(self.link)
        by, second = (world.somebody(name) for name in ("author", "second"))
        organisation = Organisation.objects.select_related("province").earliest("pk")
        self.report.growth += importing.import_courses(organisation, by, most=self.size.imported)
        self.report.checks["a sheet"] = importing.work_on_sheet(self.size.rows, organisation, by)
        say("the standard check")
        version = checking.course_of(LONG, by=by, second=second, organisation=organisation)
        taken = self.turns(
            {
                "rules": checking.rules_alone(version),
                BARE_CHECK: checking.bare_statements(version),
                "check": checking.checking(version),
            },
            here=True,
        )
        self.report.add_bare(BARE_CHECK, taken[BARE_CHECK])
        sql = checking.statements(version)
        self.report.add(f"standard check of {LONG} lessons", taken, "check", BARE_CHECK, statements=len(sql))
        self.report.figures.append({"name": "    its rules alone", **told(taken["rules"]), "beside": []})

    def beat_contenders(self, of: telling.Class) -> dict[str, Act]:
        asked = [load.get(SIGNED_IN, cookie=player.cookie) for player in of.players]
        share = max(1, len(asked) // load.CONNECTIONS)

        def signed_in(seconds: float) -> Figures:
            return load.run(self.port, lambda n: load.Repeats(asked, n * share), seconds=seconds)

        return {SIGNED_IN_PAGE: signed_in, "beat": of.tell(self.port)}

    def tell(self, of: telling.Class) -> None:
        say("beats")
        world.settle(self.link)
        before = of.accepted()
        taken = self.turns(
            {
                EMPTY_PAGE: load.pages(self.port, [EMPTY]),
                **self.beat_contenders(of),
                "update": telling.updating(self.port),
                BARE_UPDATE: telling.bare_updates(),
            }
        )
        self.report.checks["beats"] = {
            "accepted": of.accepted() - before,
            "stored": of.stored(),
            "all_stored": of.accepted() == of.stored(),
        }
        sql = of.statements()
        self.plans["beat"] = sql
        self.report.add_bare(SIGNED_IN_PAGE, taken[SIGNED_IN_PAGE])
        self.report.add_bare(BARE_UPDATE, taken[BARE_UPDATE])
        add = self.report.add
        add("an update through the web server", taken, "update", EMPTY_PAGE, BARE_UPDATE, statements=1)
        limits = (EMPTY_PAGE, SIGNED_IN_PAGE, "update", BARE_UPDATE)
        add("beat, accepted and durable", taken, "beat", *limits, statements=len(sql))

    def grow_beats(self, of: telling.Class) -> None:
        history, costs, sizes = telling.History(self.link, of), [], []
        for factor in FACTORS:
            sizes.append(history.grow_to(self.size.beats * factor // FACTORS[-1]))
            say(f"{sizes[-1]:,} beats before")
            taken = self.turns({"beat": of.tell(self.port)}, self.size.growth_seconds)
            costs.append(cost(taken["beat"]))
        self.report.growth.append(grown("a beat", sizes, costs))

    def arrive(self) -> None:
        """Learners of a former platform come in three steps, then their courses; and some ask for "my learning"."""
        arriving, steps = people.Arriving(self.link, self.var, self.meter.with_this), []
        for factor in FACTORS:
            say(f"{self.size.people * factor // FACTORS[-1]:,} learners brought in")
            steps.append(arriving.grow(self.size.people * factor // FACTORS[-1]))
            self.report.checks[f"{steps[-1]['rows']:,} learners"] = steps[-1]
        self.report.growth.append(people.growth(steps))
        say("their courses")
        self.report.checks["their courses"] = arriving.enrol(min(FEWEST, self.size.courses))
        figures, sql = people.my_learning(self.size.asked)
        self.plans["my learning"] = sql
        told_of = {"name": "statements of my learning", **told([figures]), "beside": []}
        self.report.figures.append(told_of | {"statements": len(sql)})

    def kill(self, of: telling.Class) -> None:
        """The last thing of a run: PostgreSQL is killed under it, and the links to it with it."""
        if self.size.kills:
            say("processes are killed under players that tell")
            self.report.checks["killed"] = killing.kill_and_count(of, self.meter)

    def begin_exams(self) -> None:
        """Beside as many empty pages, signed in."""
        say("an exam that everybody begins at once")
        world.count_on(self.link)
        hall = exams.Hall(Organisation.objects.select_related("province").earliest("pk"), self.link)
        hall.begin(self.port, hall.seat(exams.WAITING))
        taken: dict[str, list[Figures]] = {"exam": [], SIGNED_IN_PAGE: []}
        for _round in range(self.size.rounds):
            asked = hall.seat(self.size.exams)
            pages = [load.get(SIGNED_IN, cookie=cookie) for _path, cookie, _csrf in asked]
            for name, act in {
                "exam": lambda asked=asked: hall.begin(self.port, asked),
                SIGNED_IN_PAGE: lambda pages=pages: load.run(
                    self.port, lambda n: load.Repeats(pages, n), seconds=self.size.seconds
                ),
            }.items():
                before = self.meter()
                figures = act()
                figures.cpu = (self.meter() - before) * 1000 / figures.requests
                taken[name].append(figures)
        sql = hall.statements()
        self.plans["an exam begun"] = sql
        self.report.add_bare(SIGNED_IN_PAGE, taken[SIGNED_IN_PAGE])
        self.report.add(
            "an exam begun, and its first page", taken, "exam", SIGNED_IN_PAGE, statements=len(sql)
        )
        self.report.checks["exams"] = {
            "learners": self.size.exams,
            "seconds": [round(figures.seconds, 1) for figures in taken["exam"]],
            "begun": hall.begun(),
        }

    def certify(self, of: telling.Class) -> None:
        say("certificates")
        contenders = {
            BARE_TYPST: papers.bare_compiling(),
            "paper": papers.drawing(),
            "signed": papers.signing(),
            "signature": papers.signing_alone(),
            PYHANKO: papers.signing_by_pyhanko(),
            "issue": issuing.issuing_by_task(of, self.size.certificates),
        }
        if peers.weasyprint:
            contenders[PEERS] = papers.all_by_peers()
        taken = self.turns(contenders, here=True)
        self.report.add_bare(BARE_TYPST, taken[BARE_TYPST])
        self.report.add("certificate drawn, 1 process", taken, "paper", BARE_TYPST)
        others = [PEERS] if peers.weasyprint else []
        self.report.add(
            "certificate drawn and signed, 1 process", taken, "signed", BARE_TYPST, "paper", *others
        )
        self.report.add_bare(PYHANKO, taken[PYHANKO])
        self.report.add("its signature alone", taken, "signature", PYHANKO)
        if others:
            self.report.add_bare(PEERS, taken[PEERS])
        else:
            self.report.checks[PEERS] = peers.WITHOUT_WEASYPRINT
        self.report.add("certificate issued by the task", taken, "issue", BARE_TYPST)
        self.report.checks["paper"] = {"kilobytes": papers.kilobytes()}
        for workers, provinces in ((1, 1), (2, 1), (2, 2)):
            name = f"batches in {provinces} provinces, {workers} at work"
            say(f"{name}: {self.size.batch:,} certificates")
            self.report.checks[name] = issuing.batches_by_workers(
                of, self.size.batch, workers, PROVINCES[:provinces]
            )
        self.verify(of)

    def verify(self, of: telling.Class) -> None:
        """The public check beside ever more certificates."""
        register, sizes, costs = verifying.Register(self.link, of), [], []
        for factor in FACTORS:
            sizes.append(self.size.register * factor // FACTORS[-1])
            say(f"{sizes[-1]:,} certificates to check")
            register.grow_to(sizes[-1])
            taken = self.turns({"check": register.asking()}, here=True)
            costs.append(cost(taken["check"]))
            name = f"the public check among {sizes[-1]:,}"
            self.report.figures.append({"name": name, **told(taken["check"]), "beside": []})
        self.report.checks["certificates tallied"] = register.tally()
        taken = self.turns({"desk": register.at_desk(), "statistics": register.counting()}, here=True)
        for key, words in (("desk", "the certificates' desk"), ("statistics", "the statistics of that desk")):
            name = f"{words} among {sizes[-1]:,}"
            self.report.figures.append({"name": name, **told(taken[key]), "beside": []})
        self.report.growth.append(grown("the public check", sizes, costs))
        self.plans["the public check"] = register.statements()
