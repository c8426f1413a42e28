"""Reading imsmanifest.xml of SCORM 1.2 and SCORM 2004 (IMS Content Packaging): what may be opened, in which order."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from courses.packages.archive import PAGES, TYPES, ending, folded
from courses.packages.refusals import BadPackage

NAME = "imsmanifest.xml"
MOST_BYTES = 5 * 1024 * 1024
MOST_ITEMS = 500
LONGEST_TITLE = 200
_GB = re.compile(rb"""^(<\?xml[^>]*encoding\s*=\s*["'])(gb2312|gbk|gb18030|cp936)(["'])""", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """A page of the package, as its author lists it. `href` may carry a query."""

    title: str
    href: str


@dataclass(frozen=True)
class Manifest:
    standard: str
    """"1.2" or "2004"."""
    title: str
    items: tuple[Item, ...]


def read_manifest(data: bytes, *, paths: Collection[str]) -> Manifest:
    """`paths` are the folded paths of the package's files. Raises BadPackage."""
    if len(data) > MOST_BYTES:
        raise BadPackage("manifest_too_large")
    root = _parsed(data)
    standard = _standard(root)
    organisation = _organisation(root)
    title = _title(organisation) if organisation is not None else ""
    hrefs = _hrefs(root)
    found: list[Item] = []
    for item in organisation.iter() if organisation is not None else ():
        href = hrefs.get(item.get("identifierref", "")) if _named(item, "item") else None
        if href and item.get("isvisible", "true").strip() != "false":
            opened = _checked(href, item.get("parameters", ""), paths)
            found.append(Item(_title(item) or title, opened))
    if not found:
        raise BadPackage("nothing_to_open")
    return Manifest(standard, title, tuple(found[:MOST_ITEMS]))


def _parsed(data: bytes) -> Element:
    match = _GB.match(data.lstrip())
    try:
        if match:  # expat knows no encoding of several bytes but Unicode
            text = data.lstrip().decode("gb18030")
            data = re.sub(r"^<\?xml.*?\?>", "", text, count=1, flags=re.DOTALL).encode()
        return fromstring(data, forbid_dtd=True)
    except DefusedXmlException as broken:
        raise BadPackage("manifest_entities") from broken
    except (ParseError, ValueError, LookupError) as broken:
        raise BadPackage("manifest_unreadable") from broken


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _named(element: Element, name: str) -> bool:
    return _local(element) == name


def _attribute(element: Element, name: str) -> str:
    """By its local name: tools differ in the case of adlcp:scormType, and in the namespace of xml:base."""
    return next(
        (value for key, value in element.attrib.items() if key.rpartition("}")[2].lower() == name), ""
    )


def _text(element: Element, name: str) -> str:
    found = next((child.text for child in element.iter() if _named(child, name)), None)
    return (found or "").strip()


def _title(element: Element) -> str:
    found = next((child.text for child in element if _named(child, "title")), None)
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in found or "").split())
    return words[:LONGEST_TITLE]


def _standard(root: Element) -> str:
    said = _text(root, "schemaversion")
    spaces = " ".join({element.tag for element in root.iter() if isinstance(element.tag, str)})
    keys = " ".join(key for element in root.iter() for key in element.attrib)
    if said == "1.2" or (not said and "adlcp_rootv1p2" in spaces + keys):
        return "1.2"
    if "2004" in said or said == "CAM 1.3" or (not said and "adlcp_v1p3" in spaces + keys):
        return "2004"
    raise BadPackage("not_scorm")


def _organisation(root: Element) -> Element | None:
    holder = next((element for element in root.iter() if _named(element, "organizations")), None)
    if holder is None:
        return None
    several = [child for child in holder if _named(child, "organization")]
    default = holder.get("default", "")
    return next((one for one in several if one.get("identifier") == default), several[0] if several else None)


def _hrefs(root: Element) -> dict[str, str]:
    """Addresses of the resources by their identifier, with the bases above them."""
    found: dict[str, str] = {}
    for holder in root.iter():
        if not _named(holder, "resources"):
            continue
        base = _attribute(root, "base") + _attribute(holder, "base")
        for resource in holder:
            if _named(resource, "resource") and resource.get("href"):
                href = base + _attribute(resource, "base") + resource.get("href", "").strip()
                found.setdefault(resource.get("identifier", ""), href)
    return found


def _checked(href: str, parameters: str, paths: Collection[str]) -> str:
    """The address inside the package, with its query. Raises BadPackage where it leads anywhere else."""
    if len(href) + len(parameters) > 1_000:  # noqa: PLR2004 - nobody's page
        raise BadPackage("page_missing", href[:100])
    try:
        parts = urlsplit(href)
    except ValueError as broken:
        raise BadPackage("page_elsewhere", href) from broken
    if parts.scheme or parts.netloc or href.startswith(("/", "\\")):
        raise BadPackage("page_elsewhere", href)
    path = unquote(parts.path).removeprefix("./")
    if ".." in path.split("/"):
        raise BadPackage("page_elsewhere", href)
    if folded(path) not in paths:
        raise BadPackage("page_missing", path)
    if TYPES.get(ending(path)) not in PAGES:
        raise BadPackage("not_a_page", path)
    given = parameters.strip()
    query = f"?{parts.query}" if parts.query else ""
    if given.startswith(("?", "&")):
        query = f"{query}&{given[1:]}" if query else f"?{given[1:]}"
    fragment = f"#{parts.fragment}" if parts.fragment else given if given.startswith("#") else ""
    return f"{path}{query}{fragment}"
