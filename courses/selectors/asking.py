"""A question laid out to be answered, with what was answered so far. The same for exam, quiz and preview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courses.selectors.facts import QuestionFacts


@dataclass(frozen=True)
class AnswerRow:
    """An option, spot or step. `mark` is what stands before it; `place` its place in the order given, as typed."""

    key: str
    mark: str
    text: str
    chosen: bool
    place: str


@dataclass(frozen=True)
class AnswerSheet:
    """`name` is that of the form's fields; of an ordering one for each step, `name-key`. `off` cannot be answered."""

    question: QuestionFacts
    name: str
    rows: tuple[AnswerRow, ...]
    written: str
    picture: str
    off: bool

    @property
    def places(self) -> list[str]:
        return [str(number) for number in range(1, len(self.rows) + 1)]


def answer_sheet(
    question: QuestionFacts,
    given: Sequence[str] = (),
    *,
    name: str = "chosen",
    picture: str = "",
    places: Mapping[str, str] | None = None,
    off: bool = False,
) -> AnswerSheet:
    """`picture` is its address. `places` are those typed by key, where they are no order yet."""
    if places is None and question.kind == "ordering":
        places = {key: str(number) for number, key in enumerate(given, 1)}
    places = places or {}
    numbers = {spot[0]: str(number) for number, spot in enumerate(question.spots, 1)}
    rows = [
        AnswerRow(key, numbers.get(key, key), text, key in given, places.get(key, ""))
        for key, text in question.options
    ]
    if given and question.kind == "ordering":
        rows.sort(key=lambda row: given.index(row.key) if row.key in given else len(given))
    written = given[0] if given and question.is_written else ""
    return AnswerSheet(question, name, tuple(rows), written, picture, off)
