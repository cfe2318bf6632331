"""What an id already stands for when it is sent, or sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from webapp.read_rows import made
from webapp.records import Case, Incoming, Photo
from webapp.records.reading.photos import refuse_if_refused
from webapp.rules.refusals import Refused
from webapp.statements import Row, Statement, ask

_PHOTO = 'SELECT * FROM "photo" WHERE id = ?'
_ORIGINAL = 'SELECT * FROM "incoming" WHERE id = ?'


@dataclass(frozen=True)
class Known:
    """A photo, or an original on its way to be one, under an id of this candidate's."""

    photo: Photo | None = None
    incoming: Incoming | None = None

    @property
    def sha256(self) -> str:
        """Of the bytes that were received under the id."""
        row = self.photo or self.incoming
        return row.sha256 if row else ""


async def known(case: Case, photo_id: UUID) -> Known | None:
    """What the id stands for in this case, or None; :class:`Refused` ``photo.not_found`` if it is another's."""
    photos, originals = await ask(*known_by(photo_id))
    return known_among(case, photos, originals)


def known_by(photo_id: UUID) -> tuple[Statement, Statement]:
    """What :func:`known_among` needs of the database."""
    return Statement(_PHOTO, (photo_id,)), Statement(_ORIGINAL, (photo_id,))


def known_among(case: Case, photos: Sequence[Row], originals: Sequence[Row]) -> Known | None:
    """:func:`known` where the rows were read beside others."""
    photo = next(iter(made(Photo, photos)), None)
    incoming = None if photo else next(iter(made(Incoming, originals)), None)
    row = photo or incoming
    if row is None:
        return None
    if row.case_id != case.id:
        raise Refused("photo.not_found")
    return Known(photo, incoming)


def _refuse_if_removed(found: Known) -> None:
    removed = found.photo is not None and found.photo.removed_at is not None
    if removed or (found.incoming is not None and found.incoming.state == "removed"):
        raise Refused("photo.removed")


def refuse_unless_counts(found: Known) -> None:
    """:class:`Refused` ``photo.removed``, or why an original was refused."""
    _refuse_if_removed(found)
    if found.incoming is not None:
        refuse_if_refused(found.incoming)


def refuse_unless_same(found: Known, sha256: str) -> None:
    """The same id again: :class:`Refused` ``photo.removed``, ``photo.other_bytes``, or why an original was refused."""
    _refuse_if_removed(found)
    if found.sha256 != sha256:
        raise Refused("photo.other_bytes")
    if found.incoming is not None:
        refuse_if_refused(found.incoming)
