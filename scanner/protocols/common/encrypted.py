"""Messages of which nobody sees what they ask for."""

from __future__ import annotations

from scanner.protocols.base import Kind, Message


def hidden_kind(message: Message) -> Kind:
    """What an encrypted message is in the exchange: whoever is not known to serve may ask for something, and which
    message answers which is hidden, too.
    """
    return Kind.RESPONSE if message.from_client is False else Kind.UNCONFIRMED
