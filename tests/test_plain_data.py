"""Values of our own classes come back from plain data as they were, and nothing else goes in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from scanner.engine.definitions.sees import Sees
from scanner.engine.language.moments import Relative
from scanner.plain_data import Packer, Unpacker
from scanner.results.model import Severity
from scanner.wording import said


@pytest.mark.parametrize(
    "value",
    [
        {"en": "text", "zh": "文"},
        {"number": 1, "": {}},
        (),
        ("a", 1, None, 2.5, float("-inf")),
        (("a",), {"b": ("c",)}),
        frozenset(Sees),
        Severity.HIGH,
        Relative("today", 5),
        said("session {name}", name="HMI"),
        ip_network("10.0.0.0/8"),
        ip_network("fe80::/10"),
        datetime(2026, 1, 2, tzinfo=UTC),
        bytes(range(256)),
    ],
)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    packer = Packer()
    data = json.loads(json.dumps(packer.pack(value)))
    made = Unpacker(packer.classes).unpack(data)
    assert made == value
    assert type(made) is type(value)
    assert getattr(made, "marked", None) == getattr(value, "marked", None)


@pytest.mark.parametrize("value", [[], Path(), bytearray(), object(), len, {"a": [1]}])
def test_what_is_no_data_of_ours_is_not_packed(value: Any) -> None:
    with pytest.raises(TypeError, match="is not packed"):
        Packer().pack(value)
