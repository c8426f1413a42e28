"""The desk's queue among millions of claims: the page as officers ask for it."""

import re
import statistics
import time
from collections.abc import Callable
from itertools import cycle

import psycopg2.extensions
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.batching import officer
from benchmarks.claiming import BASE, PEOPLE
from benchmarks.cloning import clone
from benchmarks.rounds import Figures, repeated
from benchmarks.world import settle
from portal.accounts.models import Province, User
from portal.accounts.roles import Role
from subsidies.models import Claim
from subsidies.workflow.claims import AGAINST, AT_A_DESK, DESK_OF, Seat, State

_LATER = re.compile(rb"after=([0-9T-]+)")
_SHARES = {
    State.PAID: 45, State.CHECKED: 8, State.IN_FIRST_REVIEW: 9, State.IN_SECOND_REVIEW: 6, State.IN_MINISTRY_REVIEW: 6,
    State.REJECT_PROPOSED: 1, State.IN_APPEAL: 1, State.RETURNED: 3, State.IN_NOTICE: 5, State.PAYABLE: 6,
    State.REJECTED: 5, State.WITHDRAWN: 3, State.LAPSED: 2,
}  # fmt: skip
"""Of a hundred claims of the filled queue, how many are where."""


class Queue:
    """So many claims of all provinces in all states, after one that was checked, and officers who look at them."""

    def __init__(self, link: psycopg2.extensions.connection, like: int) -> None:
        self.link, self.like, self.made = link, like, 0
        self.provinces = list(
            Province.objects.exclude(code="000000").order_by("code").values_list("code", flat=True)
        )
        home = self.provinces[0]
        self.people = {
            "intake": officer(Role.INTAKE_OFFICER, home),
            "first review": officer(Role.PROVINCE_REVIEWER, home),
            "second review": officer(Role.SECOND_REVIEWER, home),
            "ministry": officer(Role.MINISTRY_REVIEWER, None),
            "auditor": officer(Role.AUDITOR, None),
        }
        self.clients: dict[str, Client] = {}
        self.taken: dict[tuple[str, str], list[float]] = {}
        """Milliseconds of each page since `asking`."""

    def grow_to(self, number: int) -> None:
        new, after = range(self.made + 1, number + 1), 2 * BASE
        states = [state for state, share in _SHARES.items() for _n in range(share)]
        rows = ", ".join(
            f"({n}, '{state}', '{DESK_OF.get(state, '')}', {state in AT_A_DESK or state == State.RETURNED},"
            f" {state in AGAINST}, {state == State.REJECTED})"
            for n, state in enumerate(states)
        )
        beside = (
            f"JOIN (VALUES {rows}) s (place, state, desk, due, against, appeal) ON s.place = hashint8(n) & 127"
            f" OR (s.place = (hashint8(n) & 127) - 100)"
        )
        days = "(hashint8(-n) & 255)"
        codes = ", ".join(f"'{code}'" for code in self.provinces)
        names = "(ARRAY['王*国', '李*花', '赵*', '钱*多', '阿依古丽·买买提*'])[n % 5 + 1]"
        clone(
            self.link, Claim, self.like, new, beside=beside,
            id=f"{after} + n", number="'CL-00-1999-' || lpad(n::text, 8, '0')",
            province_id=f"(ARRAY[{codes}])[n % {len(self.provinces)} + 1]",
            claimant_id=f"{PEOPLE} - n", person_key="sha256(convert_to('queue ' || n, 'UTF8'))",
            certificate_serial="'ZX-00-1999-' || lpad(n::text, 7, '0')", key="''", holder_masked=names,
            state="s.state", desk="s.desk", outcome="(ARRAY['APPROVE', 'APPROVE', 'APPROVE', 'NEEDS_EVIDENCE', 'REJECT'])[(hashint8(n * 3) & 3) + 1]",
            amount_fen="160000", reason="CASE WHEN s.against THEN 'bench' ELSE '' END", check_due_at="NULL",
            submitted_at=f"t.submitted_at - {days} * interval '1 day'", moved_at="t.moved_at", assignee_id="NULL", confirmed="n % 2 = 0",
            due_at=f"CASE WHEN s.due THEN t.submitted_at + ({days} % 20 + 1) * interval '1 day' + n % 86400 * interval '1 second' END",
            appeal_ends_at="CASE WHEN s.appeal THEN t.submitted_at + interval '60 days' END",
        )  # fmt: skip
        self._seats(new, after)
        self.made = number
        settle(self.link)

    def _seats(self, new: range, after: int) -> None:
        """Of the claims at the second and third desk, the officer has looked at each fiftieth before."""
        with self.link.cursor() as cursor:
            cursor.execute(
                "INSERT INTO subsidies_claimseat (claim_id, province_id, claimant_id, seat, user_id, taken_at, note)"
                " SELECT id, province_id, claimant_id, %s, %s, submitted_at, '' FROM subsidies_claim"
                " WHERE id BETWEEN %s AND %s AND id %% 50 = 0 AND desk IN ('second', 'ministry')",
                [Seat.FIRST, self.people["second review"].pk, after + new.start, after + new.stop],
            )

    def pages(self) -> list[tuple[str, str]]:
        """Who asks for which page: every saved view, some with filters and words, some behind the first page."""
        queue = reverse("subsidies:queue")
        first = Claim.objects.filter(pk__gt=2 * BASE).earliest("pk")
        asked = ["", "?view=due", "?view=evidence", "?view=returned", "?view=decided", "?view=all", "?view=held", "?view=taken",
                 f"?view=all&q={first.number}", "?view=all&q=王*国", f"?view=all&q={first.occupation}",
                 f"?view=all&q={first.certificate_serial}"]  # fmt: skip
        found = [(name, f"{queue}{query}") for name in self.people for query in asked]
        behind = [(name, self._next(name, page)) for name, page in found]
        return found + [(name, page) for name, page in behind if page]

    def _next(self, name: str, page: str) -> str:
        found = _LATER.search(self._get(name, page))
        joint = "&" if "?" in page else "?"
        return f"{page}{joint}after={found[1].decode()}" if found else ""

    def _get(self, name: str, page: str) -> bytes:
        answer = self.clients[name].get(page)
        if answer.status_code != 200:  # noqa: PLR2004 - OK
            raise RuntimeError(f"{name} {page}: {answer.status_code}")
        return answer.content

    def asking(self) -> Callable[[float], Figures]:
        """The page as Django makes it, in this process, for people who signed in just now."""
        self.clients = {name: signed_in(person) for name, person in self.people.items()}
        self.taken = {page: [] for page in self.pages()}
        pages = cycle(self.taken)

        def once() -> None:
            self._timed(next(pages))

        return lambda seconds: repeated(once, seconds)

    def _timed(self, page: tuple[str, str]) -> None:
        begin = time.perf_counter()
        self._get(*page)
        self.taken[page].append((time.perf_counter() - begin) * 1000)

    def slowest(self) -> dict[str, float]:
        """Milliseconds of the five dearest kinds of page since `asking`, the median of each."""
        for page, times in self.taken.items():
            if not times:
                self._timed(page)
        median = {" ".join(page): round(statistics.median(times), 1) for page, times in self.taken.items()}
        return dict(sorted(median.items(), key=lambda one: -one[1])[:5])

    def statements(self, name: str = "first review", query: str = "") -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            self.clients[name].get(f"{reverse('subsidies:queue')}{query}")
        return [query["sql"] for query in asked]


def signed_in(person: User) -> Client:
    """A session as the sign-in leaves it, with the second factor used."""
    client = Client()
    client.force_login(person)
    methods = [
        {"method": "code", "at": time.time()},
        {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True},
    ]
    session = client.session
    session["account_authentication_methods"] = methods
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
