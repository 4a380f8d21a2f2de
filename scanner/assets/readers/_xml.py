"""XML of strangers: its root element from the first bytes, and all of it as a tree, within limits.

defusedxml refuses entities and whatever would be fetched; elements are counted while they are read, so that a document
that is small as bytes does not become large as objects.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.assets.inventory import content_of
from scanner.errors import InputError
from scanner.wording import said

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_ELEMENTS = 2_000_000
MAX_NESTING = 200
_BEFORE_ROOT = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)([^>]*)>?")


def root_of(head: bytes) -> tuple[str, str]:
    """The name of the first element without its prefix, and the text of its attributes; empty when it is no XML."""
    data = head.removeprefix(b"\xef\xbb\xbf")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    at = 0
    while (match := _BEFORE_ROOT.match(data, at)) and match.end() > at:
        at = match.end()
    found = _ROOT.match(data, at)
    if not found:
        return "", ""
    return found[1].decode().rpartition(":")[2], found[2].decode("utf-8", "replace")


def parsed(content: Path | bytes, name: str) -> Element:
    """The root element; InputError when it is no XML that can be used."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    data = content_of(content, name)
    root: Element | None = None
    depth = count = 0
    try:
        for event, element in iterparse(io.BytesIO(data), ("start", "end")):
            if event == "end":
                depth -= 1
                continue
            depth, count = depth + 1, count + 1
            root = element if root is None else root
            if depth > MAX_NESTING:
                raise InputError(name, said("XML elements nested more than {most} deep", most=MAX_NESTING))
            if count > MAX_ELEMENTS:
                raise InputError(name, said("more than {most:,} XML elements", most=MAX_ELEMENTS))
    except ParseError as error:
        raise InputError(name, said("not valid XML: {error}", error=error), remedy=said("export it again")) from error
    except DefusedXmlException as error:
        what = said("XML that declares entities, which no export does")
        raise InputError(name, what, remedy=said("export it again")) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise InputError(name, said("not valid XML: {error}", error=error), remedy=said("export it again")) from error
    if root is None:
        raise InputError(name, said("not valid XML: {error}", error="no element"), remedy=said("export it again"))
    return root


def tag(element: Element) -> str:
    """The name of the element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of that name, whatever their namespace."""
    return (child for child in element if tag(child) == name)


def text_at(element: Element, *path: str) -> str:
    """The text of the first element at the path below it; empty when there is none."""
    for name in path:
        found = next(children(element, name), None)
        if found is None:
            return ""
        element = found
    return (element.text or "").strip()
