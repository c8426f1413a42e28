"""Who asks: the sign-in of a request, the person and the roles, by two prepared statements. Every page asks them.

The session engine and the backend of the settings; both answer as those that they are made of, at a third of the cost.
"""

from functools import cache

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from portal import clock
from portal.accounts.models import Appointment, Organisation, User
from portal.prepared import Prepared

_SESSION = Prepared(
    "sign_in",
    "text",
    "SELECT session_key, session_data, expire_date FROM django_session WHERE session_key = $1 AND expire_date > now()",
)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        rows = _SESSION.run([self.session_key]).rows if "\0" not in self.session_key else []
        if not rows:
            self._session_key = None
            return None
        return Session(*rows[0])


class Backend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        """With the roles held today, which `roles.live_appointments` would ask for next."""
        rows = _person().run([user_id, clock.today(clock.now())]).rows
        if not rows:
            return None
        parts = [_parts(row) for row in rows]
        user = _made(User, parts[0][0])
        if not self.user_can_authenticate(user):
            return None
        user._live_appointments = [  # noqa: SLF001 - a cache of our own
            _appointment(held, at) for _user, held, at in parts if held[0] is not None
        ]
        return user


_KINDS = (User, Appointment, Organisation)


@cache
def _person() -> Prepared:
    """A row for each appointment, the person in all of them."""
    columns = ", ".join(
        f'{model._meta.db_table}."{field.column}"'  # noqa: SLF001 - Django's documented names
        for model in _KINDS
        for field in model._meta.concrete_fields  # noqa: SLF001
    )
    return Prepared(
        "person",
        "bigint, date",
        f"SELECT {columns} FROM accounts_user LEFT JOIN accounts_appointment ON user_id = accounts_user.id"  # noqa: S608
        " AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)"
        " LEFT JOIN accounts_organisation ON accounts_organisation.id = organisation_id WHERE accounts_user.id = $1"
        " ORDER BY accounts_appointment.id",
    )


def _parts(row: tuple) -> list[tuple]:
    parts, start = [], 0
    for model in _KINDS:
        end = start + len(model._meta.concrete_fields)  # noqa: SLF001
        parts.append(row[start:end])
        start = end
    return parts


def _made(model: type[Model], values: tuple) -> Model:
    names = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001
    return model.from_db(DEFAULT_DB_ALIAS, names, values)


def _appointment(held: tuple, at: tuple) -> Appointment:
    made = _made(Appointment, held)
    if at[0] is not None:
        made.organisation = _made(Organisation, at)
    return made
