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


def key_to_look_up(typed: str) -> str:
    """The key to look a typed user name up by; empty, which is nobody's, if it is longer than any can be."""
    key = user_name_key(typed)
    return key if len(key) <= USER_NAME_MOST else ""
