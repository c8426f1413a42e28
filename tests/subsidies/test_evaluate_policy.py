"""The command as a stranger runs it: files in, JSON out, one sentence when something is wrong, no servers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "subsidies/data/policy_a.json"
CASES = Path(__file__).parent / "cases/claims_public.json"


def run(*arguments, given=b"", **environment):
    clean = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.run(
        [sys.executable, "manage.py", "evaluate_policy", *map(str, arguments)],
        cwd=ROOT,
        input=given,
        capture_output=True,
        check=False,
        env=clean | environment,
    )


def test_a_list_of_cases_gives_a_list_of_records():
    done = run("--policy", POLICY, "--facts", CASES)
    assert done.returncode == 0, done.stderr.decode()
    cases = json.loads(CASES.read_text())
    records = json.loads(done.stdout)
    assert [record["amount_fen"] for record in records] == [case["expected"]["amount_fen"] for case in cases]


def test_one_object_gives_one_record_from_standard_input():
    facts = json.dumps(json.loads(CASES.read_text())[0]["facts"]).encode()
    done = run("--policy", POLICY, "--facts", "-", given=b"\xef\xbb\xbf" + facts)
    assert json.loads(done.stdout)["outcome"] == "APPROVE"


def test_a_terminal_without_chinese_gets_escapes():
    done = run("--policy", POLICY, "--facts", CASES, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert json.loads(done.stdout)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b"{", "is not JSON"),
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not UTF-8"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": 1, "a": 2}', "there twice"),
        (b"[" * 100000, "nested too deeply"),
        (b"[1]", "Item 1 of the facts file"),
        (b"[" + b"9" * 5000 + b"]", "too long"),
    ],
)
def test_bad_input_gets_one_sentence(given, sentence):
    done = run("--policy", POLICY, "--facts", "-", given=given)
    assert done.returncode == 1
    assert sentence in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert not done.stdout


def test_missing_files_and_twice_standard_input_get_one_sentence(tmp_path):
    for arguments in (
        ("--policy", tmp_path / "none", "--facts", CASES),
        ("--policy", tmp_path, "--facts", CASES),
        ("--policy", "-", "--facts", "-"),
        ("--policy", CASES, "--facts", CASES),
    ):
        done = run(*arguments)
        assert done.returncode == 1
        assert done.stderr.decode().count("\n") == 1
    assert run().returncode == 2
