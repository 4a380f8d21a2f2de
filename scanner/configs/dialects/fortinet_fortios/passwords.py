"""Password policy of administrators, and what becomes of failed logins."""

from __future__ import annotations

from scanner.configs.dialects.fortinet_fortios.tables import ENABLE, Device, is_on, setting, value, values
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole

_KINDS = ("min-lower-case-letter", "min-upper-case-letter", "min-non-alphanumeric", "min-number")
_ENOUGH = 3  # kinds of characters
_LENGTH, _AGE, _TRIES, _PAUSE = "8", "90", "3", "60"  # characters, days, logins, seconds: in every release


def password_policy(device: Device, sheet: Sheet) -> None:
    """Length, composition and age, and the lockout that every device has."""
    _lockout(device, sheet)
    table = device.table("system password-policy")
    on = setting(table, "status")
    if on is None:
        default = ABSENT if device.since(7, 6) is False else UNKNOWN  # from 7.6 on there is one by default
        for name in ("min_length", "complexity", "max_age"):
            sheet.missing("password-policy", "device", name, default, table)
        return
    applies = values(table, "apply-to") or ["admin-password"]
    if not is_on(table) or "admin-password" not in applies:
        at = setting(table, "apply-to") if is_on(table) else on
        for name in ("min_length", "complexity", "max_age"):
            sheet.put("password-policy", "device", name, ABSENT, at or table, present=at is not None)
        return
    for key in ("minimum-length", "min-length"):
        if line := setting(table, key):
            sheet.put("password-policy", "device", "min_length", value(table, key), line)
            break
    else:
        sheet.missing("password-policy", "device", "min_length", _LENGTH, table)
    _composition(device, sheet)
    _age(device, sheet)


def _composition(device: Device, sheet: Sheet) -> None:
    table = device.table("system password-policy")
    asked = [n for key in _KINDS if (n := setting(table, key))]
    strict = [n for n in asked if n.key.split()[-1] != "0"]
    listed = values(table, "must-contain")  # until FortiOS 5.4
    if len(strict) >= _ENOUGH or len(listed) >= _ENOUGH:
        at = strict[0] if strict else setting(table, "must-contain")
        sheet.put("password-policy", "device", "complexity", YES, at)
    elif len(asked) == len(_KINDS):
        sheet.put("password-policy", "device", "complexity", NO, asked[0])
    else:
        default = NO if device.since(7, 6) is False else UNKNOWN
        at = asked[0] if asked else table
        sheet.put("password-policy", "device", "complexity", default, at, present=bool(asked))


def _age(device: Device, sheet: Sheet) -> None:
    table = device.table("system password-policy")
    expires, days = setting(table, "expire-status"), setting(table, "expire-day") or setting(table, "expire")
    if value(table, "expire-status") == ENABLE or (expires is None and setting(table, "expire")):
        age = value(table, "expire-day") or value(table, "expire") or _AGE
        sheet.put("password-policy", "device", "max_age", age, days or expires)
    else:
        sheet.put("password-policy", "device", "max_age", ABSENT, expires or table, present=expires is not None)


def _lockout(device: Device, sheet: Sheet) -> None:
    table = device.table("system global")
    for name, key, default in (
        ("lockout_attempts", "admin-lockout-threshold", _TRIES),
        ("lockout_seconds", "admin-lockout-duration", _PAUSE),
    ):
        line = setting(table, key)
        given = value(table, key, default)
        told = given if whole(given) else UNKNOWN
        sheet.put("password-policy", "device", name, told, line or table, present=line is not None)
    line = setting(table, "admin-lockout-threshold")
    sheet.put("password-policy", "device", "lockout", "admin-lockout", line or table, present=bool(line))
