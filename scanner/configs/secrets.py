"""Masking: a configuration line loses its secrets before anything else sees it.

A ``Masker`` gives the line with every password, community, key and hash replaced, and what may be kept of each secret:
how it is stored, whether it is a known default, whether it is short. The rule is conservative: what follows a word that
announces a secret is masked to the end of the line, unless the whole line has a form that is known to carry none. What
a vendor writes is said by its dialect, as ``SecretWords``; here are only the words of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

MASK = "<masked>"

SHORT = 8  # characters; less is called short


@dataclass(frozen=True, slots=True)
class Secret:
    """What may be known about a secret: never the secret.

    ``storage``: plain, unknown, or what a dialect calls it: type-4 to type-9 (Cisco), simple, cipher (reversible),
    irreversible-cipher (Huawei). ``default`` and ``short`` are None when the stored form does not tell.
    """

    storage: str
    default: bool | None = None
    short: bool | None = None


UNTOLD = Secret("unknown")

Masked = tuple[str, tuple[Secret, ...]]
Mask = Callable[[str, str], Masked]


@dataclass(frozen=True)
class SecretWords:
    """How a system writes and stores secrets. All patterns are regular expressions that ignore case.

    What any dialect says here holds for every configuration, since it only hides more or judges more exactly:

    announces: words after which everything is a secret; begins: beginnings of lines after which everything is one.
    hints: plain lower-case text, some of which every line has that one of the patterns or forms fits.
    storages: qualifier before the secret -> how it is stored, in the form of ``re.Match.expand``; empty: it says
        nothing of that.
    stored: how the stored form begins -> how it is stored; vague: storages that such a beginning makes exact.
    clear: storage -> the function that gives the clear text, None where the secret is none of that storage.
    owners: words whose next word is the name of the account; communities, passwords: well-known ones, in lower case.

    forms: beginnings of lines, and the function that masks such a line (line, match, masker). In another dialect's
        configurations such a line is masked to its end, too.

    What holds for the dialect's own configurations alone:

    harmless: whole lines without a secret; inside: the same in blocks whose first line begins with the text.
    held: beginnings of lines that hold one in such blocks, and the function that masks them.
    """

    announces: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    storages: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)
    vague: frozenset[str] = frozenset()
    clear: Mapping[str, Callable[[str], str | None]] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    communities: frozenset[str] = frozenset()
    passwords: frozenset[str] = frozenset()
    harmless: tuple[str, ...] = ()
    inside: tuple[tuple[str, str], ...] = ()
    held: tuple[tuple[str, str, Form], ...] = ()
    forms: tuple[tuple[str, Form], ...] = ()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMMON = SecretWords(
    announces=(
        r"[\w-]*(?:password|passwd|passphrase|pass-phrase|secret|psk|pmk|md5-key|auth-code)",
        r"pwd",
        r"[\w-]*key(?:-string|-hash|-code)?",
        r"community(?:-\w+)?",
        r"authenticator",
        r"(?:id)?token",
        r"pin",
    ),
    hints=("key", "pass", "auth", "secret", "community", "psk", "pwd", "pmk", "token", "pin", "://"),
    storages={
        r"encrypted|plain|hidden|ascii|hex|ascii-text|hexadecimal|md5|sha|sha256|hmac-sha-256|local|remote": "",
    },
    clear={"plain": str},
    communities=_words(
        "public private admin administrator snmp snmpd manager monitor operator read write readonly readwrite read-only"
        " read-write ro rw secret security community default system test guest openview netman all agent network switch"
        " router password mngt proxy rmon internal tivoli canopy cable-docsis"
    ),
    passwords=_words(
        "admin administrator password passw0rd admin@123 123456 12345678 changeme changeme_123 switch router root guest"
        " manager operator default public private secret test 1234 12345 admin123 hello"
    ),
)

_CODE_LINE = re.compile(r"(?:[0-9A-Fa-f]{8}\s*){2,}[0-9A-Fa-f]*|[A-Za-z0-9+/=]{40,}")
_URL_USER = re.compile(r"(\w+://[^\s:/@]*):(\S+)@")
_PLACEHOLDER = re.compile(r"<.*>|\[.*\]|[*.xX_-]+|.*(?:removed|hidden|redacted|scrubbed|masked).*", re.IGNORECASE)
_MODULAR = re.compile(r"\$[0-9A-Za-z-]{1,8}\$\S+")  # crypt(5): a hash, be it one that nobody here knows


class Masker:
    """Masks the lines of one dialect's configurations. ``own``: what that dialect says; ``every``: what all say."""

    def __init__(self, own: SecretWords, every: Iterable[SecretWords]) -> None:
        words = (_COMMON, *every)
        self._hints = tuple(dict.fromkeys(chain.from_iterable(w.hints for w in words)))
        announcing = "|".join(dict.fromkeys(chain.from_iterable(w.announces for w in words)))
        self._announces = _compiled(rf"(?<![\w-])(?:{announcing})(?![\w-])")
        self._begins = tuple(_compiled(pattern) for w in words for pattern in w.begins)
        self._storages = tuple((_compiled(pattern), name) for w in words for pattern, name in w.storages.items())
        qualifying = "|".join(pattern.pattern for pattern, _ in self._storages)
        self._qualifier = _compiled(rf"(?:{qualifying})(?=\s+\S)")
        self._stored = {start: name for w in words for start, name in w.stored.items()}
        self._vague = frozenset({""}.union(*(w.vague for w in words)))
        self._clear = {name: clear for w in words for name, clear in w.clear.items()}
        owning = "|".join(dict.fromkeys(chain.from_iterable(w.owners for w in words))) or "(?!)"
        self._owner = _compiled(rf"(?:{owning})\s+(\S+)")
        self._communities = frozenset[str]().union(*(w.communities for w in words))
        self._passwords = frozenset[str]().union(*(w.passwords for w in words))
        harmless = "|".join(own.harmless) or "(?!)"
        self._harmless = _compiled(rf"(?:(?:no|undo)\s+)?(?:{harmless})")
        self._inside = tuple((block, _compiled(pattern)) for block, pattern in own.inside)
        self._held = tuple((block, *_form(start, form)) for block, start, form in own.held)
        self._forms = tuple(_form(*form) for form in own.forms)
        self._other_forms = tuple(_form(*form) for w in words if w is not own for form in w.forms)

    def mask(self, text: str, parent: str = "") -> Masked:
        """The line without its secrets, and what may be known of each, in their order in the line.

        ``parent`` is the lower-case command of the block the line is in: ``key 1`` names a key in a key chain and is a
        secret elsewhere.
        """
        if _CODE_LINE.fullmatch(text):
            return MASK, ()
        for block, start, form in self._held:
            if parent.startswith(block) and (found := start.match(text)):
                return form(text, found, self)
        lower = text.lower()
        for hint in self._hints:
            if hint in lower:
                break
        else:
            return text, ()
        if "://" in text:
            text = _URL_USER.sub(rf"\1:{MASK}@", text)
        if self._harmless.fullmatch(text) or any(parent.startswith(b) and p.fullmatch(text) for b, p in self._inside):
            return text, ()
        return self._by_form(text)

    def _by_form(self, text: str) -> Masked:
        for start, form in self._forms:
            if found := start.match(text):
                return form(text, found, self)
        for start, form in self._other_forms:
            if found := start.match(text):
                return self._of_another(text, found, form)
        return self._to_the_end(text)

    def _of_another(self, text: str, found: re.Match[str], form: Form) -> Masked:
        """A line as only another dialect writes it: its form hides what it knows, and the rest goes as any other."""
        try:
            masked, secrets = form(text, found, self)
        except Exception:  # noqa: BLE001 - a defect of that dialect costs neither this configuration nor a secret
            return found.group().strip() + " " + MASK, (UNTOLD,)
        return self._to_the_end(masked)[0], secrets

    def _to_the_end(self, text: str) -> Masked:
        """Mask from the first announcing word to the end of the line."""
        found = next(filter(None, (b.match(text) for b in self._begins)), None) or self._announces.search(text)
        if not found:
            return text, ()
        if not text[found.end() :].strip():
            return text, (Secret("none"),) if text.lower().endswith("nopassword") else ()
        kept, rest = found.end(), text[found.end() :]
        start = len(rest) - len(rest.lstrip())
        storage = ""
        while qualifier := self._qualifier.match(rest, start):
            storage = self._named(qualifier.group()) or storage
            start = qualifier.end() + 1
            start += len(rest) - start - len(rest[start:].lstrip())
        storage = storage or self._named(found.group())
        user = self._owner.match(text)
        lead = " " if start == 0 else rest[:start]
        return text[:kept] + lead + MASK, (self.password(rest[start:], storage, user.group(1) if user else ""),)

    def _named(self, qualifier: str) -> str:
        """The storage that a word before the secret names, empty if it names none."""
        for pattern, name in self._storages:
            if name and (found := pattern.fullmatch(qualifier.lower())):
                return found.expand(name)
        return ""

    def password(self, secret: str, storage: str, owner: str = "") -> Secret:
        """What may be kept of a password. ``storage`` is what the line says, empty when it says nothing."""
        return self._judge(secret, storage, self._passwords, owner)

    def community(self, secret: str, storage: str) -> Secret:
        """What may be kept of an SNMP community."""
        return self._judge(secret, storage, self._communities, "")

    def _judge(self, secret: str, storage: str, defaults: frozenset[str], owner: str) -> Secret:
        secret = secret.strip().strip('"')
        if storage in self._vague:
            storage = next((name for start, name in self._stored.items() if secret.startswith(start)), storage)
        if not storage:
            storage = "unknown" if _PLACEHOLDER.fullmatch(secret) or _MODULAR.fullmatch(secret) else "plain"
        clear = self._clear[storage](secret) if storage in self._clear else None
        if clear is None or _PLACEHOLDER.fullmatch(clear):
            return Secret(storage)
        known = clear.lower() in defaults or (bool(owner) and clear.lower() == owner.lower())
        return Secret(storage, default=known, short=len(clear) < SHORT)


Form = Callable[[str, re.Match[str], Masker], Masked]


def _form(start: str, form: Form) -> tuple[re.Pattern[str], Form]:
    return _compiled(rf"(?:(?:no|undo)\s+)?(?:{start})"), form


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
