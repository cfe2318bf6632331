from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from webapp.keyring import Keyring, new_key_line, parse_keyring
from webapp.photos import disk
from webapp.photos.shelf import LocalShelf, NotOnShelf, Shelf, ShelfDamaged, ShelfFull, ShelfKey, shelf_key

PHOTO = b"\xff\xd8\xff" + b"somebody's identity card" * 100


@pytest.fixture
def ring() -> Keyring:
    return parse_keyring(new_key_line())


@pytest.fixture
def shelf(tmp_path: Path, ring: Keyring) -> LocalShelf:
    return LocalShelf(tmp_path / "shelf", ring)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def everything(shelf: Shelf) -> set[ShelfKey]:
    return {key async for key, _ in shelf.keys(datetime.now(UTC))}


async def test_what_was_put_can_be_got(shelf: LocalShelf) -> None:
    key = await shelf.put(PHOTO)
    assert await shelf.get(key) == PHOTO
    assert await shelf.get(shelf_key(str(key))) == PHOTO


async def test_the_same_bytes_twice_are_two_files_two_levels_down(shelf: LocalShelf, tmp_path: Path) -> None:
    keys = {await shelf.put(PHOTO), await shelf.put(PHOTO)}
    assert len(keys) == 2
    assert {path.relative_to(tmp_path / "shelf").parts for path in files(tmp_path)} == {
        (key[:2], key[2:4], key) for key in keys
    }


async def test_what_belongs_together_stands_in_one_folder_under_names_of_its_own(
    shelf: LocalShelf, tmp_path: Path
) -> None:
    photo, preview = await shelf.put_together(PHOTO, b"small")
    assert (await shelf.get(photo), await shelf.get(preview)) == (PHOTO, b"small")
    assert photo != preview
    assert len({path.parent for path in files(tmp_path)}) == 1


async def test_of_what_belongs_together_nothing_is_left_when_the_second_file_cannot_be_written(
    shelf: LocalShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = disk._write
    written: list[Path] = []

    def once(path: Path, data: bytes) -> None:
        if written:
            raise OSError(errno.EIO, "the disk")
        written.append(path)
        real(path, data)

    monkeypatch.setattr(disk, "_write", once)
    with pytest.raises(OSError, match="the disk"):
        await shelf.put_together(PHOTO, b"small")
    assert written
    assert files(tmp_path) == []


async def test_the_disk_shows_nothing_of_a_photo(shelf: LocalShelf, tmp_path: Path) -> None:
    await shelf.put(PHOTO)
    (path,) = files(tmp_path)
    assert b"identity" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_a_deleted_photo_is_gone_and_deleting_it_again_is_no_error(
    shelf: LocalShelf, tmp_path: Path
) -> None:
    key, other = await shelf.put(PHOTO), await shelf.put(b"other")
    await shelf.delete(key)
    await shelf.delete(key)
    with pytest.raises(NotOnShelf):
        await shelf.get(key)
    assert await shelf.get(other) == b"other"
    assert len(files(tmp_path)) == 1


async def test_one_changed_bit_is_noticed(shelf: LocalShelf, tmp_path: Path) -> None:
    key = await shelf.put(PHOTO)
    (path,) = files(tmp_path)
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(sealed)
    with pytest.raises(ShelfDamaged):
        await shelf.get(key)


async def test_two_files_that_exchange_their_names_open_no_more(shelf: LocalShelf, tmp_path: Path) -> None:
    key = await shelf.put(PHOTO)
    await shelf.put(b"somebody else's")
    mine, other = sorted(files(tmp_path), key=lambda path: path.name != key)
    assert mine.name == key
    mine.write_bytes(other.read_bytes())
    with pytest.raises(ShelfDamaged):
        await shelf.get(key)


async def test_a_photo_outlives_a_new_key_on_the_ring_but_not_the_loss_of_its_own(
    shelf: LocalShelf, tmp_path: Path, ring: Keyring
) -> None:
    key = await shelf.put(PHOTO)
    newer = parse_keyring(new_key_line())
    both = Keyring(newer.keys + ring.keys)
    assert await LocalShelf(tmp_path / "shelf", both).get(key) == PHOTO
    with pytest.raises(ShelfDamaged):
        await LocalShelf(tmp_path / "shelf", newer).get(key)


async def test_keys_tell_how_old_each_photo_is(shelf: LocalShelf, tmp_path: Path) -> None:
    assert await everything(shelf) == set()
    key, older = await shelf.put(PHOTO), await shelf.put(PHOTO)
    now = datetime.now(UTC)
    before = (now - timedelta(hours=30)).timestamp()
    os.utime(tmp_path / "shelf" / older[:2] / older[2:4] / older, (before, before))
    ages = {key: age async for key, age in shelf.keys(now)}
    assert set(ages) == {key, older}
    assert ages[key] < timedelta(minutes=1)
    assert abs(ages[older] - timedelta(hours=30)) < timedelta(seconds=1)


async def test_what_a_crash_left_half_written_is_no_photo_and_is_tidied_when_old(
    shelf: LocalShelf, tmp_path: Path
) -> None:
    key = await shelf.put(PHOTO)
    (stored,) = files(tmp_path)
    half = stored.with_name("ab" + key[2:] + ".part")
    (tmp_path / "shelf" / "ab" / key[2:4]).mkdir(parents=True)
    half = tmp_path / "shelf" / "ab" / key[2:4] / half.name
    half.write_bytes(b"half")
    now = datetime.now(UTC)
    assert await everything(shelf) == {key}
    assert await shelf.tidy(now, timedelta(hours=24)) == 0
    assert half.exists()
    assert await shelf.tidy(now + timedelta(hours=25), timedelta(hours=24)) == 1
    assert files(tmp_path) == [stored]


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EDQUOT])
async def test_a_full_disk_stores_nothing_and_says_so(
    shelf: LocalShelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    key = await shelf.put(PHOTO)

    def full(_: int) -> None:
        raise OSError(fault, os.strerror(fault))

    with monkeypatch.context() as patch:
        patch.setattr("webapp.photos.disk.os.fsync", full)
        with pytest.raises(ShelfFull):
            await shelf.put(PHOTO)
    assert [path.name for path in files(tmp_path)] == [key]
    assert await shelf.get(key) == PHOTO


async def test_another_fault_of_the_disk_is_not_called_full(
    shelf: LocalShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    with monkeypatch.context() as patch:
        patch.setattr("webapp.photos.disk.os.fsync", broken)
        with pytest.raises(OSError, match="broken"):
            await shelf.put(PHOTO)


async def test_the_last_of_the_disk_is_left_to_the_database(tmp_path: Path, ring: Keyring) -> None:
    with pytest.raises(ShelfFull):
        await LocalShelf(tmp_path, ring, keep_free=1 << 60).put(PHOTO)
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["", "../../../etc/passwd", "AB" * 16, "ab" * 15, "ab" * 16 + "\n", "ab" * 15 + "\0\0"]
)
async def test_no_key_can_name_another_path(shelf: LocalShelf, name: str) -> None:
    with pytest.raises(ValueError, match="not a shelf key"):
        shelf_key(name)
    with pytest.raises(ValueError, match="not a shelf key"):
        await shelf.get(ShelfKey(name))
    with pytest.raises(ValueError, match="not a shelf key"):
        await shelf.delete(ShelfKey(name))


async def test_names_are_durable_before_put_returns(
    shelf: LocalShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def noted(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    monkeypatch.setattr("webapp.photos.disk.os.fsync", noted)
    key = await shelf.put(PHOTO)
    assert synced[-2:] == [key + ".part", key[2:4]]
    assert {"shelf", key[:2]} < set(synced)
