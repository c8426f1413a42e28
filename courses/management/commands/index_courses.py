from django.core.management.base import BaseCommand

from courses import services


class Command(BaseCommand):
    help = "Make the search's index of all courses anew, in chunks. Needed after an organisation or occupation was renamed."

    def handle(self, **_options: object) -> None:
        count = services.index_courses()
        while services.learn_next_words():
            pass
        self.stdout.write(f"{count} courses indexed.")
