"""Takes the pictures of the guide: follows it in an empty folder, and looks at the reports that come of it.

``make screenshots``; needs chromium and the extra ``screenshots``. The same sources give the same pictures: the time of
the run and the day on which somebody decided are replaced by fixed ones.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from PIL import Image

from scanner.results.serialise import from_json, to_json
from tests.report.browser import Page, chromium
from tests.walkthrough import follow, prepare

HERE = Path(__file__).resolve().parent
GUIDE = HERE / "audit-in-an-hour.md"
IMAGES = HERE / "images"
DAY = "2024-01-02"  # the day after the plant was captured
RUN = {"started": f"{DAY}T09:00:00+00:00", "seconds": 4.2}
COLOURS = 128
MARGIN = 16  # pixels around an element


@dataclass(frozen=True)
class Picture:
    """What one picture shows: the window at an address of a report, or one element of the page."""

    name: str
    report: str  # of which results
    address: str  # fragment
    height: int  # of the window, at most of the element
    element: str = ""  # selector; empty: the window
    language: str = "en"
    width: int = 1280


PICTURES = (
    Picture("summary", "final", "", 840),
    Picture("seen", "first", "#seen", 1160),
    Picture("summary-zh", "first", "", 780, language="zh"),
    Picture("map", "final", "#map", 1010),
    Picture("finding", "final", "#rule-controller-stop-unauthorised", 760),
    Picture("sign-off", "final", "#sign-off", 640, element="#sign-off"),
)


def fixed(results: Path, decisions: Path) -> str:
    """Results as they would have been on ``DAY``."""
    text = results.read_text(encoding="utf-8")
    if decisions.exists():
        written = decisions.read_text(encoding="utf-8")
        digests = [hashlib.sha256(t.encode()).hexdigest() for t in (written, _dated(written))]
        text = text.replace(*digests)
    document = json.loads(_dated(text))
    document["run"].update(RUN)
    altered = from_json(json.dumps(document, ensure_ascii=False), results.name, altered=True)
    whole = replace(altered, complete=document["complete"], problems=altered.problems[1:])
    return to_json(whole)  # with its digest


def _dated(text: str) -> str:
    """Today, and the same day next year, as ``DAY`` and the same day next year."""
    then = date.fromisoformat(DAY)
    today = datetime.now(UTC).date()
    for day in (today, today - timedelta(days=1)):  # the guide may be followed at midnight
        for years in (0, 1):
            now = f"{day.year + years}-{day:%m-%d}"
            text = text.replace(now, f"{then.year + years}-{then:%m-%d}")
    return text


def reports(folder: Path) -> Iterator[tuple[str, Path]]:
    """The reports of the guide's two scans, made in ``folder``."""
    prepare(folder)
    follow(GUIDE.read_text(encoding="utf-8"), folder)
    audit = folder / "audit"
    for name in ("first", "final"):
        results, page = folder / f"{name}.json", folder / f"{name}.html"
        results.write_text(fixed(audit / f"{name}.json", audit / "decisions.yaml"), encoding="utf-8")
        command = [sys.executable, "-m", "scanner", "report", "-q", str(results), "-o", str(page)]
        subprocess.run(command, check=True)
        yield name, page


def take(page: Page, picture: Picture, report: Path) -> bytes:
    """One picture as a small PNG."""
    page.language("zh-CN" if picture.language == "zh" else "en-GB")
    page.view(picture.width, picture.height)
    page.open(report, picture.address)
    clip = {}
    if picture.element:
        box = page.run(
            f"(b => ({{x: b.x + scrollX, y: b.y + scrollY, width: b.width, height: b.height}}))"
            f"(document.querySelector({json.dumps(picture.element)}).getBoundingClientRect())"
        )
        box = {
            "x": box["x"] - MARGIN,
            "y": box["y"] - MARGIN,
            "width": box["width"] + 2 * MARGIN,
            "height": box["height"],
        }
        box["height"] = min(box["height"] + 2 * MARGIN, picture.height)
        clip = {"clip": {**box, "scale": 1}, "captureBeyondViewport": True}
    data = base64.b64decode(page.call("Page.captureScreenshot", format="png", **clip)["data"])
    small = Image.open(io.BytesIO(data)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    small.save(out, "png", optimize=True)
    return out.getvalue()


def main() -> None:
    """Write all pictures anew."""
    IMAGES.mkdir(exist_ok=True)
    for old in IMAGES.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, chromium() as page:
        made = dict(reports(Path(folder)))
        for picture in PICTURES:
            content = take(page, picture, made[picture.report])
            (IMAGES / f"{picture.name}.png").write_bytes(content)
            print(f"{picture.name}.png {len(content) // 1000} kB")


if __name__ == "__main__":
    main()
