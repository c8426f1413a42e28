"""Settings for the three modes: demo, test, production (ZHIXUN_MODE).

Demo and test stand on the embedded servers under `var/`; production refuses to start on them.
What a deployer may say is listed in docs/production.md.
"""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls.converters import UUIDConverter
from django.utils.translation import gettext_lazy as _

from portal import embedded, enums
from portal import environment as env
from portal.embedded.places import var_directory
from portal.schedule import schedule

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env.text("ZHIXUN_MODE", "demo")
if MODE not in {"demo", "test", "production"}:
    raise ImproperlyConfigured(f"ZHIXUN_MODE is {MODE!r}; it must be demo, test or production.")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
DEBUG = False
VAR_DIR = var_directory()
DEMO_CLOCK = VAR_DIR / "clock"
"""By how many seconds the demo's clock was moved forward; read in demo mode only."""


def _needed(name: str, default: str) -> str:
    return env.needed(name, production=PRODUCTION, default=default)


# Secrets: see docs/decisions/0005-personal-numbers.md for how keys are named and changed.
SECRET_KEY = _needed("SECRET_KEY", env.DEMO_SECRET)
SEALING_KEYS = _needed("SEALING_KEYS", f"demo1:{env.DEMO_SECRET}")
INDEX_KEY = _needed("INDEX_KEY", env.DEMO_SECRET)
LINK_KEY = _needed("LINK_KEY", env.DEMO_SECRET)
CERTIFICATE_SIGNER = _needed("CERTIFICATE_SIGNER", f"file://{VAR_DIR}/signing/sample.p12")
CERTIFICATE_SIGNER_PASSWORD = _needed("CERTIFICATE_SIGNER_PASSWORD", env.DEMO_SECRET)
CERTIFICATE_SIGNER_CHAIN = env.text("CERTIFICATE_SIGNER_CHAIN")
if CERTIFICATE_SIGNER.startswith("pkcs11:") and not CERTIFICATE_SIGNER_CHAIN:
    raise ImproperlyConfigured(
        "A key in a device needs CERTIFICATE_SIGNER_CHAIN, a PEM file. See docs/production.md."
    )
CERTIFICATE_SIGNERS_EARLIER = env.text("CERTIFICATE_SIGNERS_EARLIER")
CERTIFICATE_TIMESTAMPS = env.text("CERTIFICATE_TIMESTAMPS")
CERTIFICATE_TIMESTAMPS_CHAIN = env.text("CERTIFICATE_TIMESTAMPS_CHAIN")
CERTIFICATE_PAPERS = env.one_of("CERTIFICATE_PAPERS", "bulk", "lazy")

ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,[::1],testserver")
SITE_URL = _needed("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "portal.accounts.apps.AccountsConfig",
    "portal.audit.apps.AuditConfig",
    "portal.notices.apps.NoticesConfig",
    "portal.owndata.apps.OwnDataConfig",
    "courses.apps.CoursesConfig",
    "learners.apps.LearnersConfig",
    "certificates.apps.CertificatesConfig",
    "subsidies.apps.SubsidiesConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "csp",
]

MIDDLEWARE = [
    "portal.shortcut.Shortcut",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.accounts.middleware.KeptNowhere",
    "portal.accounts.middleware.SpokenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.middleware.StaffSession",
    "portal.accounts.middleware.KnownDevice",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

SHORTCUTS = {rf"/api/learn/sessions/(?P<session_id>{UUIDConverter.regex})/beats/": "learners.api.play.tell"}
"""Answered before all other middleware: see portal/shortcut.py."""

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
                "learners.views.county_help.banner",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.templatetags.zhixun",
            ],
        },
    }
]
FORM_RENDERER = "portal.forms.Renderer"

# Data. The embedded PostgreSQL listens on a socket under var/; its two roles are made by portal.embedded.
_CLUSTER, _BROKER = embedded.here()
DATABASE_URL = _needed("DATABASE_URL", _CLUSTER.url(embedded.APP))
DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL") or ("" if PRODUCTION else _CLUSTER.url(embedded.OWNER))
AS_OWNER = env.flag("ZHIXUN_AS_OWNER")
"""Migrations and `secure_database` run as the role that owns the tables; nothing else does."""
if AS_OWNER and not DATABASE_OWNER_URL:
    raise ImproperlyConfigured("ZHIXUN_AS_OWNER needs DATABASE_OWNER_URL.")
DATABASES = {
    "default": dj_database_url.parse(
        DATABASE_OWNER_URL if AS_OWNER else DATABASE_URL, conn_max_age=300, conn_health_checks=True
    )
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
APP_ROLE = env.text("APP_ROLE", "zhixun_app")

REDIS_URL = _needed("REDIS_URL", _BROKER.url)
STORAGES = {
    "default": env.storage(_needed("STORAGE_URL", f"file://{VAR_DIR}/media")),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MODE != "test"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]

# Sign-in limits and the like must hold when Redis is gone, so the cache is a table. Redis carries messages only.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"}}

# Celery: a hung broker must never hang a page (every socket has a limit) nor lose work (see portal/celery.py).
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_TIMEOUT = 1.0
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 1.0,
    "socket_connect_timeout": 1.0,
    "max_retries": 0,
    "visibility_timeout": 900,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ROUTES = {"courses.tasks.make_films": {"queue": "films"}}
"""Making a film takes minutes: it waits in a queue of its own, so that nothing else waits behind it."""
CELERY_BEAT_SCHEDULE = schedule(30.0 if PRODUCTION else 2.0)
OWN_DATA_KEPT = timedelta(days=int(env.text("OWN_DATA_KEPT_DAYS", "7")))
"""A copy of somebody's data, from when it is ready on."""
EVIDENCE_PACKS_KEPT = timedelta(days=int(env.text("EVIDENCE_PACKS_KEPT_DAYS", "7")))
"""The evidence of one claim that an auditor asked for, from when it is ready on."""
GROUP_PAPERS_KEPT = timedelta(days=int(env.text("GROUP_PAPERS_KEPT_DAYS", "30")))
"""Papers that prove a key group, from the office's decision on. Their digest and what was seen stay."""
ROSTERS_KEPT = timedelta(days=int(env.text("ROSTERS_KEPT_DAYS", "30")))
"""Sealed rows of a list of staff, from its end on. Its counts and audit trail stay."""
INVITATIONS_KEPT = timedelta(days=int(env.text("INVITATIONS_KEPT_DAYS", "90")))
"""Who was invited, from the invitation on, where it did not come to an agreement that still holds."""
ARRIVALS_KEPT = timedelta(days=int(env.text("ARRIVALS_KEPT_DAYS", "365")))
"""People brought in from a former platform who did not register, from the beginning of their file on."""
SIGN_INS_KEPT = timedelta(days=int(env.text("SIGN_INS_KEPT_DAYS", "180")))
"""From which device and network somebody signed in, as keyed digests, from the sign-in on."""
EARLIER_ENROLMENTS = "learners.services.earlier"
"""Who keeps what people began on a former platform: takes it up when they register, forgets it with them."""
IMPORTS_KEPT = timedelta(days=int(env.text("IMPORTS_KEPT_DAYS", "180")))
"""Files and rows of an import, from its end on. Its counts and audit trail stay."""
PRACTICE_FILMS_KEPT = timedelta(days=int(env.text("PRACTICE_FILMS_KEPT_DAYS", "1095")))
"""Learners' films of their own work, from the decision on. Marks and comments stay."""
DELIVERIES_KEPT = timedelta(days=int(env.text("DELIVERIES_KEPT_DAYS", "90")))
"""Webhook messages that are over."""

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portal.accounts.signed_in.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "portal.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.entrance.EntranceAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 600
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "20/m/ip", "login_failed": "5/m/key,20/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"login_webauthn": "portal.accounts.forms.PasskeyLoginForm"}
MFA_TOTP_ISSUER = "Zhixun"
MFA_TOTP_TOLERANCE = 1
MFA_ADAPTER = "portal.accounts.adapter.SecondFactorAdapter"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
ALLAUTH_TRUSTED_PROXY_COUNT = int(env.text("TRUSTED_PROXIES", "0"))
STAFF_IDLE = timedelta(minutes=15)
STAFF_ABSOLUTE = timedelta(hours=12)
CONSENT_VERSION = "2026-11"

# The outside world: each is a port; see portal/accounts/ports.py
SMS_PORT = env.text("SMS_PORT", "" if PRODUCTION else "portal.accounts.sms.Recorder")
SMS_HTTP_URL = env.text("SMS_HTTP_URL")
SMS_HTTP_TOKEN = env.text("SMS_HTTP_TOKEN")
MAIL_PORT = env.text(
    "MAIL_PORT", "portal.notices.mail.Smtp" if PRODUCTION else "portal.notices.mail.Recorder"
)
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env.text("EMAIL_PORT", "25"))
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "zhixun@localhost")
NOTICE_SMS_A_DAY = int(env.text("NOTICE_SMS_A_DAY", "3"))
"""The most notices a telephone gets on one day; codes for signing in are not among them."""
IDENTITY_PORT = env.text("IDENTITY_PORT", "portal.accounts.identity_check.Offline")
SCAN_PORT = env.text("SCAN_PORT", "courses.scanning.ClamAV" if PRODUCTION else "courses.scanning.Recorder")
NAME_CHECK = env.text("NAME_CHECK", "" if PRODUCTION else "subsidies.name_port.Recorder")
INSURANCE_CHECK = env.text(
    "INSURANCE_CHECK", f"subsidies.insurance_port.{'Unconnected' if PRODUCTION else 'Recorder'}"
)
INSURANCE_CHECK_URL = env.text("INSURANCE_CHECK_URL")
INSURANCE_CHECK_TOKEN = env.text("INSURANCE_CHECK_TOKEN")
NAME_CHECK_URL = env.text("NAME_CHECK_URL")
NAME_CHECK_TOKEN = env.text("NAME_CHECK_TOKEN")
OUTSIDE_REGISTERS = env.text(
    "OUTSIDE_REGISTERS", f"subsidies.outside_port.{'Unconnected' if PRODUCTION else 'Recorder'}"
)
OUTSIDE_REGISTERS_URL = env.text("OUTSIDE_REGISTERS_URL")
OUTSIDE_REGISTERS_TOKEN = env.text("OUTSIDE_REGISTERS_TOKEN")
OUTSIDE_QUESTIONS = env.names(
    "OUTSIDE_QUESTIONS", "" if PRODUCTION else "ui_skill_paid,pensioner,insured_elsewhere,dormant"
)
"""What the registers outside are asked about every claim (`subsidies.outside_port.REGISTERS`)."""
CERTIFICATE_REGISTER = env.text(
    "CERTIFICATE_REGISTER", "" if PRODUCTION else "certificates.register_port.Recorder"
)
CERTIFICATE_REGISTER_URL = env.text("CERTIFICATE_REGISTER_URL")
CERTIFICATE_REGISTER_TOKEN = env.text("CERTIFICATE_REGISTER_TOKEN")
CLAMAV_URL = env.text("CLAMAV_URL", "unix:///run/clamav/clamd.ctl")
if PRODUCTION and not SMS_PORT:
    raise ImproperlyConfigured(
        "Production needs SMS_PORT (portal.accounts.sms.Http). See docs/production.md."
    )
if PRODUCTION and not NAME_CHECK:
    raise ImproperlyConfigured(
        "Production needs NAME_CHECK (subsidies.name_port.Http, .Unconnected, or your own)."
    )
if OUTSIDE_REGISTERS.endswith("outside_port.Http") and not OUTSIDE_REGISTERS_URL.startswith("https://"):
    raise ImproperlyConfigured("OUTSIDE_REGISTERS_URL must be https://…. See docs/production.md.")
if INSURANCE_CHECK.endswith("insurance_port.Http") and not INSURANCE_CHECK_URL.startswith("https://"):
    raise ImproperlyConfigured("INSURANCE_CHECK_URL must be https://…. See docs/production.md.")
if NAME_CHECK.endswith("name_port.Http") and not NAME_CHECK_URL.startswith("https://"):
    raise ImproperlyConfigured("NAME_CHECK_URL must be https://…. See docs/production.md.")
if PRODUCTION and not CERTIFICATE_REGISTER:
    raise ImproperlyConfigured(
        "Production needs CERTIFICATE_REGISTER (certificates.register_port.Http, .Unconnected, or your own)."
        " See docs/production.md."
    )
if CERTIFICATE_REGISTER.endswith("register_port.Http") and not CERTIFICATE_REGISTER_URL.startswith(
    "https://"
):
    raise ImproperlyConfigured("CERTIFICATE_REGISTER_URL must be https://…. See docs/production.md.")

# Partners: organisations that supply courses by machine (docs/partner-api.md)
PARTNER_CALLS_PER_MINUTE = int(env.text("PARTNER_CALLS_PER_MINUTE", "600"))
PARTNER_BURST = int(env.text("PARTNER_BURST", "120"))
PARTNER_MOST_BYTES = 2_000_000
PARTNER_MOST_DOCUMENTS = 200
WEBHOOKS_TO_PRIVATE_ADDRESSES = not PRODUCTION
"""Only the demo and the tests post to this machine, and without TLS."""

# Sessions and cookies. Sessions live in PostgreSQL, so that losing Redis signs nobody out.
SESSION_ENGINE = "portal.accounts.signed_in"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_COOKIES = SITE_URL.startswith("https://")
DEVICE_COOKIE_NAME = "__Host-device" if SECURE_COOKIES else "device"
DEVICE_COOKIE_AGE = 400 * 24 * 3600
"""As long as browsers keep a cookie at most."""
if PRODUCTION and not SECURE_COOKIES:
    raise ImproperlyConfigured("Production needs a SITE_URL that begins with https://.")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
if SECURE_COOKIES:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_MEDIA_ORIGINS = env.names("MEDIA_ORIGINS")
PACKAGE_ORIGIN = env.text("PACKAGE_ORIGIN").rstrip("/")
"""Another host name of this very server for imported packages, https://packages.example.cn; empty: the portal's own."""
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_MEDIA_ORIGINS],
        "media-src": [SELF, "blob:", *_MEDIA_ORIGINS],
        "connect-src": [SELF, *_MEDIA_ORIGINS],
        "worker-src": [SELF, "blob:"],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# Languages and places
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# API: nothing is open unless its view says so
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.permissions.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "portal.api.Pages",
    "EXCEPTION_HANDLER": "portal.api.explain",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Zhixun",
    "DESCRIPTION": "The API twin of every page. Money is a decimal string in yuan beside integer fen.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["portal.permissions.Public"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "learners.api.play.describe_beats",
    ],
    "ENUM_NAME_OVERRIDES": enums.NAMES,
}

# Furniture of a public site: blank is hidden
SITE_FURNITURE = {
    "organiser": env.text("SITE_ORGANISER"),
    "contact": env.text("SITE_CONTACT"),
    "hotline": env.text("SITE_HOTLINE"),
    "icp": env.text("SITE_ICP"),
    "police": env.text("SITE_POLICE_RECORD"),
}

# Films: what may be sent, and where a worker has room to work on them
FILM_MOST_BYTES = int(env.text("FILM_MOST_BYTES", str(4 * 1024**3)))
FILM_FORM_BYTES = 300 * 1024**2
"""Most of a film in an ordinary form, without a script."""
FILM_WORK_DIR = Path(env.text("FILM_WORK_DIR", str(VAR_DIR / "making")))

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"masked": {"()": "portal.logs.MaskNumbers"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["masked"]},
    },
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
}

if MODE == "test":
    WHITENOISE_AUTOREFRESH = True
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    CELERY_TASK_ALWAYS_EAGER = False
os.environ.setdefault("ZHIXUN_MODE", MODE)
