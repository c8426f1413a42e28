"""The right answers of the demo course, from the file that it is made of."""

import json
from pathlib import Path

COURSE = json.loads(
    (Path(__file__).resolve().parents[2] / "courses" / "data" / "demo_course.json").read_text(
        encoding="utf-8"
    )
)


def _all() -> dict[str, frozenset[str]]:
    rows = [asked for lesson in COURSE["lessons"] for asked in lesson["questions"]] + COURSE["exam_questions"]
    return {
        asked["en"]: frozenset(
            en for (_zh, en), key in zip(asked["options"], "ABCDEFGH", strict=False) if key in asked["right"]
        )
        for asked in rows
    }


RIGHT = _all()
"""Question in English -> the English texts of the options to choose."""
