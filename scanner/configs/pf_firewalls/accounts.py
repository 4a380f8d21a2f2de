"""Accounts, their rights, who checks logins, the password policy, and keys that are shared with servers."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network

from scanner.configs.acl_objects import Network, is_everybody
from scanner.configs.pf_firewalls.document import FirewallFile, child, children, node_of, value
from scanner.configs.settings import ABSENT, DEFAULT_NAMES, NO, UNKNOWN, YES, Sheet, put_rights, whole
from scanner.configs.xml_tree import XmlElement

_ALL = "page-all"
_LOCAL = "Local Database"
_PASSWORDS = ("bcrypt-hash", "sha512-hash", "password", "md5-hash", "nt-hash", "passwd")
_SERVERS = ("ldap", "radius", "ldap-totp")
_TOKENS = ("totp", "ldap-totp")  # servers that let nobody in without a token
_KEYS = ("radius_secret", "ldap_bindpw")
_TRIES = {True: "5", False: "3"}  # until an address is locked out: OPNsense; pfSense, whose attacks weigh 10 of 30
_PAUSE = "120"  # seconds for which pfSense locks out, in every release


def account_settings(file: FirewallFile, sheet: Sheet) -> None:
    """Each account that is not disabled."""
    groups = file.every("system/group")
    users = [u for u in file.every("system/user") if file.switch(u, "disabled") is False and value(u, "name")]
    mode, wanted, kinds = _who_checks(file)
    asked = {kinds.get(name, "unknown") for name in wanted or [_LOCAL]}
    for user in users:
        _account(sheet, user)
        _second_factor(file, sheet, user, mode, asked)
    by_member = _rights_by_member(groups)
    full = sum(_may_everything(user, by_member) for user in users)
    put_rights(sheet, len(users), full, users[0].node if users else None)
    _central(file, sheet)
    for server in file.every("system/authserver"):
        for tag in _KEYS:
            key = child(server, tag)
            if key is not None and key.node.secrets:
                name = f"{value(server, 'type', 'server')} {value(server, 'name')}"
                sheet.put("account", name, "key_storage", key.node.secrets[0].storage, key.node)


def _held(user: XmlElement) -> XmlElement | None:
    """What the account's password is kept as."""
    return next((p for tag in _PASSWORDS if (p := child(user, tag)) is not None and p.given), None)


def _account(sheet: Sheet, user: XmlElement) -> None:
    name = value(user, "name")
    item = f"user {name}"
    held = _held(user)
    keys = child(user, "authorizedkeys")
    named = child(user, "name")
    if held is not None and held.node.secrets:
        secret = held.node.secrets[0]
        sheet.put("account", item, "storage", secret.storage, held.node)
        known = {None: "unknown", True: YES, False: NO}[secret.default]
        sheet.put("account", item, "default_secret", known, held.node)
        short = {None: "unknown", True: "under-8", False: "8-or-more"}[secret.short]
        sheet.put("account", item, "length", short, held.node)
    sheet.put("account", item, "default_name", YES if name.lower() in DEFAULT_NAMES else NO, node_of(named))
    asks = held is not None or (keys is not None and keys.given)
    sheet.put("account", item, "password", YES if asks else UNKNOWN, node_of(held, user), present=asks)


def _second_factor(
    file: FirewallFile, sheet: Sheet, user: XmlElement, mode: XmlElement | None, asked: set[str]
) -> None:
    """What a login asks for beside the password.

    asked: the kinds of servers that check logins. The seed of an account is asked for by those of tokens alone: whoever
    is also let in by the list of accounts needs none. pfSense keeps no second factor; a server that it asks may.
    """
    item, seed = f"user {value(user, 'name')}", child(user, "otp_seed")
    if file.kind.is_opnsense and asked <= {*_TOKENS}:
        sheet.put("account", item, "second_factor", "totp", node_of(seed, mode, user))
    elif file.kind.is_opnsense and "local" in asked and _held(user) is not None:
        sheet.missing("account", item, "second_factor", ABSENT, node_of(mode, user))
    else:
        sheet.missing("account", item, "second_factor", UNKNOWN, node_of(mode, user))


def _who_checks(file: FirewallFile) -> tuple[XmlElement | None, list[str], Mapping[str, str]]:
    """The line that names who checks logins of the web pages, the names, and the kind of each server that is known."""
    mode = file.at("system/webgui/authmode")
    wanted = [w.strip() for w in mode.text.split(",") if w.strip()] if mode is not None else []
    kinds = {_LOCAL: "local"} | {value(s, "name"): value(s, "type") for s in file.every("system/authserver")}
    return mode, wanted, kinds


def _rights(entry: XmlElement) -> set[str]:
    return {right for one in children(entry, "priv") for right in one.text.replace(",", " ").split()}


def _rights_by_member(groups: list[XmlElement]) -> Mapping[str, set[str]]:
    """What the groups give: by the number of a member, and by the name of the group."""
    found: dict[str, set[str]] = {}
    for group in groups:
        rights = _rights(group)
        members = {m for one in children(group, "member") for m in one.text.replace(",", " ").split()}
        for key in (*members, f"group {value(group, 'name')}"):
            found.setdefault(key, set()).update(rights)
    return found


def _may_everything(user: XmlElement, by_member: Mapping[str, set[str]]) -> bool:
    number = value(user, "uid")
    named = {f"group {g.text}" for g in children(user, "groupname")}
    rights = _rights(user).union(*(by_member.get(key, ()) for key in (number, *named)))
    return number == "0" or _ALL in rights


def _central(file: FirewallFile, sheet: Sheet) -> None:
    """Who checks logins of the web pages."""
    mode, wanted, kinds = _who_checks(file)
    servers = [w for w in wanted if kinds.get(w) in _SERVERS]
    unknown = [w for w in wanted if w not in kinds]
    central = UNKNOWN if unknown else YES if servers else NO
    sheet.put("account", "aaa", "central", central, node_of(mode), present=mode is not None and mode.given)
    local = not wanted or any(kinds.get(w) in ("local", "totp") for w in wanted)
    methods = [kinds.get(w, w) for w in servers] + ["local"] * (local or not file.kind.is_opnsense)
    sheet.put("account", "aaa", "login_methods", ",".join(dict.fromkeys(methods)) or "unknown", node_of(mode))
    if servers and file.kind.is_opnsense:
        sheet.put("account", "aaa", "local_fallback", YES if local else NO, node_of(mode))
    elif servers:
        sheet.missing("account", "aaa", "local_fallback", YES)  # where the server does not answer


def password_policy(file: FirewallFile, sheet: Sheet) -> None:
    """Length, composition and age, and what becomes of failed logins."""
    gui = file.at("system/webgui")
    on = file.switch(gui, "enable_password_policy_constraints") if file.kind.is_opnsense else False
    for setting, tag in (
        ("min_length", "password_policy_length"),
        ("max_age", "password_policy_duration"),
        ("complexity", "password_policy_complexity"),
    ):
        line = child(gui, tag) if file.kind.is_opnsense else None
        text = line.text if line is not None else ""
        if on is None:
            sheet.missing("password-policy", "device", setting, UNKNOWN)
        elif not on or text in ("", "0"):
            sheet.missing("password-policy", "device", setting, NO if on and setting == "complexity" else ABSENT)
        elif setting == "complexity":
            sheet.put("password-policy", "device", setting, YES, node_of(line))
        else:
            told = text if whole(text) else UNKNOWN
            sheet.put("password-policy", "device", setting, told, node_of(line), present=whole(text))
    _lockout(file, sheet)


def _lockout(file: FirewallFile, sheet: Sheet) -> None:
    """Addresses from which logins fail are locked out."""
    if file.kind.is_opnsense:
        off = file.at("system/no_sshlockout")
        if off is not None and off.given and off.text != "0":
            sheet.put("password-policy", "device", "lockout", ABSENT, off.node)
            return
        sheet.missing("password-policy", "device", "lockout", "sshlockout")
        sheet.missing("password-policy", "device", "lockout_attempts", _TRIES[True])
        return
    off = file.at("syslog/disablelocallogging") or _spared(file)  # it learns of failed logins from the local log
    if off is not None:
        sheet.put("password-policy", "device", "lockout", ABSENT, off.node)
        return
    sheet.missing("password-policy", "device", "lockout", "sshguard")
    weight = file.at("system/sshguard_threshold")
    pause = file.at("system/sshguard_blocktime")
    if weight is not None and whole(weight.text):
        sheet.put("password-policy", "device", "lockout_attempts", str(-(-int(weight.text) // 10)), weight.node)
    else:
        sheet.missing("password-policy", "device", "lockout_attempts", _TRIES[False])
    if pause is not None and whole(pause.text):
        sheet.put("password-policy", "device", "lockout_seconds", pause.text, pause.node)
    else:
        sheet.missing("password-policy", "device", "lockout_seconds", _PAUSE)


def _spared(file: FirewallFile) -> XmlElement | None:
    """What spares everybody who fails to log in."""
    listed = file.at("system/sshguard_whitelist")
    told = [n for w in listed.text.split() if (n := _network(w)) is not None] if listed is not None else []
    return listed if any(is_everybody([n for n in told if n.version == v]) for v in (4, 6)) else None


def _network(word: str) -> Network | None:
    try:
        return ip_network(word, strict=False)
    except ValueError:
        return None
