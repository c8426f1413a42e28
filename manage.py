#!/usr/bin/env python
"""Run a management command. Without ZHIXUN_MODE this is the demo; servers choose production (portal/wsgi.py)."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("ZHIXUN_MODE", "demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    execute_from_command_line(sys.argv)
