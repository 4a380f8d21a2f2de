"""A text with the outputs of one switch or several, with or without prompts, to rows of facts.

What a part of it is says its own header, as its system prints it; the command above it may be missing. Read are the
tables of MAC addresses, ARP, LLDP and CDP neighbours and the state of ports, as Cisco IOS, IOS-XE and NX-OS, Arista
EOS, Huawei VRP, H3C Comware, Ruijie RGOS, Junos, SONiC, RouterOS, FortiOS, Hirschmann HiOS and ArubaOS-Switch print
them (their command references and what others publish of them; samples in ``tests/outputs``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from scanner.errors import InputError, Problem
from scanner.outputs import neighbours, rows
from scanner.outputs.columns import header_of
from scanner.wording import NOTHING, Said, at_line, said

MOST_ROWS = 500_000  # of one file
MOST_TOLD = 20  # lines of one file that are not understood
_LONGEST = 1000  # characters of a line
_PROMPT = re.compile(
    r"\s*(?:\[[\w.-]+@(?P<router>[\w.-]+)\] ?(?:/[\w /-]*)?>|[\w.-]+@(?P<linux>[\w.-]+):\S*[$#]"
    r"|(?:[\w.-]+@)?(?:<(?P<angle>[\w.-]+)>|\[[~*]?(?P<square>[\w.-]+)[\w./-]*\]"
    r"|[!*]{0,2}\((?P<round>[\w.-]+)\) ?(?:\([\w /-]*\))?[#>]|(?P<plain>[A-Za-z][\w.-]*)(?:\([\w /-]*\))?[#>])"
    r"|(?P<spaced>[A-Za-z][\w.-]*) (?:\([\w.-]+\) )?[#$](?= \S))"
    r"\s*(?P<command>.*)"
)
_COMMAND = re.compile(
    r"(?:do )?(?:sh(?:o|ow)?|dis(?:p|play)?) \S.*|(?:terminal|term|screen-length|exit|quit|en).*|"
    r"(?:(?:get|diag\w*|set cli) |/?(?:ip|interface)[ /])\S.*",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:hostname|sysname|switchname) \"?([\w.-]+)\"?")


@dataclass
class SwitchOutputs:
    """TableLines of the tables that a file fills, and what of it could not be understood."""

    neighbours: list[dict[str, Any]] = field(default_factory=list)
    stations: list[dict[str, Any]] = field(default_factory=list)
    switch_ports: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)


def recognises(head: bytes) -> bool:
    """Text with the header of a table or the lines of a neighbour that a switch prints, and no configuration."""
    if b"\x00" in head:
        return False
    lines = head.decode("utf-8", "replace").splitlines()[:3000]
    blocks = sum(map(neighbours.begins, lines))
    return blocks > 0 or any(len(line) < _LONGEST and header_of(line, rows.TABLES) for line in lines)


def parse_outputs(data: bytes, source: str) -> SwitchOutputs:
    """What the file says; InputError when it says nothing of ports."""
    reader = _Reader(source)
    for number, line in enumerate(_text(data).splitlines(), 1):
        reader.take(number, line.rstrip()[:_LONGEST])
        if reader.count > MOST_ROWS:
            reader.problem(number, said("more rows than {n:,} are not read", n=MOST_ROWS))
            break
    reader.ended()
    found = reader.found
    if not (found.neighbours or found.stations or found.switch_ports or reader.tables):
        raise InputError(source, said("no output of a switch that is understood"))
    if reader.unread > MOST_TOLD:
        reader.problem(0, said("{n:,} more lines are not understood", n=reader.unread - MOST_TOLD))
    return found


def _text(data: bytes) -> str:
    """The text, without what a pager and its colours leave in a log."""
    text = data.decode("utf-8-sig", "replace")
    text = re.sub(r"\x1b\[[0-9;?]{0,20}[A-Za-z]", "", text)
    text = re.sub(r"(?i) {0,8}-{2,8} ?more ?(?:or [^\n-]{0,20})?-{2,8}[\b\r ]{0,80}", "", text)
    return text.replace("\x08", "").replace("\r", "")


class _Reader:
    """Line by line: whose output it is, and which table a line belongs to."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.device = PurePath(source.replace("\\", "/")).name.partition(".")[0]  # until a prompt names one
        self.found = SwitchOutputs()
        self.tables = 0
        self.unread = 0
        self._table: rows.TableLines | None = None
        self._block = neighbours.NeighbourLines()

    @property
    def count(self) -> int:
        return len(self.found.neighbours) + len(self.found.stations) + len(self.found.switch_ports)

    def take(self, number: int, line: str) -> None:
        prompt = _PROMPT.fullmatch(line)
        if prompt and _COMMAND.fullmatch(prompt["command"].strip()):
            self._flush()
            self._table = None
            self._call(next(name for name in prompt.groups()[:-1] if name))
            return
        named = _NAMED.fullmatch(line)
        if named:
            self._call(named[1])
            return
        header = header_of(line, rows.TABLES)
        if header is not None:
            self._flush()
            self._table, self.tables = rows.TableLines(*header), self.tables + 1
        elif self._block.take(line, number):
            self._table = None
            self._keep()
        elif self._table is not None:
            self._row(number, line)

    def ended(self) -> None:
        self._flush()

    def problem(self, number: int, what: Said) -> None:
        place = at_line(number) if number else NOTHING
        self.found.problems.append(Problem(self.source, what, place, order=(number,)))

    def _call(self, name: str) -> None:
        self.device = name
        if name not in self.found.devices:
            self.found.devices.append(name)

    def _row(self, number: int, line: str) -> None:
        assert self._table is not None  # noqa: S101 - as take says
        given = self._table.row(line)
        if given is None:
            if self._table.should_be_row(line):
                self._lost(number, said("a line of a table that is not understood: {line}", line=line[:80]))
            return
        for row in given:
            getattr(self.found, self._table.kind).append(self._placed(number, row))

    def _lost(self, number: int, what: Said) -> None:
        self.unread += 1
        if self.unread <= MOST_TOLD:
            self.problem(number, what)

    def _flush(self) -> None:
        self._block.flush()
        self._keep()
        self._block = neighbours.NeighbourLines()

    def _keep(self) -> None:
        for number in self._block.unplaced:
            self.tables += 1
            self._lost(number, said("a neighbour without the port that hears it"))
        self._block.unplaced = []
        for number, row in self._block.done():
            self.tables += 1
            self.found.neighbours.append(self._placed(number, row))

    def _placed(self, number: int, row: dict[str, Any]) -> dict[str, Any]:
        return {"source": self.source, "line": number, "device": self.device, **row}
