from learners import tape
from learners.models import PlaySession


def events_of(session: PlaySession) -> list[tape.Event]:
    """Everything that a player told in a session, in order: what it takes to count the session again."""
    pieces = session.tapes.order_by("number").values_list("events", flat=True)
    return [event for piece in [*pieces, session.tape] for event in tape.events(bytes(piece))]
