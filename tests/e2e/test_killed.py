"""Web process and PostgreSQL are killed under players that tell: nothing that was acknowledged is lost."""

import json
import os
import subprocess
import sys

from tests.e2e.stack import ROOT


def test_no_acknowledged_beat_is_lost_when_processes_are_killed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--only-beats", "--courses", "320", "--rounds", "1"],
        cwd=ROOT,
        env={**os.environ, "ZHIXUN_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["checks"]["killed"]
    assert found["acknowledged"] > 0
    assert found["told_again"] > 0, "nobody noticed that anything was killed"
    assert found["lost"] == 0
