"""The same records as `engine.evaluate`, for many claims of the same versions: what was found once is not found again.

What a rule says depends on nothing but the facts it reads, and which fact it reads next depends on nothing but those it has
read. So each rule, the choice of the version and the sum of money keep a tree: at each branching the fact that is read there,
below it the values that were met, and at the end what was said.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from subsidies.policy.amounts import Line
from subsidies.policy.body import Policy
from subsidies.policy.engine import asked_first, choose, evaluate, record_of, unasked
from subsidies.policy.facts import Facts, Reader
from subsidies.policy.rules import Finding

MOST: Final = 1_000
"""So many answers are kept of each rule, at most some 15 MB of a policy; then it begins anew, or gives up where few came again."""

Answer = tuple[Policy | None, list[Finding], list[Line]]
"""The version that decides, what was found, and the lines of money."""


class UnusualError(Exception):
    """A value of a type that no JSON gives: it is not remembered."""


@dataclass(slots=True)
class Said:
    """What one piece of the rules said of the facts it asked for; shared by all records in which it stands, so never changed."""

    policy: Policy | None
    found: tuple[Finding, ...]
    rules: tuple[dict[str, Any], ...]
    lines: tuple[dict[str, Any], ...]
    asked: tuple[str, ...]
    problems: Mapping[str, str]


@dataclass(slots=True)
class Branching:
    """The fact that is read here, and what follows from each value."""

    path: str
    ways: dict[Hashable, "Branching | Said"] = field(default_factory=dict)


class Traced(Facts):
    """Facts that remember the order in which they were looked at."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        super().__init__(raw)
        self.order: dict[str, None] = {}

    def value(self, path: str) -> Any:
        self.order[path] = None
        return super().value(path)


class Known(Facts):
    """The facts of one claim, each looked up once for all rules."""

    def __init__(self, raw: Mapping[str, Any], sources: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(raw, sources)
        self.values: dict[str, Any] = {}
        self.keys: dict[str, Hashable] = {}

    def key(self, path: str) -> Hashable:
        """What tells the value from any other; a value that has none raises UnusualError."""
        value = self.values[path] = self.value(path)
        key = _key(value)
        if path in self.problems:  # what stands in the value's way differs, though there is none
            key = (Known, self.problems[path])
        self.keys[path] = key
        return key


def _key(value: Any) -> Hashable:
    """Equal for equal values of equal types only: True is not 1, and 1 is not "1"."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is bool or kind is int:
        return kind, value
    if kind is float or kind is Decimal:
        return kind, repr(value)
    if kind is list or kind is tuple:
        return kind, tuple([_key(one) for one in value])
    if kind is dict:
        return kind, tuple([(_key(name), _key(one)) for name, one in value.items()])
    raise UnusualError


class Remembered:
    """One piece of the rules with its tree. `say` gives the version, the findings and the lines of money for the facts."""

    def __init__(self, say: Callable[[Facts], Answer]) -> None:
        self._say = say
        self._root: Branching | Said | None = None
        self._kept = self._again = 0
        self._pays = True

    def __call__(self, known: Known) -> Said:
        here, keys = self._root, known.keys
        while here is not None:
            if type(here) is Said:
                self._again += 1
                return here
            path = here.path
            here = here.ways.get(keys[path] if path in keys else known.key(path))
        return self._worked_out(known)

    def _worked_out(self, known: Known) -> Said:
        traced = Traced(known.raw)
        policy, found, lines = self._say(traced)
        said = Said(
            policy,
            tuple(found),
            tuple([finding.record() for finding in found]),
            tuple([line.record() for line in lines]),
            tuple(traced.asked),
            traced.problems,
        )
        if self._kept == MOST:
            self._pays = self._again > MOST
            self._root, self._kept, self._again = None, 0, 0
        keys = tuple([known.keys[path] if path in known.keys else known.key(path) for path in traced.order])
        if self._pays:
            self._keep(tuple(traced.order), keys, said)
        return said

    def _keep(self, order: Sequence[str], keys: Sequence[Hashable], said: Said) -> None:
        """Hang the answer into the tree. What does not fit in, as a rule read otherwise than before, is not kept."""
        if not order:
            self._root = said
            return
        if self._root is None:
            self._root = Branching(order[0])
        here: Branching | Said = self._root
        for path, key, after in zip(order, keys, [*order[1:], None], strict=True):
            if type(here) is not Branching or here.path != path:
                return
            here = here.ways.setdefault(key, said if after is None else Branching(after))
        self._kept += 1


@dataclass(frozen=True, slots=True)
class _Pieces:
    rules: tuple[Remembered, ...]
    amount: Remembered


class Evaluator:
    """`Evaluator(policies)(facts)` is `evaluate(policies, facts)`, and takes the same names.

    The parts of a record below its first level belong to other records, too: whoever changes them copies them first.
    """

    def __init__(self, policies: Iterable[Policy]) -> None:
        self.policies = tuple(policies)
        self._choice = Remembered(lambda facts: (*choose(self.policies, facts), []))
        self._pieces: dict[int, _Pieces] = {}

    def __call__(
        self,
        facts: Any,
        *,
        sources: Mapping[str, Mapping[str, Any]] | None = None,
        evaluated_at: str | None = None,
        supersedes: str | None = None,
    ) -> dict[str, Any]:
        said_of = {"evaluated_at": evaluated_at, "supersedes": supersedes}
        if type(facts) is dict:
            known = Known(facts, sources or {})
            try:
                said = self._said(known)
            except UnusualError:
                pass
            else:
                return _record(known, said, **said_of)
        return evaluate(self.policies, facts, sources=sources, **said_of)

    def chosen(self, facts: dict[str, Any]) -> Policy | None:
        """The version in force for these facts."""
        try:
            return self._choice(Known(facts, {})).policy
        except UnusualError:
            return choose(self.policies, Facts(facts))[0]

    def _said(self, known: Known) -> list[Said]:
        """The choice of the version first, the sum of money last."""
        choice = self._choice(known)
        if choice.policy is None:
            return [choice]
        pieces = self._pieces.get(id(choice.policy)) or self._pieces_of(choice.policy)
        return [choice, *[piece(known) for piece in pieces.rules], pieces.amount(known)]

    def _pieces_of(self, policy: Policy) -> _Pieces:
        def amount(facts: Facts) -> Answer:
            lines, questions = policy.amount.evaluate(facts)
            return policy, questions, lines

        rules = [Remembered(lambda facts: (policy, asked_first(facts), []))]
        rules += [
            Remembered(lambda facts, rule=rule: (policy, [rule.evaluate(Reader(facts))], []))
            for rule in policy.rules
        ]
        self._pieces[id(policy)] = _Pieces(tuple(rules), Remembered(amount))
        return self._pieces[id(policy)]


def _record(known: Known, said: list[Said], **said_of: str | None) -> dict[str, Any]:
    values, asked, problems = known.values, known.asked, known.problems
    found: list[Finding] = []
    rules: list[dict[str, Any]] = []
    last = said[-1]
    for one in said:
        for path in one.asked:
            asked[path] = values[path]
        if one.problems:
            problems.update(one.problems)
        if one is last and one.found and len(said) > 1:
            kept = unasked(one.found, found)
            found += kept
            rules += [finding.record() for finding in kept]
        else:
            found += one.found
            rules += one.rules
    return record_of(last.policy, found, rules, list(last.lines), known, **said_of)
