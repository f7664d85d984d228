"""Writes anew which static files a browser asks for that was never here.

``python -m tests.load.cold`` does it.  The page's own scripts decide that, and the load test runs
no scripts.  Needed again after another version of Voilà or of the widgets; tests/test_load.py says
when.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from asylum_teach import bundle, content, kit
from tests.browser.chromium import FLAGS, find
from tests.load import servers

_STEM = "03_nexus_and_grounds"  # questions of every kind, decisions and a lab
_SETTLED = 3_000  # milliseconds without a request


def record(address: str) -> list[str]:
    """The paths of static files that Chromium asks for to open the page at *address*."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        page = chromium.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.locator(".widget input, .jp-OutputArea input").first.wait_for()
        page.wait_for_timeout(_SETTLED)
        chromium.close()
    host = "/".join(address.split("/")[:3])
    ours = [url.removeprefix(host) for url in asked if url.startswith(host)]
    return sorted({path for path in ours if "static/" in path or "labextensions/" in path})


def main() -> None:
    """Write both lists."""
    with servers.started() as ours:
        paths = record(f"{ours.base}lesson/{_STEM}")
        _write("kit", [path.split("/", 3)[3] for path in paths])
    notebooks = kit.folder("notebooks")
    compiled = kit.compiled(content.read(kit.folder("exercises")), bundle.save)
    with compiled as file, servers.stock(notebooks, file) as stock:
        paths = record(f"{stock.base}voila/render/{_STEM}.ipynb")
        _write("stock", [path.removeprefix("/") for path in paths])


def _write(name: str, paths: list[str]) -> None:
    path = Path(__file__).parent / f"cold_{name}.txt"
    path.write_text("\n".join(paths) + "\n", "utf-8")


if __name__ == "__main__":
    main()
