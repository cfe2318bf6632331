"""A workbook's parts, unpacked within bounds: nothing else looks at a file before this has."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence

from webapp.sheets.bounds import MOST_PARTS, MOST_RATIO, MOST_UNPACKED
from webapp.sheets.refusals import NoTable, Why

_CHUNK = 1 << 16
_SMALL = 1 << 20
WORKBOOK = "xl/workbook.xml"
_OTHER_KINDS = {"xl/workbook.bin": Why.BINARY_EXCEL, "content.xml": Why.OPEN_DOCUMENT}


class Parts:
    """The parts of a workbook by name. Names differ by more than case, sizes are within bounds."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as reason:
            raise NoTable(Why.DAMAGED) from reason
        infos = [info for info in self._archive.infolist() if not info.is_dir()]
        _check_sizes(infos)
        self._parts = {info.filename: info for info in infos}
        _check_names(self._parts.keys())

    @property
    def names(self) -> tuple[str, ...]:
        """In the archive's order."""
        return tuple(self._parts)

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part's bytes; :class:`NoTable` where they are not as many as the archive says, or not those."""
        try:
            with self._archive.open(self._parts[name]) as part:
                while chunk := part.read(_CHUNK):
                    yield chunk
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
        ) as reason:
            raise NoTable(Why.DAMAGED) from reason


def _check_sizes(infos: Sequence[zipfile.ZipInfo]) -> None:
    if len({info.filename.casefold() for info in infos}) != len(infos):
        raise NoTable(Why.DAMAGED)  # two readers could take different ones
    if any(info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for info in infos):
        raise NoTable(Why.DAMAGED)
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise NoTable(Why.BOMB)
    if any(info.file_size > max(_SMALL, MOST_RATIO * info.compress_size) for info in infos):
        raise NoTable(Why.BOMB)


def _check_names(names: Collection[str]) -> None:
    for name, why in _OTHER_KINDS.items():
        if name in names:
            raise NoTable(why)
    if any(
        name.casefold().endswith("vbaproject.bin") or "/macrosheets/" in name.casefold() for name in names
    ):
        raise NoTable(Why.MACROS)
    if any(name.casefold().startswith("xl/externallinks/") for name in names):
        raise NoTable(Why.LINKS_OUTSIDE)
    if WORKBOOK not in names:
        raise NoTable(Why.UNKNOWN_KIND)
