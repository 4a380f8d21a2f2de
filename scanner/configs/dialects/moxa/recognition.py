"""What a configuration of a Moxa switch or secure router looks like: what nobody else writes, beside shared lines."""

from __future__ import annotations

from scanner.configs.telltales import Telltales
from scanner.wording import said

TELLTALES = Telltales(
    marks={
        said("its ring"): r"(?:no )?redundancy mode turbo-",
        said("its lock of accounts"): r"(?:no )?login-lockout (?:retry-threshold|lockout-time) ",
        said("its policies"): r"(?:no )?l3l7-policy\b",
        said("its utility"): r"(?:no )?moxa-utility\b",
        said("its rules of passwords"): r"(?:no )?password-policy (?:minimum-length|complexity-check)\b",
        said("its trusted hosts"): r"(?:no )?interface trusted-access\b",
        said("VLANs of its ports"): r"[ \t]*switchport (?:trunk|hybrid) (?:fixed|forbidden) vlan add \d",
        said("its warnings"): r"(?:no )?warning-notification system-event ",
    },
    shared={
        said("its heading"): r"! -{4,} \S[^\n]* -{4,}[ \t\r]*$",
        "ip http-server": r"(?:no )?ip http-server\b",
        "ip telnet": r"(?:no )?ip telnet\b",
        "ntp remote-server": r"(?:no )?ntp remote-server\b",
        "vlan create": r"vlan create \d",
        "login mode": r"login mode ",
        said("its users"): r"username \S+ password \S+ privilege \d[ \t\r]*$",
        said("its management"): r"interface (?:mgmt|lan|wan)[ \t\r]*$",
        "auto-backup": r"(?:no )?auto-backup\b",
        "fast-bootup": r"(?:no )?fast-bootup\b",
    },
    never=r"[{<]|version 1\d\.\d",
    least=4,
    with_mark=1,
)
