"""The product with one thing changed: a reviewer's picture is a plain file that Quart's ``send_file`` sends.

Sign-in, access check and the ``fetched`` record are the product's own code. ``BENCH_PLAIN`` names the folder of
unencrypted copies. Arguments: file number of the listening socket.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from uuid import UUID

from quart import Quart, Response, request, send_file

from webapp import serving
from webapp.actions.fetch_photo import fetch_photo
from webapp.app import create_app
from webapp.guard.access import Audience, audience
from webapp.guard.rate import PICTURE, rate
from webapp.pages.chrome import exam_shown
from webapp.pages.reviewer.desk import reviewer
from webapp.photos.shelf import ShelfKey
from webapp.settings import Settings, read_settings


class _Names:
    """A shelf that hands out where a plain copy stands instead of bytes."""

    async def get(self, key: ShelfKey) -> bytes:
        return os.fsencode(Path(os.environ["BENCH_PLAIN"]) / key)


@audience(Audience.REVIEWER)
@rate(PICTURE)
async def picture(photo_id: UUID) -> Response:
    """The stored picture by ``send_file``."""
    shown = await fetch_photo(
        _Names(),  # type: ignore[arg-type]  # the one method that reading needs
        await exam_shown(),
        reviewer(),
        photo_id,
        request.args.get("v", type=int),
    )
    return await send_file(os.fsdecode(shown.data), mimetype=shown.media_type)


def with_send_file(settings: Settings) -> Quart:
    """The product's app with that one handler exchanged."""
    app = create_app(settings)
    app.view_functions["review_photos.picture"] = picture
    return app


if __name__ == "__main__":
    serving.create_app = with_send_file
    serving.serve_one(read_settings(), int(sys.argv[1]), None)
