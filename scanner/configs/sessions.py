"""Documents that were copied out of a terminal: the lines of the session around them are left blank.

Readers of commands pass over prompts by themselves; XML, JSON and tables of filters begin with their first character
and end with their last.
"""

from __future__ import annotations

import re

_WIDE = (b"\xff\xfe", b"\xfe\xff")  # UTF-16
_FIRST = 4_096  # bytes in which a session prints the document that was asked for
_PROMPT = (  # root@fw:~#, [admin@rtr] >, !*(BRS50)#, [2.7.2][root@pfs]/root:
    rb"(?:[\[(!*]{0,3}\w[\w.@:~/() *-]{0,80}\]?\)? ?[#>$%]|\[[\w.-]{1,60}\]\[[\w.@-]{1,80}\][\w/.~-]{0,80}:)"
)
_ASKED = re.compile(  # no redirection of a script, whose document is within it
    rb"\A(?:[^\n]*\n){0,20}?"
    + _PROMPT
    + rb" ?\S(?:(?!<<)[^\n]){0,200}\n\s*(?=<\?xml|<[A-Za-z]|\{|\*\w|table |#|flush )"
)
_LEFT = re.compile(rb"\n(?:" + _PROMPT + rb"[ \t]*(?:exit|quit|logout)?|\[edit[^\]\n]*\]|logout)?[ \t\r]*\Z")
_DOCUMENT = re.compile(rb"\s*(?:<\?xml|<[A-Za-z]|\{|\*\w|table |flush |# |#!/)")
_MOST_LEFT = 20  # lines behind a document


def without_session(data: bytes) -> bytes:
    """The document with blank lines in place of what was typed and asked around it; what is no document as it is."""
    if data.startswith(_WIDE):
        return data
    asked = _ASKED.match(data[:_FIRST])
    if asked is not None:
        blank = b"\n" * asked[0].count(b"\n")
        data = blank + data[asked.end() :]
    if not _DOCUMENT.match(data[:_FIRST]):
        return data
    lines, end = 0, data
    while lines < _MOST_LEFT and (left := _LEFT.search(end, max(0, len(end) - 300))) is not None:
        lines, end = lines + 1, end[: left.start()]
    return end + b"\n" * lines if lines else data
