from argparse import ArgumentParser
from pathlib import Path

from cryptography import x509
from django.core.management.base import BaseCommand, CommandError

from certificates import signers
from subsidies.pack.checking import problems


class Command(BaseCommand):
    help = "Verify an evidence pack without a database. Fails, naming each thing that is wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the ZIP")
        parser.add_argument(
            "--certificate",
            type=Path,
            action="append",
            default=[],
            help="PEM of a signer's certificate, followed by those that vouch for it; without one, the keys of this portal",
        )

    def handle(self, *, file: Path, certificate: list[Path], **_options: object) -> None:
        try:
            read = [tuple(x509.load_pem_x509_certificates(path.read_bytes())) for path in certificate]
            chains = read or signers.chains()
            with file.open("rb") as opened:
                found = problems(opened, chains)
        except (OSError, ValueError, signers.KeyUnreadable) as broken:
            raise CommandError(f"It cannot be verified: {broken}") from broken
        for problem in found:
            self.stdout.write(problem)
        if found:
            raise CommandError(f"{len(found)} things are wrong: this is not the pack as it was made.")
        self.stdout.write("Intact: every file is as it was made, and the signature covers them all.")
