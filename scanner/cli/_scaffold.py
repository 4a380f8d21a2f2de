"""The files of a new plug-in, from the templates of ``_templates``: where they go, and what remains to be done."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from scanner.cli._writing import writing
from scanner.errors import DefinitionError, Problem
from scanner.plugins import NAME
from scanner.wording import said

# Template -> its place in the source tree, and in a package of its own.
_PLACES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "protocol": {
        "plugin.py": ("scanner/protocols/$module.py", "otaudit_$module/__init__.py"),
        "test.py": ("tests/protocols/test_$module.py", "tests/test_$module.py"),
        "record.py": ("fixtures/record/$module.py", "tests/record_$module.py"),
        "ORIGIN.md": ("fixtures/captures/$module/ORIGIN.md", "tests/ORIGIN.md"),
    },
    "inventory": {
        "plugin.py": ("scanner/assets/readers/$module.py", "otaudit_$module/__init__.py"),
        "test.py": ("tests/assets/test_$module.py", "tests/test_$module.py"),
        "fixture.txt": ("tests/assets/$module.txt", "tests/$module.txt"),
    },
    "dialect": {
        "plugin.py": ("scanner/configs/dialects/$module.py", "otaudit_$module/__init__.py"),
        "test.py": ("tests/configs/test_$module.py", "tests/test_$module.py"),
        "cases.yaml": ("tests/configs/dialects/$module.yaml", "tests/$module.yaml"),
    },
    "report": {
        "plugin.py": ("scanner/report/$module.py", "otaudit_$module/__init__.py"),
        "test.py": ("tests/report/test_$module.py", "tests/test_$module.py"),
        "expected.txt": ("tests/report/$module.txt", "tests/$module.txt"),
    },
    "framework": {"framework.yaml": ("rules/frameworks/$name.yaml", "frameworks/$name.yaml")},
}
_GROUPS = {"protocol": "protocols", "inventory": "inventories", "dialect": "dialects", "report": "reports"}
_ALONE = ("framework",)  # single files, which need no package around them
_CAPTURE = ("fixtures/captures/$module/example.pcap", "tests/$module.pcap")
_TREE = ("scanner/plugins.py", "fixtures", "tests")  # what the source tree has


@dataclass(frozen=True)
class Scaffold:
    """Files by their places, not written yet, and lines about what is to be done with them."""

    files: Mapping[Path, str | bytes]
    to_do: tuple[str, ...]

    def write(self) -> list[Path]:
        """Write them all, or none: DefinitionError when one of them is there."""
        if there := [found for path in self.files for found in _in_its_way(path)]:
            problem = Problem(str(there[0]), said("already exists"), remedy=said("choose another name, or remove it"))
            raise DefinitionError(problem)
        for path, content in self.files.items():
            with writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return list(self.files)


def _in_its_way(path: Path) -> Iterator[Path]:
    """The file itself, or one of tests with its name anywhere: pytest would not run two of one name."""
    if path.exists():
        yield path
    elif path.name.startswith("test_"):
        tests = next(folder for folder in path.parents if folder.name == "tests")
        yield from tests.rglob(path.name)


def check_name(name: str) -> None:
    """DefinitionError when plug-ins and rules cannot be called so."""
    if not NAME.fullmatch(name):
        remedy = said("use lower-case letters, digits and hyphens, as in acme-os")
        raise DefinitionError(Problem(name, said("is not a valid name"), remedy=remedy))


def is_tree(folder: Path) -> bool:
    """The folder is the source tree of otaudit."""
    return all((folder / part).exists() for part in _TREE)


def plan(kind: str, name: str, into: Path) -> Scaffold:
    """The files of a plug-in or rule called ``name``; DefinitionError when that is no name."""
    check_name(name)
    in_tree = is_tree(into)
    module = name.replace("-", "_")
    root = into if in_tree or kind in _ALONE else into / f"otaudit-{name}"
    words = {"name": name, "module": module, "title": name.replace("-", " ").title(), "mark": _mark(name)}
    place = {template: string.Template(both[0 if in_tree else 1]) for template, both in _PLACES[kind].items()}
    words["capture"] = string.Template(_CAPTURE[0 if in_tree else 1]).substitute(words)
    words |= {template.partition(".")[0]: path.substitute(words) for template, path in place.items()}
    words |= {"group": _GROUPS.get(kind, ""), "constant": kind.upper(), "kind": kind}
    made: dict[Path, str | bytes] = {}
    for template, path in place.items():
        made[root / path.substitute(words)] = _filled(f"{kind}/{template}", words)
    if kind == "protocol":
        made[root / words["capture"]] = _capture(words["mark"].encode())
    if root != into:
        made |= {root / t: _filled(f"package/{t}", words) for t in ("pyproject.toml", "README.md")}
    words["package"] = root.as_posix()
    return Scaffold(made, _aligned(_filled(f"{kind}/{'tree' if in_tree else 'package'}.todo", words).splitlines()))


def _aligned(lines: list[str]) -> tuple[str, ...]:
    """What stands after a tab, below each other."""
    parts = [line.partition("\t") for line in lines]
    width = max((len(path) for path, tab, _ in parts if tab), default=0)
    return tuple(f"{path:{width}}  {what}" if tab else path for path, tab, what in parts)


def _mark(name: str) -> str:
    """Four letters that stand for the name in an invented message."""
    return (name.replace("-", "").upper() + "XXXX")[:4]


def _filled(template: str, words: Mapping[str, str]) -> str:
    file = files("scanner.cli").joinpath("_templates", *f"{template}.in".split("/"))
    return string.Template(file.read_text(encoding="utf-8")).substitute(words)


def _capture(mark: bytes) -> bytes:
    """Two invented messages, a request and its answer, as a capture file. Addresses and times are made up."""
    import io

    from scapy.layers.inet import IP, UDP
    from scapy.layers.l2 import Ether
    from scapy.utils import PcapWriter

    ends = (("02:00:00:00:00:01", "192.0.2.1", 50_000), ("02:00:00:00:00:02", "192.0.2.2", 40_001))
    out = io.BytesIO()
    writer = PcapWriter(out, linktype=1)
    for number in range(4):
        (mac, ip, port), (to_mac, to_ip, to_port) = ends if number % 2 == 0 else ends[::-1]
        payload = mark + bytes((1, 0x01 if number % 2 == 0 else 0x81, 0, number // 2))
        frame = Ether(src=mac, dst=to_mac) / IP(src=ip, dst=to_ip) / UDP(sport=port, dport=to_port) / payload
        frame.time = 1_767_225_600 + number / 10
        writer.write(frame)
    writer.flush()
    return out.getvalue()
