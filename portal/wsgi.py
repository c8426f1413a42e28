import os

from django.core.wsgi import get_wsgi_application

from portal.garbage import collect_seldom

os.environ.setdefault("ZHIXUN_MODE", "production")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()
collect_seldom()
