"""What every page shows around its content: links, switches, province, the furniture of a public site.

The desk's rail asks each view for its own roles (`needs_role` leaves them on the function), so a link is shown
exactly when the page behind it would open. A view may leave `waiting` on itself, too: how many things wait there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal import windows
from portal.accounts import selectors
from portal.accounts.access import has_role, live_appointments
from portal.accounts.models import Province, User
from portal.notices import selectors as notices

READING_COOKIE = "reading"
MOST_WAITING = 99
"""Beyond it a desk of the rail only says that there are more."""

# The first digit of a province code names its statistical region (GB/T 2260).
REGIONS = {
    "1": _("North"),
    "2": _("Northeast"),
    "3": _("East"),
    "4": _("Central-south"),
    "5": _("Southwest"),
    "6": _("Northwest"),
}

NAV = (
    ("courses:catalogue", "search", _("Find courses"), "courses"),
    ("my", "book", _("My learning"), "learn"),
    ("subsidies:mine", "yuan", _("Subsidy claims"), "claims"),
    ("certificates:verify", "shield", _("Verify a certificate"), "verify"),
)
TABS = (
    ("home", "home", pgettext_lazy("short", "Home"), "home"),
    ("courses:catalogue", "search", pgettext_lazy("short", "Courses"), "courses"),
    ("my", "book", pgettext_lazy("short", "Learn"), "learn"),
    ("subsidies:mine", "yuan", pgettext_lazy("short", "Subsidy"), "claims"),
)
ACCOUNT = (
    ("my", "book", _("My learning")),
    ("notices:list", "bell", _("Messages")),
    ("accounts:identity", "idcard", _("Real-name registration")),
    ("learners:groups", "users", _("My key groups")),
    ("accounts:bank", "bank", _("Bank card for payment")),
    ("accounts:security", "lock", _("Sign-in and security")),
    ("owndata:copy", "file", _("My data")),
)
FOOT = (
    (
        _("Learning"),
        (
            ("courses:catalogue", _("All courses")),
            ("courses:standards", _("Course standards")),
            ("my", _("My learning")),
        ),
    ),
    (
        _("Subsidies"),
        (
            ("subsidies:mine", _("My claims")),
            ("subsidies:notices", _("Public notices")),
            ("subsidies:policies", _("Subsidy policies")),
        ),
    ),
    (
        _("Certificates"),
        (("certificates:verify", _("Verify a certificate")), ("certificates:mine", _("My certificates"))),
    ),
)
RAIL = (
    (
        _("Catalogue"),
        (
            ("courses:desk", "book", _("Courses")),
            ("courses:authoring", "edit", _("My courses")),
            ("courses:standards-desk", "scale", _("Standards")),
            ("courses:shortfalls", "alert", pgettext_lazy("rail", "Shortfalls")),
        ),
    ),
    (
        _("Supply"),
        (
            ("courses:imports", "upload", pgettext_lazy("rail", "Imports")),
            ("courses:partner", "link", _("Supply by machine")),
            ("courses:providers", "org", _("Providers")),
            ("courses:own", "org", _("My organisation")),
            ("courses:notices", "bell", pgettext_lazy("provider", "Notices")),
        ),
    ),
    (
        _("Learning"),
        (
            ("learners:staff", "users", _("My staff")),
            ("subsidies:lists", "yuan", _("Claims by a list")),
            ("accounts:organisation_bank", "bank", _("Bank account of the organisation")),
            ("certificates:check", "shield", _("Check certificates")),
            ("learners:help-desk", "hand", _("Help at the desk")),
            ("learners:intakes", "cal", _("Terms of enrolment")),
            ("learners:groups-desk", "users", _("Key groups")),
            ("learners:papers", "tasks", _("To assess")),
            ("learners:practice-desk", "scale", _("Practical work")),
            ("learners:desk", "hand", _("Shut lessons")),
            ("learners:marking", "edit", _("Answers to mark")),
            ("learners:extra-time", "clock", pgettext_lazy("rail", "Extra time")),
            ("learners:appeals", "scale", pgettext_lazy("rail", "Appeals")),
            ("learners:regrades", "refresh", pgettext_lazy("rail", "Graded anew")),
            ("learners:signals", "eye", pgettext_lazy("rail", "Signals")),
            ("learners:figures", "dash", pgettext_lazy("rail", "Question figures")),
            ("learners:inbox", "chat", pgettext_lazy("rail", "Questions")),
            ("learners:promises", "clock", pgettext_lazy("rail", "Answer times")),
            ("learners:reports", "flag", pgettext_lazy("rail", "Subsidy reports")),
            ("learners:editions", "clock", _("Counting rules")),
            ("learners:contests", "scale", _("Contested time")),
            ("learners:classes", "live", _("Classes and practice")),
        ),
    ),
    (
        _("Review"),
        (
            ("subsidies:queue", "tasks", _("Claims")),
            ("subsidies:objections", "flag", pgettext_lazy("rail", "Objections")),
            ("subsidies:findings", "eye", pgettext_lazy("rail", "Findings")),
            ("subsidies:policy-desk", "scale", _("Policies")),
            ("subsidies:contracts", "org", _("Project contracts")),
            ("certificates:desk", "cert", _("Certificates")),
            ("certificates:external-desk", "shield", pgettext_lazy("rail", "Issued elsewhere")),
            ("certificates:batches", "layers", _("Certificate batches")),
            ("certificates:templates", "file", _("Certificate templates")),
        ),
    ),
    (
        _("Money"),
        (
            ("subsidies:money", "yuan", _("Budget")),
            ("subsidies:batches", "layers", _("Payment batches")),
            ("subsidies:notice_desk", "mega", _("Public notices")),
            ("subsidies:recoveries", "refresh", pgettext_lazy("rail", "Recovery")),
            ("subsidies:policies", "file", _("Subsidy policies")),
        ),
    ),
    (
        _("Supervision"),
        (
            ("overview", "dash", _("Overview")),
            ("subsidies:reports", "pulse", pgettext_lazy("rail", "Subsidy reports")),
            ("learners:proof", "link", _("Proof of the hours")),
            ("subsidies:proofs", "shield", pgettext_lazy("rail", "Proof of the books")),
            ("subsidies:fraud_report", "eye", _("Checks for fraud")),
            ("audit:list", "lock", _("Audit log")),
        ),
    ),
)

# Where a page belongs in the public navigation, by the namespace or the name of its address.
SECTIONS = {
    "home": "home",
    "my": "learn",
    "notices": "learn",
    "owndata": "learn",
    "courses": "courses",
    "learners": "learn",
    "certificates": "learn",
    "certificates:verify": "verify",
    "certificates:verified": "verify",
    "certificates:file": "verify",
    "subsidies": "claims",
}


@dataclass(frozen=True)
class Link:
    url: str
    label: str | Promise
    icon: str = ""
    current: bool = False
    count: str = ""


@dataclass(frozen=True)
class Group:
    title: str | Promise
    links: list[Link]


@cache
def _address(name: str) -> str:
    """The address of a named page; empty while an app has no such page (a deployment may leave one out)."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@cache
def _roles_of(address: str) -> frozenset:
    return getattr(resolve(address).func, "roles", frozenset())


@cache
def _waiting_at(address: str) -> Callable[[User], QuerySet] | None:
    """What waits for a reader behind this address, where its view says so (`view.waiting`)."""
    return getattr(resolve(address).func, "waiting", None)


class Shell:
    """Everything is worked out when a template asks: a page pays only for what it shows."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.site = settings.SITE_FURNITURE
        self.demo = settings.DEMO

    @property
    def _match(self) -> tuple[str, str]:
        match = getattr(self.request, "resolver_match", None)
        return (match.namespace, match.view_name) if match else ("", "")

    @cached_property
    def section(self) -> str:
        namespace, name = self._match
        return SECTIONS.get(name) or SECTIONS.get(namespace, "")

    @property
    def chinese(self) -> bool:
        return (get_language() or "zh").startswith("zh")

    @property
    def large(self) -> bool:
        user = getattr(self.request, "user", None)
        if user is not None and user.is_authenticated:
            return user.reading_size == "large"
        return self.request.COOKIES.get(READING_COOKIE) == "large"

    def _links(self, rows: Iterable[tuple]) -> list[Link]:
        return [
            Link(url, label, icon, current=section == self.section)
            for name, icon, label, section in rows
            if (url := _address(name))
        ]

    @cached_property
    def nav(self) -> list[Link]:
        return self._links(NAV)

    @cached_property
    def tabs(self) -> list[Link]:
        return self._links(TABS)

    @cached_property
    def foot(self) -> list[Group]:
        groups = [
            Group(title, [Link(url, label) for name, label in rows if (url := _address(name))])
            for title, rows in FOOT
        ]
        return [group for group in groups if group.links]

    @cached_property
    def rail(self) -> list[Group]:
        groups = [Group(title, self._open(rows)) for title, rows in RAIL]
        return [group for group in groups if group.links]

    def _open(self, rows: Iterable[tuple]) -> list[Link]:
        """The pages that open to the reader; a public page stands only beside pages of a desk."""
        known = [(_roles_of(url), url, icon, label) for name, icon, label in rows if (url := _address(name))]
        if not any(has_role(self.request.user, *roles) for roles, *_rest in known if roles):
            return []
        return [
            Link(url, label, icon, current=url == self._here, count=self._waiting.get(url, ""))
            for roles, url, icon, label in known
            if self._opens(roles)
        ]

    @cached_property
    def _here(self) -> str:
        """The address of the rail that this page belongs to: the longest it begins with, whatever its group."""
        known = [_address(name) for _title, rows in RAIL for name, *_rest in rows]
        return max((url for url in known if url and self.request.path.startswith(url)), key=len, default="")

    def _opens(self, roles: frozenset) -> bool:
        return not roles or has_role(self.request.user, *roles)

    @cached_property
    def _waiting(self) -> dict[str, str]:
        """How much waits behind the addresses of the rail that open to the reader: one statement for all."""
        urls = [url for _title, rows in RAIL for name, *_rest in rows if (url := _address(name))]
        asked = {url: ask for url in urls if (ask := _waiting_at(url)) and self._opens(_roles_of(url))}
        lists = {url: ask(self.request.user) for url, ask in asked.items()}
        found = windows.counted_together(lists, MOST_WAITING)
        return {url: f"{MOST_WAITING}+" if n is None else str(n or "") for url, n in found.items()}

    @cached_property
    def account(self) -> list[Link]:
        links = [Link(url, label, icon) for name, icon, label in ACCOUNT if (url := _address(name))]
        return links + [Link(link.url, link.label, link.icon) for group in self.rail for link in group.links]

    @cached_property
    def unread(self) -> int:
        """Notices the reader has not seen yet; more than `most_unread` are not counted."""
        return notices.unread(self.request.user)

    @property
    def most_unread(self) -> int:
        return notices.MOST_COUNTED

    @property
    def notices_url(self) -> str:
        return _address("notices:list")

    @property
    def name(self) -> str:
        return self.request.user.display_name or self.request.user.masked_phone

    @cached_property
    def role_name(self) -> str:
        """The roles held, in words; two fit beside the brand."""
        held = live_appointments(self.request.user)
        names = dict.fromkeys(str(appointment.get_role_display()) for appointment in held)
        return " · ".join(list(names)[:2])

    @cached_property
    def regions(self) -> list[tuple[str | Promise, list[Province]]]:
        rows = selectors.provinces()
        return [(name, [p for p in rows if p.code.startswith(digit)]) for digit, name in REGIONS.items()]

    @cached_property
    def province_code(self) -> str:
        asked = self.request.GET.get("province", "")
        user = getattr(self.request, "user", None)
        own = (user.province_id or "") if user is not None and user.is_authenticated else ""
        return asked or own

    @cached_property
    def province_name(self) -> str:
        return next(
            (p.name for _region, rows in self.regions for p in rows if p.code == self.province_code), ""
        )

    @property
    def catalogue_url(self) -> str:
        return _address("courses:catalogue")

    @property
    def login_url(self) -> str:
        return _address("account_login")

    @property
    def logout_url(self) -> str:
        return _address("account_logout")

    @property
    def demo_url(self) -> str:
        return _address("demo")

    @property
    def reading_url(self) -> str:
        return _address("accounts:reading")

    @property
    def language_url(self) -> str:
        return _address("accounts:language") or _address("set_language")


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `shell` on every page."""
    return {"shell": Shell(request)}
