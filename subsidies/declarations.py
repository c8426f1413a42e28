"""What claimants declare, by version. A text is never changed: another one takes its place under a new version."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Final[dict[str, str | Promise]] = {
    "2026-11": _("What I stated is true. I know that a subsidy paid on false statements must be repaid."),
}
CURRENT: Final = "2026-11"

MANDATES: Final[dict[str, str | Promise]] = {
    "2026-11": _(
        "I let the provider of this course claim the subsidy for this certificate. I know that it can be claimed once only, "
        "and that I can take this back until the provider has claimed."
    ),
}
MANDATE: Final = "2026-11"
