"""What a report format offers, and what it may give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from scanner.plugins import Fault, Plugin
from scanner.results.model import Results
from scanner.wording import said

Content = str | bytes | Iterable[str] | Iterable[bytes]
FOLDER = "/"  # the extension of formats that are a folder


@dataclass(frozen=True)
class Folder:
    """A report of several files: the content of each by its name, made when it is written."""

    files: Mapping[str, Callable[[], Content]]


Output = Content | Folder


@dataclass(frozen=True)
class ReportFormat(Plugin):
    """One output format; each file in ``scanner/report/`` has exactly one, named ``REPORT``.

    name: for ``--format``; title: one line for the help.
    extension: of the files that it writes, with its point; ``/`` for a folder of files, of which it gives a ``Folder``.
    render: takes results; the file whole, or piece by piece where it may be large. The same results, the same bytes.
    render_in: the same in a language of otaudit, for formats whose files are in one language.
    render_opening_in: the same opened in the language that the user asked for, for files that hold every language.
    """

    extension: str
    render: Callable[[Results], Output]
    render_in: Callable[[Results, str], Output] | None = None
    render_opening_in: Callable[[Results, str], Output] | None = None

    def faults(self) -> Iterable[Fault]:
        """The extension can end the name of a file."""
        if self.extension != FOLDER and not (self.extension.startswith(".") and self.extension[1:].strip(".")):
            what = said("'{extension}' is not a file extension", extension=self.extension)
            yield Fault("extension", what, said("use a dot and letters, or '/' for a folder"))
        elif self.extension != self.extension.lower():
            what = said("'{extension}' has capital letters", extension=self.extension)
            yield Fault("extension", what, said("write it in lower case"))
