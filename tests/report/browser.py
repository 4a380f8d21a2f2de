"""Drives a real Chromium over its debugging pipe (Chrome DevTools Protocol), with the standard library alone."""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_PATIENCE = 60  # seconds


class Page:
    """One tab. ``complaints`` collects what the console, the page's exceptions and the security policy say."""

    def __init__(self, write: int, read: int) -> None:
        self._write = write
        self._read = read
        self._buffer = b""
        self._last = 0
        self._session = ""
        self._events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result."""
        self._last += 1
        command: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._write, json.dumps(command).encode() + b"\0")
        while True:
            message = self._receive()
            if message.get("id") == self._last:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self._events.append(message)

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(deadline - time.monotonic(), 0))
            part = os.read(self._read, 1 << 20) if ready else b""
            if not part:
                raise RuntimeError("the browser has gone or does not answer")
            self._buffer += part
        raw, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(raw)

    def _wait(self, method: str) -> None:
        while not any(e.get("method") == method for e in self._events):
            self._events.append(self._receive())

    def view(self, width: int, height: int = 900, *, scheme: str = "light", script: bool = True) -> None:
        """Set the window, the colour scheme, and whether scripts run."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.call("Emulation.setScriptExecutionDisabled", value=not script)

    def language(self, tag: str) -> None:
        """The language that the browser says its user prefers."""
        agent = self.call("Browser.getVersion")["userAgent"]
        self.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=tag)

    def open(self, path: Path, fragment: str = "") -> None:
        """Load a local file and wait until it is there."""
        for address in ("about:blank", path.as_uri() + fragment):  # else a new fragment alone would load nothing
            self._events.clear()
            self.call("Page.navigate", url=address)
            self._wait("Page.loadEventFired")

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression (promises are awaited)."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description"))
        return answer["result"].get("value")

    @property
    def complaints(self) -> list[str]:
        """Console messages, exceptions, log entries (violations of the security policy among them)."""
        self.call("Page.getLayoutMetrics")  # lets what is under way arrive
        texts = []
        for event in self._events:
            params = event.get("params", {})
            if event.get("method") == "Log.entryAdded":
                texts.append(params["entry"]["text"])
            elif event.get("method") == "Runtime.exceptionThrown":
                texts.append(json.dumps(params["exceptionDetails"]))
            elif event.get("method") == "Runtime.consoleAPICalled":
                texts.append(json.dumps(params["args"]))
        return texts

    @property
    def requests(self) -> list[str]:
        """Addresses that the page asked for."""
        self.call("Page.getLayoutMetrics")
        return [e["params"]["request"]["url"] for e in self._events if e.get("method") == "Network.requestWillBeSent"]

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """Save a PNG of the window, or of the whole page."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def pdf(self, path: Path) -> None:
        """Print to a PDF file with the page's own paper size."""
        data = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
        path.write_bytes(base64.b64decode(data))


@contextmanager
def chromium(binary: str = "chromium") -> Iterator[Page]:
    """A fresh browser with an empty profile; it is ended with the block."""
    to_browser, write = os.pipe()
    read, from_browser = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # The protocol wants descriptors 3 (commands) and 4 (answers); the shell puts them there.
        script = f'exec "$0" "$@" 3</dev/fd/{to_browser} 4>/dev/fd/{from_browser}'
        process = subprocess.Popen(
            ["sh", "-c", script, binary, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        try:
            page = Page(write, read)
            yield page
            page._session = ""
            page.call("Browser.close")
        finally:
            os.close(write)
            os.close(read)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
