import os

import django

from portal.garbage import collect_seldom
from portal.shortcut import Handler

os.environ.setdefault("ZHIXUN_MODE", "production")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

django.setup(set_prefix=False)
application = Handler()
collect_seldom()
