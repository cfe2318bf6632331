"""How names that people type are compared: full-width letters, case and stray blanks do not matter."""

from __future__ import annotations

import unicodedata

USER_NAME_MOST = 64


def plain_text(typed: str) -> str:
    """NFKC form (full-width to half-width) without blanks at the ends."""
    return unicodedata.normalize("NFKC", typed).strip()


def user_name_key(typed: str) -> str:
    """The form in which two user names are the same."""
    return plain_text(typed).casefold()
