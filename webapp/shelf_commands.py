"""``webapp doctor`` and ``webapp seal-anew``: what an operator does with the files of photos, and is told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webapp.actions.check_photos import CLOSED, MISSING, OTHER, Finding, check_photos
from webapp.actions.import_desk import import_desk, sweep_imports
from webapp.actions.photo_desk import photo_desk
from webapp.actions.seal_anew import SealedAnew, seal_secrets_anew, seal_shelf_anew
from webapp.actions.sweep_photos import sweep_photos
from webapp.keyring import Keyring, open_keyring
from webapp.settings import Settings

_SENTENCES = {
    MISSING: "has a row, but no file",
    CLOSED: "cannot be opened: it is damaged, or its key is no longer on the ring",
    OTHER: "opens, but is not the picture that was stored",
}
_SHOWN_MOST = 50


@dataclass(frozen=True)
class Examined:
    """What the doctor found and did."""

    findings: tuple[Finding, ...]
    looked_at: int
    swept: int

    @property
    def status(self) -> int:
        """Of the command: 0 where nothing is wrong."""
        return 1 if self.findings else 0


async def examine(settings: Settings, told: Callable[[int], None], *, sweep: bool) -> Examined:
    """Checks every row against its file, then sweeps files that no row has needed for a day, if it is to."""
    keyring = _ring(settings)
    desk, looked_at = photo_desk(settings.data, keyring), 0

    def count(files: int) -> None:
        nonlocal looked_at
        looked_at += files
        told(files)

    findings = [finding async for finding in check_photos(desk, count)]
    swept = 0
    if sweep:
        swept = await sweep_photos(desk) + await sweep_imports(import_desk(settings.data, keyring))
    return Examined(tuple(findings), looked_at, swept)


def examined_lines(examined: Examined) -> list[str]:
    """What the doctor says."""
    lines = [
        f"photo {one.photo}, {one.part}: {one.file} {_SENTENCES[one.what]}"
        for one in examined.findings[:_SHOWN_MOST]
    ]
    more = len(examined.findings) - len(lines)
    lines += [f"and {more} more like these"] if more > 0 else []
    lines.append(f"{examined.looked_at} files looked at, {len(examined.findings) or 'nothing'} wrong")
    lines.append(f"{examined.swept or 'no'} files removed that no row has needed for a day")
    if examined.findings:
        lines.append(
            "Put these files back from a backup of the shelf; the rows say which candidate they are of."
        )
    return lines


async def seal_anew(settings: Settings, told: Callable[[int], None]) -> SealedAnew:
    """What older keys have sealed is sealed by the newest: photos, uploaded tables, secrets of staff."""
    keyring, done = _ring(settings), SealedAnew()
    for shelf in (photo_desk(settings.data, keyring).shelf, import_desk(settings.data, keyring).shelf):
        await seal_shelf_anew(shelf, done, lambda _done: told(1))
    await seal_secrets_anew(keyring, done)
    return done


def sealed_lines(done: SealedAnew) -> list[str]:
    """What became of it."""
    lines = [
        f"cannot be opened by any key of the ring, or not be read and written: {name}"
        for name in done.closed[:_SHOWN_MOST]
    ]
    lines.append(f"{done.anew} sealed anew, {done.before} had the newest key's seal already")
    lines.append(
        f"{len(done.closed)} cannot be opened: keep every key, and run webapp doctor"
        if done.closed
        else "Nothing of photos, tables and secrets needs the older keys any more."
    )
    return lines


def _ring(settings: Settings) -> Keyring:
    return open_keyring(settings.keys, settings.data / "keys")
