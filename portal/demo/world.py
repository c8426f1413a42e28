"""What `manage.py load_demo` makes, in order. Each part finds what it made before and makes it only once."""

from collections.abc import Iterator

from django.conf import settings

from portal import clock
from portal.demo import accounts
from portal.demo.people import PASSWORD, PEOPLE


def load() -> Iterator[str]:
    """Make what is missing; yields one line per part for the terminal."""
    at = clock.now()
    everybody = accounts.everybody(at=at)
    yield f"{len(everybody)} people"
    write_accounts()


def write_accounts() -> None:
    """The list that `make demo` prints: the supervisor knows no Django."""
    lines = [f"    {person.role.label if person.role else 'Learner':<40} {person.phone}" for person in PEOPLE]
    text = "\n".join(
        [
            f"  Everybody's password is {PASSWORD}; roles at a desk also need six digits,",
            "  which stand on the demo desk at /demo/.\n",
            *lines,
            "",
        ]
    )
    (settings.VAR_DIR / "demo-accounts.txt").write_text(text, encoding="utf-8")
