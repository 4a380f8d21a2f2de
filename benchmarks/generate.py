"""Writes a capture of a made-up plant, as large as wanted and the same every time.

Modbus/TCP polls of six PLCs (two of them in a VLAN, one behind GTP-U), S7comm reads and writes, IEC 60870-5-104
spontaneous values, PROFINET RT and DCP, TLS, HTTP in short connections, DNS and ARP, with acknowledgements and valid
checksums. Process values, transaction identifiers, sequence and cycle counters change from packet to packet.

    python benchmarks/generate.py PACKETS FILE.pcap
"""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

START = 1_750_000_000  # s since 1970 UTC
STEP = 50_000  # ns between packets
SYN, FIN, PSH, ACK = 2, 1, 8, 16

Scene = Callable[[], Iterator[bytes]]


def mac(number: int) -> bytes:
    """A locally administered MAC address."""
    return b"\x02\x00\x5e\x00" + struct.pack("!H", number)


def checksum(data: bytes) -> int:
    """Internet checksum (RFC 1071): a big-endian number modulo 0xFFFF is the sum of its 16-bit words."""
    value = int.from_bytes(data + b"\0" * (len(data) & 1), "big") % 0xFFFF
    return 0xFFFF - value if value else 0 if any(data) else 0xFFFF


class Host:
    """An address of the plant; its link header towards another one, with a VLAN tag if it has one."""

    def __init__(self, number: int, subnet: int = 1, vlan: int = 0) -> None:
        self.ip = bytes((10, 20, subnet, number))
        self.mac = mac(subnet << 8 | number)
        self.vlan = vlan

    def link(self, target: Host) -> bytes:
        """Ethernet header for IPv4."""
        tag = struct.pack("!HH", 0x8100, self.vlan) if self.vlan else b""
        return target.mac + self.mac + tag + b"\x08\x00"


def ipv4(source: Host, target: Host, protocol: int, payload: bytes) -> bytes:
    """An IPv4 datagram."""
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0, source.ip, target.ip)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def udp(source: Host, target: Host, source_port: int, target_port: int, payload: bytes) -> bytes:
    """An IPv4 datagram with UDP (without checksum, as RFC 768 allows)."""
    return ipv4(source, target, 17, struct.pack("!HHHH", source_port, target_port, 8 + len(payload), 0) + payload)


class Tunnel:
    """GTP-U between a base station and a gateway, each direction with its own TEID."""

    def __init__(self, station: Host, gateway: Host) -> None:
        self.ends = (station, gateway)
        self.teids = (0x1001, 0x2002)

    def wrap(self, datagram: bytes, back: bool) -> bytes:
        """The frame that carries ``datagram``."""
        source, target = self.ends[::-1] if back else self.ends
        gtp = struct.pack("!BBHI", 0x30, 0xFF, len(datagram), self.teids[back])
        return source.link(target) + udp(source, target, 2152, 2152, gtp + datagram)


class Connection:
    """A TCP connection; ``send`` gives the frame with the next bytes of one side."""

    def __init__(self, client: Host, server: Host, port: int, client_port: int, tunnel: Tunnel | None = None) -> None:
        self.hosts = (client, server)
        self.ports = (client_port, port)
        self.next = [0x10000000 + client_port, 0xF0000000 + client_port]
        self.links = (client.link(server), server.link(client))
        self.pseudo = [a.ip + b.ip + b"\0\x06" for a, b in (self.hosts, self.hosts[::-1])]
        self.tunnel = tunnel

    def send(self, back: bool, payload: bytes = b"", flags: int = ACK) -> bytes:
        """From the client, or ``back`` from the server."""
        source, target = self.hosts[::-1] if back else self.hosts
        ports = self.ports[::-1] if back else self.ports
        head = struct.pack(
            "!HHIIBBHHH", *ports, self.next[back], self.next[not back] if flags & ACK else 0, 0x50, flags, 8192, 0, 0
        )
        total = checksum(self.pseudo[back] + struct.pack("!H", 20 + len(payload)) + head + payload)
        datagram = ipv4(source, target, 6, head[:16] + struct.pack("!H", total) + head[18:] + payload)
        self.next[back] = (self.next[back] + len(payload) + (flags & SYN != 0) + (flags & FIN != 0)) & 0xFFFFFFFF
        return self.tunnel.wrap(datagram, back) if self.tunnel else self.links[back] + datagram

    def open(self) -> Iterator[bytes]:
        """The handshake."""
        yield self.send(False, flags=SYN)
        yield self.send(True, flags=SYN | ACK)
        yield self.send(False)

    def close(self) -> Iterator[bytes]:
        """FIN from both sides."""
        yield self.send(False, flags=FIN | ACK)
        yield self.send(True, flags=FIN | ACK)
        yield self.send(False)

    def exchange(self, request: bytes, response: bytes) -> Iterator[bytes]:
        """Request, response, acknowledgement."""
        yield self.send(False, request, PSH | ACK)
        yield self.send(True, response, PSH | ACK)
        yield self.send(False)


class Modbus:
    """One master's polls of one PLC."""

    def __init__(self, rng: random.Random, connection: Connection, unit: int) -> None:
        self.rng, self.connection, self.unit = rng, connection, unit
        self.transaction = 0
        self.opened = False
        self.reads = [(3, 0, 16), (3, 100, 32), (4, 0, 8), (1, 0, 64)]

    def __call__(self) -> Iterator[bytes]:
        """One poll, or now and then a write."""
        if not self.opened:
            self.opened = True
            yield from self.connection.open()
        self.transaction = (self.transaction + 1) & 0xFFFF
        if self.transaction % 50 == 0:
            pdu = struct.pack("!BHH", 6, 200 + self.transaction // 50 % 4, self.rng.getrandbits(16))
            answer = pdu
        elif self.transaction % 333 == 0:
            pdu, answer = struct.pack("!BHH", 3, 9000, 2), b"\x83\x02"
        else:
            function, address, count = self.reads[self.transaction & 3]
            size = (count + 7) // 8 if function == 1 else 2 * count
            pdu = struct.pack("!BHH", function, address, count)
            answer = struct.pack("!BB", function, size) + self.rng.randbytes(size)
        yield from self.connection.exchange(self.frame(pdu), self.frame(answer))

    def frame(self, pdu: bytes) -> bytes:
        """MBAP header and PDU."""
        return struct.pack("!HHHB", self.transaction, 0, 1 + len(pdu), self.unit) + pdu


class S7:
    """A panel that reads and writes variables of a controller."""

    def __init__(self, rng: random.Random, connection: Connection) -> None:
        self.rng, self.connection = rng, connection
        self.reference = 0
        self.opened = False

    def __call__(self) -> Iterator[bytes]:
        """One job and its answer."""
        if not self.opened:
            self.opened = True
            yield from self.connection.open()
            tsaps = b"\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02\x01\x02"
            request = b"\x11\xe0\0\0\0\x01\0" + tsaps
            confirm = b"\x11\xd0\0\x01\0\x02\0" + tsaps
            yield from self.connection.exchange(self.tpkt(request), self.tpkt(confirm))
            setup = b"\xf0\0\0\x01\0\x01\x01\xe0"
            yield from self.connection.exchange(self.s7(1, setup), self.s7(3, setup))
        self.reference = (self.reference + 1) & 0xFFFF
        item = b"\x12\x0a\x10\x02" + struct.pack("!HHB", 16, 1 + self.reference % 3, 0x84) + b"\0\0\0"
        if self.reference % 40 == 0:
            data = b"\0\x04\0\x80" + self.rng.randbytes(16)
            yield from self.connection.exchange(self.s7(1, b"\x05\x01" + item, data), self.s7(3, b"\x05\x01", b"\xff"))
            return
        data = b"\xff\x04\0\x80" + self.rng.randbytes(16)
        yield from self.connection.exchange(self.s7(1, b"\x04\x02" + item + item), self.s7(3, b"\x04\x02", data + data))

    def tpkt(self, tpdu: bytes) -> bytes:
        """RFC 1006 packet."""
        return struct.pack("!BBH", 3, 0, 4 + len(tpdu)) + tpdu

    def s7(self, kind: int, parameters: bytes, data: bytes = b"") -> bytes:
        """S7comm job (1) or answer with data (3) in a COTP DT."""
        head = struct.pack("!BBHHHH", 0x32, kind, 0, self.reference, len(parameters), len(data))
        return self.tpkt(b"\x02\xf0\x80" + head + (b"\0\0" if kind == 3 else b"") + parameters + data)


class Iec104:
    """A substation that reports values; the master acknowledges, interrogates and commands."""

    def __init__(self, rng: random.Random, connection: Connection) -> None:
        self.rng, self.connection = rng, connection
        self.sent = [0, 0]
        self.rounds = 0

    def __call__(self) -> Iterator[bytes]:
        """Two reports and an acknowledgement."""
        send = self.connection.send
        if not self.rounds:
            yield from self.connection.open()
            yield from self.connection.exchange(b"\x68\x04\x07\0\0\0", b"\x68\x04\x0b\0\0\0")
        self.rounds += 1
        if self.rounds % 100 == 0:
            command = struct.pack("<BBBBH", 45, 1, 6, 0, 1) + b"\x88\x13\0" + bytes((self.rounds // 100 & 1,))
            yield send(False, self.information(False, command), PSH | ACK)
            yield send(True, self.information(True, command[:2] + b"\x07" + command[3:]), PSH | ACK)
        for cause in (3, 1):
            head = struct.pack("<BBBBH", 13, 3, cause, 0, 1)
            base = 4000 + 16 * (self.rounds % 5)
            objects = [(base + i).to_bytes(3, "little") + self.rng.randbytes(4) + b"\0" for i in range(3)]
            yield send(True, self.information(True, head + b"".join(objects)), PSH | ACK)
        yield send(False, struct.pack("<BBHH", 0x68, 4, 1, self.sent[1] << 1), PSH | ACK)
        yield send(True)

    def information(self, back: bool, asdu: bytes) -> bytes:
        """An I-format APDU."""
        control = struct.pack("<HH", self.sent[back] << 1, self.sent[not back] << 1)
        self.sent[back] = (self.sent[back] + 1) & 0x7FFF
        return struct.pack("BB", 0x68, 4 + len(asdu)) + control + asdu


class Profinet:
    """A controller and its devices: cyclic data both ways in priority-tagged frames, and DCP now and then."""

    def __init__(self, rng: random.Random, devices: int) -> None:
        self.rng = rng
        self.controller = mac(0x0301)
        self.devices = [mac(0x0310 + i) for i in range(devices)]
        self.cycle = 0

    def __call__(self) -> Iterator[bytes]:
        """One cycle of one device."""
        self.cycle = (self.cycle + 1) & 0xFFFF
        number = self.cycle % len(self.devices)
        device = self.devices[number]
        tag = b"\x81\x00\xc0\x00\x88\x92"
        for source, target, frame in ((self.controller, device, 0x8000), (device, self.controller, 0x8001)):
            data = self.rng.randbytes(40) + struct.pack("!HBB", self.cycle << 5 & 0xFFFF, 0x35, 0)
            yield target + source + tag + struct.pack("!H", frame + 2 * number) + data
        if self.cycle % 200 == 0:
            head = struct.pack("!BBIHH", 5, 0, self.cycle, 1, 4) + b"\xff\xff\0\0"
            yield b"\x01\x0e\xcf\0\0\0" + self.controller + b"\x88\x92\xfe\xfe" + head + bytes(32)
            for i, answering in enumerate(self.devices):
                name = b"io-device-%02d" % i
                block = b"\x02\x02" + struct.pack("!HH", 2 + len(name), 0) + name
                head = struct.pack("!BBIHH", 5, 1, self.cycle, 0, len(block))
                yield self.controller + answering + b"\x88\x92\xfe\xff" + head + block + bytes(20)


class Tls:
    """Long-lived encrypted connections; now and then a record that spans twelve segments."""

    def __init__(self, rng: random.Random, connection: Connection) -> None:
        self.rng, self.connection = rng, connection
        self.rounds = 0

    def __call__(self) -> Iterator[bytes]:
        """Some records."""
        if not self.rounds:
            yield from self.connection.open()
            hello = b"\x03\x03" + self.rng.randbytes(32) + b"\0"
            client = hello + b"\0\x04\x13\x01\xc0\x2f\x01\0"
            server = hello + b"\xc0\x2f\0"
            yield from self.connection.exchange(self.record(22, b"\x01", client), self.record(22, b"\x02", server))
        self.rounds += 1
        if self.rounds % 50 == 0:
            large = b"\x17\x03\x03\x40\0" + self.rng.randbytes(16384)
            for at in range(0, len(large), 1400):
                yield self.connection.send(True, large[at : at + 1400], ACK)
            yield self.connection.send(False)
        yield from self.connection.exchange(self.application(100), self.application(self.rng.randrange(50, 1300)))

    def record(self, kind: int, handshake: bytes, body: bytes) -> bytes:
        """A handshake record."""
        body = handshake + len(body).to_bytes(3, "big") + body
        return struct.pack("!BHH", kind, 0x0303, len(body)) + body

    def application(self, size: int) -> bytes:
        """A record of application data."""
        return struct.pack("!BHH", 23, 0x0303, size) + self.rng.randbytes(size)


class Http:
    """Short connections, each from another port."""

    def __init__(self, rng: random.Random, client: Host, server: Host) -> None:
        self.rng, self.client, self.server = rng, client, server
        self.port = 49152

    def __call__(self) -> Iterator[bytes]:
        """One request and its response in a connection of their own."""
        self.port = self.port + 1 if self.port < 65535 else 49152
        connection = Connection(self.client, self.server, 80, self.port)
        yield from connection.open()
        page = self.port % 7
        request = b"GET /status/%d HTTP/1.1\r\nHost: historian\r\nUser-Agent: panel/1.0\r\n\r\n" % page
        body = self.rng.randbytes(120).hex().encode()
        response = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 240\r\n\r\n" + body
        yield from connection.exchange(request, response)
        yield from connection.close()


class Lookup:
    """DNS questions, each from another port, and ARP."""

    def __init__(self, rng: random.Random, client: Host, server: Host) -> None:
        self.rng, self.client, self.server = rng, client, server
        self.count = 0

    def __call__(self) -> Iterator[bytes]:
        """A question and its answer; every third time ARP as well."""
        self.count += 1
        name = b"\x06plant%d\x05local\0\0\x01\0\x01" % (self.count % 10)
        port, identifier = self.rng.randrange(49152, 65536), self.rng.getrandbits(16)
        question = struct.pack("!HHHHHH", identifier, 0x0100, 1, 0, 0, 0) + name
        answer = struct.pack("!HHHHHH", identifier, 0x8180, 1, 1, 0, 0) + name
        answer += b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\x14\x01\x05"
        yield self.client.link(self.server) + udp(self.client, self.server, port, 53, question)
        yield self.server.link(self.client) + udp(self.server, self.client, 53, port, answer)
        if self.count % 3 == 0:
            ends = self.client.mac + self.client.ip + bytes(6) + self.server.ip
            yield b"\xff" * 6 + self.client.mac + b"\x08\x06\0\x01\x08\0\x06\x04\0\x01" + ends + bytes(18)
            ends = self.server.mac + self.server.ip + self.client.mac + self.client.ip
            yield self.client.mac + self.server.mac + b"\x08\x06\0\x01\x08\0\x06\x04\0\x02" + ends + bytes(18)


def scenes(rng: random.Random) -> list[Scene]:
    """What happens in the plant, each as often as it is listed."""
    hmi, scada = Host(10), Host(11)
    modbus: list[Scene] = [Modbus(rng, Connection(hmi, Host(20 + i), 502, 50000 + i), unit=1 + i) for i in range(3)]
    modbus += [Modbus(rng, Connection(Host(10, 2, 20), Host(20 + i, 2, 20), 502, 50010 + i), unit=1) for i in range(2)]
    tunnel = Tunnel(Host(1, 9), Host(2, 9))
    remote: Scene = Modbus(rng, Connection(Host(5, 7), Host(6, 7), 502, 50020, tunnel), unit=9)
    s7: list[Scene] = [S7(rng, Connection(hmi, Host(30 + i), 102, 50030 + i)) for i in range(3)]
    telecontrol: Scene = Iec104(rng, Connection(scada, Host(40), 2404, 50040))
    tls: Scene = Tls(rng, Connection(scada, Host(50), 443, 50050))
    profinet: Scene = Profinet(rng, 8)
    http: Scene = Http(rng, hmi, Host(51))
    lookup: Scene = Lookup(rng, hmi, Host(53))
    cycle = [*modbus, *s7, profinet, profinet, profinet, telecontrol, remote]
    return [*cycle, lookup, *cycle, tls, *cycle, http]


def frames(seed: int = 62443) -> Iterator[bytes]:
    """Without end."""
    rng = random.Random(seed)
    happenings = scenes(rng)
    while True:
        for scene in happenings:
            yield from scene()


def write_capture(path: Path, packets: int) -> None:
    """Write the first ``packets`` frames of the plant."""
    write_frames(path, frames(), packets)


def write_frames(path: Path, happening: Iterator[bytes], packets: int) -> None:
    """Write the first ``packets`` of the frames as a pcap with microseconds."""
    time = START * 1_000_000_000
    with path.open("wb", buffering=1 << 20) as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for _, frame in zip(range(packets), happening, strict=False):
            file.write(struct.pack("<IIII", time // 1_000_000_000, time // 1000 % 1_000_000, len(frame), len(frame)))
            file.write(frame)
            time += STEP


def generated(packets: int) -> Path:
    """The capture of that size, written when it is not there yet."""
    folder = Path(__file__).parent / "work"
    folder.mkdir(exist_ok=True)
    path = folder / f"mixed-{packets}.pcap"
    if not path.exists():
        part = path.with_suffix(".part")
        write_capture(part, packets)
        part.rename(path)
    return path


if __name__ == "__main__":
    write_capture(Path(sys.argv[2]), int(sys.argv[1]))
