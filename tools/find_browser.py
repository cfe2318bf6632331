"""Finds the Chromium that browser tests drive, and whether the machine can show Chinese.

python -m tools.find_browser    prints the browser's path, or what to install
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
FIREFOXES = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
FONT_FILES = ("*CJK*", "*SourceHan*", "wqy-*", "uming*", "ukai*", "DroidSansFallback*")


class NoBrowser(Exception):
    """Its text says what to install."""


def find_browser() -> Path:
    """The path of a Chromium that starts: CHROMIUM, the machine's own, or Playwright's download.

    Downloads Playwright's where nothing else is there. Raises NoBrowser.
    """
    if named := os.environ.get("CHROMIUM"):
        if not _starts(Path(named)):
            raise NoBrowser(f"CHROMIUM names {named}, which does not start. Correct it or unset it.")
        return Path(named)

    found = [Path(place) for program in PROGRAMS if (place := shutil.which(program))]
    found += [Path(app) for app in MAC_APPS if sys.platform == "darwin"]
    for browser in found:
        if _starts(browser):
            return browser

    own = _playwrights_own()
    if own is not None and not _starts(own):
        print("No Chromium on this machine: fetching Playwright's.", file=sys.stderr, flush=True)
        # Its failure needs no word of its own: the sentence below says what else helps.
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if own is not None and _starts(own):
        return own
    raise NoBrowser(
        "No Chromium was found. Install one (Debian, Ubuntu: apt install chromium; "
        "macOS: brew install --cask chromium), or set CHROMIUM to its path."
    )


def find_firefox() -> Path | None:
    """A Firefox for the tests of a second engine: FIREFOX, or the machine's own; None where there is none."""
    named = [os.environ["FIREFOX"]] if os.environ.get("FIREFOX") else list(FIREFOXES)
    found = [Path(place) for program in named if (place := shutil.which(program))]
    return next((browser for browser in found if _starts(browser)), None)


def has_chinese_font() -> bool:
    """Whether the machine can show Chinese; without such a font every character is the same empty box."""
    if sys.platform == "darwin":
        return True
    if lister := shutil.which("fc-list"):
        listed = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, text=True, check=False)
        return bool(listed.stdout.strip())
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return any(True for folder in folders for pattern in FONT_FILES for _ in folder.rglob(pattern))


def _starts(browser: Path) -> bool:
    try:
        subprocess.run([browser, "--version"], capture_output=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _playwrights_own() -> Path | None:
    """Where Playwright keeps its Chromium, whether it has fetched it yet or not."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - seldom needed, slow to load
    except ModuleNotFoundError:
        return None
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


if __name__ == "__main__":
    try:
        print(find_browser())
    except NoBrowser as reason:
        sys.exit(str(reason))
