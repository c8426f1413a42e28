"""The right answers of the demo course, from the file that it is made of."""

import json
from pathlib import Path

COURSE = json.loads(
    (Path(__file__).resolve().parents[2] / "courses" / "data" / "demo_course.json").read_text(
        encoding="utf-8"
    )
)


def _right(asked: dict) -> list[str]:
    """In English: the options to choose, the steps in order, or the one text to write."""
    if asked["kind"] == "numeric":
        return [f"{asked['number']} {asked['unit']}"]
    if asked["kind"] == "short_text":
        return asked["accepted"][-1:]
    texts = [en for _zh, en, *_area in asked["options"]]
    if asked["kind"] == "ordering":
        return texts
    return [en for en, key in zip(texts, "ABCDEFGH", strict=False) if key in asked["right"]]


def _all() -> dict[str, tuple[str, list[str]]]:
    rows = [asked for lesson in COURSE["lessons"] for asked in lesson["questions"]] + COURSE["exam_questions"]
    return {asked["en"]: (asked["kind"], _right(asked)) for asked in rows}


RIGHT = _all()
"""Question in English -> its kind, and what answers it rightly."""
