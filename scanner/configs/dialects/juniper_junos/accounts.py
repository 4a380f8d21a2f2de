"""Accounts and classes of users, who checks logins, for how long they last, and what is asked of passwords.

Sources: Junos OS User Access and Authentication User Guide (login classes, root password, authentication order,
TACACS+, RADIUS, accounting) and CLI Reference (idle-timeout, retry-options, login password). A session lasts until its
user ends it unless its class says otherwise; when no server answers the local password counts, whatever the order
says; a password has at least 6 characters.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.prefixes import entries
from scanner.configs.settings import ABSENT, CLOSED, NO, UNKNOWN, YES, Sheet, account, put_name, put_rights, whole
from scanner.configs.statements.statement import (
    TreeStatement,
    at,
    has,
    inside,
    leaf,
    one,
    place,
    value,
    words,
)

_FULL = "super-user"
_KEPT = ("encrypted-password", "plain-text-password-value")
_FULL_CLASSES = (_FULL, "superuser")
_SERVERS = {"tacplus": "tacacs+", "radius": "radius", "ldaps": "ldap"}
_SHORTEST = "6"  # characters, in every release
_SETS = ("minimum-upper-cases", "minimum-lower-cases", "minimum-numerics", "minimum-punctuations")
_ENOUGH = 3  # sets of characters
_REMOTE = "remote"  # the account whose rights users have whom only a server knows


def account_settings(device: JunosDevice, sheet: Sheet) -> None:
    """Accounts, their rights, and who checks logins."""
    login = device.part("system", "login")
    users = entries(login, "user")
    classes = {c.word: c for c in entries(login, "class")}
    for user in users:
        _user(sheet, user)
    _root(device, sheet)
    people = [u for u in users if _has_password(u)]
    full = [u for u in people if _is_full(value(u, "class"), classes)]
    root = device.part("system", "root-authentication")
    alone = int(root is not None and not people)  # then all are root
    put_rights(sheet, len(people) + alone, len(full) + alone, leaf(people[0] if people else root))
    _central(device, sheet)
    _sessions(device, sheet, users, classes)


def _has_password(user: TreeStatement) -> bool:
    return at(user, "authentication") is not None


def _user(sheet: Sheet, user: TreeStatement) -> None:
    """Whoever has neither a password nor a key cannot log in by himself: a server must know him."""
    item = f"user {user.word}"
    login = at(user, "authentication")
    _password(sheet, item, login, user.word)
    line = leaf(login)
    if login is not None and line is not None:
        if not any(one(login, word) for word in _KEPT):
            put_name(sheet, item, user.word, line)  # with keys alone
        sheet.put("account", item, "password", YES, line)
    name = one(user, "class")
    if name is not None:
        sheet.put("account", item, "privilege", name.word, place(name))


def _password(sheet: Sheet, item: str, login: TreeStatement | None, name: str) -> None:
    for word in _KEPT:
        kept = one(login, word)
        line = place(kept)
        if kept is not None and line is not None:
            account(sheet, item, line, name)


def _root(device: JunosDevice, sheet: Sheet) -> None:
    """The account that every device has; nobody can rename it."""
    login = device.part("system", "root-authentication")
    if login is None:
        return
    _password(sheet, "user root", login, "")
    sheet.put("account", "user root", "password", YES, leaf(login))
    ssh = device.part("system", "services", "ssh")
    allowed = one(ssh, "root-login")
    console = at(device.part("system", "ports"), "console")
    services = [] if has(console, "insecure") or has(console, "disable") else ["console"]
    told = UNKNOWN if ssh is not None and allowed is None else None
    enters = YES if ssh is not None and allowed is not None and allowed.word == "allow" else told or NO
    line = place(allowed) or leaf(login)
    sheet.put("account", "user root", "default_name", enters, line, present=allowed is not None)
    if ssh is not None and allowed is not None and allowed.word != "deny":
        services.append("ssh")
    sheet.put(
        "account",
        "user root",
        "services",
        told or ",".join(services) or "none",
        place(allowed),
        present=allowed is not None,
    )


def _is_full(name: str, classes: dict[str, TreeStatement]) -> bool:
    """Users of the class may do everything."""
    if name in _FULL_CLASSES:
        return True
    found = classes.get(name)
    narrowed = found is not None and any(w.word.startswith(("deny-", "allow-")) for w in found)
    return found is not None and "all" in words(found, "permissions") and not narrowed


def _order(device: JunosDevice) -> list[TreeStatement]:
    return inside(device.part("system", "authentication-order"))


def _central(device: JunosDevice, sheet: Sheet) -> None:
    """Whether servers check logins first, and what they are asked and told."""
    order = _order(device)
    methods = [s.word for s in order] or ["password"]
    kinds = {"tacplus": "tacplus-server", "radius": "radius-server", "ldaps": "ldaps-server"}
    present = {m for m, part in kinds.items() if entries(device.part("system", part))}
    asked = next((s for s in order if s.word in present), None)
    first = order[0] if order else None
    central = first is not None and first.word in present
    node = place(first)
    sheet.put("account", "aaa", "central", YES if central else NO, node, present=first is not None)
    told = [_SERVERS.get(m, "local" if m == "password" else m) for m in methods]
    sheet.put("account", "aaa", "login_methods", ",".join(told), node, present=first is not None)
    sheet.put("line", "logins", "authentication", "aaa" if asked else "local", place(asked), present=asked is not None)
    if asked is None:
        return
    sheet.missing("account", "aaa", "local_fallback", YES, place(asked))
    _authorised_and_noted(device, sheet, asked)


def _authorised_and_noted(device: JunosDevice, sheet: Sheet, asked: TreeStatement) -> None:
    """A TACACS+ server says with each login what the user may do; RADIUS names a local account in its answer."""
    sheet.missing("account", "aaa", "authorization", "exec", place(asked))
    accounting = device.part("system", "accounting")
    events = inside(accounting, "events")
    sent = entries(accounting, "destination")
    if events and sent:
        sheet.put("account", "aaa", "accounting", YES, place(events[0]))
    else:
        sheet.missing("account", "aaa", "accounting", ABSENT, place(accounting))


def _sessions(
    device: JunosDevice, sheet: Sheet, users: Sequence[TreeStatement], classes: dict[str, TreeStatement]
) -> None:
    """When sessions end without input, by class; a limit for all counts in classes without their own."""
    login = device.part("system", "login")
    everybody = one(login, "idle-timeout")
    used = {c.word: c for u in users if (c := one(u, "class"))}
    if not used:
        _put_idle(sheet, "logins", everybody, None)
    for name, said in used.items():
        block = classes.get(name)
        own = one(block, "idle-timeout")
        _put_idle(sheet, f"class {name}", own or everybody, block or said)
    console = at(device.part("system", "ports"), "console")
    if has(console, "disable"):
        sheet.put("line", "console", "authentication", CLOSED, place(at(console, "disable")))
    auxiliary = at(device.part("system", "ports"), "auxiliary")
    on = one(auxiliary, "type")
    off = at(auxiliary, "disable")
    sheet.put("line", "aux", "open", YES if on and not off else CLOSED, place(off, on), present=on is not None)


def _put_idle(sheet: Sheet, item: str, limit: TreeStatement | None, block: TreeStatement | None) -> None:
    minutes = limit.word if limit else "0"
    if not whole(minutes):
        sheet.put("line", item, "idle_timeout", UNKNOWN, place(limit))
        return
    seconds = 60 * int(minutes)
    text = str(seconds) if seconds else "never"
    sheet.put("line", item, "idle_timeout", text, place(limit, block), number=seconds, present=limit is not None)


def password_policy(device: JunosDevice, sheet: Sheet) -> None:
    """Length, composition and age of passwords, and what becomes of failed logins."""
    policy = at(device.part("system", "login"), "password")
    length = one(policy, "minimum-length")
    told = length.word if length else _SHORTEST
    sheet.put(
        "password-policy",
        "device",
        "min_length",
        told if whole(told) else UNKNOWN,
        place(length),
        present=length is not None,
    )
    _composition(sheet, policy)
    age = one(policy, "maximum-lifetime")
    told = age.word if age else ABSENT
    sheet.put("password-policy", "device", "max_age", told, place(age), present=age is not None)
    _lockout(device, sheet)


def _composition(sheet: Sheet, policy: TreeStatement | None) -> None:
    """Three of four sets of characters, be they named or counted. Changes between sets can be had with two."""
    asked = [n for w in _SETS if (n := one(policy, w)) and n.word != "0"]
    changes, kind = one(policy, "minimum-changes"), value(policy, "change-type")
    count = int(changes.word) if changes and whole(changes.word) else 1
    if len(asked) >= _ENOUGH:
        sheet.put("password-policy", "device", "complexity", YES, place(asked[0]))
    elif kind.startswith("character-set"):
        sheet.put(
            "password-policy",
            "device",
            "complexity",
            YES if count >= _ENOUGH else NO,
            place(changes, at(policy, "change-type", kind)),
        )
    else:
        told = NO if count <= 1 else UNKNOWN
        sheet.put("password-policy", "device", "complexity", told, place(changes), present=changes is not None)


def _lockout(device: JunosDevice, sheet: Sheet) -> None:
    """How often a login may fail, and for how long it is refused then; without that the next connection may try."""
    options = at(device.part("system", "login"), "retry-options")
    pause, tries = one(options, "lockout-period"), one(options, "tries-before-disconnect")
    if pause is None:
        sheet.put("password-policy", "device", "lockout", ABSENT, leaf(options), present=False)
        return
    sheet.put("password-policy", "device", "lockout", "lockout-period", place(pause))
    told = tries.word if tries and whole(tries.word) else UNKNOWN  # 3 or 10 by default, which releases differ in
    sheet.put("password-policy", "device", "lockout_attempts", told, place(tries), present=tries is not None)
    seconds = str(60 * int(pause.word)) if whole(pause.word) else UNKNOWN
    sheet.put("password-policy", "device", "lockout_seconds", seconds, place(pause))
