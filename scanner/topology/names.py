"""One name for each device, whoever names it and with or without its domain."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

_ADDRESS = re.compile(r"[\d.]+|[0-9a-f]*:[0-9a-f:.]*")


class DeviceNames:
    """sw-core.plant.example and SW-CORE are one, unless there is a sw-core of another domain, too."""

    def __init__(self, own: Iterable[str], others: Iterable[str]) -> None:
        """own: names of devices whose outputs were given, which stand for the others."""
        self._kept: dict[str, str] = {}
        for name in (*own, *others):
            self._kept.setdefault(name.casefold(), name)
        domains: defaultdict[str, set[str]] = defaultdict(set)
        for name in self._kept:
            if "." in name and not _ADDRESS.fullmatch(name):
                domains[name.partition(".")[0]].add(name)
        self._whole = {next(iter(full)): short for short, full in domains.items() if len(full) == 1}

    def __call__(self, name: str) -> str:
        """The name that stands for the device."""
        key = name.casefold()
        short = self._whole.get(key, key)
        return self._kept.get(short, self._kept.get(key, name))
