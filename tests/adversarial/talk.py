"""Who is who in the proving plant, and conversations between them, payload by payload.

What is said is (who, payload), 1 for who opened the conversation and 0 for the other. Everything is a function that
records when it is asked to, so that a list of cases costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from fixtures.record.wire import START, Udp, Wire
from tests.adequacy.scene import Part, recorded
from tests.adversarial.staging import Recorded
from tests.twins import Form, Record, ends, from_client, is_ip, records

SCADA, ENGINEER, PANEL = "10.20.10.10", "10.20.10.20", "10.20.1.30"
PLC_1, PLC_2, SAFETY = "10.20.1.11", "10.20.1.12", "10.20.9.11"
HISTORIAN, OFFICE_PC = "10.20.50.10", "10.10.0.5"
STRANGER, CELL_STRANGER = "10.10.0.66", "10.20.1.66"  # of the office, of the cell
NOWHERE_LISTED = "10.20.1.99"  # a server of the cell
ASKS, ANSWERS = 1, 0
Said = Iterable[tuple[int, bytes]]
Play = Callable[[Wire], object]
AT = 200.0  # seconds after the plant's recording began
CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"

STOP, DOWNLOAD, UPLOAD = "controller-stop-unauthorised", "program-download-unauthorised", "program-upload-unauthorised"
WRITE, CONFIGURE = "write-unauthorised", "device-reconfigured-unauthorised"
FILES, CLOCK = "files-changed-unauthorised", "clock-set-unauthorised"
UNKNOWN, CONDUIT = "unknown-function-used", "undeclared-conduit"
PASSWORD, FORCED = "credentials-in-clear", "values-forced"


def wired(*plays: Play) -> Recorded:
    """What the plays write, one after the other."""

    def recording() -> list[Record]:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "made.pcap"
            with Wire(path) as wire:
                wire.pause(AT)
                for play in plays:
                    play(wire)
            return records(path)

    return recording


def over_tcp(client: str, server: str, port: int, said: Said, *, close: bool = True) -> Play:
    """A connection."""

    def play(wire: Wire) -> None:
        talk = wire.tcp(client, server, port)
        for who, payload in said:
            (talk.client if who else talk.server)(payload)
        if close:
            talk.close()

    return play


def over_udp(client: str, server: str, port: int, said: Said, own_port: int = 0) -> Play:
    """Datagrams, from a port of the client's own choice when one is given."""

    def play(wire: Wire) -> None:
        talk = Udp(wire, (client, own_port), (server, port)) if own_port else wire.udp(client, server, port)
        for who, payload in said:
            (talk.client if who else talk.server)(payload)

    return play


def stream(client: str, server: str, port: int, said: Said) -> Recorded:
    """A connection alone."""
    return wired(over_tcp(client, server, port, list(said)))


def datagrams(client: str, server: str, port: int, said: Said) -> Recorded:
    """Datagrams alone."""
    return wired(over_udp(client, server, port, list(said)))


def played(name: str, times: int = 1, **hosts: str) -> Recorded:
    """A fixture with other hosts: those of ``hosts``, whose keys are its addresses with underscores for points."""
    names = {old.strip("_").replace("_", "."): new for old, new in hosts.items()}
    return lambda: recorded([Part(name, names, times=times, at=AT)])


def formed(form: Form, recording: Recorded) -> Recorded:
    """In another form."""
    return lambda: form(recording())


def both(*recordings: Recorded) -> Recorded:
    """Several at once."""
    return lambda: sorted((record for each in recordings for record in each()), key=lambda record: record[:2])


def framed(*frames: tuple[float, bytes]) -> Recorded:
    """Frames at seconds after the plant's recording began."""
    return lambda: [(START + int(t), round(t % 1 * 1e6), frame, len(frame)) for t, frame in frames]


def each(change: Callable[[bytes, int], bytes], *, of: Callable[[bool], bool] = lambda _: True) -> Form:
    """Every IP frame, or those that the client (True) or the server sends, changed; it gets frame and number."""

    def form(all_records: list[Record]) -> list[Record]:
        found = []
        for number, ((s, f, frame, wire), asks) in enumerate(zip(all_records, from_client(all_records), strict=True)):
            changed = change(frame, number) if is_ip(frame) and of(asks) else frame
            found.append((s, f, changed, wire if changed is frame else len(changed)))
        return found

    return form


def addresses(frame: bytes) -> tuple[str, str]:
    """Who sends an IPv4 frame, and to whom."""
    (source, _), (target, _) = ends(frame)
    return ".".join(map(str, source)), ".".join(map(str, target))
