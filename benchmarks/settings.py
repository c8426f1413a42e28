"""The portal's own settings, with the bare pages beside its pages."""

from portal.settings import *  # noqa: F403 - settings are all of them

ROOT_URLCONF = "benchmarks.urls"
DEMO = False
"""As where it is deployed: no clock that is moved, no ribbon."""
