"""Become a server: drop root, ask to die with the parent, and run the command in this process's place.

    python launch.py [--user UID:GID] [--reach] [--with-parent SIGNAL PID] -- COMMAND…

PostgreSQL refuses to run as root. A new user would change the machine, so root lends the server an account that
every Linux has. With --reach the server also keeps CAP_DAC_OVERRIDE, because a clone in /root or in a mkdtemp
directory lies behind doors (0700) that only root can pass. The way through `prctl` and not `preexec_fn`: the latter
is not safe in a process with threads.
"""

import argparse
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


def ask(name: str, *arguments: object) -> None:
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def become(uid: int, gid: int, *, reach: bool) -> None:
    if reach:
        ask("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if reach:
        mask = 1 << CAP_DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        # effective, permitted, inheritable; then the same for capabilities 32 and up
        sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
        ask("capset", header, sets)
        ask("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def die_with(parent: int, number: int) -> None:
    """Last of all: the kernel forgets this wish when the user changes."""
    ask("prctl", PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(f"the parent {parent} is gone already")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--user")
    parser.add_argument("--reach", action="store_true")
    parser.add_argument("--with-parent", nargs=2, metavar=("SIGNAL", "PID"))
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    if given.user:
        uid, gid = (int(part) for part in given.user.split(":"))
        become(uid, gid, reach=given.reach)
        os.environ["HOME"] = "/"
    if given.with_parent:
        name, parent = given.with_parent
        die_with(int(parent), signal.Signals[name])
    os.execv(given.command[0], given.command)  # noqa: S606 -- the command comes from this package


if __name__ == "__main__":
    main()
