"""Lists of staff and invitations: what an employer sees, and what a member of staff is asked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from courses import selectors as courses
from learners import staff_lists
from learners.models import Invitation, LedgerRow, Roster, RosterRow
from learners.workflow import ACTIVE, COMPLETED, INVITATION_MOVES, ROSTER_MOVES, InvitationState, RosterState
from portal import clock, groups, moves
from portal.accounts.access import organisations_of
from portal.accounts.models import Identity, Organisation, User
from portal.accounts.roles import Role
from portal.sheets.reading import Line
from portal.sheets.writing import Outcome, returned_xlsx

NO_AGREEMENT = "no_agreement"
PROGRESS: dict[str, str | Promise] = {
    NO_AGREEMENT: pgettext_lazy("staff", "No agreement"),
    "not_enrolled": pgettext_lazy("staff", "Left the course"),
    "enrolled": pgettext_lazy("staff", "Enrolled"),
    "learning": pgettext_lazy("staff", "Learning"),
    "completed": pgettext_lazy("staff", "Completed"),
}


def enterprises_of(user: User) -> QuerySet[Organisation]:
    """Those for which the user acts as an employer."""
    own = organisations_of(user, Role.EMPLOYER)
    return Organisation.objects.filter(pk__in=own, kind=Organisation.Kind.ENTERPRISE)


# -- lists ----------------------------------------------------------------------------------------------------------


def rosters_visible_to(user: User) -> QuerySet[Roster]:
    rows = Roster.objects.select_related("organisation", "uploaded_by")
    return rows.filter(organisation_id__in=organisations_of(user, Role.EMPLOYER))


def roster_visible_to(user: User, pk: int) -> Roster:
    """Raises Http404 for what the reader may not know of."""
    row = rosters_visible_to(user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def rows_of(roster: Roster, fate: str = "") -> QuerySet[RosterRow]:
    rows = roster.lines.order_by("number")
    return rows.filter(fate=fate) if fate in RosterRow.Fate.values else rows


def reasons_of(row: RosterRow) -> list[str]:
    """What is wrong, in the reader's language."""
    return [staff_lists.sentence(trouble) for trouble in row.troubles]


def kept_until(roster: Roster) -> dt.date | None:
    """The last day on which the rows of a list that is over are certainly here."""
    if roster.cleared_at is not None:
        return None
    return clock.today((roster.finished_at or roster.uploaded_at) + settings.ROSTERS_KEPT)


def steps_of(roster: Roster) -> list[str]:
    possible = moves.steps_from(ROSTER_MOVES, roster.state)
    useful = bool(roster.counts.get("new") or roster.counts.get("changed"))
    return [step for step in ("apply", "cancel") if step in possible and (step != "apply" or useful)]


def is_working(roster: Roster) -> bool:
    return roster.state == RosterState.APPLYING


def wrong_rows(roster: Roster) -> bytes:
    """A workbook of the wrong rows as they came, each with its reasons; mended, it can be uploaded as it is."""
    columns = staff_lists.COLUMNS
    written, outcomes = [Line(1, tuple(str(column.heading) for column in columns))], {}
    for number, row in enumerate(rows_of(roster, RosterRow.Fate.REFUSED), 2):
        typed = row.typed
        written.append(Line(number, tuple(typed.get(column.name) or None for column in columns)))
        where = _("Row %(number)s") % {"number": row.number}
        outcomes[number] = Outcome(where, "\n".join(reasons_of(row)))
    return returned_xlsx(written, 1, outcomes)


def staff_links(organisation_id: int, user_ids: Iterable[int]) -> set[tuple[int, str]]:
    """(user id, course code) of those of these people who have accepted an enterprise's invitation, and still do."""
    rows = Invitation.objects.accepted().filter(organisation_id=organisation_id, user_id__in=set(user_ids))
    return set(rows.values_list("user_id", "course_code"))


# -- staff ----------------------------------------------------------------------------------------------------------


def staff_visible_to(user: User) -> QuerySet[Invitation]:
    """Whom the reader's enterprises have invited, without those whose names are forgotten."""
    rows = Invitation.objects.filter(organisation_id__in=organisations_of(user, Role.EMPLOYER))
    learned = LedgerRow.objects.filter(enrolment_id=OuterRef("enrolment_id"), entry="credit")
    rows = rows.filter(forgotten_at=None).select_related("organisation", "enrolment")
    return rows.annotate(has_learned=Exists(learned))


def member_visible_to(user: User, pk: int) -> Invitation:
    """Raises Http404 for another employer's."""
    row = staff_visible_to(user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def progress_of(row: Invitation) -> str:
    """A key of PROGRESS. Whoever has not agreed, or not any more, is told apart in nothing."""
    if row.state != InvitationState.ACCEPTED:
        return NO_AGREEMENT
    if row.enrolment.state == COMPLETED:
        return "completed"
    if row.enrolment.state != ACTIVE:
        return "not_enrolled"
    return "learning" if row.has_learned else "enrolled"


@dataclass(frozen=True)
class Member:
    """A person and a course, as their employer sees them: by the name it wrote, and how far, where that was agreed to."""

    row: Invitation
    name: str
    title: str
    progress: str

    @property
    def said(self) -> str | Promise:
        return PROGRESS[self.progress]

    @property
    def may_leave(self) -> bool:
        """Whether the employer can still say that the person has left."""
        return self.row.state not in (InvitationState.ENDED, InvitationState.LAPSED)


def members(rows: Iterable[Invitation]) -> list[Member]:
    """In two statements however many there are."""
    rows = list(rows)
    titles = courses.titles_of({row.course_code for row in rows})
    return [
        Member(row, row.name, titles.get(row.course_code, row.course_code), progress_of(row)) for row in rows
    ]


def figures(user: User) -> dict[str, int]:
    """How many stand where, by the keys of PROGRESS."""
    agreed = Q(state=InvitationState.ACCEPTED)
    rows = staff_visible_to(user)
    done = rows.filter(agreed, enrolment__state=COMPLETED).count()
    active = rows.filter(agreed, enrolment__state=ACTIVE)
    learning = active.filter(has_learned=True).count()
    return {
        NO_AGREEMENT: rows.exclude(agreed).count(),
        "enrolled": active.count() - learning,
        "learning": learning,
        "completed": done,
    }


# -- whoever is invited ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """An invitation as the invited person sees it. `group` is what the employer suggests, in words."""

    row: Invitation
    title: str
    group: str

    @property
    def is_open(self) -> bool:
        return self.row.state == InvitationState.OPEN


def invitations_visible_to(user: User) -> QuerySet[Invitation]:
    """Meant for this person and not over: by resident ID; whoever registered after the invitation also by its phone."""
    rows = Invitation.objects.live().select_related("organisation", "enrolment")
    identity = Identity.objects.filter(user_id=user.pk).first() if user.is_authenticated else None
    if identity is None:
        return rows.none()
    known = Q(invited_at__gte=identity.verified_at) | Q(phone_index=user.phone_index) | Q(user_id=user.pk)
    return rows.filter(known, person_index=identity.number_index)


def invited_account(row: Invitation) -> User | None:
    """Whoever finds this invitation on their page, or is asked there to register first; None where nobody does."""
    identity = Identity.objects.filter(number_index=row.person_index).select_related("user").first()
    if identity is None:
        unnamed = User.objects.filter(phone_index=row.phone_index, identity=None)
        return unnamed.first()
    known = row.invited_at >= identity.verified_at or bytes(row.phone_index) == bytes(
        identity.user.phone_index or b""
    )
    return identity.user if known else None


def invitation_visible_to(user: User, pk: int) -> Invitation:
    """Raises Http404 for somebody else's."""
    row = invitations_visible_to(user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def asked(rows: Iterable[Invitation]) -> list[Asked]:
    rows = list(rows)
    titles = courses.titles_of({row.course_code for row in rows})
    return [
        Asked(row, titles.get(row.course_code, row.course_code), groups.name_of(row.group)) for row in rows
    ]


def invitations_described(user: User) -> list[Asked]:
    return asked(invitations_visible_to(user))


def is_awaited(user: User) -> bool:
    """Whether an invitation waits for this phone, whose owner has not registered with a real name yet."""
    if not user.phone_index or Identity.objects.filter(user_id=user.pk).exists():
        return False
    return Invitation.objects.open().filter(phone_index=user.phone_index).exists()


def steps_for(row: Invitation) -> list[str]:
    return [
        step for step in ("accept", "decline", "end") if step in moves.steps_from(INVITATION_MOVES, row.state)
    ]
