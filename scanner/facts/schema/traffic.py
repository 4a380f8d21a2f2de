"""Tables of captures and of what was said in them."""

from __future__ import annotations

from scanner.facts.schema.columns import Column, Table
from scanner.facts.schema.peers import LEADING_OUT
from scanner.facts.schema.rhythm import RHYTHM
from scanner.facts.schema.sight import sight


def _ends(what: str) -> tuple[Column, ...]:
    """Derived columns that say who the two ends of a flow, operation or session are."""
    return tuple(
        column
        for end, word in (("client", "client"), ("server", "server"))
        for column in (
            Column(f"{end}_device", "str", f"device id of the {word} in the table devices", derived=True),
            Column(f"{end}_name", "str", f"best known name of the {word}", derived=True),
            Column(f"{end}_zone", "str", f"zone id of the {word}, empty if in no zone or no policy", derived=True),
            Column(f"{end}_level", "float", f"Purdue level of the {word}'s zone", derived=True),
            Column(f"{end}_roles", "list[str]", f"roles of the {word}: policy, inventory, then observed", derived=True),
            Column(
                f"{end}_assigned_roles",
                "list[str]",
                f"roles that the policy or the inventory gives the {word}; never inferred from what it did, so that an "
                "intruder who programs a controller is not thereby an engineering station",
                derived=True,
            ),
            Column(f"{end}_listed", "bool", f"the {word} is in the inventory (see devices)", derived=True),
            Column(
                f"{end}_controls",
                "bool",
                f"the {word} runs or moves the process or passes its commands on (controller, safety_controller, "
                "io_device, drive, robot, ied, hmi, gateway), by policy, inventory or what it serves; false when it is "
                "said to be something else, null when nobody says what it is",
                derived=True,
            ),
            Column(f"{end}_public", "bool", f"the {word}'s address is a public Internet address", derived=True),
        )
    ) + (
        Column(
            "crosses_zones",
            "bool",
            "client and server are in different zones; null without policy or when an end is in no zone",
            derived=True,
        ),
        Column(
            "related_protocol",
            "str",
            "protocol of the conversation that agreed on this one (an FTP session on its data connection), so it has "
            "that one's permission; empty when none did",
            derived=True,
        ),
        Column(
            "conduit",
            "str",
            "id of the conduit that allows it, or that may where that is not known; or empty",
            derived=True,
        ),
        Column(
            "allowed",
            "bool",
            f"the policy allows this {what}: inside one zone, or by a conduit that names the protocol (or port), the "
            "verb and the client; null without policy, when an end is in no zone, and of a sealed flow when only "
            "conduits with other verbs than unknown name it",
            derived=True,
        ),
    )


_CONVERSATION = (
    Column("capture", "str", "id of the recording in the table captures"),
    Column("transport", "str", "tcp, udp, sctp, icmp, ethernet or ip-<protocol number>"),
    Column("client", "str", "address of the client: IP, or MAC for layer-2 protocols"),
    Column("server", "str", "address of the server: IP, or MAC for layer-2 protocols"),
    Column("client_mac", "str", "source MAC of the client's frames, lower case with colons"),
    Column("server_mac", "str", "source MAC of the server's frames, lower case with colons"),
    Column(
        "server_port",
        "int",
        "server port; EtherType for layer-2 protocols, and 0x0400 + LINKTYPE number on links that have none; 0 if none",
    ),
    Column("vlan", "int", "outermost VLAN identifier, -1 if untagged"),
    Column(
        "tunnel",
        "str",
        "outermost tunnel: gtp-u, gre, erspan, vxlan, ip-in-ip, pppoe, mpls, geneve, etherip, l2tp, capwap, pbb, "
        "trill, fabricpath, nsh, lisp, tzsp, esp-null, batman-adv, gue, pim-register, ah; or empty",
    ),
    Column("tunnel_id", "int", "TEID, VNI or key of the tunnel, 0 if none"),
    Column("tunnel_client", "str", "outer address on the client's side of the tunnel"),
    Column("tunnel_server", "str", "outer address on the server's side of the tunnel"),
)
_OTHERS = (("macs", "list[str]", "who else sends for"), ("frames", "list[int]", "first frames of who else sends for"))
PATH = tuple(column.name for column in _CONVERSATION)  # what all rows of a conversation have in common


_PATH = (
    *_CONVERSATION,
    Column("protocol", "str", "application protocol, empty if not recognised"),
    Column(
        "recognised_by",
        "str",
        "content: its messages are of the protocol; port: only the port suggests it, or a few of its messages among "
        "others, and no rule judges by it; empty without a protocol",
    ),
    Column("industrial", "bool", "the protocol is an industrial one"),
    Column("secured", "bool", "the protocol itself protects integrity and confidentiality"),
)


_WINDOW = Column(
    "in_change_window",
    "bool",
    "all of it happened in change windows of the server's zone; false when the first or the last was outside; "
    "null without change windows, when a server in no zone was changed while only a zone's window was open, "
    "and when windows closed between the first and the last",
    derived=True,
)


WHEN = (
    Column("first_time", "time", "first packet or message"),
    Column("last_time", "time", "last packet or message"),
    Column("frames", "list[int]", "first frame numbers, counted from 1 over the files of the recording (at most 5)"),
    Column("filter", "str", "tshark display filter that finds it"),
)


FLOWS = Table(
    "flows",
    "One row for each conversation: client, server, server port, VLAN and tunnel.",
    "capture",
    _PATH
    + (
        Column(
            "protocols",
            "list[str]",
            "every application protocol recognised in it, the most used first: a conversation that carries one within "
            "another (OPC Classic in DCE/RPC), or changes over, has several",
        ),
        Column("opened_by", "str", "how the client is known: syn, protocol, port, first"),
        *(
            Column(
                f"{end}_other_{what}",
                kind,
                f"{told} the {end} than {end}_mac, but for routers that pass its packets on",
            )
            for end in ("client", "server")
            for what, kind, told in _OTHERS
        ),
        Column("connections", "int", "TCP connections or UDP associations"),
        Column("client_packets", "int", "packets from the client"),
        Column("server_packets", "int", "packets from the server"),
        Column("client_bytes", "int", "payload from the client", "bytes"),
        Column("server_bytes", "int", "payload from the server", "bytes"),
        Column("established", "bool", "payload or a completed handshake was seen"),
        Column(
            "refused",
            "int",
            "connection attempts answered by a reset, or that only an ICMP error shows (those have no packets)",
        ),
        Column("retransmissions", "int", "repeated TCP segments"),
        Column("gaps", "int", "places in the stream that were not captured"),
        Column("lost_bytes", "int", "payload known to be missing", "bytes"),
        Column("skipped_bytes", "int", "payload that fitted no message of the protocol: out of step", "bytes"),
        Column("one_sided", "bool", "payload from one side only"),
        Column(
            "slots",
            "str",
            "in which slots of the capture (slot_seconds) it had packets: hexadecimal, a bit a slot, the lowest bit "
            "of the first byte first; empty when packets have no times",
        ),
        Column(
            "sealed",
            "bool",
            "nobody can see what is done in it: part of it is encrypted, or its content was not recognised; a conduit "
            "that limits verbs allows it only if unknown is among them, else whether it is allowed is not known",
            derived=True,
        ),
        Column(
            "verbs_kept",
            "bool",
            "nothing was done in it but what the conduits that name it list under verbs; false when something else was "
            "(operations have verb_excluded); null when something else may have been: a verb is not known, or conduits "
            "limit verbs without unknown and not all that the client sent was read; null without policy, and when an "
            "end is in no zone",
            derived=True,
        ),
        Column(
            "encryption",
            "str",
            "of a flow through a conduit that must be encrypted, or perhaps one: proved (all of it was seen and "
            "shows with what it is encrypted), readable (some of it was read), unproved (guessed by its port, not "
            "recognised, not all seen, or seen in clear before a gateway that may encrypt it); empty for others and "
            "what carried nothing",
            derived=True,
        ),
        Column(
            "encrypted_by",
            "list[str]",
            "protocols of such a flow, each with its versions and algorithms as its sessions show them",
            derived=True,
        ),
        Column(
            "trusted",
            "bool",
            "writers of the policy permit the client what it says encrypted to the server (the verb unknown); null "
            "where they say nothing of it",
            derived=True,
        ),
        Column(
            "attempt",
            "str",
            "how it came to nothing: refused (a reset, an ICMP error or another answer came back), unanswered "
            "(nothing did); empty when it was established",
            derived=True,
        ),
        Column(
            "tunnel_crosses_zones",
            "bool",
            "the outer ends of its tunnel are in different zones; null without a tunnel or a policy, or when one is in "
            "no zone",
            derived=True,
        ),
        Column(
            "tunnel_leads_out",
            "bool",
            "of the outer ends of its tunnel one is in a zone up to the DMZ, and the other is an address of the "
            "Internet that is in none",
            derived=True,
        ),
        Column(
            "to_broadcast",
            "bool",
            "the server is the broadcast address of a network that is in a zone: as the policy has the network, or "
            "ending in 255",
            derived=True,
        ),
        _WINDOW,
        Column("duration", "float", "from its first packet to its last", "seconds", derived=True),
        Column(
            "retransmission_share",
            "float",
            "repeated TCP segments by packets, 0 to 1; null for other transports and of a copy",
            derived=True,
        ),
        *LEADING_OUT,
        Column(
            "copy",
            "bool",
            "the packets of another row, captured at another place (outside its tunnel, in another VLAN), or in a "
            "tunnel within its tunnel: what they say is reported and counted there",
        ),
        Column("tunnels_around", "list[str]", "of such a tunnel within others the kinds of these, the outermost first"),
        Column(
            "mobile_end",
            "str",
            "inside the user plane of a mobile network (GTP-U) which end is the device, as packets of 5G, the ends of "
            "the tunnel and signalling tell: client (whatever the server is), server; either: the session of the "
            "server was seen set up, and the client is another device or in the network; empty if nothing tells",
        ),
        Column(
            "relayed",
            "bool",
            "the sender of its tunnel (GTP-U) only passes on what came to it through another one (N9, S5, S8)",
        ),
        Column(
            "arp_asked",
            "int",
            "of ARP, how many different addresses the client asked for or announced to all within a minute, at most; "
            "null for everything else",
        ),
        *(
            Column(
                f"arp_{name}",
                "int",
                f"of ARP, how many messages the {one} sent the {other} within a minute that it had not asked for, at "
                f"most; null for everything else, and where nothing of the {other} was captured",
            )
            for name, one, other in (("unasked", "client", "server"), ("server_unasked", "server", "client"))
        ),
        Column("icmp", "list[str]", "kinds of ICMP messages from the client"),
        Column("icmp_answers", "list[str]", "kinds of ICMP messages from the server"),
        Column(
            "activity_starts",
            "list[int]",
            "when it was busy: seconds since 1970 at which stretches begin, at most 65, like ones joined; empty when "
            "all was in one",
        ),
        Column("activity_width", "list[int]", "how long each stretch is", "seconds"),
        Column("activity_client_packets", "list[int]", "packets from the client in it"),
        Column("activity_server_packets", "list[int]", "packets from the server in it"),
        Column("activity_connections", "list[int]", "connections or associations that began in it"),
        *(
            Column(f"activity_{name}_{span}", "list[int]", f"{what} in one {length} of it, at most")
            for span, length in (("peak", "second"), ("minute", "calendar minute"))
            for name, what in (
                ("client_packets", "packets from the client"),
                ("server_packets", "packets from the server"),
                ("connections", "connections that began"),
            )
        ),
        Column("midway", "int", "TCP connections that had begun before the recording did: their opening was not seen"),
    )
    + RHYTHM
    + sight()
    + WHEN
    + _ends("flow"),
)

OPERATIONS = Table(
    "operations",
    "One row for each distinct operation of a conversation, with how often it was asked for and with what outcome.",
    "capture",
    _PATH
    + (
        Column("verb", "str", "what it does, from the vocabulary shared by all protocols"),
        Column("function", "str", "the specification's name of the operation"),
        Column("code", "str", "its number as the specification writes it"),
        Column("unit", "str", "unit identifier, common address, rack and slot, slave number", said=True),
        Column("object", "str", "what is touched: registers, data block, object address, file; many reads as ranges"),
        Column(
            "file",
            "str",
            "of files the name alone, as Windows compares names: without folder, quotes, stream, version and the dots "
            "and blanks at its end, in lower case; empty for everything else",
            derived=True,
        ),
        Column("detail", "str", "further meaning, never a secret or process value", said=True),
        Column(
            "ai_interfaces",
            "list[str]",
            "interfaces of AI services (language models, model servers, tool servers and agents, vector databases, "
            "notebooks, hubs) that it is for, where signs of two kinds told them: the catalogue is "
            "scanner/protocols/http/ai_interfaces.tsv; unknown where a body that may tell one was not read to its end",
        ),
        Column(
            "different",
            "int",
            "how many different ones it was about, where these have no rows of their own: names of a domain that were "
            "asked for in DNS and may carry data; 0 for everything else",
        ),
        Column("seen_as", "str", "request, response (its request was not captured) or notice"),
        Column("count", "int", "how often"),
        Column("accepted", "int", "how often answered positively"),
        Column("refused", "int", "how often answered negatively"),
        Column("unanswered", "int", "how often no answer was seen although the server's side was captured"),
        Column(
            "unobserved",
            "int",
            "how often no answer could be seen (the server's side was not captured, or nothing answers)",
        ),
        Column("refusals", "list[str]", "the protocol's reasons for refusing"),
        Column("refusal_counts", "list[int]", "how often each of them was given"),
        Column(
            "busiest_minute",
            "int",
            "how often in the calendar minute (UTC) that had most of it: exact when one distinct message says it, or "
            "all of its kind do, else at least so often; null when packets have no times",
        ),
        Column(
            "writes_busiest_minute",
            "int",
            "write and operate requests that the client sent the server by this protocol, whatever they wrote, in the "
            "calendar minute (UTC) that had most of them, in this capture: at least so many; null for other verbs and "
            "notices",
        ),
        Column("writes_busiest_time", "time", "when that minute began"),
        Column(
            "writes_per_minute",
            "int",
            "the most write and operate requests that the client's device sent the server's device by this protocol in "
            "one calendar minute, over all captures: at least so many; null for other verbs and notices",
            derived=True,
        ),
        Column(
            "writers_of_object",
            "int",
            "how many devices wrote this object of this unit of the server, or a range that overlaps it, and were not "
            "refused every time; null for other verbs and notices, and without an object",
            derived=True,
        ),
        Column(
            "writers_of_server",
            "int",
            "how many devices wrote to the server and were not refused every time; null for other verbs and notices",
            derived=True,
        ),
        _WINDOW,
        Column(
            "permitted",
            "bool",
            "a writers entry of the policy lets this client do it to this server, object and at this time; false when "
            "entries about it leave it out; null when no entry is about it, or when that is not known (no times, no "
            "object, or none of the clients named is known)",
            derived=True,
        ),
        Column("covered", "bool", "a writers entry of the policy is about it, whoever the client is", derived=True),
        Column(
            "verb_excluded",
            "bool",
            "conduits name its protocol (or port) and client, and all of them list verbs without this one (log-ins "
            "belong to whatever is allowed, reports to reading); null without policy, when an end is in no zone, and "
            "when its verb is not known",
            derived=True,
        ),
        Column("undecided", "bool", "the policy lists it among what nobody has decided about", derived=True),
        Column(
            "roles_given",
            "list[str]",
            "every role that the policy or the inventory gives to anybody, the same in all rows: what can be asked of "
            "a client",
            derived=True,
        ),
    )
    + WHEN
    + _ends("operation"),
)

SESSIONS = Table(
    "sessions",
    "One row for each conversation of which a protocol shows security properties (TLS, logins, versions).",
    "capture",
    _PATH
    + (
        Column("versions_offered", "list[str]", "protocol versions the client offered"),
        Column("versions", "list[str]", "protocol versions used (chosen by the server)"),
        Column("ciphers_offered", "list[str]", "cipher suites the client offered, IANA names"),
        Column("ciphers", "list[str]", "cipher suites used, IANA names"),
        Column("server_names", "list[str]", "server names asked for"),
        Column("ja4", "list[str]", "JA4 of the client's hellos, by which the same program is known again"),
        Column(
            "ai_providers",
            "list[str]",
            "public services of language models, and hubs of models, that these names are of, by the dated list "
            "scanner/providers/ai_providers.tsv",
        ),
        Column(
            "core_services",
            "list[str]",
            "services of a 5G core that requests are for (Namf_Communication), told by the address and by a network "
            "function that asks or a server that answers: the catalogue is scanner/protocols/http/core_services.tsv",
        ),
        Column("tools_offered", "list[str]", "tools that a tool server (MCP) lists"),
        Column("tools_called", "list[str]", "tools of a tool server (MCP) that are called"),
        Column(
            "tools_commanding",
            "list[str]",
            "of these, those that change something by what their server says of them (readOnlyHint, destructiveHint) "
            "and name what is in a plant",
        ),
        Column(
            "tools_writing",
            "list[str]",
            "others of these that change something, by what their server says or by their name; the words are in "
            "scanner/protocols/http/tool_words.tsv",
        ),
        Column(
            "credentials", "list[str]", "kinds of credentials seen in clear: basic, digest, bearer, user-password, ..."
        ),
        Column("encrypted", "bool", "the payload is encrypted"),
        Column("in_clear", "bool", "some of it is in clear, whatever else of it is encrypted; null where none is"),
        Column("authenticated", "bool", "a login was accepted"),
        Column(
            "unprotected",
            "bool",
            "some of it was for certain neither encrypted nor authenticated, whatever else of it was",
        ),
        Column(
            "operated",
            "bool",
            "operations were read in it that do more than open a session or ask what there is",
        ),
        Column("certificate_subject", "str", "server certificate: subject"),
        Column("certificate_issuer", "str", "server certificate: issuer"),
        Column("certificate_not_before", "time", "server certificate: valid from"),
        Column("certificate_not_after", "time", "server certificate: valid until"),
        Column("certificate_key", "str", "server certificate: RSA, EC, Ed25519, DSA, SM2"),
        Column("certificate_key_bits", "int", "server certificate: key size", "bits"),
        Column("certificate_signature", "str", "server certificate: signature hash and algorithm"),
        Column("certificate_self_signed", "bool", "server certificate: issuer equals subject and signs itself"),
        Column(
            "certificate_names",
            "list[str]",
            "server certificate: names of hosts and addresses that it is for (subject alternative names; at most 64)",
        ),
        Column("certificate_days", "int", "server certificate: for how long it is valid altogether", "days"),
        Column(
            "certificate_fits_name",
            "bool",
            "server certificate: a name that the client asked for is among its names, or its common name; null where "
            "the client asked for none, or not all of its names were read",
        ),
        Column("certificate_expired", "bool", "not valid at the time it was seen on the wire"),
        Column(
            "certificate_chain", "str", "server certificate: id of what was sent with it (certificate_chains), if read"
        ),
        Column(
            "certificate_trusted",
            "bool",
            "server certificate: its chain leads to an authority that the user gave (``otaudit scan --trust``), and "
            "all of it was valid; null where none were given, or a signature cannot be verified",
            derived=True,
            needs="authorities",
        ),
        Column("certificate_distrust", "str", "why it does not, or why nobody knows", derived=True, said=True),
        Column("host_keys", "list[str]", "bare keys by which the server proved who it is (SSH): kind and size in bits"),
        Column("host_key_bits", "int", "size of the shortest of these that is of RSA or DSA", "bits"),
        Column("client_certificate_subject", "str", "client certificate: subject, empty if none was sent"),
        Column("client_certificate_issuer", "str", "client certificate: issuer"),
        Column("client_certificate_not_before", "time", "client certificate: valid from"),
        Column("client_certificate_not_after", "time", "client certificate: valid until"),
        Column("client_certificate_expired", "bool", "client certificate: not valid when it was seen on the wire"),
        Column("detail", "str", "anything else worth reading", said=True),
        Column(
            "unread",
            "list[str]",
            "columns of this row of which there may be more than was read (a body, a header block, an answer): what "
            "they hold is certain, what they do not hold is unknown; payload: it goes on in another protocol",
        ),
        Column("count", "int", "messages that this row counts"),
    )
    + WHEN
    + _ends("session"),
)

MALFORMED = Table(
    "malformed",
    "One row for each conversation and protocol with messages that break the protocol's specification.",
    "capture",
    _PATH
    + (
        Column("problems", "list[str]", "how they break it, the most frequent first (at most 5)", said=True),
        Column("count", "int", "malformed messages"),
        Column("messages", "int", "messages of the protocol in the conversation, malformed ones included"),
        Column("share", "float", "count / messages, 0 to 1"),
        Column("from_client", "int", "malformed messages that the client sent"),
        Column("from_server", "int", "malformed messages that the server sent"),
    )
    + WHEN
    + _ends("conversation"),
)

PUBLICATIONS = Table(
    "publications",
    "One row for each publisher and what it publishes: a GOOSE control block, a stream of Sampled Values. The client "
    "is the publisher, the server whom it publishes to.",
    "capture",
    _PATH
    + (
        Column("function", "str", "GOOSE, R-GOOSE, Sampled Values, R-SV"),
        Column("unit", "str", "APPID"),
        Column("object", "str", "control block (gocbRef), or stream (svID)"),
        Column("data_set", "str", "reference of the data set"),
        Column("identifier", "str", "goID"),
        Column("revisions", "list[int]", "configuration revisions (confRev)"),
        Column("different_revisions", "int", "how many of them there are"),
        Column("simulated", "bool", "marked as simulation"),
        Column("test", "bool", "some messages are marked as test"),
        Column("needs_commissioning", "bool", "some messages say that the publisher needs commissioning (ndsCom)"),
        Column("signed", "bool", "all messages carry a signature (IEC 62351-6)"),
        Column("count", "int", "messages, each once"),
        Column("copies", "int", "messages that came again a moment later: PRP, HSR, a mirror of two ports"),
        Column("late", "int", "messages that came a moment after a later one"),
        Column("first_state", "int", "first state number (stNum)"),
        Column("last_state", "int", "last state number"),
        Column("state_changes", "int", "how often the state number was another than in the message before"),
        Column("states_skipped", "int", "state numbers that were left out, so that their messages were not captured"),
        Column("begun_anew", "int", "how often the state number was 1 again: the publisher started"),
        Column("set_back", "int", "how often the state number, or the count of samples, was lower than before"),
        Column(
            "alternations",
            "int",
            "how often a count that had been left was gone on with: two series under one name at once, so two senders",
        ),
        Column("gaps", "int", "places where messages are missing, by their numbers"),
        Column("missing", "int", "messages that are missing there, at least"),
        Column("repeated", "int", "messages whose numbers had been there, too long ago for copies"),
        Column("shortest_interval", "float", "shortest time between two messages", "seconds"),
        Column("longest_interval", "float", "longest time between two messages", "seconds"),
        Column(
            "repetition",
            "str",
            "mean intervals after a change of state and, after the dots, the lasting one: 2, 4, 8 … 1000 ms",
        ),
        Column("shortest_lifetime", "float", "shortest time allowed to live", "seconds"),
        Column("longest_lifetime", "float", "longest time allowed to live", "seconds"),
        Column(
            "expired",
            "int",
            "how often the next message came later than the time allowed to live, though none between them is missing",
        ),
        Column("expired_missing", "int", "how often it came later because messages between them are missing"),
        Column("expired_time", "time", "the first message that came too late, none missing"),
        Column("expired_frame", "int", "its frame number"),
        Column(
            "ended", "float", "silence until the capture's end, where longer than the time allowed to live", "seconds"
        ),
        Column("samples", "int", "samples of the stream in a message (ASDUs)"),
        Column("samples_in_a_round", "int", "number at which the count of samples begins again, usually each second"),
        Column("sample_rates", "list[int]", "sample rates as published (smpRate)"),
        Column("synchronised", "list[str]", "how the samples are synchronised (smpSynch)"),
        Column(
            "other_publishers",
            "list[str]",
            "other addresses that publish the same control block to the same target in the same VLAN; the first 64",
        ),
    )
    + WHEN
    + _ends("publication"),
)

STATE_CHANGES = Table(
    "state_changes",
    "One row for each change of state of a publication, the first 1,000 of each; publications have their true number. "
    "What changed is a process value and is not kept.",
    "capture",
    (
        Column("capture", "str", "id of the capture"),
        Column("protocol", "str", "protocol of the publication"),
        Column("client", "str", "address of the publisher: IP, or MAC for layer-2 protocols"),
        Column("server", "str", "address it publishes to"),
        Column("vlan", "int", "outermost VLAN identifier, -1 if untagged"),
        Column("unit", "str", "APPID"),
        Column("object", "str", "control block"),
        Column("state", "int", "state number (stNum)"),
        Column("previous_state", "int", "state number of the message before"),
        Column(
            "sequence", "int", "sequence number (sqNum) of the first message seen of the state, 0 when none is missing"
        ),
        Column(
            "kind",
            "str",
            "next state; states skipped; begun anew; set back (lower than before); other series (a count that had been "
            "left is gone on with)",
        ),
        Column("time", "time", "the first message of the state"),
        Column("frame", "int", "its frame number"),
    ),
)

RELATED = Table(
    "related",
    "One row for each further conversation that another agreed on, as far as it was agreed by both ends: who may open "
    "what, and by when.",
    "capture",
    _PATH
    + (
        Column("to_transport", "str", "transport of the further conversation"),
        Column("to_port", "int", "port that it goes to, 0 where none is named"),
        Column("opener", "str", "client or server of this conversation, or either"),
        Column("spoken", "list[str]", "protocols that may be spoken in it; an empty one: what is not recognised"),
        Column("within", "int", "time in which it begins, after it was agreed", "seconds"),
        Column("confirmed", "bool", "the other end agreed; false where nothing of it was captured"),
        Column("agreed", "int", "how often it was agreed"),
    )
    + WHEN,
)

RESOLUTIONS = Table(
    "resolutions",
    "One row for each address that a name server gave for a name, to a client that was seen asking. Such a name "
    "describes who has the address; it proves nothing and allows nothing.",
    "capture",
    (
        Column("capture", "str", "id of the capture"),
        Column("client", "str", "address of the client that asked"),
        Column("server", "str", "address of the name server"),
        Column("name", "str", "name asked for, in lower case"),
        Column("aliases", "list[str]", "names that it stands for (CNAME), in their order"),
        Column("address", "str", "IP address"),
        Column("count", "int", "answers"),
        Column("first_time", "time", "first answer"),
        Column("last_time", "time", "last answer"),
        Column("first_frame", "int", "first frame number"),
    ),
)
