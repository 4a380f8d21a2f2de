"""A framing that one direction refutes is no framing for the other direction either."""

from __future__ import annotations

from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.protocols import framing_plan


def test_banners_of_text_that_go_over_into_binary(tmp_path):
    """It begins as a line protocol does; what follows is nobody's message."""
    with Wire(tmp_path / "text.pcap") as wire:
        talk = wire.tcp("10.0.0.1", "10.0.0.2", 9022)
        talk.server(b"XYZ-2.0-Server_7.4\r\n")
        talk.client(b"XYZ-2.0-client-0.7.2\r\n")
        for _ in range(3):
            talk.server(b"\xde\xad\1\x2c\x06\x14" + bytes(range(1, 250)))
            talk.client(b"\xbe\xef\1\x0c\x05\x14" + bytes(range(3, 200)))
        talk.close()
    result = read_capture(tmp_path / "text.pcap", "text.pcap", framing_plan())
    (conversation,) = result.conversations
    assert conversation.client_packets + conversation.server_packets == result.info.packets
    assert not {m.protocol for m in result.messages if m.confirmed}
