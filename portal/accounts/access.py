"""Who may do what. Views and API ask here; selectors narrow by `provinces_of`.

Whoever holds a role works under the staff rules: a second factor, 15 idle minutes, 12 hours.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Final

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from portal import clock
from portal.accounts.models import Appointment, User
from portal.accounts.roles import SCOPES, Role, Scope


class _All:
    """Every province: what a nation-wide role sees. `code in ALL` is always true."""

    def __contains__(self, code: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True


ALL: Final = _All()


def live_appointments(user: User) -> list[Appointment]:
    """The appointments in force today, read once per request and user object."""
    if not user.is_authenticated:
        return []
    if not hasattr(user, "_live_appointments"):
        today = clock.today(clock.now())
        rows = user.appointments.filter(valid_from__lte=today).filter(
            Q(valid_to=None) | Q(valid_to__gte=today)
        )
        user._live_appointments = list(rows.select_related("organisation"))  # noqa: SLF001 - a cache of our own
    return user._live_appointments  # noqa: SLF001


def has_role(user: User, *roles: Role, province: str | None = None, organisation: int | None = None) -> bool:
    """Whether one of `roles` is held, over this province code and this organisation id where they are given."""
    return any(
        a.role in roles
        and (province is None or a.role in SCOPES[Scope.NATION] or _province_code(a) == province)
        and (organisation is None or a.organisation_id in (None, organisation))
        for a in live_appointments(user)
    )


def _province_code(appointment: Appointment) -> str | None:
    if appointment.organisation is not None:
        return appointment.organisation.province_id
    return appointment.province_id


def is_staff(user: User) -> bool:
    return bool(live_appointments(user))


def provinces_of(user: User, *roles: Role) -> "set[str] | _All":
    """Codes of the provinces in which one of `roles` is held; ALL for a nation-wide role."""
    held = [a for a in live_appointments(user) if a.role in roles]
    if any(a.role in SCOPES[Scope.NATION] for a in held):
        return ALL
    return {code for a in held if (code := _province_code(a))}


def organisations_of(user: User, *roles: Role) -> set[int]:
    return {a.organisation_id for a in live_appointments(user) if a.role in roles and a.organisation_id}


def counties_of(user: User) -> set[str]:
    """Codes of the counties at whose desk the user sits; "" for a desk of the whole province."""
    return {a.county for a in live_appointments(user) if a.role == Role.COUNTY_DESK}


def in_provinces(rows: QuerySet, provinces: "set[str] | _All", field: str = "province_id") -> QuerySet:
    """Narrow rows to what `provinces_of` allows."""
    return rows if provinces is ALL else rows.filter(**{f"{field}__in": provinces})


def _second_factor_missing(request: HttpRequest) -> bool:
    """Staff sign in with a second factor (authenticator app or passkey). django-allauth notes in the session how."""
    if request.session.get("account_authentication_methods_user") != str(request.user.pk):
        return True
    methods = request.session.get("account_authentication_methods", [])
    return not any(method.get("method") == "mfa" for method in methods)


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect(reverse("account_login") + "?" + urlencode({"next": request.get_full_path()}))
        return view(request, *args, **kwargs)

    return guarded


def needs_role(*roles: Role) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Visitors are sent to sign in, wrong roles get a 404, staff without a second factor are sent to set one up."""

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        @signed_in
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not has_role(request.user, *roles):
                raise Http404
            if _second_factor_missing(request):
                return redirect("accounts:second_factor")
            return view(request, *args, **kwargs)

        guarded.roles = frozenset(roles)
        return guarded

    return guard


def may(request: HttpRequest, roles: Iterable[Role]) -> bool:
    """For the API: one of `roles` is held and the second factor was used in this session."""
    return has_role(request.user, *roles) and not _second_factor_missing(request)
