"""Decide claims from files alone: no database, no servers, no clock."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from subsidies.policy import FactsError, PaperError, PolicyError, evaluate, read_json, read_policies


class Command(BaseCommand):
    help = "Print the explanation record for each set of facts under a policy. Reads two JSON files and touches no table."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--policy",
            required=True,
            metavar="FILE",
            help="one policy version or a list of them; - for standard input",
        )
        parser.add_argument(
            "--facts",
            required=True,
            metavar="FILE",
            help="one facts object or a list (or cases with a 'facts' key); - for standard input",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["policy"] == options["facts"] == "-":
            raise CommandError("Only one of --policy and --facts can come from standard input.")
        try:
            policies = read_policies(read_json(read_bytes(options["policy"], "policy"), "The policy"))
            document = read_json(read_bytes(options["facts"], "facts"), "The facts file")
            if isinstance(document, list):
                answer: Any = [
                    decide(policies, one, f"Item {number} of the facts file: ")
                    for number, one in enumerate(document, 1)
                ]
            else:
                answer = decide(policies, document, "")
        except (PaperError, PolicyError, FactsError) as problem:
            raise CommandError(str(problem)) from None
        except RecursionError:
            raise CommandError("The files are nested too deeply.") from None
        self.stdout.write(printable(answer, getattr(self.stdout._out, "encoding", None)))  # noqa: SLF001 - Django's wrapper hides it


def decide(policies: Any, one: Any, place: str) -> dict[str, Any]:
    facts = one["facts"] if isinstance(one, dict) and "facts" in one and "person" not in one else one
    try:
        return evaluate(policies, facts)
    except FactsError as problem:
        raise FactsError(f"{place}{problem}") from None


def read_bytes(name: str, what: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "it cannot be opened"
        raise CommandError(f"Cannot read the {what} file {name!r}: {reason}.") from None


def printable(answer: Any, encoding: str | None) -> str:
    """JSON in the characters that the terminal can show; the rest as escapes."""
    text = json.dumps(answer, ensure_ascii=False, indent=1)
    try:
        text.encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return json.dumps(answer, indent=1)
    return text
