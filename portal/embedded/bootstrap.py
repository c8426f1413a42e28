"""Make `.venv` and install the pinned packages; then there is something to run the rest with.

    python3 portal/embedded/bootstrap.py [--dev]

Run by file, with whatever python3 the machine has, before anything is installed: only the standard library, and
nothing that Python 3.6 cannot read, since it is the old one that has to say that it is too old.
A second run finds its stamp and does nothing.
"""

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = ROOT / "var" / "log" / "install.log"
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
NO_VENV = "This Python has no venv. On Debian and Ubuntu install it with: apt-get install python3-venv"
NO_NETWORK = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeout",
    "Temporary failure in name resolution",
)


class Refused(Exception):  # noqa: N818 -- reads as the sentence it carries
    """One sentence for the terminal."""


def main(words: list) -> None:
    if sys.version_info[:2] < OLDEST:
        start_again_with_a_newer_python(words)
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise Refused(
            "The servers that come with Zhixun are built for Linux on x86-64; this is another machine."
        )
    dev = "--dev" in words
    names = ["requirements.txt", "requirements-dev.txt"] if dev else ["requirements.txt"]
    stamp = VENV / f"installed-{digest_of(names)}"
    if stamp.exists() and works():
        return
    make_venv()
    install(names[-1])
    stamp.touch()


def start_again_with_a_newer_python(words: list) -> None:
    for name in NEWER:
        path = shutil.which(name)
        if path:
            os.execv(path, [path, str(Path(__file__).resolve()), *words])  # noqa: S606 -- a Python, found by name
    raise Refused(
        f"Zhixun needs Python 3.11 or newer, and {sys.executable} is {platform.python_version()}. "
        "Install one, or name it: make demo PYTHON=/path/to/python3"
    )


def digest_of(names: list) -> str:
    digest = hashlib.sha256(sys.version.encode() + sysconfig.get_platform().encode())
    for name in names:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()[:16]


def works() -> bool:
    """Is there an environment with a pip that answers? An interrupted `venv` leaves one without."""
    if not PYTHON.exists():
        return False
    return subprocess.call([str(PYTHON), "-c", "import pip"], stderr=subprocess.DEVNULL) == 0  # noqa: S603 -- our own


def make_venv() -> None:
    if works():
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise Refused(NO_VENV)
    say("Making .venv …")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)], "The virtual environment was not made")


def install(requirements: str) -> None:
    say(f"Installing the packages of {requirements} (the first time takes a minute or two) …")
    words = [
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "-r",
        str(ROOT / requirements),
    ]
    run([str(PYTHON), *words], "The packages were not installed")


def run(command: list, what: str) -> None:
    """Run with its words in var/log/install.log and, at a terminal, the last of them in sight."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    shown = sys.stdout.isatty()
    lines = []
    with (
        LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen(  # noqa: S603 -- our own commands
            command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
        ) as child,
    ):
        for line in child.stdout or ():
            lines.append(line)
            log.write(line)
            if shown:
                sys.stdout.write("\r\033[K    " + line.strip()[:70])
                sys.stdout.flush()
    if shown:
        sys.stdout.write("\r\033[K")
    if child.returncode != 0:
        raise Refused(what_went_wrong("".join(lines), what))


def what_went_wrong(text: str, what: str) -> str:
    if "No space left on device" in text:
        return f"The disk that holds {ROOT} is full. Free about 1 GB and start again."
    if "ensurepip" in text:
        return NO_VENV
    if any(sign in text for sign in NO_NETWORK):
        return (
            f"{what}: no package index can be reached from here. Look at the network, or set PIP_INDEX_URL."
        )
    errors = [line.strip() for line in text.splitlines() if line.lower().startswith("error")]
    return f"{what}: {errors[-1] if errors else 'it gave no reason'} (all of it: {LOG})"


def say(text: str) -> None:
    sys.stdout.write(f"  {time.strftime('%H:%M:%S')}  {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refused as sentence:
        sys.exit(str(sentence))
    except OSError as error:
        sys.exit(f"{error.filename or ROOT}: {error.strerror}. Mend that and start again.")
    except KeyboardInterrupt:
        sys.exit("\nStopped. Start again and it goes on from here.")
