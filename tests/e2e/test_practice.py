"""A learner films work at the bench with a phone; two people mark it, each alone; the learner reads what they say."""

import re
import subprocess

import pytest
from playwright.sync_api import expect

from courses import media
from portal.demo.people import BY_KEY, PASSWORD
from portal.embedded import processes
from tests.e2e.walking import Walker

LEARNER = """
from learners.services.enrolment import enrol
from portal import clock
from portal.accounts import services
from portal.accounts.models import Province, User
at = clock.now()
user = User(display_name="欧阳·𠮷祥", joined_at=at, phone_verified_at=at)
user.phone = "+8613900000077"; user.set_password("zhixun-demo-only"); user.save()
services.register_real_name(user, name="欧阳·𠮷祥", number="520102199003079238",
    province=Province.objects.get(code="520000"), agreed=True, at=at)
print("enrolled", enrol(user, "GZ-BENCH", at=at).pk)
"""
DRAWN = """
SELECT u.display_name, a.id FROM learners_assessment a
JOIN learners_submission s ON s.uid = a.submission_id JOIN learners_enrolment e ON e.id = s.enrolment_id
JOIN accounts_user u ON u.id = a.assessor_id
WHERE e.id = %s AND a.state = 'open' ORDER BY a.seat
"""
ARRIVED = "SELECT received FROM courses_film WHERE purpose = 'practice' ORDER BY created_at DESC LIMIT 1"
PIECE = 1024 * 1024
SLOW = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 250_000}
KEY_OF = {BY_KEY[key].name: key for key in ("instructor", "assessor", "assessor_second")}


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """As phones store it that were held upright; a little over a megabyte, so that it takes two pieces."""
    path = tmp_path_factory.mktemp("work") / "我的焊缝𠮷.mp4"
    command = [media.ffmpeg(), "-y", "-loglevel", "error", "-f", "lavfi"]
    command += ["-i", "testsrc2=size=360x640:rate=15:duration=8", "-c:v", "libx264", "-preset", "ultrafast"]
    command += ["-b:v", "1800k", "-minrate", "1800k", "-maxrate", "1800k", "-bufsize", "1800k"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", str(path)], check=True)
    return path


def test_from_the_bench_to_the_feedback(stack, browser, film):
    number = int(re.search(r"enrolled (\d+)", stack.manage("shell", "-c", LEARNER))[1])
    learner = Walker.begin(stack, browser, narrow=True)
    page = learner.page
    learner.go("/accounts/login/")
    page.get_by_text("Sign in with a password", exact=True).click()
    page.locator("#id_login").fill("13900000077")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    task = f"/learn/{number}/practice/seam/"
    learner.go(task)
    learner.sees("The visor is down before the arc is struck")
    learner.is_in_order()
    _sends(learner, film)
    learner.is_in_order()
    page.get_by_label(re.compile("I declare that the film")).check()
    learner.button("Hand in the film").click()
    learner.sees("Two assessors look at it")
    drawn = stack.sql(DRAWN, (number,))
    assert len({name for name, _paper in drawn}) == 2
    for name, paper in drawn:
        _marks(Walker.begin(stack, browser).sign_in(KEY_OF[name]), paper)
    learner.go(task)
    learner.link("What the assessors say").click()
    learner.heading("What the assessors say")
    learner.sees("66% reached, 60% needed")
    learner.is_in_order()
    moment = page.locator("a[data-moment='2']").first
    moment.click()
    page.wait_for_function("Math.abs(document.querySelector('video').currentTime - 2) < 0.5")


def _sends(learner, film):
    """Over a slow line, with the page closed in the middle: the same file, chosen again, goes on where it stopped."""
    page = learner.page
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#id_film").set_input_files(film)
    learner.button("Send the film").click()
    assert processes.wait_until(lambda: learner.stack.sql(ARRIVED)[0][0] >= PIECE, 60)
    page.reload()
    learner.sees("To go on, choose the same file again below.")
    page.locator("#id_film").set_input_files(film)
    learner.button("Send the film").click()
    expect(page.get_by_text("Watch it once")).to_be_visible(timeout=180_000)
    assert learner.stack.sql(ARRIVED) == [(film.stat().st_size,)]


def _marks(assessor, paper):
    assessor.go(f"/learn/papers/{paper}/")
    assessor.is_in_order()
    page = assessor.page
    for n in range(1, 5):
        page.locator(f"input[name=level-{n}][value='2']").check()
        page.locator(f"#at-{n}").fill("0:02")
        page.locator(f"#why-{n}").fill("Steady hand.")
    for n in range(1, 4):
        page.locator(f"input[name=broken-{n}][value=no]").check()
    assessor.button("Hand in the paper").click()
    assessor.sees("Handed in. Thank you.")
