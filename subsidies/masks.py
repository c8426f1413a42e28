"""What a public list shows of a person: the kinds that a policy may name, as functions of the full name and number.

The default is what claims keep anyway, so that nothing is opened for it; the others are made when a list is published, from
the sealed identity, and only what they leave is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from portal.numbers import mask_name, mask_number


@dataclass(frozen=True)
class Mask:
    name: Callable[[str], str]
    number: Callable[[str], str]


def surname_only(name: str) -> str:
    """王**, 买***·****: the first character, the rest hidden; the dot between parts of a name stays."""
    return name[:1] + "".join("·" if c == "·" else "*" for c in name[1:]) if len(name) > 1 else "*"


def last_four(number: str) -> str:
    return "*" * (len(number) - 4) + number[-4:] if len(number) > 4 else "*" * len(number)  # noqa: PLR2004


def left_out(_number: str) -> str:
    return ""


DEFAULT: Final = "name_1_id_4"
MASKS: Final[Mapping[str, Mask]] = {
    DEFAULT: Mask(mask_name, mask_number),
    "name_1_id_last_4": Mask(mask_name, last_four),
    "name_1_id_0": Mask(mask_name, left_out),
    "surname_id_0": Mask(surname_only, left_out),
}
"""As `subsidies.policy.body.MASK` names them."""
