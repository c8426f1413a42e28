"""A browser and a whole stack for the journeys; one of each for the run."""

import os
from contextlib import ExitStack

import pytest
from playwright.sync_api import sync_playwright

from tests import packages
from tests.e2e.stack import running
from tests.e2e.walking import Walker

# the browser's driver keeps a loop in this thread, and Django refuses to ask a database beside a loop
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    with running(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture(scope="session")
def launch():
    """Starts a browser; `without` are switches of Playwright's own that it shall not have."""
    path = packages.needed("chromium")
    with sync_playwright() as playwright, ExitStack() as ends:

        def launch(*without):
            browser = playwright.chromium.launch(
                executable_path=path,
                # root needs no-sandbox; films play without a gesture
                args=[
                    "--no-sandbox",
                    "--autoplay-policy=no-user-gesture-required",
                    "--disable-dev-shm-usage",
                ],
                ignore_default_args=list(without),
            )
            ends.callback(browser.close)
            return browser

        yield launch


@pytest.fixture(scope="session")
def browser(launch):
    return launch()


@pytest.fixture
def walker(stack, browser, request):
    """`walker()` opens a fresh browser for somebody; what it saw is kept when the test fails."""
    walkers = []

    def open_one(of=browser, **options):
        walkers.append(Walker.begin(stack, of, **options))
        return walkers[-1]

    yield open_one
    for someone in walkers:
        someone.page.context.close()
        assert someone.complaints == [], "the browser's console or the network complained"
