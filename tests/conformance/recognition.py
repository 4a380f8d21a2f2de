"""``python -m tests.conformance.recognition FOLDER``: which protocols otaudit claims, and does tshark see them there?

A claim is a protocol of a conversation that otaudit accepts (``Understood.spoken``). It is proved when tshark sees the
protocol in the same conversation by itself, or without a malformed packet once it is told the port. Every other claim
needs a verdict of ``claims.tsv``: "right" or "false", and why. Claims that tshark does not see by itself are printed,
then the numbers. Exit status 1 when a claim is false, or has neither proof nor a verdict.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from scanner.capture.read import read_capture
from scanner.capture.result import Conversation
from scanner.errors import InputError
from scanner.facts.understand import understand
from scanner.protocols import framing_plan, protocols
from tests.conformance import oracle
from tests.conformance.compare import ports_told
from tests.conformance.known import captures
from tests.conformance.spec import specs

SEEN, TOLD, RIGHT, FALSE, OPEN = (
    "tshark sees it by itself",
    "tshark sees it when told the port",
    "right, by hand",
    "false",
    "without proof or verdict",
)
MALFORMED = "_ws.malformed"
NOBODY = ("00:00:00:00:00:00",)  # of links without addresses, as conversations have them
ENDS = (("ip.src", "ip.dst"), ("ipv6.src", "ipv6.dst"), ("eth.src", "eth.dst"), ("wlan.sa", "wlan.da"))
FIELDS = (
    *("wlan.sa", "wlan.da"),
    *("tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport", "sctp.srcport", "sctp.dstport"),
)
ALSO = {"dns": ("llmnr", "mdns"), "smb": ("smb2",), "dhcp": ("dhcpv6",)}  # one protocol, other names in tshark


@cache
def layers_of(protocol: str) -> frozenset[str]:
    """tshark's names of a protocol in ``frame.protocols``."""
    named = next((s.layers for s in specs() if s.protocol == protocol), ())
    return frozenset((*named, protocol, protocols()[protocol].display_filter, *ALSO.get(protocol, ())))


def seen_by_tshark(capture: Path, options: Sequence[str]) -> dict[tuple[str, str, int], set[str]]:
    """(address, address, port) -> layers; every pair of addresses of a frame counts, port 0 stands for any."""
    seen: defaultdict[tuple[str, str, int], set[str]] = defaultdict(set)
    for frame in oracle.frames(capture, FIELDS, options):
        ports = {0, *(int(p) for name in FIELDS if "port" in name for p in frame.get(name, ()))}
        for sender, receiver in ENDS:
            for pair in zip(frame.get(sender, NOBODY), frame.get(receiver, NOBODY), strict=False):
                for port in ports:
                    seen[(*sorted(pair), port)].update(oracle.layers(frame))
    return seen


def claims(capture: Path) -> tuple[int, list[tuple[Conversation, str, str]]]:
    """(conversations, [(conversation, protocol, how it is proved)]) of one capture."""
    try:
        result = read_capture(capture, capture.name, framing_plan())
    except InputError:
        return 0, []
    understood = understand(result, protocols())
    pairs = [(result.conversations[n], name) for n, spoken in understood.spoken.items() for name in spoken]
    by_itself = seen_by_tshark(capture, ()) if pairs else {}
    told = None
    found = []
    for conversation, name in pairs:
        proof = SEEN if layers_of(name) & _layers(conversation, by_itself) else OPEN
        if proof == OPEN:
            told = seen_by_tshark(capture, ports_told(result, understood)) if told is None else told
            layers = _layers(conversation, told)
            proof = TOLD if layers_of(name) & layers and MALFORMED not in layers else _verdict(capture.name, name)
        found.append((conversation, name, proof))
    return len(result.conversations), found


def _layers(conversation: Conversation, seen: dict[tuple[str, str, int], set[str]]) -> set[str]:
    port = 0 if conversation.transport == "ethernet" else conversation.server_port
    first, second = sorted((conversation.client, conversation.server))
    return seen.get((first, second, port), set())


@cache
def _judged() -> dict[tuple[str, str], str]:
    with (Path(__file__).parent / "claims.tsv").open(encoding="utf-8", newline="") as lines:
        return {(row["capture"], row["protocol"]): row["verdict"] for row in csv.DictReader(lines, delimiter="\t")}


def _verdict(capture: str, protocol: str) -> str:
    return {"right": RIGHT, "false": FALSE}.get(_judged().get((capture, protocol), ""), OPEN)


def main(arguments: Iterable[str]) -> int:
    """Every capture below the folder."""
    (folder,) = (Path(a) for a in arguments)
    numbers: Counter[str] = Counter()
    files = captures(folder)
    for number, capture in enumerate(files, 1):
        sys.stderr.write(f"\r{number}/{len(files)} {capture.name[:60]:60}")
        conversations, found = claims(capture)
        numbers["conversations"] += conversations
        numbers["conversations with a protocol"] += len({id(c) for c, _, _ in found})
        numbers["claims"] += len(found)
        for conversation, name, proof in found:
            numbers[proof] += 1
            if proof != SEEN:
                ends = f"{conversation.client} -> {conversation.server} {conversation.transport}"
                sys.stdout.write(f"{capture.relative_to(folder)}: {name}: {ends} {conversation.server_port}: {proof}\n")
    sys.stdout.write(f"captures: {len(files):,}\n")
    for what in ("conversations", "conversations with a protocol", "claims", SEEN, TOLD, RIGHT, FALSE, OPEN):
        sys.stdout.write(f"{what}: {numbers[what]:,}\n")
    return 1 if numbers[FALSE] or numbers[OPEN] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
