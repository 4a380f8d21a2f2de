"""Accounts of administrators, their rights, who checks logins, and what is asked of passwords.

Sources: PAN-OS Administrator's Guide ("Manage Firewall Administrators", "Configure Local or External Authentication
for Firewall Administrators", "Device > Setup > Management: Minimum Password Complexity, Authentication Settings"). An
administrator with a profile of authentication proves who he is to what that names; others have a password of the
device. From PAN-OS 9.1 on a new password has 8 characters of three kinds without being asked to.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.settings import ABSENT, DEFAULT_NAMES, NO, UNKNOWN, YES, Sheet, account, put_rights, whole
from scanner.configs.statements.statement import TreeStatement, at, has, inside, leaf, one, place, value, words

_REMOTE = {
    "radius": "radius",
    "tacplus": "tacacs+",
    "ldap": "ldap",
    "kerberos": "kerberos",
    "saml-idp": "saml",
    "cloud": "cloud",
}
_LOCAL = ("local-database", "none")
_KINDS_WORDS = "minimum-uppercase-letters minimum-lowercase-letters minimum-numeric-letters minimum-special-characters"
_KINDS = tuple(_KINDS_WORDS.split())
_ENOUGH = 3  # kinds of characters
_BY_DEFAULT = (9, 1)  # from here on a minimum is checked that nobody configured


def account_settings(device: PanosDevice, sheet: Sheet) -> None:
    """Accounts, their rights, and who checks logins."""
    users = inside(device.part("mgt-config", "users"))
    for user in users:
        _user(sheet, user)
    full = [u for u in users if value(u, "permissions", "role-based", "superuser") == "yes"]
    told = [u for u in users if at(u, "permissions", "role-based") is not None]
    unknown = len(users) - len(told)
    put_rights(sheet, len(users), len(full), leaf(users[0]) if users else None, unknown=unknown)
    _central(device, sheet, users)


def _user(sheet: Sheet, user: TreeStatement) -> None:
    item = f"user {user.word}"
    kept = one(user, "phash")
    node = place(kept)
    outside = one(user, "authentication-profile")
    key = at(user, "public-key")
    for each in key.below() if key is not None else ():
        each.understand()
    if node is not None:
        account(sheet, item, node, user.word)
    else:
        sheet.put("account", item, "default_name", YES if user.word.lower() in DEFAULT_NAMES else NO, leaf(user))
    proof = kept or outside or key
    by_certificate = value(user, "client-certificate-only") == "yes"
    asked = YES if proof is not None or by_certificate else UNKNOWN
    sheet.put("account", item, "password", asked, place(kept, outside) or leaf(user))
    has(user, "password")
    role = at(user, "permissions", "role-based")
    names = inside(role) if role is not None else []
    for each in names:
        for inner in each.below():
            inner.understand()
    if names:
        told = names[0].word if names[0].word != "custom" else value(names[0], "profile") or "custom"
        sheet.put("account", item, "privilege", told, leaf(names[0]))


def _central(device: PanosDevice, sheet: Sheet, users: list[TreeStatement]) -> None:
    """Whether servers check logins, of those who have no account of their own, or of some who have."""
    methods = dict(_methods(device))
    unasked = {p.word for s in device.shared("authentication-profile") for p in inside(s) if has(p, "method", "none")}
    common = one(device.part("deviceconfig", "system"), "authentication-profile")
    named = [n for n in (common, *(one(u, "authentication-profile") for u in users)) if n is not None]
    asked = next((n for n in named if methods.get(n.word, "")), None)
    untold = next((n for n in named if n.word not in methods), None)
    local = [u for u in users if one(u, "authentication-profile") is None]
    if asked is None and untold is not None:
        sheet.put("account", "aaa", "central", UNKNOWN, place(untold))
        sheet.put("line", "administrators", "authentication", UNKNOWN, place(untold))
        return
    if not users and asked is None:
        return
    told = [methods[asked.word]] if asked is not None else []
    node = place(asked)
    sheet.put("account", "aaa", "central", YES if asked else NO, node, present=asked is not None)
    everything = ",".join(told + ["local"] * bool(local)) or "local"
    sheet.put("account", "aaa", "login_methods", everything, node, present=asked is not None)
    line = UNKNOWN if any(n.word in unasked for n in named) else "aaa" if asked else "local"
    sheet.put("line", "administrators", "authentication", line, node, present=asked is not None)
    if asked is not None:
        sheet.put("account", "aaa", "local_fallback", YES if local else NO, leaf(local[0]) if local else node)


def _methods(device: PanosDevice) -> Iterator[tuple[str, str]]:
    """Each profile or sequence of authentication, with the server that it asks first; empty where that is none."""
    known: dict[str, str] = {}
    for profile in (p for s in device.shared("authentication-profile") for p in inside(s)):
        kinds = words(profile, "method")
        told = next((_REMOTE[k] for k in kinds if k in _REMOTE), "")
        known[profile.word] = told
        if told or set(kinds) & set(_LOCAL):
            yield profile.word, told
    for sequence in (q for s in device.shared("authentication-sequence") for q in inside(s)):
        members = words(sequence, "authentication-profiles")
        yield sequence.word, next((known[m] for m in members if known.get(m)), "")


def key_settings(device: PanosDevice, sheet: Sheet) -> None:
    """How keys that are shared with servers are kept."""
    for kind in ("radius", "tacplus", "ldap"):
        for profile in (p for s in device.shared("server-profile", kind) for p in inside(s)):
            held = [s for s in profile.below() if s.word in ("secret", "bind-password") and s.children]
            for key in held:
                kept = one(key)
                node = place(kept)
                if kept is None or node is None:
                    continue
                owner = key.parent.word if key.parent is not None else profile.word
                storage = node.secrets[0].storage if node.secrets else "unknown"
                sheet.put("account", f"{kind} {profile.word} {owner}", "key_storage", storage, node)


def password_policy(device: PanosDevice, sheet: Sheet) -> None:
    """Length, composition and age of passwords, and what becomes of failed logins."""
    policy = device.part("mgt-config", "password-complexity")
    switch = one(policy, "enabled")
    on = switch is not None and switch.word == "yes"
    off = ABSENT if device.since(*_BY_DEFAULT) is False else UNKNOWN
    node = place(switch)
    length = one(policy, "minimum-length")
    if on and length is not None and whole(length.word):
        sheet.put("password-policy", "device", "min_length", length.word, place(length))
    else:
        sheet.missing("password-policy", "device", "min_length", off, node)
    told = [k for w in _KINDS if (k := one(policy, w)) is not None and whole(k.word)]
    kinds = [k for k in told if int(k.word)]
    if on and (len(kinds) >= _ENOUGH or len(told) == len(_KINDS)):
        enough = YES if len(kinds) >= _ENOUGH else NO
        sheet.put("password-policy", "device", "complexity", enough, place(kinds[0] if kinds else told[0]))
    else:
        sheet.missing("password-policy", "device", "complexity", NO if off == ABSENT else UNKNOWN, node)
    _age(device, sheet, policy, on=on)
    _lockout(device, sheet)


def _age(device: PanosDevice, sheet: Sheet, policy: TreeStatement | None, *, on: bool) -> None:
    """The longest of all accounts: the profile of an account overrides what holds for all; zero is no limit."""
    common = one(policy, "password-change", "expiration-period") if on else None
    profiles = {p.word: p for p in inside(device.part("mgt-config", "password-profile"))}
    ages = []
    for user in inside(device.part("mgt-config", "users")):
        named = one(user, "password-profile")
        own = one(profiles.get(named.word), "password-change", "expiration-period") if named is not None else common
        ages.append((own, named))
    found = ages or [(common, None)]
    known = [a for a, _ in found if a is not None and whole(a.word) and int(a.word)]
    if len(known) == len(found):
        longest = max(known, key=lambda a: int(a.word))
        sheet.put("password-policy", "device", "max_age", longest.word, place(longest))
    else:
        without = next((a or n for a, n in found if a not in known), None)
        sheet.missing("password-policy", "device", "max_age", ABSENT, place(without))


def _lockout(device: PanosDevice, sheet: Sheet) -> None:
    """How often a login may fail; without a time the lock lasts until somebody opens it."""
    lock = at(device.part("deviceconfig", "setting"), "management", "admin-lockout")
    tries, pause = one(lock, "failed-attempts"), one(lock, "lockout-time")
    if tries is None or tries.word == "0":
        profiles = [p for s in device.shared("authentication-profile") for p in inside(s)]
        own = next((n for p in profiles if (n := one(p, "lockout", "failed-attempts")) and n.word != "0"), None)
        told = UNKNOWN if own is not None else ABSENT  # it holds for those who have that profile
        sheet.put("password-policy", "device", "lockout", told, place(tries, own), present=tries is not None)
        return
    sheet.put("password-policy", "device", "lockout", "failed-attempts", place(tries))
    sheet.put(
        "password-policy", "device", "lockout_attempts", tries.word if whole(tries.word) else UNKNOWN, place(tries)
    )
    if pause is None or pause.word == "0":
        sheet.put("password-policy", "device", "lockout_seconds", "until unlocked", place(pause, tries))
    else:
        seconds = str(60 * int(pause.word)) if whole(pause.word) else UNKNOWN
        sheet.put("password-policy", "device", "lockout_seconds", seconds, place(pause))
