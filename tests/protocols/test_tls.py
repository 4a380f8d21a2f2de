"""TLS: what recorded OpenSSL sessions show, and hand-made records for what OpenSSL does not do."""

from __future__ import annotations

import struct
import warnings
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from fixtures.record.wire import Wire
from scanner.facts.sessions import session_rows
from scanner.protocols.base import CertificateChain, Kind, Malformed, Message, Operation, Session, Verb
from scanner.protocols.tls._cipher_suites import SUITES, is_grease, suite_name
from scanner.protocols.tls.tls import PROTOCOL
from tests.protocols.recordings import CAPTURES, cut_by_length, streams
from tests.protocols.understanding import understand_capture


def message(data: bytes, from_client: bool | None = True, length: int | None = None) -> Message:
    return Message(data, len(data) if length is None else length, from_client, "tcp", 443)


def dissect(data: bytes, from_client: bool | None = True) -> list:
    assert PROTOCOL.probe(message(data, from_client))
    return list(PROTOCOL.dissect(message(data, from_client)))


def sessions(rows: list) -> dict:
    """All non-empty fields of the session rows; details joined."""
    merged: dict = {}
    for row in rows:
        if isinstance(row, Session):
            for name in Session.__dataclass_fields__:
                value = getattr(row, name)
                if value is None or (value is not False and not value):
                    continue
                merged[name] = f"{merged['detail']}; {value}" if name == "detail" and "detail" in merged else value
    return merged


def recorded(name: str) -> list[list]:
    """The rows of every connection of a recording."""
    return [
        [row for side, data in cut_by_length(talk, 3, 2, 5) for row in dissect(data, side)]
        for talk in streams(CAPTURES / "tls" / name).values()
    ]


HMI = "CN=hmi.example,O=Example Works"
RECORDED = {
    "tls13.pcap": {"version": "TLS 1.3", "cipher": "TLS_AES_256_GCM_SHA384", "server_name": "plc.example"},
    "tls12.pcap": {
        "version": "TLS 1.2",
        "cipher": "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "certificate_subject": "CN=gateway.example,O=Example Works",
        "certificate_issuer": "CN=Example Works CA,O=Example Works",
        "certificate_not_before": "2023-12-02T08:00:00+00:00",
        "certificate_not_after": "2024-12-31T08:00:00+00:00",
        "certificate_key": "EC",
        "certificate_key_bits": 256,
        "certificate_signature": "ecdsa-with-SHA256",
        "certificate_self_signed": False,
        "encrypted": True,
    },
    "tls12_self_signed_odd_port.pcap": {
        "certificate_subject": HMI,
        "certificate_issuer": HMI,
        "certificate_key": "RSA",
        "certificate_key_bits": 2048,
        "certificate_signature": "sha256WithRSAEncryption",
        "certificate_self_signed": True,
        "detail": "key exchange x25519",
    },
    "tls11.pcap": {"version_offered": ("TLS 1.1",), "version": "TLS 1.1"},
    "tls10_expired_weak.pcap": {
        "version": "TLS 1.0",
        "cipher": "TLS_RSA_WITH_AES_128_CBC_SHA",
        "certificate_not_after": "2023-06-15T08:00:00+00:00",
        "certificate_key_bits": 1024,
        "certificate_signature": "sha1WithRSAEncryption",
        "certificate_self_signed": True,
    },
    "tls12_null_suite.pcap": {"cipher": "TLS_RSA_WITH_NULL_SHA256", "encrypted": False},
    "tls12_dhe1024.pcap": {"detail": "key exchange DHE 1024 bits"},
    "tls12_unknown_ca.pcap": {"detail": "key exchange x25519; fatal alert from client: unknown_ca"},
    "tls11_refused.pcap": {"version_offered": ("TLS 1.1",), "detail": "fatal alert from server: protocol_version"},
    "tls13_hello_retry.pcap": {"version": "TLS 1.3"},
}


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_sessions_show_their_security(name):
    (rows,) = recorded(name)
    found = sessions(rows)
    assert {k: found.get(k) for k in RECORDED[name]} == RECORDED[name]


@pytest.mark.parametrize("name", ["tls13.pcap", "tls11_refused.pcap", "tls13_hello_retry.pcap"])
def test_no_certificate_is_made_up_where_none_is_visible(name):
    (rows,) = recorded(name)
    assert not any(field.startswith("certificate") for field in sessions(rows))


def test_hello_retry_is_told_from_the_server_hello():
    (rows,) = recorded("tls13_hello_retry.pcap")
    assert [r.function for r in rows if isinstance(r, Operation)] == [
        "ClientHello",
        "HelloRetryRequest",
        "ClientHello",
        "ServerHello",
    ]


def test_client_certificates_are_the_clients():
    (rows,) = recorded("tls12_client_certificate.pcap")
    of = {r.certificate_of: r.certificate_subject for r in rows if isinstance(r, Session) and r.certificate_of}
    assert of == {
        "server": "CN=gateway.example,O=Example Works",
        "client": "CN=operator.example,O=Example Works",
    }
    assert "client certificate requested; client proved its certificate" in sessions(rows)["detail"]


def test_resumed_sessions_are_seen_as_such():
    first, *others = recorded("tls12_resumed.pcap")
    assert "resumption" not in sessions(first)["detail"]
    assert [sessions(rows)["detail"] for rows in others] == ["resumption offered"] * 2


def test_a_fatal_alert_of_the_server_refuses_and_of_the_client_does_not():
    (refused,) = recorded("tls11_refused.pcap")
    (distrusted,) = recorded("tls12_unknown_ca.pcap")
    assert [(r.kind, r.refusal) for r in refused if isinstance(r, Operation)][-1] == (
        Kind.REFUSAL,
        "protocol_version",
    )
    assert [r.kind for r in distrusted if isinstance(r, Operation)][-1] is Kind.NOTICE


@pytest.mark.parametrize("path", sorted((CAPTURES / "tls").glob("*.pcap")), ids=lambda p: p.name)
def test_every_recorded_record_is_recognised_and_gives_known_verbs(path):
    seen = 0
    for talk in streams(path).values():
        for side, data in cut_by_length(talk, 3, 2, 5):
            rows = dissect(data, side)
            assert {r.verb for r in rows if isinstance(r, Operation)} <= PROTOCOL.verbs
            seen += 1
    assert seen


# --- built by hand --------------------------------------------------------------------------------------------------


def vector(width: int, data: bytes) -> bytes:
    return len(data).to_bytes(width, "big") + data


def handshake(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + vector(3, body)


def record(payload: bytes, kind: int = 22, version: int = 0x0303) -> bytes:
    return struct.pack(">BHH", kind, version, len(payload)) + payload


def extension(kind: int, data: bytes) -> bytes:
    return struct.pack(">H", kind) + vector(2, data)


def client_hello(version: int, suites: list[int], *extensions: bytes, compression: bytes = b"\0") -> bytes:
    body = struct.pack(">H", version) + bytes(range(32)) + vector(1, bytes(32))
    body += vector(2, b"".join(struct.pack(">H", s) for s in suites)) + vector(1, compression)
    return handshake(1, body + (vector(2, b"".join(extensions)) if extensions else b""))


def server_hello(version: int, suite: int, *extensions: bytes) -> bytes:
    body = struct.pack(">H", version) + bytes(32) + vector(1, b"") + struct.pack(">HB", suite, 0)
    return handshake(2, body + (vector(2, b"".join(extensions)) if extensions else b""))


def der(key=None, subject: str = "press-4", **changes) -> bytes:
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime(2024, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(changes.get("issuer", name))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
    )
    for each in changes.get("extensions", ()):
        made = made.add_extension(each, critical=False)
    made = made.sign(changes.get("signer", key), hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)


def certificates(*chain: bytes) -> bytes:
    return handshake(11, vector(3, b"".join(vector(3, c) for c in chain)))


def test_grease_is_ignored_everywhere():
    hello = client_hello(
        0x0303,
        [0x3A3A, 0x1301, 0x00C6, 0x00C7],
        extension(0x5A5A, b""),
        extension(43, vector(1, b"\x4a\x4a\x03\x04\x03\x03")),
    )
    found = sessions(dissect(record(hello, version=0x0301)))
    assert found["version_offered"] == ("TLS 1.3", "TLS 1.2")
    assert found["cipher_offered"] == ("TLS_AES_128_GCM_SHA256", "TLS_SM4_GCM_SM3", "TLS_SM4_CCM_SM3")


@pytest.mark.parametrize("more", [b"", b"\0\x1d" + vector(2, bytes(32))], ids=["a shared secret", "and a key share"])
def test_a_shared_secret_alone_is_told(more: bytes):
    chosen = [extension(43, b"\3\4"), extension(41, b"\0\0"), *([extension(51, more)] if more else [])]
    found = sessions(dissect(record(server_hello(0x0303, 0x1301, *chosen))))
    assert ("key exchange by a shared secret alone" in found.get("detail", "")) == (not more)


def test_the_clients_offer_in_words():
    hello = client_hello(
        0x0301,
        [0x002F, 0x5600],
        extension(0, vector(2, b"\0" + vector(2, b"hmi.example"))),
        extension(16, vector(2, vector(1, b"h2") + vector(1, b"http/1.1"))),
        extension(35, b"ticket"),
        compression=b"\1\0",
    )
    found = sessions(dissect(record(hello)))
    assert found["server_name"] == "hmi.example"
    assert found["cipher_offered"] == ("TLS_RSA_WITH_AES_128_CBC_SHA",)
    assert found["detail"] == (
        "ALPN offered h2, http/1.1; resumption offered; compression offered; fallback to a lower version; "
        "client without secure renegotiation"
    )


@pytest.mark.parametrize(
    ("version", "suite", "extensions", "name"),
    [
        (0x0300, 0x0004, (), "SSL 3.0"),
        (0x0301, 0x000A, (), "TLS 1.0"),
        (0x0303, 0x00C6, (extension(43, b"\x03\x04"),), "TLS 1.3"),
        (0x0303, 0x1301, (extension(43, b"\x7f\x1c"),), "TLS 1.3 draft 28"),
        (0x0101, 0xE013, (), "TLCP 1.1"),
    ],
)
def test_the_servers_choice(version, suite, extensions, name):
    found = sessions(dissect(record(server_hello(version, suite, *extensions)), from_client=False))
    assert (found["version"], found["cipher"]) == (name, SUITES[suite])


@pytest.mark.parametrize(
    ("suite", "encrypted"),
    [(0x003B, False), (0xC0B4, False), (0x0002, False), (0xC02F, True), (0x0005, True)],
)
def test_suites_without_encryption_are_not_called_encrypted(suite, encrypted):
    row = next(r for r in dissect(record(server_hello(0x0303, suite)), False) if isinstance(r, Session))
    assert row.encrypted is encrypted


def test_tlcp_records_carry_version_1_1():
    hello = record(client_hello(0x0101, [0xE013, 0xE053]), version=0x0101)
    assert sessions(dissect(hello))["version_offered"] == ("TLCP 1.1",)


def test_several_messages_in_one_record_are_all_read():
    chain = certificates(der(subject="leaf"), der(subject="intermediate"))
    exchange = handshake(12, b"\3" + struct.pack(">H", 41) + vector(1, bytes(65)) + bytes(70))
    data = record(server_hello(0x0303, 0xC02F) + chain + exchange + handshake(13, bytes(8)) + handshake(14, b""))
    found = sessions(dissect(data, False))
    assert found["version"] == "TLS 1.2"
    assert found["certificate_subject"] == "CN=leaf"
    assert found["detail"] == "key exchange curveSM2; client certificate requested"


def test_a_certificate_list_over_several_records_gives_the_first_certificate():
    whole = certificates(der(subject="leaf"), bytes(30000))
    found = sessions(dissect(record(whole[:16384]), False))
    assert found["certificate_subject"] == "CN=leaf"
    cut = certificates(bytes(20000))
    found = sessions(dissect(record(cut[:16384]), False))
    assert found["detail"] == "server certificate spread over several records, not read"


def test_the_sender_of_a_server_hello_is_the_server_whatever_the_side():
    data = record(server_hello(0x0303, 0xC02F) + certificates(der()))
    rows = list(PROTOCOL.dissect(message(data, from_client=True)))
    assert [r.certificate_of for r in rows if isinstance(r, Session) and r.certificate_of] == ["server"]


def test_an_issuer_of_the_same_name_with_another_key_is_not_self_signed():
    other = ec.generate_private_key(ec.SECP256R1())
    assert sessions(dissect(record(certificates(der())), False))["certificate_self_signed"] is True
    assert sessions(dissect(record(certificates(der(signer=other))), False))["certificate_self_signed"] is False


def test_the_names_that_a_certificate_is_for():
    names = [x509.DNSName("Press-4.plant.example"), x509.IPAddress(ip_address("10.20.1.5"))]
    names += [x509.RFC822Name("a@b.example"), x509.DNSName("press-4.plant.example")]
    found = sessions(dissect(record(certificates(der(extensions=(x509.SubjectAlternativeName(names),)))), False))
    assert found["certificate_names"] == ("press-4.plant.example", "10.20.1.5")
    assert "unread" not in found


@pytest.mark.parametrize("value", [b"\x30\x05\x82", b"\x30\x04\x82\x02\xc3\x28"])
def test_names_that_cannot_be_read_are_not_said_to_be_none(value):
    broken = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), value)
    found = sessions(dissect(record(certificates(der(extensions=(broken,)))), False))
    assert "certificate_names" not in found
    assert found["unread"] == ("certificate_names",)


def test_of_very_many_names_some_are_kept():
    names = x509.SubjectAlternativeName([x509.DNSName(f"n{n}.example") for n in range(70)])
    found = sessions(dissect(record(certificates(der(extensions=(names,)))), False))
    assert (len(found["certificate_names"]), found["unread"]) == (64, ("certificate_names",))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"\x0c\x08Operator", "client certificate with Modbus role Operator"),
        (b"Operator", "client certificate with Modbus role Operator"),  # as some stacks send it
        (b"\x0c\0", "client certificate with Modbus role"),
        (None, ""),
    ],
)
def test_the_role_of_a_modbus_client_is_read_from_its_certificate(value, said):
    role = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.50316.802.1"), value or b"")
    data = record(certificates(der(extensions=() if value is None else (role,))))
    found = sessions(list(PROTOCOL.dissect(Message(data, len(data), True, "tcp", 802))))
    assert found["certificate_of"] == "client"
    assert found.get("detail", "") == said


def test_sm2_certificates_are_named_though_the_library_cannot_verify_them():
    curve = bytes.fromhex("06082a8648ce3d030107")
    sm2 = bytes.fromhex("06082a811ccf5501822d")
    algorithm, sm3 = bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06082a811ccf55018375")
    found = sessions(dissect(record(certificates(der().replace(curve, sm2).replace(algorithm, sm3))), False))
    assert (found["certificate_key"], found["certificate_key_bits"]) == ("SM2", 256)
    assert found["certificate_signature"] == "SM3-with-SM2"
    assert found["certificate_subject"] == "CN=press-4"
    assert found["certificate_self_signed"] is True


def test_a_certificate_that_is_no_der_does_not_hide_the_rest():
    data = record(server_hello(0x0303, 0xC02F) + certificates(b"\x30\x82rubbish"))
    found = sessions(dissect(data, False))
    assert found["cipher"] == SUITES[0xC02F]
    assert found["detail"] == "server certificate cannot be parsed"


def test_an_odd_serial_number_raises_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        body = der().replace(b"\x02\x01\x07", b"\x02\x01\x00")
        assert sessions(dissect(record(certificates(body)), False))["certificate_subject"] == "CN=press-4"


def test_no_certificate_from_the_client_is_said():
    assert sessions(dissect(record(certificates())))["detail"] == "client sent no certificate"


@pytest.mark.parametrize(
    "payload",
    [
        bytes(8) + bytes(range(32)),  # AES-GCM Finished: explicit nonce 0, looks like HelloRequest
        b"\1\0\x20\0" + bytes(60),  # begins like a ClientHello longer than the record
        b"\x0b\0\0\x10" + bytes(range(36)),  # begins like a short Certificate
        b"\x14\0\0\x0c" + bytes(36),
    ],
)
def test_encrypted_handshake_records_are_not_misread(payload):
    assert dissect(record(payload)) == []
    assert dissect(record(payload), False) == []


def test_heartbeats_that_ask_for_more_than_they_bring():
    honest = record(b"\1\0\x10" + bytes(16 + 16), kind=24)
    greedy = record(b"\1\x40\0", kind=24)
    assert dissect(honest) == []
    (row,) = dissect(greedy)
    assert (row.verb, row.kind) == (Verb.READ, Kind.NOTICE)
    assert "CVE-2014-0160" in row.detail


def ssl2_hello(version: int, kinds: bytes) -> bytes:
    body = b"\1" + struct.pack(">HHHH", version, len(kinds), 0, 16) + kinds + bytes(16)
    return struct.pack(">H", 0x8000 | len(body)) + body


def test_the_ssl_2_hello():
    offer = bytes.fromhex("0700c0 010080 00000a 000004 0000ff")
    assert sessions(dissect(ssl2_hello(0x0301, offer)))["version_offered"] == ("SSL 2.0", "TLS 1.0")
    found = sessions(dissect(ssl2_hello(0x0002, offer)))
    assert found["version_offered"] == ("SSL 2.0",)
    assert found["cipher_offered"] == (
        "SSL_CK_DES_192_EDE3_CBC_WITH_MD5",
        "SSL_CK_RC4_128_WITH_MD5",
        "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_RSA_WITH_RC4_128_MD5",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x00",
        b"\x16\x02\x01\x00\x04abcd",
        b"\x16\x03\x09\x00\x04abcd",
        b"\x14\x03\x03\x00\x01\x02",
        b"\x15\x03\x03\x00\x02\x05\x28",
        b"\x19\x03\x03\x00\x01\x00",
        b"\x17\x03\x03\x00\x05abc",
        b"GET / HTTP/1.1\r\n",
        ssl2_hello(2, b"\7\0\xc0")[:-1],
    ],
)
def test_probe_refuses_what_is_not_tls(data):
    assert not PROTOCOL.probe(message(data))


@pytest.mark.parametrize(
    "body",
    [
        client_hello(0x0303, [0x1301])[:-2][4:],
        client_hello(0x0303, [0x1301], extension(0, b"x"))[:-1][4:],
        b"\3\3",
    ],
)
def test_whole_hellos_that_end_too_soon_are_malformed(body):
    with pytest.raises(Malformed):
        dissect(record(handshake(1, body)))


def test_a_hello_cut_by_the_snap_length_gives_what_is_there():
    data = record(client_hello(0x0303, [0x1301, 0x1302], extension(0, bytes(300))))
    rows = list(PROTOCOL.dissect(message(data[:100], length=len(data))))
    assert sessions(rows)["version_offered"] == ("TLS 1.2",)
    assert len(sessions(rows)["cipher_offered"]) == 2


def test_names_cannot_carry_control_characters():
    hello = client_hello(0x0303, [0x1301], extension(0, vector(2, b"\0" + vector(2, b"a\x1b[2J\nb"))))
    assert sessions(dissect(record(hello)))["server_name"].isprintable()


def test_suite_names():
    assert suite_name(0x1301) == "TLS_AES_128_GCM_SHA256"
    assert suite_name(0xFAFB) == "0xFAFB"
    assert len(SUITES) > 380
    assert all(not is_grease(n) for n in SUITES)


@given(st.sampled_from([20, 21, 22, 23, 24]), st.binary(min_size=1, max_size=200), st.booleans())
def test_any_record_gives_rows_or_malformed(kind, payload, side):
    data = record(payload, kind)
    try:
        rows = list(PROTOCOL.dissect(message(data, side)))
    except Malformed:
        return
    assert {r.verb for r in rows if isinstance(r, Operation)} <= PROTOCOL.verbs


@given(st.sampled_from([1, 2, 11, 12, 13, 15]), st.binary(max_size=200))
def test_any_handshake_message_gives_rows_or_malformed(kind, body):
    for side in (True, False):
        try:
            list(PROTOCOL.dissect(message(record(handshake(kind, body)), side)))
        except Malformed:
            continue


@given(st.data())
def test_damaged_certificates_never_raise_anything_else(data):
    good = bytearray(CERTIFICATE)
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    rows = [r for r in dissect(record(certificates(bytes(good))), False) if not isinstance(r, CertificateChain)]
    assert all(isinstance(r, Session) and r.certificate_subject.isprintable() for r in rows)


CERTIFICATE = der()


def test_a_certificate_in_several_records_is_joined():
    """OpenSSL, asked for records of at most 512 bytes."""
    result, understood = understand_capture(CAPTURES / "tls" / "tls12_certificate_in_fragments.pcap")
    (found,) = [columns for _, _, columns in session_rows(result, understood)]
    assert (found["certificate_subject"], found["certificate_key_bits"]) == ("CN=hmi.example,O=Example Works", 2048)
    assert "several records" not in found["detail"]
    assert not any(c.skipped_bytes for c in result.conversations)


SPREAD = {1: ("versions_offered", "ciphers_offered", "server_names", "ja4"), 2: ("versions", "ciphers")}


@pytest.mark.parametrize("kind", SPREAD)
def test_a_hello_of_which_the_rest_was_not_joined(kind: int) -> None:
    begun = bytes((kind,)) + b"\0\0\x40\3"
    assert sessions(dissect(b"\x16\3\1\0\5" + begun)) == {"unread": SPREAD[kind]}
    assert sessions(dissect(b"\x16\3\1\0\2" + begun[:2])) == {"unread": SPREAD[1] + SPREAD[2]}
    sealed = begun[:1] + b"\xff" * 39
    assert not dissect(b"\x16\3\1\0\x28" + sealed), "encrypted"


def in_records(payload: bytes, size: int) -> bytes:
    return b"".join(record(payload[at : at + size]) for at in range(0, len(payload), size))


def prime_of(bits: int) -> bytes:
    prime = b"\xff" * (bits // 8)
    return handshake(12, vector(2, prime) + vector(2, b"\2") + vector(2, prime) + vector(2, bytes(256)))


CHOICE, WEAK, DONE = server_hello(0x0303, 0x009E), prime_of(512), handshake(14, b"")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (record(CHOICE) + record(WEAK + DONE), True),
        (record(CHOICE) + in_records(WEAK, 100) + record(DONE), True),
        (in_records(CHOICE, 7) + in_records(WEAK, 16) + record(DONE), True),
        (in_records(CHOICE + WEAK + DONE, 50), False),
        (in_records(CHOICE + WEAK + DONE, len(CHOICE) + 2), False),
        (record(CHOICE + certificates(CERTIFICATE) + WEAK[:200]) + record(WEAK[200:]), True),
        (record(CHOICE + certificates(CERTIFICATE) + WEAK[:40]) + record(WEAK[40:]), False),
    ],
    ids=["whole", "exchange", "both", "of one flight", "within its length", "behind a certificate", "within its prime"],
)
def test_a_key_exchange_in_several_records_is_joined_or_not_read(tmp_path, answer, told):
    with Wire(tmp_path / "e.pcap") as wire:
        talk = wire.tcp("10.20.0.10", "10.20.0.40", 8443)
        talk.client(record(client_hello(0x0303, [0x009E])))
        talk.server(answer)
    (found,) = [columns for _, _, columns in session_rows(*understand_capture(tmp_path / "e.pcap"))]
    assert found["ciphers"] == ["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"]
    assert ("512" in found["detail"]) == told
