"""Tables of what was recorded: recordings and their files."""

from __future__ import annotations

from scanner.facts.schema.columns import Column, Table

CAPTURES = Table(
    "captures",
    "One row for each recording: a capture file, or the files of one folder that follow one another (a ring).",
    "capture",
    (
        Column("capture", "str", "id: first 12 hex digits of the SHA-256"),
        Column("source", "str", "name of the file as given, of the first of several"),
        Column("sources", "list[str]", "names of all its files, in the order of their frames"),
        Column("file_count", "int", "files that it consists of"),
        Column("missing_files", "int", "files of the ring that are not there, as the numbers in the names say"),
        Column("sha256", "str", "SHA-256 of the file, or of the files' digests one after the other in hexadecimal"),
        Column("size", "int", "size of the files", "bytes"),
        Column("format", "str", "container format and compression"),
        Column("packets", "int", "packets read"),
        Column("bytes", "int", "original length of all packets", "bytes"),
        Column("first_time", "time", "first packet"),
        Column("last_time", "time", "last packet"),
        Column("duration", "float", "last minus first packet", "seconds"),
        Column(
            "traffic_seconds",
            "float",
            "time in which there was traffic: silence of more than five minutes does not count",
            "seconds",
        ),
        Column(
            "slot_seconds", "float", "length of the slots of time in which flows say when they had packets", "seconds"
        ),
        Column(
            "slot_activity", "list[int]", "of each slot from the first packet on, the time with traffic", "microseconds"
        ),
        Column("link_types", "list[str]", "link types present"),
        Column("truncated_packets", "int", "packets cut by the snap length"),
        Column("not_understood_packets", "int", "packets of a link type or network protocol that is not decoded"),
        Column("not_understood", "list[str]", "what was not decoded, with counts", said=True),
        Column("malformed_packets", "int", "packets whose headers contradict their lengths"),
        Column("fragments_dropped", "int", "IP fragments that could not be reassembled"),
        Column("gaps", "int", "places in TCP streams that were not captured"),
        Column("lost_bytes", "int", "TCP payload known to be missing", "bytes"),
        Column("skipped_bytes", "int", "TCP payload that fitted no message of its protocol", "bytes"),
        Column("tcp_flows", "int", "TCP conversations with payload"),
        Column("one_sided_flows", "int", "TCP conversations with payload from one side only"),
        Column("one_sided_share", "float", "one_sided_flows / tcp_flows, 0 to 1"),
        Column("malformed_messages", "int", "messages that break their protocol's specification"),
        Column("recognised_share", "float", "share of payload-carrying conversations whose protocol was recognised"),
        Column(
            "complete", "bool", "nothing left out as it was recorded, read to its end, no ceiling reached, most decoded"
        ),
        Column(
            "unread", "str", "why the rest could not be read or most not decoded, or what was never recorded", said=True
        ),
        Column("limits", "list[str]", "table ceilings reached, with how much was left out", said=True),
        Column(
            "clock_ahead",
            "float",
            "by how much its clock is ahead of that of another recording of the same packets, at most; 0 when it is "
            "ahead of none; null when there is none with three conversations that both have whole",
            "seconds",
            derived=True,
        ),
        Column("clock_behind", "str", "that other recording, as given", derived=True),
    ),
)

FILES = Table(
    "files",
    "One row for each capture file read.",
    "capture",
    (
        Column("capture", "str", "id of the recording in the table captures"),
        Column("source", "str", "name of the file as given"),
        Column("sha256", "str", "SHA-256 of the file"),
        Column("size", "int", "size of the file", "bytes"),
        Column("format", "str", "container format and compression"),
        Column("frames_before", "int", "frames of the recording in the files before this one"),
        Column("packets", "int", "packets read"),
        Column("first_time", "time", "first packet"),
        Column("last_time", "time", "last packet"),
        Column("duration", "float", "last minus first packet", "seconds"),
        Column("truncated_packets", "int", "packets cut by the snap length"),
        Column("missing_files", "int", "files of the ring that are not there, just before this one"),
        Column("unread", "str", "why the rest of the file could not be read", said=True),
    ),
)
