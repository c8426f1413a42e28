"""Who may ask the API. The default is nobody: each view says so itself when it answers more people."""

from django.http import HttpRequest
from rest_framework.permissions import BasePermission

from portal.accounts.access import may
from portal.accounts.roles import Role


class Nobody(BasePermission):
    """The default: a view that names no permission answers nobody."""

    def has_permission(self, request: HttpRequest, view: object) -> bool:
        return False


class Public(BasePermission):
    def has_permission(self, request: HttpRequest, view: object) -> bool:
        return True


class SignedIn(BasePermission):
    def has_permission(self, request: HttpRequest, view: object) -> bool:
        return bool(request.user and request.user.is_authenticated)


def NeedsRole(*roles: Role) -> type[BasePermission]:  # noqa: N802 - it makes a class
    """A permission class: one of `roles`, with the second factor used in this session."""

    class _NeedsRole(SignedIn):
        def has_permission(self, request: HttpRequest, view: object) -> bool:
            return super().has_permission(request, view) and may(request, roles)

    _NeedsRole.roles = frozenset(roles)
    return _NeedsRole
