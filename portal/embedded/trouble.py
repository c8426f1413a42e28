"""One sentence for a person when a server cannot be started or kept."""

import errno
import os
import shutil
from pathlib import Path

ROOM_BYTES = 300 * 1024 * 1024
"""A new cluster takes about 70 MB, its first journal 80 MB, the demo world the rest."""


class CannotStart(Exception):  # noqa: N818 -- reads as the sentence it carries
    """Why a server, or the whole demo, does not start, and what to do about it: one sentence for the terminal."""


def make_directory(path: Path, mode: int = 0o700) -> None:
    """Make `path` and its parents; raises CannotStart when that is not permitted or there is no room."""
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(sentence_of(error, path)) from error


def need_room(path: Path, room_bytes: int = ROOM_BYTES) -> None:
    free = shutil.disk_usage(path).free
    if free < room_bytes:
        raise CannotStart(
            f"The disk that holds {path} is full: {free // 2**20} MB are free and "
            f"{room_bytes // 2**20} MB are needed. Free some space and start again."
        )


def sentence_of(error: OSError, path: Path) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"The disk that holds {path} is full. Free some space and start again."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"{path} may not be written by {_me()}. Give that account the directory, or start as its owner."
        case _:
            return f"{path} cannot be used: {os.strerror(error.errno or 0)}."


def sentence_of_log(log_text: str, what: str, log: Path) -> str:
    """What a server's own last words mean, with the place of its log for whoever wants them all."""
    if "No space left on device" in log_text:
        return f"The disk that holds {log.parent} is full, so {what} did not start. Free some space and start again."
    if "Permission denied" in log_text:
        return f"{what} may not write in {log.parent}. Give {_me()} that directory and start again."
    if "Cannot allocate memory" in log_text or "could not map anonymous shared memory" in log_text:
        return f"There is not enough free memory for {what} (about 300 MB are needed)."
    last = next((line for line in reversed(log_text.splitlines()) if line.strip()), "it said nothing")
    return f"{what} did not start: {last.strip()} (all of it: {log})"


def _me() -> str:
    return f"user {os.geteuid()}"
