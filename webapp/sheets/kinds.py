"""What a file is, by its bytes; its name is not asked."""

from __future__ import annotations

from enum import StrEnum

from webapp.sheets.refusals import NoTable, Why


class Kind(StrEnum):
    """What can be read."""

    WORKBOOK = "xlsx"
    TEXT = "csv"


_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""An encrypted .xlsx is a file of the old kind with this stream in its directory."""
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


def kind_of(data: bytes) -> Kind:
    """:class:`NoTable` where it is neither, with what it is."""
    if not data.strip():
        raise NoTable(Why.EMPTY)
    if data.startswith(_ZIP):
        return Kind.WORKBOOK
    if data.startswith(_OLE):
        raise NoTable(Why.PASSWORD if _ENCRYPTED in data else Why.OLD_EXCEL)
    beginning = data[:4096]
    if beginning.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise NoTable(Why.WEB_PAGE)
    if b"\x00" in beginning and not data.startswith(_WIDE_MARKS):
        raise NoTable(Why.UNKNOWN_KIND)
    return Kind.TEXT
