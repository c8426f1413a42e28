"""A test client for which reading never writes, and what the database refuses."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.test import Client

WRITES = re.compile(
    r"^\s*(?:WITH\b.*?\)\s*)?(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO)\s+\"?(\w+)",
    re.IGNORECASE | re.DOTALL,
)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
HOUSEKEEPING = {
    "django_session": "a session notes when its holder was last seen, and forgets messages once shown",
    "courses_partnerkey": "a partner's key notes its pace",
    "courses_partnercall": "a partner's reads stand in its log too",
    "portal_cache": "django-allauth counts tries per address, also of pages that only show",
}


def refuse_writes(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    found = WRITES.match(str(sql))
    if found and found[2].lower() not in HOUSEKEEPING:
        raise AssertionError(f"A GET wrote: {str(sql)[:200]}")
    return execute(sql, params, many, context)


class Reader(Client):
    """Django's client; a GET that writes anything but housekeeping fails the test."""

    def request(self, **request: Any) -> Any:
        if request.get("REQUEST_METHOD", "GET") not in SAFE_METHODS:
            return super().request(**request)
        with connection.execute_wrapper(refuse_writes):
            return super().request(**request)


def refused(name: str, act: Callable[[], object]) -> None:
    """The database refuses it by the constraint or the trigger of this name."""
    with pytest.raises((IntegrityError, InternalError), match=name), transaction.atomic():
        act()
