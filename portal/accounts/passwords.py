"""The rules of a password, in words of our own."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django 5.2 changed its sentence and left the Chinese one behind, so that the reader got English."""

    def get_error_message(self) -> str:
        return _("This password is too short. It needs at least %(n)s characters.") % {"n": self.min_length}

    def get_help_text(self) -> str:
        return _("At least %(n)s characters.") % {"n": self.min_length}
