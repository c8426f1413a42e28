"""Claims that hang together: by people, accounts, phones, devices and employers that several of them share. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import networkx as nx

MOST_NODES: Final = 60
"""Of a larger group a part is drawn, those with the most ties first; the table says so."""
WIDTH: Final = 640
HEIGHT: Final = 420
MARGIN: Final = 36


class Tie(NamedTuple):
    """That a claim hangs on something: `kind` is account, phone, device, person, employer or provider; `what` its name."""

    claim: str
    kind: str
    what: str


@dataclass(frozen=True)
class Group:
    """A component. `claims` and `things` are sorted; `name` is its smallest claim, by which it is found again."""

    name: str
    claims: tuple[str, ...]
    things: tuple[tuple[str, str], ...]
    ties: tuple[Tie, ...]


def _graph(ties: Iterable[Tie]) -> nx.Graph:
    graph = nx.Graph()
    for tie in ties:
        graph.add_edge(("claim", tie.claim), (tie.kind, tie.what))
    return graph


def groups(ties: Sequence[Tie], *, fewest: int) -> list[Group]:
    """The components with `fewest` claims at least, the largest first."""
    by_claim: dict[str, list[Tie]] = {}
    for tie in ties:
        by_claim.setdefault(tie.claim, []).append(tie)
    found = []
    for nodes in nx.connected_components(_graph(ties)):
        claims = tuple(sorted(name for kind, name in nodes if kind == "claim"))
        if len(claims) >= fewest:
            things = tuple(sorted(node for node in nodes if node[0] != "claim"))
            own = tuple(sorted({tie for claim in claims for tie in by_claim[claim]}))
            found.append(Group(claims[0], claims, things, own))
    return sorted(found, key=lambda group: (-len(group.claims), group.name))


@dataclass(frozen=True)
class Dot:
    """A node of the drawing, in pixels. `kind` is claim or what is shared."""

    kind: str
    name: str
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    dots: tuple[Dot, ...]
    lines: tuple[tuple[int, int, int, int], ...]
    left_out: int


def drawing(group: Group) -> Drawing:
    """Where the nodes stand: the same group is always drawn the same way."""
    graph = _graph(group.ties)
    ranked = sorted(graph.nodes, key=lambda node: (-graph.degree(node), node))
    shown = graph.subgraph(ranked[:MOST_NODES])
    ordered = nx.Graph()
    ordered.add_nodes_from(sorted(shown.nodes))
    ordered.add_edges_from(sorted(tuple(sorted(edge)) for edge in shown.edges))
    half = (WIDTH / 2 - MARGIN, HEIGHT / 2 - MARGIN)
    places = {
        node: (round(WIDTH / 2 + x * half[0]), round(HEIGHT / 2 + y * half[1]))
        for node, (x, y) in nx.spring_layout(ordered, seed=7, iterations=80).items()
    }
    dots = tuple(Dot(kind, name, *places[kind, name]) for kind, name in ordered.nodes)
    lines = tuple((*places[one], *places[other]) for one, other in ordered.edges)
    return Drawing(dots, lines, len(ranked) - len(shown))
