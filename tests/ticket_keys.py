"""The registration system's keys in tests: one that both sides know, and a pair of which we hold the public half."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SECRET = b"the registration system's secret, 2020"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
TICKET_KEYS = (
    f"hs-2020:HS256:{base64.b64encode(SECRET).decode()};ed-2020:EdDSA:{base64.b64encode(PUBLIC).decode()}"
)
