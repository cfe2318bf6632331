"""Secrets at rest: a ring of keys, newest first, and authenticated encryption with them.

A key is 32 random bytes written as ``<id>:<base64>``, one a line. The first key seals; all of them
unseal, so that a new one can be put on top before what the old ones sealed has been sealed again.
"""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.folders import sync_folder

_ID_BYTES = 4
_NONCE_BYTES = 12


class KeyringProblem(Exception):
    """The ring cannot be read, or something was sealed with a key that is not on it."""


@dataclass(frozen=True)
class Keyring:
    """``keys``: (id, key) pairs, newest first; an id is 4 bytes, a key 32."""

    keys: tuple[tuple[bytes, bytes], ...]

    def derived(self, purpose: str, key_id: bytes | None = None) -> bytes:
        """A 32-byte key for one purpose (HKDF-SHA256, RFC 5869), from the newest key or a named one."""
        for known, key in self.keys:
            if key_id is None or known == key_id:
                return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)
        raise KeyringProblem("sealed with a key that is not on the ring")

    def derived_all(self, purpose: str) -> list[bytes]:
        """The same for every key on the ring, newest first (for signatures that outlive a rotation)."""
        return [self.derived(purpose, key_id) for key_id, _ in self.keys]

    def seal(self, purpose: str, plain: bytes) -> bytes:
        """AES-256-GCM: key id (4), nonce (12), ciphertext and tag; the purpose is bound into it."""
        key_id = self.keys[0][0]
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return key_id + nonce + AESGCM(self.derived(purpose)).encrypt(nonce, plain, purpose.encode())

    def sealed_by_newest(self, sealed: bytes) -> bool:
        """Whether :meth:`seal` would use the same key today."""
        return sealed[:_ID_BYTES] == self.keys[0][0]

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """The bytes that :meth:`seal` was given; :class:`KeyringProblem` if one bit differs."""
        key_id, rest = sealed[:_ID_BYTES], sealed[_ID_BYTES:]
        nonce, box = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        try:
            return AESGCM(self.derived(purpose, key_id)).decrypt(nonce, box, purpose.encode())
        except (InvalidTag, ValueError) as damage:
            raise KeyringProblem("sealed bytes are damaged or of another purpose") from damage


def new_key_line() -> str:
    """A fresh key as a line of the ring."""
    return f"{secrets.token_hex(_ID_BYTES)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def parse_keyring(text: str) -> Keyring:
    """Reads the ring's text; the message names the line that is wrong, never its key."""
    keys: list[tuple[bytes, bytes]] = []
    for number, line in enumerate(filter(None, (part.strip() for part in text.splitlines())), start=1):
        key_id, _, encoded = line.partition(":")
        try:
            pair = bytes.fromhex(key_id), base64.b64decode(encoded, validate=True)
        except ValueError as reason:
            raise KeyringProblem(f"key ring, line {number}: not <8 hex digits>:<base64>") from reason
        if len(pair[0]) != _ID_BYTES or len(pair[1]) != 32:
            raise KeyringProblem(f"key ring, line {number}: the id has 4 bytes and the key 32")
        if pair[0] in dict(keys):
            raise KeyringProblem(f"key ring, line {number}: the id stands on the ring already")
        keys.append(pair)
    if not keys:
        raise KeyringProblem("the key ring is empty")
    return Keyring(tuple(keys))


def open_keyring(text: str, file: Path) -> Keyring:
    """The ring from ``text`` if there is any, else from ``file``, which is made (mode 600) at first use."""
    if text:
        return parse_keyring(text)
    if not file.exists():
        is_new = not file.parent.is_dir()
        file.parent.mkdir(parents=True, exist_ok=True)
        # Two processes may start at once: whoever links its finished file first wins, nobody reads half a key.
        draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(new_key_line() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        # What is sealed with it will be fsynced: the key must not be the one thing that a power cut takes.
        sync_folder(file.parent)
        if is_new:
            sync_folder(file.parent.parent)
    return parse_keyring(file.read_text())
