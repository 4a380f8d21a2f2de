"""How a system writes its configuration: what the block tree must know of a dialect."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scanner.configs.half_words import Words
from scanner.configs.headers import Units


@dataclass(frozen=True)
class Opaque:
    """Lines that are text or code and no commands. ``start`` matches the opening line.

    Without ``end`` the group ``rest`` begins with the delimiter, as in ``banner motd ^C … ^C``.
    """

    start: re.Pattern[str]
    end: re.Pattern[str] | None = None


NO_INLINE = re.compile(r"(?!)(?P<block>)(?P<inside>)")
NOTHING_LEFT_OUT = re.compile(r"(?!)")
NOTHING_ASIDE = re.compile(r"exit(?:-[a-z-]+)?$|quit$|remark\b|description\b|step\b", re.IGNORECASE)


@dataclass(frozen=True)
class Grammar:
    """What the tree must know of a dialect. ``top`` is only used where indentation was lost, ``header`` also to tell
    what opens a block.
    """

    name: str  # command that names the device
    negation: str  # "no " or "undo "
    header: re.Pattern[str]  # opens a block
    top: re.Pattern[str]  # is certainly no member of a block
    prompt: re.Pattern[str]
    about: re.Pattern[str]  # the comment that tells of the software or the last change
    separator: str = ""  # a line that is nothing but this, at the margin, closes all blocks
    end: str = ""  # last line of a complete configuration
    opaque: tuple[Opaque, ...] = ()
    opaque_words: frozenset[str] = frozenset()  # first words of the lines that ``opaque`` can match, lower case
    aside: re.Pattern[str] = NOTHING_ASIDE  # commands that are understood and say nothing that is kept
    left_out: re.Pattern[str] = NOTHING_LEFT_OUT  # words that a command may leave out which takes another away
    reset: str = ""  # before a command that is put back to its default: "default "
    goes_on: bool = False  # the line that ``end`` names is in every complete configuration, and others follow it
    words: Words = field(default_factory=dict)  # that commands have, which half words stand for
    units: Units = lambda _: ()  # the ports or lines that the first line of a block means
    member: str = ""  # the line that names the ports of a block which names none itself: "group-member"
    closing: str = ""  # the line that closes a block, where indentation means nothing; one more of it ends the whole
    comments: str = "!#"  # what lines that are no commands begin with
    leaves: str = ""  # the line that leaves a block, where the last of a configuration is nothing particular
    present: tuple[str, ...] = ()  # and the commands that are in every configuration then
    inline: re.Pattern[str] = NO_INLINE  # a block and a command in it on one line
    within: str = ""  # the block that the command which names the device stands in
    once: bool = False  # the comment of ``about`` stands above each configuration: its next one begins another
