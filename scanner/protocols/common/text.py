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


def readable(raw: bytes, limit: int = 120) -> str:
    """The text as one line of at most ``limit`` characters; what cannot be printed becomes a blank.

    For names that must be shown whatever they hold: a file asked for, a name being set.
    """
    raw = raw.rstrip(b"\0")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def readable_path(raw: bytes, limit: int = 120) -> str:
    """The same of a path: of a long one the beginning and the end, which says what kind of file it is."""
    text = readable(raw, len(raw) + 1)
    head = limit // 3
    return text if len(text) <= limit else f"{text[:head]}…{text[head + 1 - limit :]}"


def quoted(text: str) -> str:
    """The text as a string of a display filter (wireshark-filter(4)): in quotation marks, escaped where needed."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
