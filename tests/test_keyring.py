"""Secrets at rest: what is sealed comes back whole or not at all, also after a new key was put on top."""

from __future__ import annotations

import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.keyring import Keyring, KeyringProblem, new_key_line, open_keyring, parse_keyring

OLD, NEW = "00000001:" + "QQ" * 21 + "Q=", "00000002:" + "Rk" * 21 + "Q="


@pytest.fixture(scope="module")
def ring() -> Keyring:
    """A ring with one fresh key."""
    return parse_keyring(new_key_line())


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_comes_back(plain: bytes, purpose: str) -> None:
    ring = parse_keyring(OLD)
    sealed = ring.seal(purpose, plain)
    assert ring.unseal(purpose, sealed) == plain
    assert len(plain) < 4 or plain not in sealed


def test_the_same_secret_is_never_sealed_the_same_way_twice(ring: Keyring) -> None:
    assert len({ring.seal("staff-totp", b"secret") for _ in range(50)}) == 50


def test_one_changed_bit_anywhere_is_noticed(ring: Keyring) -> None:
    sealed = ring.seal("staff-totp", b"secret")
    assert ring.unseal("staff-totp", sealed) == b"secret"
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(KeyringProblem):
            ring.unseal("staff-totp", bytes(changed))


@pytest.mark.parametrize("length", [0, 3, 4, 15, 16, 17, 31])
def test_a_cut_off_box_is_noticed(ring: Keyring, length: int) -> None:
    sealed = ring.seal("staff-totp", b"secret")
    assert len(sealed) > 31
    with pytest.raises(KeyringProblem):
        ring.unseal("staff-totp", sealed[:length])


def test_what_was_sealed_for_one_purpose_opens_for_no_other(ring: Keyring) -> None:
    with pytest.raises(KeyringProblem):
        ring.unseal("photos", ring.seal("staff-totp", b"secret"))


def test_a_new_key_on_top_seals_and_the_old_one_still_unseals() -> None:
    before, after = parse_keyring(OLD), parse_keyring(f"{NEW}\n{OLD}\n")
    sealed = before.seal("staff-totp", b"secret")
    assert after.unseal("staff-totp", sealed) == b"secret"
    assert after.seal("staff-totp", b"secret")[:4] == bytes.fromhex("00000002")
    with pytest.raises(KeyringProblem, match="not on the ring"):
        before.unseal("staff-totp", after.seal("staff-totp", b"secret"))


def test_keys_for_different_purposes_are_different_and_stay_the_same() -> None:
    ring = parse_keyring(f"{NEW}\n{OLD}")
    assert ring.derived("cookies") == parse_keyring(f"{NEW}\n{OLD}").derived("cookies")
    assert ring.derived("cookies") != ring.derived("throttles")
    assert ring.derived_all("cookies") == [
        ring.derived("cookies"),
        parse_keyring(OLD).derived("cookies"),
    ]
    assert len(ring.derived("cookies")) == 32


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "empty"),
        ("\n  \n", "empty"),
        ("00000001", "line 1"),
        (f"{OLD}\n0000000:{'QQ' * 21}Q=", "line 2"),
        (f"xyz:{'QQ' * 21}Q=", "line 1"),
        (f"00000001:{'QQ' * 20}", "line 1"),
        (f"0000000102:{'QQ' * 21}Q=", "line 1"),
        (f"00000001:{'Q*' * 21}Q=", "line 1"),
        (f"{NEW}\n\n{OLD}\n{NEW}", "line 3"),
    ],
)
def test_a_ring_that_cannot_be_right_is_refused_by_its_line_and_without_its_key(text: str, line: str) -> None:
    with pytest.raises(KeyringProblem, match=line) as refused:
        parse_keyring(text)
    assert "QQQQ" not in str(refused.value)
    assert "RkRk" not in str(refused.value)


def test_a_new_key_is_a_line_of_its_own() -> None:
    first, second = new_key_line(), new_key_line()
    assert first != second
    assert re.fullmatch(r"[0-9a-f]{8}:[A-Za-z0-9+/]{43}=", first)
    assert len(parse_keyring(f"{first}\n{second}").keys) == 2


def test_the_ring_is_made_at_first_use_for_its_owner_alone_and_is_the_same_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "data" / "keys"
    first = open_keyring("", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert open_keyring("", file) == first
    assert [path.name for path in file.parent.iterdir()] == ["keys"], "no draft is left behind"


def test_a_new_rings_name_is_durable_before_anything_is_sealed_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, synced = tmp_path / "data" / "keys", []
    sync = os.fsync

    def noted(handle: int) -> None:
        synced.append((Path(f"/proc/self/fd/{handle}").resolve(), file.exists()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    open_keyring("", file)
    assert (file.parent, True) in synced
    assert (tmp_path, True) in synced, "the folder may be new as well"


def test_a_given_ring_is_taken_and_no_file_is_made(tmp_path: Path) -> None:
    assert open_keyring(OLD, tmp_path / "keys") == parse_keyring(OLD)
    assert list(tmp_path.iterdir()) == []


def test_of_many_that_start_at_once_all_have_the_same_ring(tmp_path: Path) -> None:
    for run in range(20):
        file = tmp_path / str(run) / "keys"
        with ThreadPoolExecutor(8) as threads:
            rings = list(threads.map(open_keyring, [""] * 8, [file] * 8))
        assert len(set(rings)) == 1
        assert [path.name for path in file.parent.iterdir()] == ["keys"]
