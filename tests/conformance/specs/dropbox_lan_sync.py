"""Dropbox LAN sync: announcements."""

from __future__ import annotations

from tests.conformance.spec import Spec

SPEC = Spec(
    protocol="dropbox-lan-sync",
    layers=("db-lsp-disc",),
    fields=("frame.protocols",),
    theirs=lambda _: [("announcement", "1")],
    ours=lambda _message, _rows: [("announcement", "1")],
    decode_as={"udp": "db-lsp-disc"},
)
