"""Each import contract is worth something: a wrong import, written into a copy, breaks it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("portal", "courses", "learners", "certificates", "subsidies")
WRONG = {
    "calls go down, never up": ("courses/selectors/__init__.py", "import learners.selectors"),
    "Inside an app": ("subsidies/workflow/claims.py", "import subsidies.services"),
    "Another app is asked through its services and selectors": (
        "learners/services/__init__.py",
        "import courses.models",
    ),
    "The learners' models": ("certificates/services/__init__.py", "import learners.models"),
    "The certificates' models": ("subsidies/selectors/__init__.py", "import certificates.models"),
    "The subsidies' models": ("portal/urls.py", "import subsidies.models"),
    "Rules of money, time and standards are plain Python": ("learners/counting.py", "import django.db"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    root = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            root / package,
            ignore=lambda _d, names: [n for n in names if not n.endswith(".py") and "." in n],
        )
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.mark.parametrize("sentence", WRONG)
def test_a_wrong_import_breaks_its_contract(copy, sentence):
    name, line = WRONG[sentence]
    path = copy / name
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept + f"\n{line}\n", encoding="utf-8")
    try:
        done = subprocess.run(
            [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        path.write_text(kept, encoding="utf-8")
    broken = " ".join(done.stdout.split("Broken contracts")[-1].split())
    assert done.returncode == 1, done.stdout
    assert sentence in broken
