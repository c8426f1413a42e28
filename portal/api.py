"""The border of the API: how a refusal reads, how lists are cut, and how a retry stays one."""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, pagination, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler

from portal import clock
from portal.models import Replay
from portal.permissions import NeedsRole, Nobody, Public, SignedIn
from portal.rules import RuleBroken

__all__ = ["NeedsRole", "Nobody", "Pages", "Public", "SignedIn", "explain", "idempotent"]


class Pages(pagination.CursorPagination):
    """Keyset pages: the thousandth costs what the first does."""

    page_size = 20
    max_page_size = 100
    page_size_query_param = "size"
    ordering = "-id"

    def paginate_queryset(
        self, queryset: QuerySet, request: Request, view: object = None
    ) -> list[object] | None:
        """Raises NotFound for a cursor that somebody made up, whatever the list is ordered by."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError) as broken:
            if self.cursor_query_param not in request.query_params:
                raise
            raise exceptions.NotFound(self.invalid_cursor_message) from broken


def explain(exc: Exception, context: dict[str, object]) -> Response | None:
    """RuleBroken becomes 409 `{code, detail}` with the very sentence the page shows."""
    if isinstance(exc, RuleBroken):
        return Response({"code": exc.code, "detail": str(exc)}, status=status.HTTP_409_CONFLICT)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    response = drf_handler(exc, context)
    if response is not None and isinstance(exc, exceptions.APIException) and isinstance(response.data, dict):
        response.data.setdefault("code", getattr(exc, "default_code", "error"))
    return response


class KeyReused(RuleBroken):
    code = "idempotency_key_reused"
    message = _("This idempotency key was used for another request. Take a new key.")


class BadKey(exceptions.ValidationError):
    default_detail = _("Idempotency-Key must be 8 to 100 printable ASCII characters.")


def _key_of(request: Request) -> str:
    """As it is stored. A machine's key is that of its organisation: two organisations with one manager never meet."""
    key = request.headers.get("Idempotency-Key", "")
    if key and not (8 <= len(key) <= 100 and key.isascii() and key.isprintable()):  # noqa: PLR2004
        raise BadKey
    within = getattr(request.auth, "organisation_id", None)
    return hashlib.sha256(f"{within}|{key}".encode()).hexdigest() if key and within else key


def idempotent(view: Callable[..., Response]) -> Callable[..., Response]:
    """The same Idempotency-Key and body give the same answer once; another body under that key gives 409.

    The answer is stored in the transaction of the work. Put it below @api_view. Without the header the view runs plainly.
    """

    @wraps(view)
    def once(request: Request, *args: object, **kwargs: object) -> Response:
        key = _key_of(request)
        if not key:
            return view(request, *args, **kwargs)
        body = hashlib.sha256(request.get_full_path().encode() + b"\n" + request.method.encode())
        body.update(
            str(sorted(request.data.items()) if hasattr(request.data, "items") else request.data).encode(
                "utf-8", "surrogatepass"
            )
        )
        try:
            with transaction.atomic():
                replay = Replay.objects.create(
                    user=request.user,
                    province_id=request.user.province_id,
                    key=key,
                    body=body.digest(),
                    at=clock.now(),
                )
                response = view(request, *args, **kwargs)
                replay.status, replay.answer = response.status_code, response.data
                replay.save(update_fields=["status", "answer"])
                return response
        except IntegrityError as broken:
            if "replay_once" not in str(broken):
                raise
        earlier = Replay.objects.get(user=request.user, key=key)
        if bytes(earlier.body) != body.digest():
            raise KeyReused
        return Response(earlier.answer, status=earlier.status)

    return once
