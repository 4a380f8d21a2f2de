"""What an audit must name beside the version of the program: rules, frameworks, techniques, and what it runs on."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

_DIGITS = 16  # of the digest: to compare two installations, not to sign


def versions() -> Iterator[str]:
    """One line for each thing that has a version of its own."""
    from scanner.basis import pack_digest
    from scanner.cli._plugins import installed
    from scanner.engine.definitions.attack_techniques import VERSION
    from scanner.engine.definitions.frameworks import load_frameworks
    from scanner.engine.definitions.loader import load_rules

    frameworks = load_frameworks()
    rules = load_rules(frameworks=frameworks)
    yield f"rules: {len(rules)}, with frameworks and profiles SHA-256 {pack_digest()[:_DIGITS]}"
    yield f"MITRE ATT&CK for ICS: {VERSION}"
    for framework in frameworks:
        yield f"framework {framework.id}: {framework.title['en']}; {framework.edition}"
    yield f"{platform.python_implementation()} {platform.python_version()} on {platform.system()} {platform.machine()}"
    yield from installed()
    yield f"libraries: {', '.join(_libraries())}"


def _libraries() -> Iterator[str]:
    """The installed versions of what the package needs to run."""
    import re

    try:
        needed = requires("otaudit") or []
    except PackageNotFoundError:  # run from a source tree that is not installed
        return
    for need in needed:
        name = re.match(r"[A-Za-z0-9._-]+", need)
        if name and "extra ==" not in need:
            try:
                yield f"{name[0]} {version(name[0])}"
            except PackageNotFoundError:
                continue
