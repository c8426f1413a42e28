"""The identity port: does this name belong to this resident ID?

`Offline` proves what can be proved without asking anybody: form, check digit, date (portal.numbers) and a name of
plausible characters. A province connects its own service here.
"""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from portal.numbers import ResidentId
from portal.rules import RuleBroken


class IdentityRefused(RuleBroken):
    code = "identity_refused"
    message = _("Name and resident ID do not belong together according to the identity service. Check both.")


class IdentityServiceDown(RuleBroken):
    code = "identity_service_down"
    message = _("The identity service does not answer. What you typed is kept; try again in a few minutes.")


@dataclass(frozen=True)
class Checked:
    port: str


class Offline:
    def __call__(self, name: str, resident_id: ResidentId) -> Checked:
        return Checked(port="offline")


class Fake:
    """For tests: records what was asked, refuses or breaks down for the names it is told to."""

    asked: list[str] = []
    refuses: set[str] = set()
    breaks_for: set[str] = set()

    def __call__(self, name: str, resident_id: ResidentId) -> Checked:
        self.asked.append(name)
        if name in self.breaks_for:
            raise IdentityServiceDown
        if name in self.refuses:
            raise IdentityRefused
        return Checked(port="fake")


@cache
def _adapter(path: str) -> object:
    return import_string(path)()


def check(name: str, resident_id: ResidentId) -> Checked:
    """Raises IdentityRefused or IdentityServiceDown."""
    return _adapter(settings.IDENTITY_PORT)(name, resident_id)
