"""What stored facts of an exam say that a person should look at. Pure; nothing here decides anything.

Each kind has plain words for what was seen, what it may mean, and what else explains it. Two learners' equal wrong answers
are held against the chance of as many, given the questions both had wrong: F. S. Bellezza, S. F. Bellezza, Detection of
cheating on multiple-choice tests by using error-similarity analysis, Teaching of Psychology 16 (1989).
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from learners import tape

LETTERS_A_SECOND: Final = 20
"""Some three times as fast as careful reading of Chinese; whoever is faster has not read the question."""
SHORTEST_LOOK: Final = 2
"""Seconds for the shortest of questions."""
FEWEST_QUICK: Final = 5

FEWEST_ALIKE: Final = 5
FEW_WRONG: Final = 20
"""Wrong answers of all learners below which little is known of which are common."""
UNKNOWN_TWIN: Final = 0.5
RARE: Final = 0.001
"""Chance of as many equal wrong answers with anybody at all of those compared."""

FEWEST_MOVES: Final = 40
EVEN_WITHIN: Final = 1
"""Milliseconds of film. The player reports again after the server's reply, so that its steps differ by the network's whims."""
EVEN_SHARE: Final = 0.9

NIGHT: Final = range(2, 5)
"""Hours in Shanghai: from two until before five."""
FEWEST_NIGHTS: Final = 5
NIGHT_MINUTES: Final = 10


@dataclass(frozen=True)
class Kind:
    """`seen` is filled with the facts of a row."""

    title: str | Promise
    seen: str | Promise
    meaning: str | Promise
    otherwise: str | Promise


KINDS: Final[dict[str, Kind]] = {
    "same_errors": Kind(
        _("The same wrong answers as another learner"),
        _(
            "Of %(both)s questions that both had wrong, %(same)s have the same wrong answer. %(compared)s exams were"
            " compared; by chance so many are the same in fewer than one of %(one_in)s cases."
        ),
        _("One of them may have copied from the other, or both from the same list of answers."),
        _("Both learned from the same teacher or notes that were wrong, or a question misleads everybody."),
    ),
    "quick_answers": Kind(
        _("Right answers faster than reading"),
        _("%(quick)s of %(total)s questions were answered rightly sooner than their text can be read."),
        _("The questions and their answers may have been known before."),
        _(
            "The learner read all questions first and answered then, or the network was away and the answers arrived"
            " together."
        ),
    ),
    "even_beats": Kind(
        _("A player that runs like clockwork"),
        _(
            "%(even)s of %(moves)s reports of the player came after the same stretch of film, to the millisecond."
        ),
        _("A program may have told the reports instead of a film that was played."),
        _("A browser that gives the time of a film in coarse steps, or an aid for people with a disability."),
    ),
    "night_study": Kind(
        _("Learned between two and five at night"),
        _("Time counted between 02:00 and 05:00 on %(nights)s of %(days)s days with learning."),
        _("Somebody else, or a program, may have learned while the learner slept."),
        _("Night shifts, small children, a free computer only at night. For many trades this is ordinary."),
    ),
}


def twin_chance(answers: Mapping[str, int], is_right: Sequence[str], *, ordered: bool) -> float:
    """How likely two wrong answers to one question are the same, from how often each was given."""
    right = tuple(is_right) if ordered else frozenset(is_right)
    shape = tuple if ordered else frozenset
    wrong = [n for told, n in answers.items() if told and shape(told.split()) != right]
    if sum(wrong) < FEW_WRONG:
        return UNKNOWN_TWIN
    return sum((n / sum(wrong)) ** 2 for n in wrong)


def at_least(chances: Iterable[float], many: int) -> float:
    """The chance that `many` or more of independent events happen."""
    ways = [1.0]
    for chance in chances:
        ways = [
            (ways[n] * (1 - chance) if n < len(ways) else 0.0) + (ways[n - 1] * chance if n else 0.0)
            for n in range(len(ways) + 1)
        ]
    return min(1.0, sum(ways[many:]))


def same_errors(
    mine: Mapping[int, str], others: Mapping[int, Mapping[int, str]], twins: Mapping[int, float]
) -> tuple[int, dict[str, int]] | None:
    """The attempt whose wrong answers are most unlikely alike, with the facts. Wrong answers by question id, as told."""
    found = None
    for attempt_id, theirs in others.items():
        both = mine.keys() & theirs.keys()
        same = sum(mine[qid] == theirs[qid] for qid in both)
        if same < FEWEST_ALIKE:
            continue
        chance = at_least((twins.get(qid, UNKNOWN_TWIN) for qid in both), same) * len(others)
        if chance <= RARE and (found is None or chance < found[0]):
            facts = {"both": len(both), "same": same, "compared": len(others), "one_in": _one_in(chance)}
            found = (chance, attempt_id, facts)
    return found and (found[1], found[2])


def _one_in(chance: float) -> int:
    """A round number that is not too large: 1000, 10000, up to a thousand million."""
    number = 1_000
    while number < 10**9 and chance * number * 10 <= 1:
        number *= 10
    return number


@dataclass(frozen=True)
class Save:
    """One saved answer, in order. `after` is seconds since the one before, or since the beginning."""

    question_id: int
    after: float


def quick_answers(
    saves: Iterable[Save], letters: Mapping[int, int], right_ids: Iterable[int]
) -> dict[str, int] | None:
    """`letters` of each question of the exam, its options included."""
    first: dict[int, float] = {}
    for save in saves:
        first.setdefault(save.question_id, save.after)
    quick = sum(
        first[qid] < max(SHORTEST_LOOK, letters[qid] / LETTERS_A_SECOND)
        for qid in set(right_ids) & first.keys() & letters.keys()
    )
    if quick < max(FEWEST_QUICK, len(letters) / 2):
        return None
    return {"quick": quick, "total": len(letters)}


def even_beats(sessions: Iterable[Sequence[tape.Event]]) -> dict[str, int] | None:
    moves = [move for events in sessions for move in _moves(events)]
    if len(moves) < FEWEST_MOVES:
        return None
    usual = median_low(moves)
    even = sum(abs(move - usual) <= EVEN_WITHIN for move in moves)
    return {"even": even, "moves": len(moves)} if even >= EVEN_SHARE * len(moves) else None


def _moves(events: Sequence[tape.Event]) -> list[int]:
    """How far the film went between two reports in a row that both tell of playing at normal speed, without a jump."""
    told = [event for event in events if event.kind == tape.BEAT]
    return [
        later.position - event.position
        for event, later in pairwise(told)
        if event.flags & later.flags & tape.PLAYING
        and later.start is None
        and event.rate == later.rate == tape.NORMAL_RATE
        and later.position > event.position
    ]


def night_study(pieces: Iterable[tuple[dt.datetime, int]]) -> dict[str, int] | None:
    """Pieces of counted time: when each began, in Shanghai, and its seconds."""
    days, nights = set(), defaultdict(int)
    for began, seconds in pieces:
        days.add(began.date())
        if began.hour in NIGHT:
            nights[began.date()] += seconds
    long = Counter(seconds >= NIGHT_MINUTES * 60 for seconds in nights.values())[True]
    return {"nights": long, "days": len(days)} if long >= max(FEWEST_NIGHTS, len(days) / 2) else None
