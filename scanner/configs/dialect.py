"""What a configuration dialect offers."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from scanner.configs.entry_lines import EntryLines
from scanner.configs.secrets import Mask, SecretWords
from scanner.configs.settings import Configuration
from scanner.plugins import Fault, Plugin
from scanner.resemblance import Resemblance
from scanner.wording import said

Read = Callable[[bytes, str, Mask], Configuration]


@dataclass(frozen=True)
class Dialect(Plugin):
    """One dialect; each module or folder in ``scanner/configs/dialects/`` has exactly one, named ``DIALECT``.

    title: the systems that write it, as people call them.
    resemblance: (head): how much the first bytes of a file are a configuration in this dialect, by themselves and
        without a word about other dialects; most take it from ``Telltales``. Line ends are line feeds.
    read: (data, source, mask): its settings, and how it forwards where the dialect can tell; or InputError. ``mask`` is
        for ``tree.parse``, which hides secrets with it before anything is kept. None: the system is known, so that it
        is not taken for a relative, but not read; somebody else's dialect of the name takes its place.
    secrets: how the system writes and stores secrets.
    remedies: a YAML file with the system's commands for the remedies that rules name (docs/rules.md).
    entry_lines: which lines are one entry of an access list. None: nobody can tell, and none is deleted.
    """

    resemblance: Callable[[bytes], Resemblance]
    read: Callable[[bytes, str, Mask], Configuration] | None = None
    secrets: SecretWords = field(default_factory=SecretWords)
    remedies: Path | None = None
    entry_lines: EntryLines | None = None

    def faults(self) -> Iterable[Fault]:
        """The file of remedies is there."""
        if self.remedies is not None and not self.remedies.is_file():
            what = said("there is no file {file}", file=self.remedies.name)
            yield Fault("remedies", what, said("write it, or name none"))

    def yields_to(self, other: Plugin) -> bool:
        """One that only knows its system makes room for one that reads it."""
        return self.read is None and isinstance(other, Dialect) and other.read is not None


def read_when_asked(package: str) -> Read:
    """``read`` of the module ``reading`` in a dialect's folder, imported with the first file of the dialect: most scans
    have files of few dialects, and telling which takes only what each looks like.
    """

    def read(data: bytes, source: str, mask: Mask) -> Configuration:
        reading: Read = importlib.import_module(f"{package}.reading").read
        return reading(data, source, mask)

    return read
