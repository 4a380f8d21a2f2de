"""What tests of several folders share."""

from __future__ import annotations

import gc
import os
import shutil

import pytest
from hypothesis import settings

# A busy machine is no defect: speed is measured by benchmarks, not asserted in tests.
settings.register_profile("otaudit", deadline=None)
settings.load_profile("otaudit")

# What a developer has set for himself decides nothing here, nor in the processes that tests start.
for name in [n for n in os.environ if n.startswith("OTAUDIT_") and n != "OTAUDIT_REQUIRE_TOOLS"]:
    del os.environ[name]
os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("NO_COLOR", None)
if "PYTEST_XDIST_WORKER" in os.environ:  # workers for all cores, whose threads would only wait for one another
    os.environ.setdefault("POLARS_MAX_THREADS", "1")

_freeze = gc.freeze
gc.freeze = lambda: None  # what a command keeps until its process ends would pile up in this one


def pytest_collection() -> None:
    """Tests are no garbage: nothing is looked for among them, now or later."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What comes from now on may be garbage."""
    _freeze()
    gc.enable()


def require_tool(name: str) -> str:
    """The path of a program that a test needs (tshark, chromium, ...).

    Without the program the test is skipped, saying why; where ``OTAUDIT_REQUIRE_TOOLS=1`` it fails instead, so that
    continuous integration cannot pass by not testing.
    """
    path = shutil.which(name)
    if path:
        return path
    reason = f"the program {name} is not installed"
    if os.environ.get("OTAUDIT_REQUIRE_TOOLS") == "1":
        pytest.fail(f"{reason}, and OTAUDIT_REQUIRE_TOOLS=1", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def tshark() -> str:
    """The path of tshark."""
    return require_tool("tshark")
