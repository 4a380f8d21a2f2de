"""ADS: commands, AMS ports, index groups and offsets, errors of the AMS header, states, device names.

tshark shows the result of an answer only where data follow it, so results are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.capture.result import DistinctMessage
from scanner.protocols.base import Row
from tests.conformance.oracle import layers
from tests.conformance.spec import Frame, Spec, Value, counted, operations

WITH_GROUP = (2, 3, 6, 9)


def theirs(frame: Frame) -> Iterator[Value]:
    """One message for each command; discovery is not dissected by tshark. What EtherCAT carries is EtherCAT's."""
    if "ecat" in layers(frame):
        return
    yield from counted(
        frame,
        command="ams.cmdid",
        index_group="ams.ads_indexgroup",
        index_offset="ams.ads_indexoffset",
        state="ams.ads_state",
    )
    yield from (("error", v) for _, v in counted(frame, error="ams.errorcode") if v != "0")
    yield from (("device", text) for v in frame.get("ams.ads_devicename", ()) if (text := v.strip()))
    for flags, ports in ((f, frame.get(p, ())) for f, p in _SIDES):
        yield from (
            ("port", str(int(port)))
            for flag, port in zip(frame.get("ams.stateflags", ()), ports, strict=False)
            if int(flag, 0) & 1 == flags
        )


_SIDES = ((0, "ams.targetport"), (1, "ams.senderport"))


def ours(message: DistinctMessage, rows: Sequence[Row]) -> Iterator[Value]:
    """The command is the row's; the rest are key bytes, which file handles and device notifications are not."""
    data = message.data
    if data[:1] != b"\0":
        return
    command, answer = data[22], data[24] & 1
    yield "command", operations(rows)[0].code
    at = 20 if answer else 12
    yield "port", str(int.from_bytes(data[at : at + 2], "little"))
    yield from _body(data, command, answer)


def _body(data: bytes, command: int, answer: int) -> Iterator[Value]:
    def number(at: int, width: int = 4) -> str:
        return str(int.from_bytes(data[at : at + width], "little"))

    if answer:
        if number(30) != "0":
            yield "error", number(30)
        if command == 4 and len(data) >= 44:
            yield "state", number(42, 2)
        if command == 1 and len(data) >= 62 and data[46:62].strip(b"\0"):
            yield "device", data[46:62].split(b"\0")[0].decode()
    elif command in WITH_GROUP:
        yield "index group", number(38)
        yield "index offset", number(42)
    elif command == 5:
        yield "state", number(38, 2)


SPEC = Spec(
    protocol="ads",
    layers=("ams",),
    fields=(
        "ams.cmdid",
        "ams.stateflags",
        "ams.targetport",
        "ams.senderport",
        "ams.ads_indexgroup",
        "ams.ads_indexoffset",
        "ams.errorcode",
        "ams.ads_state",
        "ams.ads_devicename",
    ),
    theirs=theirs,
    ours=ours,
    decode_as={"tcp": "ams"},
)
