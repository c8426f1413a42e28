"""Which weave and which pictogram stand for an occupation where no picture of the workshop exists."""

from dataclasses import dataclass

# The longest beginning of the code that is listed wins.
_PICTURES = {
    "3": ("trade", "relay"),
    "4": ("trade", "shop"),
    "4-01": ("trade", "ecommerce"),
    "4-02": ("move", "forklift"),
    "4-03": ("trade", "chef"),
    "4-04": ("make", "relay"),
    "4-06": ("make", "electric"),
    "4-10": ("care", "eldercare"),
    "4-10-01-01": ("care", "infant"),
    "4-10-01-03": ("care", "infant"),
    "4-10-01-06": ("care", "domestic"),
    "4-10-03": ("care", "barber"),
    "4-10-08": ("move", "courier"),
    "4-12": ("move", "auto"),
    "4-14": ("care", "access"),
    "5": ("care", "farm"),
    "5-05-06": ("build", "weave"),
    "6": ("make", "hat"),
    "6-01": ("trade", "chef"),
    "6-02": ("trade", "tea"),
    "6-04": ("build", "weave"),
    "6-05": ("build", "weave"),
    "6-06": ("build", "weave"),
    "6-09": ("build", "weave"),
    "6-11": ("make", "pipe"),
    "6-16": ("make", "hat"),
    "6-17": ("make", "torch"),
    "6-18": ("make", "cnc"),
    "6-18-02-04": ("make", "welder"),
    "6-20": ("make", "cnc"),
    "6-22": ("move", "auto"),
    "6-23": ("move", "auto"),
    "6-25": ("make", "relay"),
    "6-28": ("make", "electric"),
    "6-29": ("build", "mason"),
    "6-30": ("move", "forklift"),
    "6-31": ("make", "electric"),
    "6-31-07": ("make", "cnc"),
}


@dataclass(frozen=True)
class Cover:
    weave: str
    pictogram: str


def cover_of(occupation_code: str) -> Cover:
    parts = occupation_code.split("-")
    for length in range(len(parts), 0, -1):
        if found := _PICTURES.get("-".join(parts[:length])):
            return Cover(*found)
    return Cover("make", "grad")
