"""A modest brake on guessing: the code is 130 random bits, so this only keeps a script from being a burden."""

import hashlib
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

A_MINUTE = 60
"""Questions of one address in one minute. A whole office may share an address."""


def too_many(request: HttpRequest) -> bool:
    """Count this question; whether its address has asked too often in this minute."""
    address = get_adapter().get_client_ip(request)
    minute = int(time.time() // 60)
    key = "verify:" + hashlib.sha256(f"{address}|{minute}".encode()).hexdigest()[:32]
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) > A_MINUTE
    except ValueError:  # swept away in this very moment
        return False
