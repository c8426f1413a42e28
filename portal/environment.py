"""What a deployer says through the environment, and the one sentence he gets when it is missing or unfit.

Secrets may be given as NAME or as NAME_FILE (a path), so that they need not stand in a process list.
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DEMO_SECRET = "demo-only-" + "0" * 54
"""Stands in for every secret outside production. Production refuses a value that holds it."""


def text(name: str, default: str = "") -> str:
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool = False) -> bool:
    return text(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def one_of(name: str, *values: str) -> str:
    """The value of NAME, which is one of these; the first where it is not given. Raises ImproperlyConfigured."""
    value = text(name, values[0])
    if value not in values:
        raise ImproperlyConfigured(f"{name} is one of: {', '.join(values)}. See docs/production.md.")
    return value


def needed(name: str, *, production: bool, default: str) -> str:
    """The value of NAME. In production it must be given and must not be a demo secret.

    Raises ImproperlyConfigured with the name and what to do.
    """
    value = text(name)
    if not production:
        return value or default
    if not value:
        raise ImproperlyConfigured(f"Production needs {name} (or {name}_FILE). See docs/production.md.")
    if "demo-only-" in value:
        raise ImproperlyConfigured(f"{name} holds the demo secret. Make a new one. See docs/production.md.")
    return value


def storage(url: str) -> dict[str, object]:
    """STORAGES entry for `file:///path` or `s3://key:secret@host:port/bucket?secure=0&region=…`.

    Raises ImproperlyConfigured for another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": unquote(parts.path), "base_url": None},
        }
    if parts.scheme != "s3":
        raise ImproperlyConfigured("STORAGE_URL must begin with file:// or s3://. See docs/production.md.")
    query = dict(parse_qsl(parts.query))
    scheme = "http" if query.get("secure") == "0" else "https"
    host = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.path.strip("/"),
            "endpoint_url": f"{scheme}://{host}",
            "access_key": unquote(parts.username or ""),
            "secret_key": unquote(parts.password or ""),
            "region_name": query.get("region", "us-east-1"),
            "file_overwrite": False,
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": 300,
            # a film that is read goes through a file, not through memory
            "max_memory_size": 8 * 1024 * 1024,
        },
    }
