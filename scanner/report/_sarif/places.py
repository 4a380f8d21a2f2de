"""Where in the inputs a result is: URIs of files, regions, and the artifacts of a run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from scanner.places import file_and_sheet
from scanner.report._order import ends_text, frames_text
from scanner.report._words import cleaned, moment, say
from scanner.results.model import Evidence, InputRecord
from scanner.results.texts import pick

Json = dict[str, Any]


def message(text: str) -> Json:
    """A message, which must not be empty."""
    return {"text": text or "-"}


def uri(source: str) -> str:
    """A file name as a URI reference: forward slashes, percent-encoded, relative unless the name is absolute."""
    if source in {"", "-"}:
        return "stdin"
    path = source.replace("\\", "/")
    drive = re.match(r"[A-Za-z]:/", path)
    path = re.sub(r"^(?:\./+)+", "", path)
    head = "file:///" if drive else "file://" if path.startswith("/") else ""
    if path.startswith("//"):
        head, path = "file:", "//" + path.lstrip("/")
    encoded = quote(_file_name_bytes(path), safe="/~!$&'()*+,;=@")
    return head + (encoded.replace("%3A", ":", 1) if drive else encoded)


def _file_name_bytes(name: str) -> bytes:
    """The name as the file system has it: bytes that are not UTF-8 come as surrogates from U+DC80 to U+DCFF."""
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return name.encode("utf-8", "replace")


class Places:
    """The files of a run. Sources are the true names of files; what is shown of them is printable."""

    def __init__(self, inputs: Sequence[InputRecord], language: str) -> None:
        self._inputs = inputs
        self._language = language
        self._index = {i.source: n for n, i in reversed(list(enumerate(inputs)))}

    def location(self, evidence: Evidence) -> Json:
        """The place of a piece of evidence, with what was seen there."""
        file, sheet = file_and_sheet(evidence.source, self._index)
        shown = cleaned(evidence, self._language)
        region: Json = {"startLine": max(evidence.line_start, 1)}
        if evidence.line_end > evidence.line_start:
            region["endLine"] = evidence.line_end
        if evidence.text:
            region["snippet"] = {"text": shown.text}
        return {
            "physicalLocation": {"artifactLocation": self.file(file), "region": region},
            **({"logicalLocations": [{"name": cleaned(sheet), "kind": "sheet"}]} if sheet else {}),
            "message": message(_evidence_text(shown, self._language)),
            "properties": _evidence_properties(shown),
        }

    def anywhere(self) -> Json:
        """The first input: a result without a place is refused by GitHub."""
        return self.line(self._inputs[0].source if self._inputs else "-", 1)

    def line(self, source: str, number: int) -> Json:
        """A line of a file."""
        return {"physicalLocation": {"artifactLocation": self.file(source), "region": {"startLine": max(number, 1)}}}

    def file(self, source: str) -> Json:
        """A file, and which artifact of the run it is."""
        place: Json = {"uri": uri(source)}
        if source in self._index:
            place["index"] = self._index[source]
        return place

    def artifacts(self) -> list[Json]:
        """Every input."""
        return [_artifact(cleaned(record, self._language), record) for record in self._inputs]


def _artifact(shown: InputRecord, record: InputRecord) -> Json:
    artifact: Json = {
        "location": {"uri": uri(record.source)},
        "length": record.size,
        "roles": ["analysisTarget"],
        "description": message(pick(shown.summary) or shown.kind),
        "properties": {
            "kind": shown.kind,
            "complete": record.complete,
            "details": {name: pick(text) for name, text in sorted(shown.details.items())},
        },
    }
    if record.sha256:
        artifact["hashes"] = {"sha-256": shown.sha256}
    return artifact


def _evidence_text(evidence: Evidence, language: str) -> str:
    parts = [
        pick(evidence.message),
        ends_text(evidence),
        say(language, "frames-list", frames=frames_text(evidence)) if evidence.frames else "",
        moment(evidence.first_time),
        pick(evidence.outcome),
    ]
    return "; ".join(p for p in parts if p) or evidence.text or evidence.source


def _evidence_properties(evidence: Evidence) -> Json:
    named: Json = {
        "frames": list(evidence.frames),
        "firstTime": evidence.first_time,
        "lastTime": evidence.last_time,
        "count": evidence.count,
        "client": evidence.client,
        "server": evidence.server,
        "port": evidence.port,
        "protocol": evidence.protocol,
        "outcome": pick(evidence.outcome),
        "displayFilter": evidence.filter,
    }
    return {k: v for k, v in named.items() if v}
