"""See `benchmarks`. ZHIXUN_VAR says where data lie (default var/bench)."""

import argparse
import os
import signal
import sys
from contextlib import ExitStack, closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "STORAGE_URL", "ZHIXUN_AS_OWNER"):
    os.environ.pop(name, None)  # nothing but its own servers
os.environ.update(
    ZHIXUN_MODE="demo",
    DJANGO_SETTINGS_MODULE="benchmarks.settings",
    LOG_LEVEL="WARNING",
    ZHIXUN_VAR=os.environ.get("ZHIXUN_VAR") or str(ROOT / "var" / "bench"),
)

import django  # noqa: E402 -- the place is chosen before anything can read it

django.setup()

from benchmarks import place  # noqa: E402
from benchmarks.measure import measure  # noqa: E402
from benchmarks.report import say  # noqa: E402
from benchmarks.run import FEWEST, Run, Size  # noqa: E402
from portal import embedded  # noqa: E402
from portal.embedded import demo, processes  # noqa: E402
from portal.embedded.places import var_directory  # noqa: E402
from portal.embedded.postgres import DATABASE  # noqa: E402
from portal.embedded.trouble import make_directory, need_room  # noqa: E402
from portal.garbage import collect_seldom  # noqa: E402

LIMIT_SECONDS = 1_800


def wishes() -> argparse.Namespace:
    told = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast the product is.")
    told.add_argument("--quick", action="store_true", help="a small world and short rounds, under a minute")
    told.add_argument("--courses", type=int, metavar="N", help="published courses (20,000)")
    told.add_argument("--beats", type=int, metavar="N", help="beats of earlier sessions in the end (800,000)")
    told.add_argument("--rounds", type=int, metavar="N", help="at least 5 for a figure worth keeping")
    told.add_argument("--seconds", type=float, metavar="S", help="of one round of one contender (2)")
    told.add_argument(
        "--times", type=int, metavar="N", help="every course N times over, searched, and nothing else"
    )
    told.add_argument("--only-catalogue", action="store_true", help="page and search, nothing else")
    told.add_argument("--only-beats", action="store_true", help="what players tell, nothing else")
    told.add_argument("--only-exams", action="store_true", help="an exam that everybody begins, nothing else")
    told.add_argument("--only-papers", action="store_true", help="certificates, nothing else")
    told.add_argument("--batch", type=int, metavar="N", help="certificates of a batch (10,000)")
    told.add_argument("--register", type=int, metavar="N", help="certificates to check among (1,000,000)")
    told.add_argument(
        "--only-people", type=int, metavar="N", help="N learners of a former platform, and nothing else"
    )
    told.add_argument("--only-batches", action="store_true", help="batches of payments, nothing else")
    told.add_argument(
        "--only-claims",
        action="store_true",
        help="claims checked, their queue, ledger and proof, nothing else",
    )
    told.add_argument("--claims", type=int, metavar="N", help="claims checked by the rules (1,000,000)")
    told.add_argument(
        "--proved", type=int, metavar="N", help="claims over which reconcile proves everything (1,000,000)"
    )
    told.add_argument("--queue", type=int, metavar="N", help="claims in the queue (5,000,000)")
    told.add_argument("--payments", type=int, metavar="N", help="claims paid in the largest batch (100,000)")
    told.add_argument(
        "--limit",
        type=int,
        metavar="S",
        default=LIMIT_SECONDS,
        help="however slow the machine: then it stops (1,800)",
    )
    return told.parse_args()


def size_of(asked: argparse.Namespace) -> Size:
    size = Size.quick() if asked.quick else Size()
    names = (
        "courses",
        "beats",
        "rounds",
        "seconds",
        "times",
        "batch",
        "register",
        "payments",
        "claims",
        "proved",
        "queue",
    )
    given = {name: value for name in names if (value := getattr(asked, name)) is not None}
    if any(value <= 0 for value in given.values()) or given.get("courses", FEWEST) < FEWEST:
        raise embedded.CannotStart(f"Numbers must be above zero, and courses at least {FEWEST}.")
    if asked.only_people is not None and asked.only_people < FEWEST:
        raise embedded.CannotStart(f"Learners must be at least {FEWEST}.")
    only = {name: bool(told) for name, told in vars(asked).items() if name.startswith("only_")}
    if asked.only_people:
        given |= {"people": asked.only_people}
    return Size(**{**vars(size), **given, **only})


def run(size: Size) -> None:
    collect_seldom()  # as web server and workers do
    var = var_directory()
    make_directory(var)
    need_room(var)
    cluster, broker = embedded.here()
    with ExitStack() as stack:
        stack.enter_context(processes.only_one(var / "bench.lock"))
        for server in (cluster, broker):
            stack.callback(server.stop)
            server.start()
        say("an empty database, migrated and secured")
        place.new_database(cluster, var / "setup.log", dict(os.environ))
        (var / "log").mkdir(exist_ok=True)
        demo.Demo(var=var).prepare_pages()
        link = stack.enter_context(closing(cluster.connect(database=DATABASE)))
        meter = stack.enter_context(place.web_server(var, cluster))
        report = measure(Run(size, meter=meter, link=link, var=var))
        django.db.connections.close_all()
    print(
        f"\n{report.text()}\n\nAlso in {var / 'report.json'}; plans of the statements in {var / 'plans.txt'}"
    )


def main() -> None:
    asked = wishes()

    def out_of_time(_number: int, _frame: object) -> None:
        raise embedded.CannotStart(f"Not done after {asked.limit} s; stopped.")

    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(asked.limit)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        run(size_of(asked))
    except embedded.CannotStart as sentence:
        sys.exit(str(sentence))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
