"""WebVTT as people write it: read with every fault named by its line, and written back in one form."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

MOST_BYTES, MOST_CUES = 500_000, 5000
_TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"\s*{_TIME}\s+-->\s+{_TIME}(?:\s+(.*))?\s*")
_LOOSE = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?")
_BLOCKS = ("NOTE", "STYLE", "REGION")
_TAGS = re.compile(r"<[^>]*>")

SENTENCES = {
    "too_large": _("The captions are larger than 500 kB."),
    "not_utf8": _("The file is not UTF-8. Save it again with the encoding UTF-8."),
    "header": _("Line %(line)s: the first line must be WEBVTT."),
    "after_header": _("Line %(line)s: leave a blank line after WEBVTT."),
    "comma": _("Line %(line)s: write the time with a full stop, as in 00:00:01.000."),
    "timing": _("Line %(line)s: this is no timing. Write 00:00:01.000 --> 00:00:04.000."),
    "backwards": _("Line %(line)s: the caption ends before it begins."),
    "overlap": _("Line %(line)s: the caption begins before the one above it has ended."),
    "after_end": _("Line %(line)s: the caption ends after the film, which is over at %(end)s."),
    "no_text": _("Line %(line)s: the caption has no text."),
    "none": _("There is no caption in it."),
    "too_many": _("There are more than %(most)s captions."),
}


@dataclass(frozen=True)
class Cue:
    """Milliseconds; `line` is where its timing stands in the text."""

    start: int
    end: int
    text: str
    settings: str = ""
    line: int = 0

    @property
    def plain(self) -> str:
        return _TAGS.sub("", self.text)

    @property
    def seconds(self) -> int:
        """The whole second in which it begins."""
        return self.start // 1000

    @property
    def starts(self) -> str:
        return face(self.start)

    @property
    def ends(self) -> str:
        return face(self.end)


@dataclass(frozen=True)
class Problem:
    rule: str
    line: int = 0
    more: dict[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.rule]) % {"line": self.line, **self.more}


def face(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def _millis(hours: str | None, minutes: str, seconds: str, rest: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest)


def moment(text: str) -> int:
    """Milliseconds of a time as somebody types it: 1:05, 00:01:05.5. Raises ValueError."""
    found = _LOOSE.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    hours, minutes, seconds, rest = found.groups()
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(
        (rest or "0").ljust(3, "0")
    )


def decoded(content: bytes) -> tuple[str, list[Problem]]:
    if len(content) > MOST_BYTES:
        return "", [Problem("too_large")]
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return "", [Problem("not_utf8")]


def read(text: str, *, milliseconds: int = 0) -> tuple[list[Cue], list[Problem]]:
    """The captions and what is wrong with them, in the order of the lines; `milliseconds` is the film's length, if known."""
    if len(text.encode()) > MOST_BYTES:
        return [], [Problem("too_large")]
    lines = (
        text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd").split("\n")
    )
    if not re.fullmatch(r"WEBVTT([ \t].*)?", lines[0]):
        return [], [Problem("header", 1)]
    if len(lines) > 1 and lines[1].strip() and "-->" in lines[1]:
        return [], [Problem("after_header", 2)]
    cues, problems = _cues(lines)
    problems += _order(cues, milliseconds)
    if not cues and not problems:
        problems.append(Problem("none"))
    if len(cues) > MOST_CUES:
        problems.append(Problem("too_many", more={"most": MOST_CUES}))
    return cues, sorted(problems, key=lambda problem: problem.line)


def _paragraphs(lines: list[str]) -> Iterable[tuple[int, list[str]]]:
    """(number of the first line, lines) of each run of lines between blank ones, after the header's."""
    block: list[str] = []
    first = 1
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            first = first if block else number
            block.append(line)
        elif block:
            if first > 1:
                yield first, block
            block = []


def _cues(lines: list[str]) -> tuple[list[Cue], list[Problem]]:
    cues, problems = [], []
    for first, block in _paragraphs(lines):
        if block[0].split(" ")[0].split("\t")[0] in _BLOCKS and "-->" not in block[0]:
            continue
        at = 0 if "-->" in block[0] or len(block) == 1 or "-->" not in block[1] else 1
        found, line = _TIMING.fullmatch(block[at]), first + at
        if not found:
            problems.append(
                Problem(
                    "comma" if re.search(r"\d,\d{3}", block[at]) and "-->" in block[at] else "timing", line
                )
            )
            continue
        said = found.groups()
        cue = Cue(
            _millis(*said[:4]), _millis(*said[4:8]), "\n".join(block[at + 1 :]), (said[8] or "").strip(), line
        )
        if not cue.plain.strip():
            problems.append(Problem("no_text", line))
        cues.append(cue)
    return cues, problems


def _order(cues: list[Cue], milliseconds: int) -> list[Problem]:
    problems, over = [], 0
    for cue in cues:
        if cue.end <= cue.start:
            problems.append(Problem("backwards", cue.line))
        elif cue.start < over:
            problems.append(Problem("overlap", cue.line))
        if milliseconds and cue.end > milliseconds + 1000:
            problems.append(Problem("after_end", cue.line, {"end": face(milliseconds)}))
        over = max(over, cue.end)
    return problems


def written(cues: Iterable[Cue]) -> str:
    """WebVTT of the captions; `read` gives them back."""
    blocks = [f"{cue.starts} --> {cue.ends} {cue.settings}".rstrip() + f"\n{cue.text}" for cue in cues]
    return "\n\n".join(["WEBVTT", *blocks, ""])


_ENDS = re.compile(r"[。！？!?…；.][\"'”’」』）)]*$")
_LONGEST_SENTENCE, _PAUSE = 200, 2_000


def sentences(cues: Iterable[Cue]) -> list[Cue]:
    """The captions joined to sentences, each from where it begins to where it ends; a pause of 2 s ends one too."""
    made: list[Cue] = []
    open_ = False
    for cue in cues:
        words = " ".join(cue.plain.split())
        if not words:
            continue
        last = made[-1] if made and open_ else None
        if last and cue.start - last.end < _PAUSE and len(last.text) + len(words) <= _LONGEST_SENTENCE:
            space = " " if last.text[-1].isascii() else ""
            made[-1] = Cue(last.start, cue.end, f"{last.text}{space}{words}")
        else:
            made.append(Cue(cue.start, cue.end, words))
        open_ = not _ENDS.search(words)
    return made


def transcript(cues: Iterable[Cue]) -> str:
    return "\n".join(" ".join(cue.plain.split("\n")) for cue in cues)
