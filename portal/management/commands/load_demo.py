from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo import world


class Command(BaseCommand):
    help = "Load the demo world: people, courses, a policy, a budget. Safe to run again; refuses outside demo mode."

    def handle(self, **_options: object) -> None:
        if not settings.DEMO:
            raise CommandError("The demo world is for ZHIXUN_MODE=demo only.")
        for line in world.load():
            self.stdout.write(line)
