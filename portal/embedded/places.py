"""Where things of one run lie, and how long the name of a Unix socket may be."""

import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

from portal.embedded.trouble import CannotStart

ROOT = Path(__file__).resolve().parents[2]

SOCKET_NAME_BYTES = 107
"""Linux: sun_path holds 108 bytes with the closing zero. Longer names fail in bind() and connect()."""


def var_directory() -> Path:
    """ZHIXUN_VAR if given; `var/test-<ZHIXUN_TEST_NAME>` when ZHIXUN_MODE is test; else `var`. Always absolute."""
    if given := os.environ.get("ZHIXUN_VAR"):
        return Path(given).resolve()
    if os.environ.get("ZHIXUN_MODE") == "test":
        name = re.sub(r"[^a-z0-9]+", "-", os.environ.get("ZHIXUN_TEST_NAME", "default").lower()).strip("-")
        return ROOT / "var" / f"test-{name or 'default'}"
    return ROOT / "var"


def socket_directory(home: Path, socket_name: str) -> Path:
    """`home`, or, where `home/socket_name` would be too long a name for a socket, a short directory of our own
    under the system's temporary directory, named by user and by a digest of `home`: the same question always
    has the same answer, so nobody has to be told.
    """
    if len(os.fsencode(home / socket_name)) <= SOCKET_NAME_BYTES:
        return home
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"zhixun-{os.geteuid()}-{digest}"


def make_private(directory: Path, owner: tuple[int, int] | None = None) -> None:
    """Make `directory` open to its owner only, given to `owner` (uid, gid) where root asks.

    Raises CannotStart if somebody else made it first: temporary directories are shared ground.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise CannotStart(f"{directory} is in the way: it is not a directory. Remove it and start again.")
        if found.st_uid not in {os.geteuid(), owner[0] if owner else os.geteuid()}:
            raise CannotStart(
                f"{directory} belongs to user {found.st_uid}, and this is user {os.geteuid()}. "
                "Start as that user, or remove the directory."
            )
        directory.chmod(0o700)
        if owner and os.geteuid() == 0:
            os.chown(directory, *owner)
    except OSError as error:
        raise CannotStart(f"{directory} cannot be made or used: {error.strerror}.") from error
