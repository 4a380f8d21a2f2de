"""The tree of a configuration that is written in XML: every element keeps its line, its text and its block.

Read with defusedxml, which refuses entities and whatever would be fetched; a document type is refused, too. Secrets are
masked element by element before a node exists. Memory and time are bounded by ``scanner.limits``, ``MAX_DEPTH`` and
``MAX_ELEMENTS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from xml.sax import SAXParseException, handler
from xml.sax.handler import LexicalHandler
from xml.sax.xmlreader import AttributesImpl

from scanner.configs.nodes import Node
from scanner.configs.secrets import Mask
from scanner.configs.tree import MAX_LINE, Tree, decode, remark
from scanner.errors import InputError, Problem
from scanner.wording import at_line, said

MAX_DEPTH = 48  # elements in elements; firewalls nest some fifteen
MAX_ELEMENTS = 600_000  # of a configuration; one of 60,000 lines has some 50,000
_CHUNK = 65_536  # characters that are parsed at once
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")

Shown = Callable[[tuple[str, ...]], bool]  # whether the text of an element at this path may be kept


class XmlElement:
    """One element. text: what stands in it, masked where it is a secret; empty where its text is not kept.

    given: it holds text at all, kept or not.
    """

    __slots__ = ("attributes", "children", "given", "node", "tag", "text")

    def __init__(self, tag: str, attributes: Mapping[str, str], node: Node) -> None:
        self.tag = tag
        self.attributes = attributes
        self.node = node
        self.text = ""
        self.given = False
        self.children: list[XmlElement] = []

    def all(self, tag: str) -> Iterator[XmlElement]:
        """The elements of that name in it."""
        return (child for child in self.children if child.tag == tag)

    def first(self, tag: str) -> XmlElement | None:
        """The first of that name in it."""
        return next(self.all(tag), None)

    def walk(self) -> Iterator[XmlElement]:
        """It and all below, in the order of the file."""
        left = [self]
        while left:
            element = left.pop()
            yield element
            left += element.children[::-1]


class _Builder(handler.ContentHandler, LexicalHandler):
    """What the parser calls; the tree so far, and the comments to otaudit."""

    def __init__(self, source: str, mask: Mask, shown: Shown, lines: int) -> None:
        super().__init__()
        self.source, self.mask, self.shown = source, mask, shown
        self.top = XmlElement("", {}, Node(1, lines, "", ""))
        self.stack = [self.top]
        self.path: list[str] = []
        self.texts: list[list[str]] = [[]]
        self.size = 0  # characters of text of the innermost element
        self.count = 0
        self.place: Callable[[], int | None] = lambda: 1
        self.remarks: list[tuple[int, str]] = []

    def line(self) -> int:
        """Where the parser is."""
        return self.place() or 1

    def startElement(self, name: str, attrs: AttributesImpl[str]) -> None:  # noqa: N802 - the name that it calls
        """An element begins."""
        line = self.line()
        self.count += 1
        if len(self.stack) > MAX_DEPTH:
            raise InputError(self.source, said("is nested deeper than a configuration"), at_line(line))
        if self.count > MAX_ELEMENTS:
            raise InputError(self.source, said("more than {most:,} elements", most=MAX_ELEMENTS), at_line(line))
        opening = f"<{name[:MAX_LINE]}{' …' if attrs.getLength() else ''}>"
        node = Node(line, line, opening, opening.lower(), parent=self.stack[-1].node)
        element = XmlElement(name, dict(attrs.items()), node)
        self.stack[-1].children.append(element)
        self.stack[-1].node.children.append(node)
        self.stack.append(element)
        self.path.append(name)
        self.texts.append([])
        self.size = 0

    def characters(self, content: str) -> None:
        """Text of an element. What is longer than a line may be is no setting, and its beginning is enough."""
        if self.size <= MAX_LINE:
            self.texts[-1].append(content)
            self.size += len(content)

    def comment(self, content: str) -> None:
        """A comment, which may be one to otaudit."""
        if told := remark(content):
            self.remarks.append((self.line(), told))

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802 - as it calls it
        """An element ends."""
        element = self.stack.pop()
        text = "".join(self.texts.pop()).strip()[:MAX_LINE]
        node = element.node
        node.end = self.line()
        if not element.children:
            self._leaf(element, " ".join(text.split()) if text else "")
        self.path.pop()
        self.size = 0

    def _leaf(self, element: XmlElement, text: str) -> None:
        node, tag = element.node, element.tag
        element.given = bool(text)
        told = f"<{tag}/>"[:MAX_LINE]
        if text and not self.shown(tuple(self.path)):
            told = f"<{tag}>…</{tag}>"[:MAX_LINE]
        elif text:
            whole = f"<{tag}>{text}</{tag}>"
            told, node.secrets = self.mask(whole, "")
            element.text = text if told == whole else ""
        node.text = told.replace(tag, f"{tag} …", 1) if element.attributes else told
        node.key = node.text.lower()


def parse_xml(data: bytes, source: str, mask: Mask, shown: Shown) -> tuple[Tree, XmlElement]:
    """The tree and the outermost element; InputError when it is no text, declares anything or holds no element.

    shown: elements whose text may be kept; of all others nothing reaches the tree.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.expatreader import create_parser

    text, encoding = decode(data, source)
    text = _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text, count=1)
    lines = text.count("\n") + 1
    builder = _Builder(source, mask, shown, lines)
    parser = create_parser(forbid_dtd=True)
    parser.setFeature(handler.feature_namespaces, False)
    parser.setContentHandler(builder)
    parser.setProperty(handler.property_lexical_handler, builder)
    builder.place = parser.getLineNumber
    tree = Tree(source, builder.top.node, source.rsplit("/", 1)[-1], encoding, lines, [], complete=False)
    try:
        for at in range(0, len(text), _CHUNK):
            parser.feed(text[at : at + _CHUNK])
        parser.close()
        tree.complete = True
    except DefusedXmlException as error:
        what = said("declares a document type or entities, which no configuration does")
        raise InputError(source, what) from error
    except SAXParseException as error:
        what = said("the configuration ends before it is whole, or is no XML")
        remedy = said("export the whole configuration; what seems absent may be in the missing part")
        tree.problems.append(Problem(source, what, at_line(error.getLineNumber() or 1), remedy))
        _close(builder)
    tree.remarks = builder.remarks
    if not builder.top.children:
        remedy = said("export the whole configuration as text")
        raise InputError(source, said("holds no configuration command"), remedy=remedy)
    outermost = builder.top.children[0]
    outermost.node.understood = True
    root = tree.root
    root.line = root.end = outermost.node.line
    root.text = outermost.node.text
    return tree, outermost


def _close(builder: _Builder) -> None:
    """What the file leaves open ends where it does; the text of the innermost may be cut and is left out."""
    for element in builder.stack[1:]:
        element.node.end = max(element.node.end, builder.line())
