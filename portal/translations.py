"""The translation catalogues, without GNU gettext: what the source says, what is translated, the compiled files.

Each app keeps `locale/zh_Hans/LC_MESSAGES/django.po` for its own code and for `templates/<app>/`; what belongs to no
app stands in the project's `locale/`. Messages in source are English; Chinese must be complete.
"""

import ast
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages import extract, mofile, pofile
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils.translation.template import templatize

APPS = ("courses", "learners", "certificates", "subsidies")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
HEADER = r"""# Chinese is the site's first language; its words are paired in docs/words.md.
msgid ""
msgstr ""
"Language: zh_Hans\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
_STRING = r"u?(\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
_CALL = re.compile(
    rf"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*{_STRING}(?:,\s*{_STRING})?(?:,\s*{_STRING})?"
)
_Key = tuple[str | tuple[str, str], str | None]


@dataclass(frozen=True)
class Message:
    id: str | tuple[str, str]
    context: str | None
    place: str


def _root() -> Path:
    return settings.BASE_DIR


def path_of(app: str) -> Path:
    """The .po file of an app; `portal` is the project's own."""
    base = _root() if app == "portal" else _root() / app
    return base / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def _sources(app: str) -> Iterator[Path]:
    if app != "portal":
        yield from (_root() / app).rglob("*.py")
        yield from (_root() / "templates" / app).rglob("*.*")
        return
    yield from (_root() / "portal").rglob("*.py")
    for path in (_root() / "templates").rglob("*.*"):
        if path.relative_to(_root() / "templates").parts[0] not in APPS:
            yield path


def _from_python(path: Path) -> Iterator[tuple[int, str | tuple[str, str], str | None]]:
    with path.open("rb") as source:
        for line, message, _comments, context in extract.extract("python", source, keywords=KEYWORDS):
            yield line, message, context


def _from_template(path: Path) -> Iterator[tuple[int, str | tuple[str, str], str | None]]:
    text = templatize(path.read_text(encoding="utf-8"))
    for call in _CALL.finditer(text):
        parts = [ast.literal_eval(part) for part in call.groups()[1:] if part]
        line = text.count("\n", 0, call.start()) + 1
        match call[1]:
            case "ngettext":
                yield line, (parts[0], parts[1]), None
            case "pgettext":
                yield line, parts[1], parts[0]
            case "npgettext":
                yield line, (parts[1], parts[2]), parts[0]
            case _:
                yield line, parts[0], None


def messages(app: str) -> dict[_Key, Message]:
    """Every message the source of an app asks for, once."""
    found: dict[_Key, Message] = {}
    for path in sorted(_sources(app)):
        if path.suffix not in {".py", ".html", ".txt", ".svg"} or "migrations" in path.parts:
            continue
        reader = _from_python if path.suffix == ".py" else _from_template
        for _line, message, context in reader(path):
            if message:
                place = str(path.relative_to(_root()))
                found.setdefault((message, context), Message(message, context, place))
    return found


def read(app: str) -> Catalog:
    path = path_of(app)
    if not path.exists():
        return Catalog(locale="zh_Hans")
    with path.open("rb") as file:
        return pofile.read_po(file, locale="zh_Hans")


def _key(message: object) -> _Key:
    return (tuple(message.id) if isinstance(message.id, list | tuple) else message.id, message.context)


def findings(app: str) -> list[str]:
    """A sentence per message that is missing, untranslated, fuzzy or no longer asked for."""
    wanted = messages(app)
    catalog = {_key(m): m for m in read(app) if m.id}
    found = []
    for key, message in wanted.items():
        entry = catalog.get(key)
        text = entry.string if entry is not None else ""
        if entry is None or not (all(text) if isinstance(text, tuple | list) else text):
            found.append(f"{app}: not translated: {message.id!r} ({message.place})")
        elif entry.fuzzy:
            found.append(f"{app}: fuzzy: {message.id!r}")
        elif not _same_placeholders(message.id, text):
            found.append(f"{app}: placeholders differ: {message.id!r}")
    found += [f"{app}: stale: {key[0]!r}" for key in catalog if key not in wanted]
    return found


_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")


def _same_placeholders(source: str | tuple[str, str], text: str | tuple[str, ...]) -> bool:
    source = source[-1] if isinstance(source, tuple) else source
    texts = text if isinstance(text, tuple | list) else [text]
    wanted = set(_PLACEHOLDER.findall(source))
    return all(set(_PLACEHOLDER.findall(one)) == wanted for one in texts)


def write(app: str) -> None:
    """Bring the .po up to the source: new messages empty, stale ones gone, translations kept."""
    old = {_key(m): m for m in read(app) if m.id}
    catalog = Catalog(locale="zh_Hans", project="zhixun", charset="utf-8", fuzzy=False)
    for key, message in sorted(messages(app).items(), key=lambda item: (item[1].place, str(item[0]))):
        kept = old.get(key)
        catalog.add(
            message.id,
            kept.string if kept else None,
            context=message.context,
            locations=[(message.place, None)],
        )
    path_of(app).parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    pofile.write_po(out, catalog, width=110, omit_header=True)
    path_of(app).write_text(HEADER + out.getvalue().decode().strip() + "\n", encoding="utf-8")


def compile_all() -> list[Path]:
    """Write the .mo beside every .po, each in one step: others may be reading it. Returns what was written."""
    written = []
    for app in ("portal", *APPS):
        if path_of(app).exists():
            target = path_of(app).with_suffix(".mo")
            half = target.with_suffix(f".{os.getpid()}.half.mo")
            with half.open("wb") as file:
                mofile.write_mo(file, read(app))
            half.replace(target)
            written.append(target)
    return written
