"""The compiled part: Cython in pure-Python mode, one file for each stage a packet passes.

Compiled, they are one extension module, ``unit`` (setup.py says why), which answers to each of their names.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys


def _lend() -> None:
    """Let imports of the single modules give the unit; where it was not built they are plain Python, and slow."""
    try:
        unit = importlib.import_module(f"{__name__}.unit")
    except ModuleNotFoundError:
        return
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if not module.ispkg:
            sys.modules.setdefault(module.name, unit)
            folder, _, name = module.name.rpartition(".")
            setattr(sys.modules[folder], name, unit)


_lend()
