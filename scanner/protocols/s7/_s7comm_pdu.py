"""The S7 PDU inside a COTP data TPDU: header, parameters and data."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.protocols.base import Malformed, Message
from scanner.protocols.common.probe import once

# Offsets in a packet: type of the TPDU, then of the S7 PDU its protocol, kind, reference, two lengths and what follows
# them. Acknowledgements have an error before their parameters.
TPDU, START, ROSCTR, REFERENCE, PARAMETER_LENGTH, DATA_LENGTH, PARAMETERS = 5, 7, 8, 11, 13, 15, 17
ERROR, ACKNOWLEDGED = 17, 19
DATA_TPDU, PROTOCOL_ID = 0xF0, 0x32
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
    if len(data) < PARAMETERS or data[TPDU] != DATA_TPDU or data[START] != PROTOCOL_ID:
        raise Malformed("no S7 PDU in a COTP data TPDU")
    rosctr = data[ROSCTR]
    start = ACKNOWLEDGED if rosctr in (ACK, ACK_DATA) else PARAMETERS
    middle = start + int.from_bytes(data[PARAMETER_LENGTH:DATA_LENGTH], "big")
    end = middle + int.from_bytes(data[DATA_LENGTH:PARAMETERS], "big")
    if end > message.length:
        raise Malformed("parameters and data need {end} bytes, the packet has {length}", end=end, length=message.length)
    if rosctr not in KNOWN and end != message.length:
        raise Malformed("ROSCTR {rosctr} is not known", rosctr=rosctr)
    if len(data) < start:
        raise Malformed("cut short in the header")
    return Pdu(
        rosctr=rosctr,
        error=int.from_bytes(data[ERROR:ACKNOWLEDGED], "big") if start == ACKNOWLEDGED else 0,
        parameters=data[start:middle],
        data=data[middle:end],
        whole=len(data) >= end,
    )
