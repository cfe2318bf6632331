"""A stored picture as an answer: behind walls, kept by nobody."""

from __future__ import annotations

from quart import Response

from webapp.actions.show_photo import Shown

_SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


def picture_answer(shown: Shown) -> Response:
    """The bytes with a policy of their own; no cache holds them, and there are no ranges."""
    response = Response(shown.data, content_type=shown.media_type)
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["Content-Disposition"] = f'inline; filename="{shown.name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Accept-Ranges"] = "none"
    return response
