from learners import tape
from learners.models import PlaySession


def events_of(session: PlaySession) -> list[tape.Event]:
    """Everything that a player told in a session, in order: what it takes to count the session again.

    Of many sessions with one statement where their `tapes` are prefetched.
    """
    pieces = sorted(session.tapes.all(), key=lambda piece: piece.number)
    told = [*(piece.events for piece in pieces), session.tape]
    return [event for piece in told for event in tape.events(bytes(piece))]
