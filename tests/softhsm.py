"""Find SoftHSM 2, a PKCS #11 device in software, or install it with apt where that is permitted; else one sentence and failure.

    .venv/bin/python tests/softhsm.py

SOFTHSM2_MODULE names a library that lies elsewhere.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

TOOL = "softhsm2-util"
FOLDERS = (
    "/usr/lib/softhsm",
    "/usr/lib64/softhsm",
    "/usr/lib64/pkcs11",
    "/usr/local/lib/softhsm",
    "/usr/lib",
)
MISSING = (
    "The tests of keys in devices need SoftHSM 2: install it (Debian: apt-get install softhsm2), "
    "or name its library: make test SOFTHSM2_MODULE=/path/to/libsofthsm2.so"
)


def find() -> str | None:
    """The library's path, or None. Its tool that makes tokens is needed, too."""
    if not shutil.which(TOOL):
        return None
    named = os.environ.get("SOFTHSM2_MODULE")
    candidates = [named] if named else [f"{folder}/libsofthsm2.so" for folder in FOLDERS]
    return next((path for path in candidates if Path(path).is_file()), None)


def install() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("  Installing SoftHSM with apt (only this once) …", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "softhsm2"]):
        subprocess.run(["apt-get", *words], env=quiet, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    if find() is None:
        install()
    sys.exit(None if find() else MISSING)
