"""What somebody says of a device, in words: for devices of which no address is known."""

from __future__ import annotations

from scanner.wording import Said, said

_SENTENCES = {
    "vendor": "vendor {name}",
    "model": "model {name}",
    "order_number": "order number {name}",
    "serial": "serial {name}",
    "firmware": "firmware {name}",
    "hardware_revision": "hardware revision {name}",
    "software": "software {name}",
    "name": "name {name}",
}


def in_words(field: str, value: str) -> Said:
    """An identity field and its value as a sentence."""
    return said(_SENTENCES[field], name=value)
