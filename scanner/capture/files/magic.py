"""How captures begin: formats recognised by their first bytes, without the readers behind them."""

from __future__ import annotations

from scanner.wording import Said, said

# First four bytes of a pcap file -> (big-endian, nanoseconds)
PCAP = {
    b"\xa1\xb2\xc3\xd4": (True, False),
    b"\xd4\xc3\xb2\xa1": (False, False),
    b"\xa1\xb2\x3c\x4d": (True, True),
    b"\x4d\x3c\xb2\xa1": (False, True),
}
PCAPNG = b"\x0a\x0d\x0d\x0a"

# zstd: frames, and the skippable frames that parallel compressors put first (RFC 8878).
GZIP, BZ2, XZ = (b"\x1f\x8b\x08",), (b"BZh",), (b"\xfd7zXZ\0",)
ZSTD = (b"\x28\xb5\x2f\xfd", *(bytes((0x50 + n, 0x2A, 0x4D, 0x18)) for n in range(16)))

# Captures that are not supported: how they begin, what they are called.
REFUSED: tuple[tuple[bytes, Said], ...] = (
    (b"\xa1\xb2\xcd\x34", said("a 'modified' pcap capture (Kuznetzov's patch of 1998)")),
    (b"\x34\xcd\xb2\xa1", said("a 'modified' pcap capture (Kuznetzov's patch of 1998)")),
    (b"\xa1\xb2\xc3\xcd", said("a pcap capture with an extended header")),
    (b"\xcd\xc3\xb2\xa1", said("a pcap capture with an extended header")),
    (b"\xa1\x2b\x3c\x4d", said("a Navtel pcap capture")),
    (b"\x4d\x3c\x2b\xa1", said("a Navtel pcap capture")),
    (b"\xac\x01\x00\x1c", said("an IXIA hardware capture")),
    (b"\x1c\x00\x01\xac", said("an IXIA hardware capture")),
    (b"\xab\x01\x00\x1c", said("an IXIA software capture")),
    (b"\x1c\x00\x01\xab", said("an IXIA software capture")),
    (b"snoop\0\0\0", said("a Solaris snoop capture")),
    (b"btsnoop\0", said("a Bluetooth btsnoop capture")),
    (b"RTSS", said("a Microsoft Network Monitor 1 capture")),
    (b"GMBU", said("a Microsoft Network Monitor 2 capture")),
    (b"XCP\0", said("a NetXRay or Windows Sniffer capture")),
    (b"TRSNIFF data    \x1a", said("a DOS Sniffer capture")),
    (b"iptrace ", said("an AIX iptrace capture")),
    (b"\x7fver\0", said("an OmniPeek capture")),
    (b"\x05VNF", said("a Visual Networks capture")),
    (b"\x54\x52\x00\x64", said("a Network Instruments Observer capture")),
)

# What a capture may be packed in and is not unpacked from.
ARCHIVES: tuple[tuple[bytes, Said], ...] = (
    (b"\x04\x22\x4d\x18", said("compressed with lz4")),
    (b"\x1f\x9d", said("compressed with compress(1)")),
    (b"PK\x03\x04", said("a ZIP archive")),
    (b"7z\xbc\xaf\x27\x1c", said("a 7-Zip archive")),
    (b"Rar!\x1a\x07", said("a RAR archive")),
)

_CAPTURES = (*PCAP, PCAPNG, *GZIP, *BZ2, *XZ, *ZSTD, *(begins for begins, _ in REFUSED))


def is_capture(head: bytes) -> bool:
    """A capture (maybe of a kind that is refused later), or something compressed, which can only be a capture here."""
    return head.startswith(_CAPTURES)
