"""How frames on the air are protected, in the words of operations, by which rules judge them."""

from __future__ import annotations

from scanner.wording import Said, said

PROTECTION: dict[bool | None, Said | str] = {
    True: said("encrypted"),
    False: said("not encrypted"),
    None: said("nothing says whether it is encrypted"),
}
