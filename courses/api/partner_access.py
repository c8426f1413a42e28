"""The way in for machines: a key in the Authorization header, its pace, the log, and how a refusal reads."""

import datetime as dt
import json
import uuid
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    parser_classes,
    permission_classes,
    throttle_classes,
)
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from courses.models import PartnerCall, PartnerKey
from courses.services import calls, partner_keys
from courses.services.calls import Call, Outcome
from portal import clock
from portal.accounts.models import User
from portal.api import explain, idempotent
from portal.rules import RuleBroken

Fate, Operation = PartnerCall.Fate, PartnerCall.Operation


class NoKey(exceptions.AuthenticationFailed):
    """The same answer to a key that never was and to a wrong secret."""

    default_code = "key_unknown"
    default_detail = _("This key opens nothing.")

    def __init__(self, detail: str | Promise | None = None, code: str = "key_unknown") -> None:
        self.default_code = code
        super().__init__(detail, code)


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = _("At most 2 MB in one call. Send fewer courses at a time.")


class PartnerKeys(BaseAuthentication):
    """`request.auth` is the key, `request.user` whoever made it and answers for it. A machine says its language itself."""

    def authenticate(self, request: Request) -> tuple[User, PartnerKey] | None:
        scheme, _space, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        translation.activate(translation.get_language_from_request(request._request))  # noqa: SLF001 - Django's own
        at = clock.now()
        try:
            key = partner_keys.key_of(token.strip(), at=at)
        except partner_keys.KeyOver as over:
            shut = NoKey(str(over), over.code)
            call = Call(over.key.organisation, Operation.READ, request.method, request.path, key=over.key)
            if partner_keys.pace(over.key, at=at) == 0:  # a forgotten timer must not fill the log
                calls.note(call, refusal(shut), at=at)
            raise shut from over
        if key is None:
            raise NoKey
        return key.created_by, key

    def authenticate_header(self, _request: Request) -> str:
        return 'Bearer realm="partner"'


class _Described(OpenApiAuthenticationExtension):
    target_class = PartnerKeys
    name = "partnerKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "The key of a partner."}


class HoldsKey(BasePermission):
    def has_permission(self, request: Request, view: object) -> bool:
        return isinstance(request.auth, PartnerKey)


class Pace(BaseThrottle):
    def allow_request(self, request: Request, view: object) -> bool:
        self.seconds = partner_keys.pace(request.auth, at=clock.now())
        return self.seconds == 0

    def wait(self) -> float:
        return self.seconds


def partner(
    *methods: str, operation: dict[str, str] | None = None
) -> Callable[[Callable[..., Outcome]], Callable[..., Response]]:
    """An address for machines. The view gives an Outcome, which is logged in the transaction of its work.

    `operation` is what a method that sends something is called in the log. Reads of the log itself are not logged:
    leave `operation` out.
    """

    def wrap(view: Callable[..., Outcome]) -> Callable[..., Response]:
        @api_view(list(methods))
        @authentication_classes([PartnerKeys])
        @permission_classes([HoldsKey])
        @throttle_classes([Pace])
        @parser_classes([JSONParser])
        @wraps(view)
        def answered(request: Request, **kwargs: object) -> Response:
            uid = uuid.uuid4()
            if operation is None:
                response = _plain(view, request, **kwargs)
            else:
                called = operation.get(request.method, Operation.READ)
                response = _logged(view, request, uid=uid, operation=called, **kwargs)
            response["Request-Id"] = str(uid)
            response["Content-Language"] = translation.get_language()
            return response

        return answered

    return wrap


def _plain(view: Callable[..., Outcome], request: Request, **kwargs: object) -> Response:
    outcome = view(request, **kwargs)
    return Response(outcome.answer, status=outcome.status)


def _logged(
    view: Callable[..., Outcome],
    request: Request,
    *,
    uid: uuid.UUID,
    operation: str,
    partner_ref: str = "",
) -> Response:
    at = clock.now()
    known = {
        "organisation": request.auth.organisation,
        "operation": operation,
        "method": request.method,
        "path": request.path,
        "key": request.auth,
        "partner_ref": partner_ref,
        "idempotency_key": request.headers.get("Idempotency-Key", "")[:100],
        "uid": uid,
    }
    call = Call(**known)
    try:
        call = Call(**known, body=_body_of(request))
        with transaction.atomic():
            try:
                outcome = _once(view, request, call=call, at=at)
            except (
                RuleBroken
            ) as broken:  # a service that refuses has taken back its own, and kept what it means to keep
                outcome = refusal(broken)
            calls.note(call, outcome, at=at)
    except Exception as trouble:
        if (outcome := refusal(trouble)) is None:
            raise
        calls.note(call, outcome, at=at)
    return Response(outcome.answer, status=outcome.status)


def _once(view: Callable[..., Outcome], request: Request, *, call: Call, at: dt.datetime) -> Outcome:
    """What is sent with an Idempotency-Key is done once; its second answer is the first one's."""
    if call.operation not in PartnerCall.SENDS:
        return view(request, call=call, at=at)
    done: list[Outcome] = []

    @idempotent
    def work(request: Request) -> Response:
        done.append(view(request, call=call, at=at))
        return Response(done[0].answer, status=done[0].status)

    again = work(request)
    return done[0] if done else Outcome(again.status_code, again.data, Fate.REPEATED)


def _body_of(request: HttpRequest) -> bytes | None:
    """Raises TooLarge before anything of it is read."""
    if request.method not in {"PUT", "POST"}:
        return None
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > settings.PARTNER_MOST_BYTES:
        raise TooLarge
    return request._request.body  # noqa: SLF001 - DRF hides Django's own request, which keeps the bytes


def refusal(trouble: Exception) -> Outcome | None:
    """`{code, detail}` as everywhere in the API; None for what is no refusal but an error of ours."""
    if isinstance(trouble, RecursionError):
        trouble = exceptions.ParseError(_("The JSON is nested too deeply."))
    if isinstance(trouble, json.JSONDecodeError | UnicodeDecodeError):
        trouble = exceptions.ParseError()
    answer = explain(trouble, {})
    if answer is None:
        return None
    said = answer.data
    if not isinstance(said, dict) or "detail" not in said:
        said = {"code": "invalid", "detail": " ".join(_sentences(said))}
    problem = {"place": "", "code": str(said["code"]), "detail": str(said["detail"])}
    return Outcome(answer.status_code, said, Fate.REFUSED, {}, [problem])


def _sentences(said: object) -> list[str]:
    if isinstance(said, dict):
        return [sentence for inner in said.values() for sentence in _sentences(inner)]
    return (
        [sentence for inner in said for sentence in _sentences(inner)]
        if isinstance(said, list)
        else [str(said)]
    )
