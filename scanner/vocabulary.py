"""Words that inventories, policies, observed behaviour and rules share: what a device is."""

from __future__ import annotations

ROLES: dict[str, str] = {
    "controller": "PLC, RTU, DCS controller: runs the control program",
    "safety_controller": "controller of a safety instrumented system",
    "io_device": "remote I/O, field device",
    "drive": "variable-speed drive, servo",
    "robot": "robot controller",
    "ied": "intelligent electronic device, protection relay",
    "hmi": "operator panel or operator station",
    "scada_server": "supervisory server that polls and commands controllers",
    "engineering_station": "programs and configures controllers",
    "historian": "records process values",
    "opc_server": "OPC or OPC UA server",
    "mes_server": "manufacturing execution system",
    "gateway": "protocol converter, cellular or 5G gateway, edge device",
    "switch": "layer-2 network device",
    "router": "layer-3 network device",
    "firewall": "boundary protection device",
    "wireless_ap": "wireless access point",
    "gnb": "5G base station",
    "enb": "LTE base station",
    "amf": "access and mobility management of a 5G core",
    "mme": "mobility management of an LTE core",
    "smf": "session management of a mobile core (SMF, or SGW-C and PGW-C)",
    "upf": "user plane of a mobile core (UPF, or SGW-U and PGW-U)",
    "server": "any other server",
    "workstation": "office or other PC",
    "jump_host": "the only way in for remote maintenance",
    "remote_access": "device or server that gives remote access",
    "domain_controller": "directory and log-on server",
    "time_server": "source of time",
    "log_server": "collects logs",
    "security_monitor": "intrusion detection, scanner, inventory tool",
    "camera": "camera",
    "printer": "printer, label printer",
}

# what runs or moves the process, or passes its commands on: whoever changes these changes the plant
CONTROL_ROLES = frozenset(("controller", "safety_controller", "io_device", "drive", "robot", "ied", "hmi", "gateway"))

# what an inventory calls a type -> the role that it means (types without an entry mean the role of the same name)
TYPES: tuple[str, ...] = (
    "plc",
    "rtu",
    "ied",
    "dcs",
    "safety_controller",
    "hmi",
    "engineering_station",
    "historian",
    "scada_server",
    "opc_server",
    "gateway",
    "switch",
    "router",
    "firewall",
    "wireless_ap",
    "io_device",
    "drive",
    "robot",
    "camera",
    "printer",
    "workstation",
    "server",
    "unknown",
)
ROLE_OF_TYPE: dict[str, str] = {t: t for t in TYPES if t in ROLES} | dict.fromkeys(("plc", "rtu", "dcs"), "controller")

LEVELS: tuple[float, ...] = (0, 1, 2, 3, 3.5, 4, 5)  # Purdue levels; 3.5 is the industrial demilitarised zone
