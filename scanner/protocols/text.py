"""Text from the wire, made fit for a table cell."""

from __future__ import annotations


def readable(data: bytes, limit: int = 120) -> str:
    """``data`` as one line: UTF-8 where it is, else Latin-1; control characters gone, at most ``limit`` characters."""
    data = data.rstrip(b"\0")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
