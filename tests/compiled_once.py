"""What every app compiles alike, compiled once a session: each test makes an app of its own, for the same sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from quart import Quart
from werkzeug.routing import Rule

_templates: dict[tuple[str, str], bytes] = {}
_builders: dict[tuple[object, ...], Callable[..., Any]] = {}


class _InMemory(BytecodeCache):
    """By template and by the digest of its source, as Jinja names them."""

    def load_bytecode(self, bucket: Bucket) -> None:
        known = _templates.get((bucket.key, bucket.checksum))
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        _templates[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def share_compiled(app: Quart) -> Quart:
    """The app, with the templates that other apps of this session have compiled."""
    app.jinja_env.bytecode_cache = _InMemory()
    return app


@contextmanager
def addresses_compiled_once() -> Iterator[None]:
    """Werkzeug writes and compiles two functions for each route of each app; here the same ones serve all apps.

    What such a function does follows from the rule's text alone: the converters come in with the rule that calls it.
    """
    compiled = Rule._compile_builder

    def remembered(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        if rule.defaults:  # these go through a converter at once
            return compiled(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in _builders:
            _builders[key] = compiled(rule, append_unknown)
        return _builders[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", remembered)
        yield
