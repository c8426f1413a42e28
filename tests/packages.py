"""What the tests need of the system: found, or installed with apt where that is permitted; else a sentence each, and failure.

.venv/bin/python tests/packages.py chromium softhsm poppler
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """`find` gives a path, or None; `missing` says what to do then."""

    debian: str
    find: Callable[[], str | None]
    missing: str

    def install(self) -> None:
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            return
        print(f"  Installing {self.debian} with apt (only this once) …", flush=True)
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", self.debian]):
            subprocess.run(["apt-get", *words], env=quiet, stdout=subprocess.DEVNULL, check=False)


def _chromium() -> str | None:
    """A stub that only tells of a snap to install is not one."""
    named = os.environ.get("CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    for path in [named] if named else filter(None, map(shutil.which, names)):
        try:
            told = subprocess.run(
                [path, "--version"], capture_output=True, text=True, check=False, timeout=30
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if told.returncode == 0 and "Chrom" in told.stdout:
            return path
    return None


def _softhsm() -> str | None:
    """The device's library. The tool that makes tokens is needed, too."""
    if not shutil.which("softhsm2-util"):
        return None
    named = os.environ.get("SOFTHSM2_MODULE")
    folders = (
        "/usr/lib/softhsm",
        "/usr/lib64/softhsm",
        "/usr/lib64/pkcs11",
        "/usr/local/lib/softhsm",
        "/usr/lib",
    )
    candidates = [named] if named else [f"{folder}/libsofthsm2.so" for folder in folders]
    return next((path for path in candidates if Path(path).is_file()), None)


def _poppler() -> str | None:
    """The folder of its tools."""
    found = [shutil.which(tool) for tool in ("pdfsig", "pdftotext", "pdffonts", "pdfinfo", "pdftoppm")]
    return str(Path(found[0]).parent) if all(found) else None


PACKAGES = {
    "chromium": Package(
        "chromium",
        _chromium,
        "The journeys need a browser: install Chromium (Debian: apt-get install chromium), "
        "or name yours: make test CHROMIUM=/path/to/chromium",
    ),
    "softhsm": Package(
        "softhsm2",
        _softhsm,
        "The tests of keys in devices need SoftHSM 2: install it (Debian: apt-get install softhsm2), "
        "or name its library: make test SOFTHSM2_MODULE=/path/to/libsofthsm2.so",
    ),
    "poppler": Package(
        "poppler-utils",
        _poppler,
        "The tests of papers need poppler's tools: install them (Debian: apt-get install poppler-utils).",
    ),
}


def needed(name: str) -> str:
    """Where it is. Raises LookupError with what to do."""
    found = PACKAGES[name].find()
    if found is None:
        raise LookupError(PACKAGES[name].missing)
    return found


def main(names: list[str]) -> str | None:
    for name in names:
        if PACKAGES[name].find() is None:
            PACKAGES[name].install()
    return "\n".join(PACKAGES[name].missing for name in names if PACKAGES[name].find() is None) or None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
