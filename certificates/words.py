"""What kinds and levels are called on the desk."""

from typing import Final

from django.utils.translation import gettext_lazy as _

KINDS: Final = {
    "level": _("Skill level certificate"),
    "special": _("Special ability certificate"),
    "completion": _("Certificate of completion"),
}
LEVELS: Final = {
    5: _("Level 5 (junior)"),
    4: _("Level 4 (intermediate)"),
    3: _("Level 3 (senior)"),
    2: _("Level 2 (technician)"),
    1: _("Level 1 (senior technician)"),
}
