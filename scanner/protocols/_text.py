"""Text that devices send about themselves, made fit to print."""

from __future__ import annotations


def printable(raw: bytes) -> str:
    """The text up to the first NUL, without blanks around it; empty when it is not text.

    UTF-8, else Latin-1. Anything that cannot be printed on a line of its own makes it no text at all: identity values
    go to reports as they are, so binary data must never pass for a name.
    """
    raw = raw.split(b"\0", 1)[0].strip()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text if text.isprintable() else ""
