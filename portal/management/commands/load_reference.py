from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from learners.services.editions import load_default_editions

LOADERS = ("load_provinces", "load_occupations", "load_crosswalk", "load_groups", "load_policies")
"""Lower apps first. Each may be run again at any time and changes nothing the second time."""


class Command(BaseCommand):
    help = "Load what the product knows by itself: provinces, occupations of both editions, key groups. Safe to run again."

    def handle(self, *, verbosity: int, **_options: object) -> None:
        known = get_commands()
        for name in LOADERS:
            if name in known:
                call_command(name, verbosity=verbosity, stdout=self.stdout)
        self.stdout.write(f"{load_default_editions()} new counting editions")
