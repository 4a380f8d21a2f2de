"""A PAN-OS configuration as XML: what a firewall exports or keeps as ``running-config.xml``, or its API answers.

Source: PAN-OS and Panorama API Guide ("Structure of the XPath", configuration in XML). An ``entry`` stands for its
name, a ``member`` for its text; document types and entities are in none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.parsers import expat

from scanner.configs.dialects.paloalto_panos.builder import PanosBuilder, quoted
from scanner.configs.dialects.paloalto_panos.paths import canonical
from scanner.configs.nodes import Node
from scanner.configs.tree import MAX_LINE
from scanner.errors import InputError
from scanner.wording import at_line, said

MAX_ELEMENTS = 1_000_000  # of a configuration; 16 MiB hold some 300,000
MAX_NESTING = 60  # elements in elements; configurations use some twenty
_AROUND = ("response", "result", "config")
_TEXT = 4 * MAX_LINE  # characters that are kept of a text


class PanosDocument:
    """What expat calls. The statements are put into the builder. begun: the root element of a configuration was there;
    ended: it is closed.
    """

    def __init__(self, builder: PanosBuilder) -> None:
        self.builder = builder
        self.begun = self.ended = False
        self._stack: list[tuple[str, Node, int]] = []  # tag, line, how many words the path had before
        self._path: list[str] = []
        self._keeps_text: list[bool] = []  # by open element: nothing stands in it but text
        self._text = ""
        self._count = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.CommentHandler = self._comment

    def read(self, text: str) -> int:
        """Read the text; the line at which it ends before it is whole, else 0."""
        body = re.sub(r"^\s*<\?xml[^>]*\?>", lambda found: "\n" * found[0].count("\n"), text, count=1)
        try:
            self._parser.Parse(body.encode(), True)
        except expat.ExpatError as error:
            return error.lineno
        finally:
            self.builder.hidden.forget()
        return 0

    def _refuse(self, *_: object) -> None:
        what = said("XML that declares entities, which no export does")
        raise InputError(self.builder.source, what, remedy=said("export it again"))

    def _comment(self, text: str) -> None:
        self.builder.remark(self._parser.CurrentLineNumber, " ".join(text.split()))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        self._count += 1
        if len(self._stack) > MAX_NESTING:
            what = said("XML elements nested more than {most} deep", most=MAX_NESTING)
            raise InputError(self.builder.source, what, at_line(line))
        if self._count > MAX_ELEMENTS:
            raise InputError(self.builder.source, said("more than {most:,} XML elements", most=MAX_ELEMENTS))
        if "ptpl" in attributes or attributes.get("src") == "tpl":
            self.builder.merged = True
        parent = self._stack[-1][1] if self._stack else self.builder.root
        name = attributes.get("name", "") if tag == "entry" else ""
        opening = f"<{tag} name={quoted_attribute(name)}>" if tag == "entry" else f"<{tag}>"
        node = Node(line, line, opening[:MAX_LINE], "", parent=parent)
        parent.children.append(node)
        if self._keeps_text:
            self._keeps_text[-1] = False
        before = len(self._path)
        if tag == "config" and not self._path and not self.begun:
            self.begun = True
            self.builder.release = attributes.get("detail-version") or attributes.get("version", "")
        elif not (tag in _AROUND and not self.begun):
            self._path += [name] if tag == "entry" else [] if tag == "member" else [tag]
        node.key = " ".join(canonical(self._path))[:MAX_LINE].lower()
        node.understood = not self._path
        self._stack.append((tag, node, before))
        self._keeps_text.append(True)
        self._text = ""

    def _characters(self, text: str) -> None:
        if len(self._text) <= _TEXT:
            self._text += text

    def _end(self, tag: str) -> None:
        _, node, before = self._stack.pop()
        node.end = self._parser.CurrentLineNumber
        if self._keeps_text.pop():
            self._leaf(tag, node, " ".join(self._text.split()))
        else:
            self.builder.put_block(self._path, node)
        del self._path[before:]
        self._text = ""
        if tag == "config" and not self._path:
            self.ended = True

    def _leaf(self, tag: str, node: Node, text: str) -> None:
        """An element without others in it: its text is the last word of a statement."""
        if not self._path or not self.begun:
            return
        lead = [quoted(word) for word in canonical(self._path)]
        words: Sequence[str] = ()
        if text:
            told, words, secrets = self.builder.hidden.hide(lead, [quoted(text)])
            shown = text if told == quoted(text) else told
            node.text, node.secrets = f"{node.text}{shown}</{tag}>"[:MAX_LINE], secrets
        elif tag != "entry":
            node.text = f"<{tag}/>"
        node.key = " ".join([node.key, *words])[:MAX_LINE].lower()
        self.builder.put_last(canonical([*self._path, *words]), node, node.secrets)


def quoted_attribute(text: str) -> str:
    """The value of an attribute as it stands in XML."""
    return '"' + text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") + '"'
