"""Find Chromium for the journeys, or install it with apt where that is permitted; else one sentence and failure.

    .venv/bin/python tests/chromium.py

CHROMIUM names one that lies elsewhere.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "The journeys need a browser: install Chromium (Debian: apt-get install chromium), "
    "or name yours: make test CHROMIUM=/path/to/chromium"
)


def find() -> str | None:
    """The browser's path, or None. A stub that only tells of a snap to install is not one."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [path for name in NAMES if (path := shutil.which(name))]
    for path in candidates:
        try:
            told = subprocess.run(
                [path, "--version"], capture_output=True, text=True, check=False, timeout=30
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if told.returncode == 0 and "Chrom" in told.stdout:
            return path
    return None


def install() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("  Installing Chromium with apt (only this once) …", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *words], env=quiet, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    if find() is None:
        install()
    sys.exit(None if find() else MISSING)
