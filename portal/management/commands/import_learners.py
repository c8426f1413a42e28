import argparse
import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal import clock
from portal.accounts import importing
from portal.accounts.bringing import Job
from portal.accounts.importing import KINDS, Outcome, UnusableFile, WorkFailed
from portal.accounts.models import ArrivalFile, Province

PEOPLE, ENROLMENTS = ArrivalFile.Told.PEOPLE, ArrivalFile.Told.ENROLMENTS


class Command(BaseCommand):
    help = (
        "Bring in the learners of a province's former platform: UTF-8 CSV, also gzipped, with the columns name, resident_id,"
        " phone, joined_on. What is refused is written beside the file. Safe to run again: it goes on where it was."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--province", required=True, help="code of the province, such as 520000")
        parser.add_argument(
            "--enrolments",
            type=Path,
            metavar="FILE",
            help="earlier enrolments: course, phone or resident_id, enrolled_on, and hours if known",
        )
        parser.add_argument(
            "--check", action="store_true", help="say what would be refused, bring nothing in"
        )
        parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)), help="processes")
        parser.add_argument("--chunk-bytes", type=int, default=importing.CHUNK_BYTES, help=argparse.SUPPRESS)

    def handle(self, *, file: Path, province: str, enrolments: Path | None, **options: object) -> None:
        if not Province.objects.filter(code=province).exists():
            raise CommandError("There is no province with this code.")
        if options["workers"] < 1 or options["chunk_bytes"] < 1:
            raise CommandError("Numbers must be above zero.")
        at = clock.now()
        for path, told in ((file, PEOPLE), (enrolments, ENROLMENTS)):
            if path is not None:
                self._bring_in(path, KINDS[told], told.value, province, at, options)

    def _bring_in(self, path: Path, kind: str, told: str, province: str, at: object, options: dict) -> None:
        refused_to = path.with_name(f"{path.name}.refused.csv")
        act = importing.check if options["check"] else importing.bring_in
        try:
            job = Job(kind, importing.columns_of(path, kind), province, at, clock.today(at))
            size = options["chunk_bytes"]
            workers = options["workers"] if path.stat().st_size > size else 1
            outcome = act(path, job, refused_to=refused_to, workers=workers, size=size)
        except (UnusableFile, WorkFailed) as broken:
            raise CommandError(str(broken)) from None
        self.stdout.write(_said(outcome, told, refused_to, only_checked=options["check"]))


def _said(outcome: Outcome, told: str, refused_to: Path, *, only_checked: bool) -> str:
    counts = f"{outcome.accepted:,} accepted, {outcome.refused:,} refused"
    if outcome.was_done:
        return f"{told}: this file was brought in before ({counts}); nothing was added."
    if only_checked:
        counts = f"checked only, {counts}"
    return f"{told}: {counts}. See {refused_to}" if outcome.refused else f"{told}: {counts}."
