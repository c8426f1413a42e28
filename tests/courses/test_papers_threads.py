"""Two workers look for papers at the same moment."""

from courses.models import PaperCheck
from courses.services import paper_checks


def test_two_workers_never_take_the_same_paper(together, at):
    for number in range(2):
        PaperCheck.objects.create(key=f"papers/{number}.pdf", due_at=at)
    taken = together(lambda *_: paper_checks.take_up(at=at).key, 2)
    assert sorted(taken) == ["papers/0.pdf", "papers/1.pdf"]
