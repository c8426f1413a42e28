"""docs/partner-api.md does what it says: every command in it is run, and its verifying example verifies."""

import json
import re
import subprocess
import time
from pathlib import Path

import pytest

from courses import posting
from courses.models import Course, PartnerCall
from courses.workflow import EVENTS
from tests.e2e.test_partner_pushes import partner  # noqa: F401 - the fixture

PAGE = (Path(__file__).parents[2] / "docs" / "partner-api.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


def test_every_command_of_the_page_works(partner, tmp_path):  # noqa: F811
    script = "set -e\n" + "\necho; echo ---\n".join(
        [f"export ZHIXUN=http://127.0.0.1:{partner.line.port} KEY={partner.token}", *COMMANDS[1:]]
    )
    done = subprocess.run(
        ["bash", "-c", script.replace("curl ", "curl --silent --show-error --noproxy '*' ")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = [json.loads(part) for part in done.stdout.split("\n---\n")[1:]]
    listed, put, stands, submitted, many, log = said
    assert listed["results"] == []
    assert (put["fate"], stands["missing"], submitted["version_state"]) == ("created", [], "under_review")
    assert many["counts"] == {"created": 1}
    assert len(log["results"]) == 5
    assert Course.objects.count() == 2
    assert PartnerCall.objects.count() == 5


def test_the_verifying_example_verifies():
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    room = {}
    exec(example, room)  # noqa: S102 - our own page
    secret, other = posting.new_secret(), posting.new_secret()
    headers = posting.signed_headers([other, secret], "msg_1", int(time.time()), b"{}")
    assert room["verified"](secret, headers, b"{}")
    assert not room["verified"](secret, headers, b"{ }")
    assert not room["verified"](posting.new_secret(), headers, b"{}")
    old = posting.signed_headers([secret], "msg_1", int(time.time()) - 600, b"{}")
    assert not room["verified"](secret, old, b"{}")


@pytest.mark.parametrize("event", EVENTS)
def test_the_page_names_every_event(event):
    assert f"`{event}`" in PAGE
