"""The tree of offices: who stands below whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

Node = TypeVar("Node")


def within(office: Node, roots: Collection[Node], parents: Mapping[Node, Node | None]) -> bool:
    """Whether ``office`` is one of ``roots`` or stands below one of them."""
    at: Node | None = office
    for _ in range(len(parents) + 1):  # a tree of n offices is at most n deep, even if its data had a loop
        if at is None:
            return False
        if at in roots:
            return True
        at = parents.get(at)
    return False
