"""Print the exams' attachments: each ``attachments/*.md`` as a PDF beside it, by headless Chromium.

    python -m tools.print_attachments [--all]

Prints what has changed since it was last printed and names it. A digest of the text and of the style sheet stands
beside each PDF (``.printed-from``), so that a test can tell when a PDF is older than its text.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

from tools.find_browser import NoBrowser, find_browser, has_chinese_font

EXAMS = Path(__file__).parent.parent / "webapp" / "exams"
STYLE = Path(__file__).with_suffix(".css")
MOST_BYTES = 1_048_576
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)


def attachments(exams: Path = EXAMS) -> list[Path]:
    """The Markdown files of all exams' attachments."""
    return sorted(exams.glob("*/attachments/*.md"))


def source_digest(markdown: Path, style: Path = STYLE) -> str:
    """SHA-256, in hexadecimal, of what a PDF is made from."""
    parts = (hashlib.sha256(part.read_bytes()).digest() for part in (markdown, style))
    return hashlib.sha256(b"".join(parts)).hexdigest()


def printed_from(markdown: Path) -> str:
    """The digest from which the PDF beside ``markdown`` was printed; empty if there is none."""
    note = markdown.with_suffix(".printed-from")
    there = note.is_file() and markdown.with_suffix(".pdf").is_file()
    return note.read_text("ascii").strip() if there else ""


def page(text: str, style: str) -> str:
    """A whole HTML page of Markdown ``text``; HTML in the text is shown, not obeyed."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    title = text.lstrip("# \n").split("\n", 1)[0]
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{style}</style></head><body>{parser.render(text)}</body></html>"
    )


def print_one(markdown: Path, browser: Path) -> Path:
    """Print ``markdown`` and note its digest; SystemExit if the PDF is too large."""
    # Chromium refuses its sandbox to root, which is who runs it in containers.
    as_root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with tempfile.TemporaryDirectory() as folder:
        html, pdf = Path(folder, "page.html"), Path(folder, "page.pdf")
        html.write_text(page(markdown.read_text("utf-8"), STYLE.read_text("utf-8")), "utf-8")
        profile = f"--user-data-dir={Path(folder, 'profile')}"
        command = [browser, *FLAGS, *as_root, profile, f"--print-to-pdf={pdf}", html.as_uri()]
        subprocess.run(command, check=True, timeout=120, capture_output=True)
        size = pdf.stat().st_size
        if size > MOST_BYTES:
            raise SystemExit(f"{markdown.name} prints to {size:,} bytes; at most {MOST_BYTES:,} are wanted")
        printed = Path(shutil.copy(pdf, markdown.with_suffix(".pdf")))
    markdown.with_suffix(".printed-from").write_text(source_digest(markdown) + "\n", "ascii")
    return printed


def main(arguments: list[str]) -> None:
    """Print what is out of date."""
    parser = argparse.ArgumentParser(prog="print_attachments")
    parser.add_argument("--all", action="store_true", help="print also what has not changed")
    given = parser.parse_args(arguments)
    changed = [text for text in attachments() if given.all or printed_from(text) != source_digest(text)]
    if not changed:
        print("The attachments are as their texts say.")
        return
    if not has_chinese_font():
        raise SystemExit("There is no Chinese font on this machine: the PDFs would show empty boxes.")
    try:
        browser = find_browser()
    except NoBrowser as reason:
        raise SystemExit(str(reason)) from reason
    for markdown in changed:
        printed = print_one(markdown, browser)
        print(f"{printed.relative_to(EXAMS.parent.parent)}: {printed.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
