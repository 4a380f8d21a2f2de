"""What otaudit says, as data: a sentence of a catalogue and its arguments, never one text that must be read again.

What a device, a file or a specification says is an argument. It is never translated and never taken for a sentence of
otaudit, whatever it says.
"""

from scanner.wording.positions import at_byte, at_entry, at_line, at_lines, at_row, near_byte
from scanner.wording.said import NOTHING, Said, argument, joined, kept, marked, parts, plain, said, verbatim
from scanner.wording.terms import Plural, enumerated, listed, protocol, term

__all__ = [
    "NOTHING",
    "Plural",
    "Said",
    "argument",
    "at_byte",
    "at_entry",
    "at_line",
    "at_lines",
    "at_row",
    "enumerated",
    "joined",
    "kept",
    "listed",
    "marked",
    "near_byte",
    "parts",
    "plain",
    "protocol",
    "said",
    "term",
    "verbatim",
]
