"""The S7 PDU inside a COTP data TPDU: header, parameters and data."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.protocols.base import Malformed, Message
from scanner.protocols.common.probe import once

START = 7  # behind TPKT and the data TPDU's header
JOB, ACK, ACK_DATA, USERDATA_PDU = 1, 2, 3, 7
KNOWN = (JOB, ACK, ACK_DATA, USERDATA_PDU)
SUCCESS = 0xFF  # return code


@dataclass(slots=True)
class Pdu:
    """One S7 PDU, its parts as far as they were kept."""

    rosctr: int
    error: int
    parameters: bytes
    data: bytes
    whole: bool  # nothing is missing of parameters and data


@once
def read_pdu(message: Message) -> Pdu:
    """The PDU of a message that begins with its TPKT header; Malformed when there is none or its lengths do not fit."""
    data = message.data
    if len(data) < START + 10 or data[5] != 0xF0 or data[START] != 0x32:
        raise Malformed("no S7 PDU in a COTP data TPDU")
    rosctr = data[8]
    start = START + (12 if rosctr in (ACK, ACK_DATA) else 10)
    middle = start + int.from_bytes(data[13:15], "big")
    end = middle + int.from_bytes(data[15:17], "big")
    if end > message.length:
        raise Malformed(f"parameters and data need {end} bytes, the packet has {message.length}")
    if rosctr not in KNOWN and end != message.length:
        raise Malformed(f"ROSCTR {rosctr} is not known")
    if len(data) < start:
        raise Malformed("cut short in the header")
    return Pdu(
        rosctr=rosctr,
        error=int.from_bytes(data[17:19], "big") if start > START + 10 else 0,
        parameters=data[start:middle],
        data=data[middle:end],
        whole=len(data) >= end,
    )
