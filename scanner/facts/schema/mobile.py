"""The table of sessions in mobile networks."""

from __future__ import annotations

from scanner.facts.schema.columns import Column, Table

SUBSCRIPTIONS = Table(
    "subscriptions",
    "One row for each session of a mobile device with a data network that was set up, as the signalling says, and one "
    "for each device of the user plane whose session was not seen set up. Whose it is is not kept.",
    "capture",
    (
        Column("capture", "str", "id of the capture"),
        Column("client", "str", "address of the base station or control plane at one end of the signalling"),
        Column("server", "str", "address of the other end"),
        Column("protocol", "str", "protocol of the signalling; empty where none was seen"),
        Column("network_slice", "str", "slice (S-NSSAI): type, or type and differentiator such as 1-00000a"),
        Column("data_network", "str", "data network (DNN, APN) in lower case, without its operator"),
        Column("instance", "str", "network instance of the user plane, which operators call as they like"),
        Column("address", "str", "address that the device got (of IPv6 its prefix); empty if not seen"),
        Column("teid", "int", "tunnel endpoint identifier at the core's end, 0 if not seen"),
        Column("core", "str", "address of the core's end (UPF) of the tunnel"),
        Column("count", "int", "messages"),
        Column("first_time", "time", "first message"),
        Column("last_time", "time", "last message"),
        Column("first_frame", "int", "first frame number"),
        Column("address_zone", "str", "zone id of the address, empty if in no zone", derived=True),
        Column("slice_zone", "str", "zone id that the policy declares the slice for", derived=True),
        Column("data_network_zone", "str", "zone id that the policy declares the data network for", derived=True),
        Column("teid_zone", "str", "zone id that the policy declares the tunnel for", derived=True),
        Column("declared_zones", "list[str]", "all of these three, each once", derived=True),
        Column(
            "outside",
            "bool",
            "its address is in another zone than it is declared for, or it is declared for several; null where what "
            "was not seen of it may be declared, and where its address or the networks of that zone are not known",
            derived=True,
        ),
        Column(
            "policy_declares", "bool", "the policy declares slices, data networks or tunnels for any zone", derived=True
        ),
        Column(
            "at_home",
            "bool",
            "neither its slice nor its data network is out of place in the zone of its address: declared for another, "
            "or not declared while that zone declares others; null when that depends on what was not seen",
            derived=True,
        ),
        Column("slices_in_zone", "int", "different slices of the sessions in the zone of its address", derived=True),
        Column("data_networks_in_zone", "int", "different data networks of the sessions in that zone", derived=True),
    ),
)
