"""Where people arrive who signed in."""

from django.http import HttpRequest

from portal.accounts.adapter import PhoneAdapter
from portal.context import Shell


class EntranceAdapter(PhoneAdapter):
    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever has a desk begins at its first page, everybody else at what they learn."""
        desk = Shell(request).rail
        return desk[0].links[0].url if desk else super().get_login_redirect_url(request)
