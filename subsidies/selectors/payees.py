"""Who is paid for a claim, to which account, and who acts in it for an organisation. Whatever pays asks here."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from django.db.models import Q, QuerySet

from portal.accounts import selectors as accounts
from portal.accounts.access import organisations_of
from portal.accounts.models import BankAccount, User
from portal.accounts.roles import Role
from portal.accounts.selectors import BankAccountFacts
from subsidies.models import Claim, RecoveryOrder
from subsidies.workflow.claims import Channel

ROLE_OF: Final = {Channel.ENTERPRISE: Role.EMPLOYER, Channel.PROVIDER: Role.PROVIDER_MANAGER}
"""Who acts for the organisation, by channel."""


class Payee(NamedTuple):
    """A person or an organisation, by id; one of the two is None."""

    user_id: int | None
    organisation_id: int | None


def payee_of(claim: Claim) -> Payee:
    """Whom the money of a claim goes to: the organisation it names, else the person who learned."""
    if claim.payee_organisation_id is not None:
        return Payee(None, claim.payee_organisation_id)
    return Payee(claim.claimant_id, None)


def debtor_of(order: RecoveryOrder) -> Payee:
    """Who owes what a recovery asks for: whoever was paid."""
    return Payee(order.payee_id, order.payee_organisation_id)


def claims_paying(payee: Payee) -> Q:
    """The claims whose money goes to this payee."""
    if payee.organisation_id is not None:
        return Q(payee_organisation_id=payee.organisation_id)
    return Q(claimant_id=payee.user_id, payee_organisation=None)


def accounts_of(claims: Iterable[Claim]) -> dict[Payee, BankAccountFacts]:
    """The live accounts of the payees of these claims, in three statements; whoever has none is missing."""
    payees = {payee_of(claim) for claim in claims}
    people = {payee.user_id for payee in payees} - {None}
    bodies = {payee.organisation_id for payee in payees} - {None}
    found = {Payee(pk, None): account for pk, account in accounts.bank_accounts_of(people).items()}
    if bodies:
        own = accounts.organisation_accounts_of(bodies)
        found |= {Payee(None, pk): account for pk, account in own.items()}
    return found


def account_of(claim: Claim) -> BankAccountFacts | None:
    return accounts_of([claim]).get(payee_of(claim))


def accounts_to_be_paid(claims: QuerySet[Claim]) -> QuerySet[BankAccount]:
    """The live accounts of all payees of these claims."""
    rows = claims.order_by()
    people = rows.filter(payee_organisation=None).values("claimant_id")
    bodies = rows.filter(payee_organisation__isnull=False).values("payee_organisation_id")
    return accounts.live_bank_accounts().filter(Q(user_id__in=people) | Q(organisation_id__in=bodies))


def own_organisations(user: User) -> set[int]:
    """Ids of the organisations for which somebody acts where claims are made in their name or paid to them."""
    return organisations_of(user, *ROLE_OF.values())


def acts_in(claim: Claim, user: User) -> bool:
    """Whether this person may act for whoever made the claim: the claimant, or whoever acts for the organisation."""
    if claim.channel == Channel.PERSON:
        return claim.claimant_id == user.pk
    role = ROLE_OF[Channel(claim.channel)]
    return claim.claim_list.organisation_id in organisations_of(user, role)


def has_interest(claim: Claim, user: User) -> bool:
    """Whether the claim is somebody's own: they learned, handed it in, or act for the organisation behind it."""
    if user.pk in (claim.claimant_id, claim.agent_id):
        return True
    if claim.channel == Channel.PERSON:
        return False
    own = own_organisations(user)
    return claim.payee_organisation_id in own or claim.claim_list.organisation_id in own


def interests_of(user: User) -> Q:
    """The claims in which somebody has an interest, as `has_interest` tells of one."""
    own = Q(claimant=user) | Q(agent=user)
    if bodies := own_organisations(user):
        own |= Q(payee_organisation__in=bodies) | Q(claim_list__organisation__in=bodies)
    return own


def owes(order: RecoveryOrder, user: User) -> bool:
    """Whether a recovery is from somebody, or from an organisation for which they act."""
    return user.pk == order.payee_id or (
        order.payee_organisation_id is not None and order.payee_organisation_id in own_organisations(user)
    )


def owed_by(user: User) -> Q:
    """The recoveries that `owes` is true of."""
    own = Q(payee=user)
    if bodies := own_organisations(user):
        own |= Q(payee_organisation__in=bodies)
    return own
