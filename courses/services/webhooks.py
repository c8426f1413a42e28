"""What partners are told: endpoints and their secrets, messages written beside what they tell of, and their sending."""

import datetime as dt
import random
import uuid

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from courses import posting
from courses.models import Course, WebhookDelivery, WebhookEndpoint, WebhookSecret
from courses.workflow import DELIVERY_MOVES, ENDPOINT_MOVES, EVENTS, DeliveryState, EndpointState
from portal import moves
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.rules import RuleBroken

MOST_ENDPOINTS = 5
OVERLAP = dt.timedelta(hours=24)
"""How long the old secret signs beside the new one."""
LEASE = dt.timedelta(seconds=120)
"""A message taken up and not marked by then is taken up again: its worker is dead. Longer than any exchange lasts."""
FIRST_WAIT, LONGEST_WAIT, FACTOR = dt.timedelta(seconds=10), dt.timedelta(hours=12), 3
MOST_TRIES = 12
"""With the waits above about two and a half days."""
GONE = 410
_jitter = random.SystemRandom()


class TooManyEndpoints(RuleBroken):
    code = "too_many_endpoints"
    message = _("At most five addresses. Remove one first.")


class BadAddress(RuleBroken):
    code = "bad_address"


class StillRotating(RuleBroken):
    code = "still_rotating"
    message = _("Two secrets are valid already. Wait until the older one ends.")


class EndpointRemoved(RuleBroken):
    code = "endpoint_removed"
    message = _("This address was removed.")


def _move(thing: WebhookEndpoint | WebhookDelivery, step: str) -> None:
    table = ENDPOINT_MOVES if isinstance(thing, WebhookEndpoint) else DELIVERY_MOVES
    thing.state = moves.check(table, step, thing.state)


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)


def _fit(url: str) -> str:
    try:
        posting.check_address(url.strip())
    except posting.Unfit as unfit:
        raise BadAddress(posting.PROBLEMS[unfit.code]) from unfit
    return url.strip()


def _new_secret(endpoint: WebhookEndpoint, by: User, at: dt.datetime) -> str:
    row = WebhookSecret(endpoint=endpoint, starts_at=at, created_by=by)
    row.secret = posting.new_secret()
    row.save(force_insert=True)
    return row.secret


@transaction.atomic
def add_endpoint(
    organisation: Organisation, *, url: str, events: list[str], by: User, at: dt.datetime
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its first secret. Raises BadAddress, TooManyEndpoints, ValidationError."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    living = WebhookEndpoint.objects.filter(organisation=organisation).exclude(state=EndpointState.REMOVED)
    if living.count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints
    endpoint = WebhookEndpoint(
        province_id=organisation.province_id,
        organisation=organisation,
        url=_fit(url),
        events=[event for event in EVENTS if event in events],
        created_at=at,
        created_by=by,
    )
    endpoint.full_clean(exclude=["events", "paused_by", "removed_by"])
    endpoint.save(force_insert=True)
    secret = _new_secret(endpoint, by, at)
    record(by=by, action="webhook.added", thing=endpoint, at=at, detail={"url": endpoint.url})
    return endpoint, secret


@transaction.atomic
def set_events(endpoint: WebhookEndpoint, *, events: list[str], by: User, at: dt.datetime) -> WebhookEndpoint:
    endpoint = _locked(endpoint)
    endpoint.events = [event for event in EVENTS if event in events]
    endpoint.save(update_fields=["events"])
    record(by=by, action="webhook.changed", thing=endpoint, at=at, detail={"events": endpoint.events})
    return endpoint


@transaction.atomic
def rotate_secret(endpoint: WebhookEndpoint, *, by: User, at: dt.datetime) -> str:
    """A new secret; the one before signs along for `OVERLAP`. Raises StillRotating, EndpointRemoved."""
    endpoint = _locked(endpoint)
    if endpoint.state == EndpointState.REMOVED:
        raise EndpointRemoved
    newest = endpoint.secrets.get(ends_at=None)
    if live_secrets(endpoint, at=at).exclude(pk=newest.pk).exists():
        raise StillRotating
    newest.ends_at = max(at, newest.starts_at) + OVERLAP
    newest.save(update_fields=["ends_at"])
    secret = _new_secret(endpoint, by, at)
    record(by=by, action="webhook.rotated", thing=endpoint, at=at)
    return secret


def live_secrets(endpoint: WebhookEndpoint, *, at: dt.datetime) -> QuerySet[WebhookSecret]:
    """Newest first. The newest has no end, so that there is always one."""
    return endpoint.secrets.filter(Q(ends_at=None) | Q(ends_at__gt=at)).order_by("-id")


@transaction.atomic
def pause(
    endpoint: WebhookEndpoint, *, by: User | None, at: dt.datetime, reason: str = "desk"
) -> WebhookEndpoint:
    """Keep messages back until somebody resumes: `reason` is "desk", or one of posting.PROBLEMS. Raises IllegalMove.

    `by` is None where the system pauses.
    """
    endpoint = _locked(endpoint)
    _move(endpoint, "pause")
    endpoint.paused_at, endpoint.paused_by, endpoint.paused_reason = at, by, reason
    endpoint.save(update_fields=["state", "paused_at", "paused_by", "paused_reason"])
    record(by=by, action="webhook.paused", thing=endpoint, at=at, reason=endpoint.paused_reason)
    return endpoint


@transaction.atomic
def unpause(endpoint: WebhookEndpoint, *, by: User, at: dt.datetime) -> WebhookEndpoint:
    """Send what was kept back, and what comes. Raises IllegalMove."""
    endpoint = _locked(endpoint)
    _move(endpoint, "resume")
    endpoint.paused_at, endpoint.paused_by, endpoint.paused_reason = None, None, ""
    endpoint.save(update_fields=["state", "paused_at", "paused_by", "paused_reason"])
    record(by=by, action="webhook.resumed", thing=endpoint, at=at)
    return endpoint


@transaction.atomic
def remove(endpoint: WebhookEndpoint, *, by: User, at: dt.datetime) -> WebhookEndpoint:
    """No more messages; those that wait are given up. Raises IllegalMove."""
    endpoint = _locked(endpoint)
    _move(endpoint, "remove")
    endpoint.paused_at, endpoint.paused_by, endpoint.paused_reason = None, None, ""
    endpoint.removed_at, endpoint.removed_by = at, by
    endpoint.save()
    endpoint.deliveries.filter(state=DeliveryState.WAITING).update(
        state=DELIVERY_MOVES["give_up"].target, due_at=None, problem="removed"
    )
    record(by=by, action="webhook.removed", thing=endpoint, at=at)
    return endpoint


def _written(
    endpoint: WebhookEndpoint, event: str, data: dict[str, object], at: dt.datetime, course: Course | None
) -> WebhookDelivery:
    return WebhookDelivery(
        uid=uuid.uuid4(),
        province_id=endpoint.province_id,
        endpoint=endpoint,
        course=course,
        event=event,
        payload={"type": event, "timestamp": at.isoformat(), "data": data},
        created_at=at,
        due_at=at,
    )


def announce(
    event: str,
    organisation_id: int,
    *,
    at: dt.datetime,
    course: Course | None = None,
    **data: object,
) -> int:
    """Write what the organisation's endpoints shall be told, in the caller's transaction. Gives how many messages.

    `data` is plain JSON without personal data. Call it where the state changes; nothing is sent from here. A new kind
    of event needs its words in courses/workflow.py EVENTS, and no migration.
    """
    endpoints = WebhookEndpoint.objects.filter(
        organisation_id=organisation_id, events__contains=[event]
    ).exclude(state=EndpointState.REMOVED)
    rows = [_written(endpoint, event, data, at, course) for endpoint in endpoints]
    WebhookDelivery.objects.bulk_create(rows)
    return len(rows)


def announce_course(event: str, course: Course, *, at: dt.datetime, **data: object) -> int:
    """`announce` for a course: its reference, its code, its state, and what is given beside."""
    said = {"partner_ref": course.partner_ref, "code": course.code, "state": course.state, **data}
    return announce(event, course.organisation_id, at=at, course=course, **said)


@transaction.atomic
def ping(endpoint: WebhookEndpoint, *, by: User, at: dt.datetime) -> WebhookDelivery:
    """A message for trying out the receiver. Raises EndpointRemoved."""
    endpoint = _locked(endpoint)
    if endpoint.state == EndpointState.REMOVED:
        raise EndpointRemoved
    row = _written(endpoint, "ping", {"endpoint": str(endpoint.uid)}, at, None)
    row.save(force_insert=True)
    record(by=by, action="webhook.pinged", thing=endpoint, at=at, detail={"message": row.message_id})
    return row


@transaction.atomic
def resend(delivery: WebhookDelivery, *, by: User, at: dt.datetime) -> WebhookDelivery:
    """The same message, with the same id, once more from the first try. Raises IllegalMove, EndpointRemoved."""
    delivery = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.endpoint.state == EndpointState.REMOVED:
        raise EndpointRemoved
    _move(delivery, "resend")
    delivery.tries, delivery.due_at, delivery.delivered_at, delivery.problem = 0, at, None, ""
    delivery.save(update_fields=["state", "tries", "due_at", "delivered_at", "problem"])
    record(
        by=by,
        action="webhook.resent",
        thing=delivery.endpoint,
        at=at,
        detail={"message": delivery.message_id},
    )
    return delivery


@transaction.atomic
def take_up(*, at: dt.datetime, passing_over: set[int] = frozenset()) -> WebhookDelivery | None:
    """The next message that is due, leased to the caller; None where nothing is. `passing_over`: ids of endpoints."""
    delivery = (
        WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("endpoint")
        .filter(state=DeliveryState.WAITING, due_at__lte=at, endpoint__state=EndpointState.ACTIVE)
        .exclude(endpoint__in=passing_over)
        .order_by("due_at", "id")
        .first()
    )
    if delivery is not None:
        delivery.tries += 1
        delivery.tried_at, delivery.due_at = at, at + LEASE
        delivery.save(update_fields=["tries", "tried_at", "due_at"])
    return delivery


def send(delivery: WebhookDelivery, *, at: dt.datetime) -> posting.Answer:
    """Post a message that was taken up. Writes nothing. Raises posting.Unfit, posting.Unreached."""
    body = posting.body_of(delivery.payload)
    live = [row.secret for row in live_secrets(delivery.endpoint, at=at)]
    headers = posting.signed_headers(live, delivery.message_id, int(at.timestamp()), body)
    return posting.post(delivery.endpoint.url, body, headers)


def wait_after(tries: int) -> dt.timedelta:
    """How long to wait after so many tries: exponential, and scattered so that receivers are not hit all at once."""
    whole = min(FIRST_WAIT * FACTOR ** (tries - 1), LONGEST_WAIT)
    return whole * _jitter.uniform(0.75, 1.25)


@transaction.atomic
def mark(
    delivery: WebhookDelivery,
    *,
    at: dt.datetime,
    answer: posting.Answer | None = None,
    problem: str = "",
    for_good: bool = False,
) -> WebhookDelivery:
    """Store what came of a try: delivered, due again later, or given up with the reason."""
    tries = delivery.tries
    delivery = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
    good = answer is not None and answer.is_good
    if delivery.state != DeliveryState.WAITING or (delivery.tries != tries and not good):
        return delivery  # this worker was slow, not dead, and another has taken over
    delivery.answer_status = answer.status if answer else None
    delivery.answer_text = _shown(answer.text) if answer else ""
    if good:
        _move(delivery, "deliver")
        delivery.due_at, delivery.delivered_at, delivery.problem = None, at, ""
    else:
        delivery.problem = problem or "status"
        if for_good or tries >= MOST_TRIES:
            _move(delivery, "give_up")
            delivery.due_at = None
        else:
            delivery.due_at = at + wait_after(tries)
    delivery.save()
    if answer is not None and answer.status == GONE:
        endpoint = _locked(delivery.endpoint)
        if endpoint.state == EndpointState.ACTIVE:
            pause(endpoint, by=None, at=at, reason="gone")
    return delivery


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in text)[:500]
