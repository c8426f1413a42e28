"""That the benchmark's pieces work. How fast anything is, no test asks."""

import html
import json
from contextlib import closing
from dataclasses import replace

import pytest
from django.http import QueryDict

from benchmarks import checking, exams, papers, peers, place
from benchmarks.growth import exponent
from benchmarks.measure import measure
from benchmarks.rounds import Figures, compared, interleaved, repeated
from benchmarks.run import Run, Size
from courses import selectors
from courses.models import Course
from courses.selectors.search import matching
from courses.selectors.standards import report_on
from portal import embedded
from tests import databases, factories

TINY = Size(
    courses=48,
    providers=4,
    learners=16,
    beats=2_880,
    rounds=1,
    seconds=0.1,
    growth_seconds=0.05,
    certificates=2,
    batch=4,
    register=64,
    exams=4,
    imported=8,
    rows=8,
    processes=1,
    shelf=3_200,
    people=64,
    asked=3,
    payments=16,
    claims=32,
    proved=40,
    queue=128,
    kills=False,
)
"""The servers are those of all tests: nothing is killed here, but in tests/e2e/test_killed.py."""


def round_of(per_second, cpu=1.0):
    return Figures(requests=per_second, seconds=1.0, cpu=cpu, times=[1000 / per_second] * per_second)


def test_contenders_take_turns():
    said = []

    def acts(name):
        return lambda seconds: said.append(name) or round_of(10)

    taken = interleaved({"a": acts("a"), "b": acts("b")}, rounds=3, seconds=0)
    assert said == ["a", "b"] * 4  # the first turn is not counted
    assert [len(rounds) for rounds in taken.values()] == [3, 3]


def test_a_ratio_is_the_median_of_the_rounds_ratios():
    found = compared("bare", [round_of(10), round_of(30), round_of(20)], [round_of(100)] * 3)
    assert (found["ratio"], found["lowest"], found["highest"]) == (0.2, 0.1, 0.3)
    assert not found["noisy"]


def test_a_limit_that_varies_makes_the_run_noisy():
    steady, wild = [round_of(100), round_of(110)], [round_of(100), round_of(140)]
    assert not compared("bare", steady, steady)["noisy"]
    assert compared("bare", steady, wild)["noisy"]


def test_growth_is_the_slope_of_the_logarithms():
    assert exponent([1, 4, 16], [3.0, 3.0, 3.0]) == 0
    assert exponent([1, 4, 16], [2.0, 8.0, 32.0]) == pytest.approx(1)


def test_work_is_repeated_for_a_while():
    figures = repeated(lambda: None, 0.01)
    assert figures.requests == len(figures.times) > 0
    assert figures.seconds >= 0.01


def test_a_tiny_run_gives_a_whole_report(committed_db, tmp_path, monkeypatch):
    cluster, _broker = embedded.here()
    database = databases.database_name()
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    monkeypatch.setenv("DATABASE_URL", cluster.url(database=database))
    with closing(cluster.connect(database=database)) as link, place.web_server(tmp_path, cluster) as meter:
        report = measure(Run(TINY, meter=meter, link=link, var=tmp_path))
    stored = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert set(stored) == {"about", "figures", "growth", "checks"}
    names = {figure["name"] for figure in stored["figures"]}
    assert {"catalogue page", "search page, varied", "beat, accepted and durable"} <= names
    for figure in stored["figures"]:
        assert figure["per_second"] > 0, figure["name"]
        assert {"p50_ms", "p95_ms", "cpu_ms", "rounds", "beside"} <= set(figure)
    assert stored["checks"]["search"]["recall"] == 1.0
    assert stored["checks"]["search"]["too_much"] == 0
    assert stored["checks"]["beats"]["all_stored"]
    assert stored["checks"]["exams"]["begun"] == exams.WAITING + 2 + TINY.exams
    assert len(stored["growth"]) == 12
    assert stored["checks"]["a batch of 16"]["lines"] == 16
    assert stored["checks"]["claims checked, up to 32"]["claims"] == 24
    assert stored["checks"]["checks for fraud, all that was submitted"]["claims"] >= 32
    assert stored["checks"]["the rules alone, together"]["evaluated"] == 32
    assert stored["checks"]["each decision once more by itself"]["otherwise"] == 0
    assert stored["checks"]["reconcile over 72 claims"]["breaches"] == 0
    assert (stored["checks"]["64 learners"]["new"], stored["checks"]["64 learners"]["refused"]) == (48, 0)
    assert stored["checks"]["their courses"]["rows"] >= 64 * 3
    assert stored["checks"]["a sheet"]["state"] == "applied"
    assert "catalogue page" in report.text()
    assert "Execution Time" in (tmp_path / "plans.txt").read_text(encoding="utf-8")


def test_the_peers_page_says_what_the_paper_says():
    told = papers.facts(4)
    page = peers.page_of(told)
    for words in (
        told.holder_name,
        told.serial,
        told.provider,
        told.occupation_name,
        told.hours,
        told.issuer,
    ):
        assert html.escape(words) in page, words
    assert f"<b>{told.holder_name}</b>" in page


def test_the_catalogue_many_times_over(committed_db, tmp_path, monkeypatch):
    cluster, _broker = embedded.here()
    database = databases.database_name()
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    monkeypatch.setenv("DATABASE_URL", cluster.url(database=database))
    with closing(cluster.connect(database=database)) as link, place.web_server(tmp_path, cluster) as meter:
        size = replace(TINY, times=3)
        report = measure(Run(size, meter=meter, link=link, var=tmp_path))
    assert Course.objects.published().count() == TINY.courses * 3
    assert [row["sizes"] for row in report.growth] == [[TINY.courses, TINY.courses * 3]] * 4
    once = matching("员", Course.objects.published().filter(code__startswith="BM-00")).count()
    assert selectors.search(QueryDict("q=员")).total == 3 * once > 0


def test_courses_are_imported_new_and_again(db):
    from benchmarks.importing import import_courses
    from courses.models import Lesson
    from tests import factories

    new, again = import_courses(factories.organisation(), factories.user(), most=8)
    assert (new["sizes"], again["sizes"]) == ([2, 8], [2, 8])
    assert Lesson.objects.count() == (2 + 8) * 4


@pytest.mark.django_db
def test_the_standard_check_of_a_long_course_is_measured():
    people = [factories.user("author"), factories.user("second")]
    version = checking.course_of(100, by=people[0], second=people[1], organisation=factories.organisation())
    report = report_on(version, on=checking.ON)
    assert report.passed
    assert len(report.findings) > 20
    assert len(checking.statements(version)) == 6
    for act in (checking.checking, checking.rules_alone, checking.bare_statements):
        assert act(version)(0.05).requests > 0
