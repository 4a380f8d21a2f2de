"""Identifiers of goods and things that control devices resolve: by Handle on any port, and by names of OID and GS1."""

from __future__ import annotations

from fixtures.record.handle import RESOLVE, SUCCESS, message, text
from tests.adversarial.export_forms import FORMS, PARTS
from tests.adversarial.leaving_forms import FAR
from tests.adversarial.service_forms import answered, question, sized
from tests.adversarial.staging import Case, Recorded, calm, not_calm, seen
from tests.adversarial.talk import OFFICE_PC, PANEL, SCADA, Said, datagrams, formed, stream
from tests.twins import IP_ONLY

RESOLVES = "identifiers-resolved-by-control-system"
ITEM = b"88.1000.1/made-up-item"
OID, GS1 = b"4.3.2.1.100.oid-res.org", b"5.0.6.1.3.gtin.gs1.id.onsepc.com"
OURS = "10.20.50.10"  # in the DMZ


def resolved(times: int = 4) -> Said:
    """A Handle and what it stands for."""
    return [
        one
        for number in range(1, times + 1)
        for one in (
            (1, message(RESOLVE, number, text(ITEM) + bytes(8))),
            (0, message(RESOLVE, number, text(ITEM) + bytes(40), SUCCESS)),
        )
    ]


def looked_up(name: bytes, kind: int = 35) -> Said:
    """A name in DNS."""
    questions = [question(name, n + 1, kind) for n in range(4)]
    return [one for asked in questions for one in ((1, asked), (0, answered(asked)))]


def handles(server: str, port: int = 2641, client: str = SCADA) -> Recorded:
    """Over TCP."""
    return stream(client, server, port, resolved())


def cases() -> list[Case]:
    """All."""
    names = datagrams(SCADA, OURS, 53, looked_up(OID))
    return [
        seen("Handle to the Internet", handles(FAR), RESOLVES),
        seen("Handle to the Internet on 8000", handles(FAR, 8000), RESOLVES),
        seen("Handle to the Internet in datagrams", datagrams(SCADA, FAR, 2641, resolved()), RESOLVES),
        seen("Handle to the Internet by a panel", handles(FAR, client=PANEL), RESOLVES),
        calm("Handle to a server of the plant", handles(OURS), RESOLVES),
        calm("Handle of the office", handles(FAR, client=OFFICE_PC), RESOLVES),
        calm("Handle that somebody outside asks the plant for", handles(SCADA, client=FAR), RESOLVES),
        seen("an OID at a public name server", datagrams(SCADA, FAR, 53, looked_up(OID)), RESOLVES),
        seen("GS1 at a public name server on 5300", datagrams(SCADA, FAR, 5300, looked_up(GS1)), RESOLVES),
        seen("an OID at the plant's name server", names, RESOLVES),
        seen("an OID in capitals", datagrams(SCADA, OURS, 53, looked_up(OID.upper())), RESOLVES),
        seen(
            "an OID over TCP", stream(SCADA, OURS, 53, [(who, sized(data)) for who, data in looked_up(OID)]), RESOLVES
        ),
        seen("an OID in IPv6", formed(IP_ONLY["in IPv6"], names), RESOLVES),
        calm("a name that ends otherwise", datagrams(SCADA, OURS, 53, looked_up(OID + b".plant.example")), RESOLVES),
        calm("a name that begins otherwise", datagrams(SCADA, OURS, 53, looked_up(b"notoid-res.org")), RESOLVES),
        calm("other names", datagrams(SCADA, OURS, 53, looked_up(b"historian.plant.example", 1)), RESOLVES),
        calm("an OID that the office looks up", datagrams(OFFICE_PC, OURS, 53, looked_up(OID)), RESOLVES),
        *(
            seen(f"Handle to the Internet {name}", formed(form, handles(FAR)), RESOLVES)
            for name, form in FORMS.items()
            if name != "answers only"
        ),
        not_calm("Handle to the Internet answers only", formed(FORMS["answers only"], handles(FAR)), RESOLVES),
        *(not_calm(f"Handle to the Internet {name}", formed(f, handles(FAR)), RESOLVES) for name, f in PARTS.items()),
        not_calm("an OID, answers only", formed(FORMS["answers only"], names), RESOLVES),
        not_calm("Handle by somebody in no zone", handles(FAR, client="172.16.9.9"), RESOLVES),
    ]
