"""Unsafe requests must come from our own pages.

Browsers say where a request comes from (Sec-Fetch-Site, else Origin, else Referer); there is no token that could go
stale in a queue on a phone. The rule is a function of the headers alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def comes_from_us(headers: Mapping[str, str] | Headers, origin: str) -> bool:
    """Whether an unsafe request may be served. ``origin`` is our own, as ``scheme://host[:port]``."""
    site = headers.get("Sec-Fetch-Site")
    sent = headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if sent is not None:
        return sent == origin
    if site is not None:
        return True
    try:
        referer = urlsplit(headers.get("Referer", ""))
    except ValueError:  # no address at all, such as https://[
        return False
    return f"{referer.scheme}://{referer.netloc}" == origin
