import argparse

from django.core.management.base import BaseCommand, CommandError

from courses import services
from portal import clock
from portal.accounts.models import User


class Command(BaseCommand):
    help = (
        "List the 248 sample courses (fictional, marked 示例). Needs two people: an author and who publishes."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("author", type=int, help="id of the account that enters the courses")
        parser.add_argument("publisher", type=int, help="id of another account that publishes them")

    def handle(self, *, author: int, publisher: int, **_options: object) -> None:
        people = User.objects.in_bulk([author, publisher])
        if author not in people or publisher not in people:
            raise CommandError("One of the two accounts does not exist.")
        if author == publisher:
            raise CommandError("Author and publisher must be two people.")
        new = services.load_sample_courses(by=people[author], second=people[publisher], at=clock.now())
        self.stdout.write(f"{new} sample courses are new.")
