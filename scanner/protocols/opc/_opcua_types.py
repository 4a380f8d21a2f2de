"""The built-in types of OPC UA in binary encoding, read one after the other (OPC 10000-6, sections 5.1.2 and 5.2.2)."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.protocols.base import Malformed
from scanner.protocols.common.reader import LittleEndianReader
from scanner.protocols.common.text import readable

MOST = 1000  # elements of an array, and depth times width of nothing else


class OpcUaReader(LittleEndianReader):
    """Reads the built-in types forward."""

    def number(self, size: int = 4) -> int:
        """An unsigned number, a UInt32 unless said."""
        return int.from_bytes(self.take(size), "little")

    def string(self) -> bytes:
        """A ByteString; null is empty."""
        size = self.number()
        return b"" if size == 0xFFFFFFFF else self.take(size)

    def text(self) -> str:
        """A String, as one line."""
        return readable(self.string(), 255)

    def count(self) -> int:
        """The number of elements of an array; null has none."""
        size = self.number()
        if size == 0xFFFFFFFF:
            return 0
        if size > MOST:
            raise Malformed("an array of {size} elements", size=size)
        return size

    def texts(self) -> list[str]:
        """An array of String."""
        return [self.text() for _ in range(self.count())]

    def localized(self) -> str:
        """The text of a LocalizedText."""
        mask = self.number(1)
        if mask & 1:
            self.text()
        return self.text() if mask & 2 else ""

    def node(self) -> str:
        """A NodeId or ExpandedNodeId in the notation of OPC 10000-6, section 5.3.1.10."""
        encoding = self.number(1)
        space, name = self._identifier(encoding & 0x3F)
        if encoding & 0x80:
            self.string()
        if encoding & 0x40:
            self.number()
        return f"ns={space};{name}" if space else name

    def _identifier(self, form: int) -> tuple[int, str]:
        if form == 0:
            return 0, f"i={self.number(1)}"
        if form == 1:
            return self.number(1), f"i={self.number(2)}"
        if form == 2:
            return self.number(2), f"i={self.number()}"
        if form == 3:
            return self.number(2), f"s={self.text()}"
        if form == 4:
            return self.number(2), f"g={self.take(16).hex()}"
        if form == 5:
            return self.number(2), f"b={self.string().hex()[:80]}"
        raise Malformed("node identifier of encoding {form}", form=form)

    def extension(self) -> tuple[str, bytes]:
        """(type, body) of an ExtensionObject."""
        kind, encoding = self.node(), self.number(1)
        return kind, self.string() if encoding in (1, 2) else b""

    def diagnostic(self, depth: int = 0) -> None:
        """Over a DiagnosticInfo."""
        mask = self.number(1)
        self.take(4 * (mask & 0x0F).bit_count())
        if mask & 0x10:
            self.string()
        if mask & 0x20:
            self.number()
        if mask & 0x40:
            if depth > 20:
                raise Malformed("diagnostics nested too deep")
            self.diagnostic(depth + 1)

    def request_header(self) -> None:
        """Over a RequestHeader (OPC 10000-4, section 7.33)."""
        self.node()
        self.take(16)
        self.string()
        self.take(4)
        self.extension()

    def response_header(self) -> int:
        """Over a ResponseHeader (section 7.34); its service result."""
        self.take(12)
        result = self.number()
        self.diagnostic()
        for _ in range(self.count()):
            self.string()
        self.extension()
        return result


@dataclass(frozen=True)
class Application:
    """ApplicationDescription, section 7.2."""

    uri: str
    product: str
    name: str


@dataclass(frozen=True)
class Endpoint:
    """EndpointDescription, section 7.14. tokens: numbers of the user token types."""

    url: str
    server: Application
    certificate: bytes
    mode: int
    policy: str
    tokens: tuple[int, ...]


def application(r: OpcUaReader) -> Application:
    """An ApplicationDescription."""
    found = Application(r.text(), r.text(), r.localized())
    r.take(4)
    r.string()
    r.string()
    r.texts()
    return found


def endpoint(r: OpcUaReader) -> Endpoint:
    """An EndpointDescription."""
    url, server, certificate, mode, policy = r.text(), application(r), r.string(), r.number(), r.text()
    tokens = []
    for _ in range(r.count()):
        r.string()
        tokens.append(r.number())
        for _ in range(3):
            r.string()
    r.string()
    r.take(1)
    return Endpoint(url, server, certificate, mode, policy, tuple(tokens))
