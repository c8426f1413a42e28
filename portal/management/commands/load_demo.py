from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Load the demo world. Safe to run again."

    def handle(self, **_options: object) -> None:
        self.stdout.write("nothing yet")
