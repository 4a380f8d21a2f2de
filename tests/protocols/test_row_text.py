"""Text of devices is printed as it is, as one line, or not at all; in a display filter it stays one string."""

from __future__ import annotations

import pytest

from scanner.protocols.common.text import printable, quoted, readable


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"  CPU 315 \0rest", "CPU 315"),
        ("Mühle".encode(), "Mühle"),
        (b"M\xfchle", "Mühle"),
        (b"two\nlines", ""),
        (b"\x01\x02", ""),
        (b"", ""),
    ],
)
def test_printable(raw, text):
    assert printable(raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"two\r\n lines\0\0", "two lines"), (b"a\0b", "a b"), (b"x" * 121, "x" * 119 + "…"), (b"x" * 120, "x" * 120)],
)
def test_readable(raw, text):
    assert readable(raw) == text


@pytest.mark.parametrize(("text", "string"), [("a", '"a"'), ('a" or "b', '"a\\" or \\"b"'), ("a\\", '"a\\\\"')])
def test_quoted(text, string):
    assert quoted(text) == string
