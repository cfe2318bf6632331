"""Templates compiled once a session: each test makes an app of its own, and compiling took a quarter of its time."""

from __future__ import annotations

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from quart import Quart

_compiled: dict[tuple[str, str], bytes] = {}


class _InMemory(BytecodeCache):
    """By template and by the digest of its source, as Jinja names them."""

    def load_bytecode(self, bucket: Bucket) -> None:
        known = _compiled.get((bucket.key, bucket.checksum))
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        _compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def share_compiled(app: Quart) -> Quart:
    """The app, with what other apps of this session have compiled."""
    app.jinja_env.bytecode_cache = _InMemory()
    return app
