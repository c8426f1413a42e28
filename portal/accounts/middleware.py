"""The reader's language, the shorter sessions of staff, and pages that no cache keeps."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.timezone import now

from portal.accounts import sign_ins
from portal.accounts.access import is_staff
from portal.shortcut import language_of

SEEN = "staff_seen_at"
SINCE = "staff_since"
_STEP = 60


class SpokenLanguage:
    """The language chosen on the site, for the whole of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request.COOKIES)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class StaffSession:
    """Whoever holds a role is signed out after STAFF_IDLE without a request and after STAFF_ABSOLUTE in any case."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get("_auth_user_id") and request.user.is_authenticated and is_staff(request.user):
            self._keep_or_end(request)
        return self.get_response(request)

    def _keep_or_end(self, request: HttpRequest) -> None:
        moment = int(now().timestamp())
        since = request.session.setdefault(SINCE, moment)
        seen = request.session.get(SEEN, moment)
        if (
            moment - seen > settings.STAFF_IDLE.total_seconds()
            or moment - since > settings.STAFF_ABSOLUTE.total_seconds()
        ):
            logout(request)
        elif moment - seen >= _STEP or SEEN not in request.session:
            request.session[SEEN] = moment


class KnownDevice:
    """Gives a browser in which somebody just signed in the cookie by which it is known again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        token = getattr(request, sign_ins.NEW_DEVICE, "")
        if token:
            response.set_cookie(
                settings.DEVICE_COOKIE_NAME,
                token,
                max_age=settings.DEVICE_COOKIE_AGE,
                secure=settings.SECURE_COOKIES,
                httponly=True,
                samesite="Lax",
            )
        return response


class KeptNowhere:
    """What is shown to somebody signed in stays in no cache, neither on the way nor behind the back button.

    A view that says otherwise itself (films are kept by their reader's own browser) is left its word.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = bool(request.session.get("_auth_user_id"))
        response = self.get_response(request)
        if signed_in or request.session.get("_auth_user_id"):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response
