"""Which bytes of fields count whose names look like those of a user or a password: what is in them, if a known default
has it or if it is written otherwise than it is.

Names are only searched for words here, so that more of them count than those that are meant.
"""

from __future__ import annotations

from scanner.framing.language import State, Step
from scanner.framing.spelling import FOUND, search
from scanner.framing.text_states import leave

_STEMS = (
    "pass pwd psw pw kennw mot mdp contras senha parol heslo hasl wachtw adgang losen salas sifre mima secret"
    " pin key cred code user usr uname login logon account name operator benutz usu util utente mail uid uzyt"
    " uziv kayt gebruik bruger anv kulla id"
)
_HIDES = b"%\\" + bytes(range(0x80, 0x100))  # letters that are escaped or of other scripts: it may be any name
NODES = search(_STEMS.split())
HELD = "held"


def letters(node: str, name: str, *, take: bool = True) -> tuple[tuple[bytes, Step], ...]:
    """Where letters lead from a node of a name; ``name``: what its states are called."""
    found = NODES[node].items()
    both = [((c + c.upper()).encode(), Step(state_of(name, HELD if to == FOUND else to), take)) for c, to in found]
    return (*both, (_HIDES, Step(state_of(name, HELD), take)))


def state_of(name: str, node: str) -> str:
    """The state in which so much of a name of a user or password was read."""
    return f"{name} {node}" if node else name


def name_states(
    name: str, ends: tuple[tuple[bytes, Step], ...], held_ends: tuple[tuple[bytes, Step], ...]
) -> dict[str, State]:
    """States that read a name; by ``ends`` they leave for other values, by ``held_ends`` for those of a log-in."""
    found = {state_of(name, node): State(Step(name), (*ends, *letters(node, name))) for node in NODES}
    return found | {state_of(name, HELD): State(Step(state_of(name, HELD)), held_ends)}


def word_states(name: str, ends: tuple[tuple[bytes, Step], ...], escapes: bytes) -> dict[str, State]:
    """States that read a value; ``escapes``: bytes by which others are written otherwise than they are."""
    escaped = f"{name}, escaped"
    return {
        name: State(leave(name), (*ends, (escapes, leave(escaped))), word=True),
        escaped: State(leave(escaped), ends, word=True, escaped=True),
    }
