"""How strong a binding of a name or property to an address is: as strong as who makes it."""

from __future__ import annotations

import enum


class Strength(enum.IntEnum):
    """From the weakest. What binds gives names, zones and roles; the others describe (docs/decisions/0002)."""

    CLAIM = 1  # said on the wire, by whomever
    CERTIFICATE = 2  # shown in a handshake that was completed; who issued it is not known to a scan
    CONFIGURATION = 3  # the device's own
    INVENTORY = 4
    POLICY = 5  # it names the address itself

    @property
    def binds(self) -> bool:
        """Whoever makes it may say who somebody is."""
        return self >= Strength.CONFIGURATION

    @property
    def word(self) -> str:
        """As results have it."""
        return self.name.lower()
