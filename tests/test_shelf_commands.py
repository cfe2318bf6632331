"""``webapp doctor`` and ``webapp seal-anew`` as they are typed, on a shelf with photos."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from tests.house import activated_candidate
from webapp.commands import main
from webapp.database import opened_database, transaction
from webapp.keyring import new_key_line, open_keyring
from webapp.photos.shelf import LocalShelf
from webapp.records import Case, Photo, PhotoVersion, Staff

Answer = TypeVar("Answer")
CANNOT_BE_OPENED = "cannot be opened: it is damaged, or its key is no longer on the ring"
PHOTO, PREVIEW = b"a photo" * 100, b"its preview"


class Host:
    """A host with one candidate, whose photos have files."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.shelf = LocalShelf(data / "shelf", open_keyring("", data / "keys"))

    def typed(self, *words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    def run(self, work: Callable[[], Awaitable[Answer]]) -> Answer:
        async def opened() -> Answer:
            async with opened_database(f"sqlite://{self.data / 'webapp.sqlite3'}"):
                return await work()

        return asyncio.run(opened())

    def path(self, key: str) -> Path:
        return self.data / "shelf" / key[:2] / key[2:4] / key

    def photo(self) -> PhotoVersion:
        """A stored photo."""

        @transaction
        async def rows(key: str, preview: str) -> PhotoVersion:
            case, photo = await Case.get(), uuid4()
            await Photo.create(
                id=photo, case_id=case.id, material="ID", slot="front", sha256="0" * 64, size=1,
                received_at=case.made_at,
            )  # fmt: skip
            return await PhotoVersion.create(
                photo_id=photo, number=1, shelf_key=key, preview_key=preview, media_type="image/jpeg", width=1,
                height=1, size=len(PHOTO), sha256=hashlib.sha256(PHOTO).hexdigest(), facts={},
                made_at=case.made_at,
            )  # fmt: skip

        async def stored() -> PhotoVersion:
            return await rows(await self.shelf.put(PHOTO), await self.shelf.put(PREVIEW))

        return self.run(stored)

    def rotate(self) -> None:
        keys = self.data / "keys"
        keys.write_text(new_key_line() + "\n" + keys.read_text())

    def forget_old_keys(self) -> None:
        keys = self.data / "keys"
        keys.write_text(keys.read_text().splitlines()[0])


@pytest.fixture
def host(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    shutil.copy(sqlite_template, tmp_path / "webapp.sqlite3")
    monkeypatch.setenv("WEBAPP_DATA", str(tmp_path))
    for other in ("WEBAPP_DATABASE_URL", "WEBAPP_ORIGIN", "WEBAPP_KEYS", "WEBAPP_DEMO"):
        monkeypatch.delenv(other, raising=False)
    made = Host(tmp_path)
    made.run(lambda: activated_candidate("kaosheng"))
    return made


def test_the_doctor_names_each_row_whose_file_is_not_what_was_stored_and_nothing_else(host: Host) -> None:
    sound, missing, damaged, other = (host.photo() for _ in range(4))
    well = host.typed("doctor")
    assert well.exit_code == 0, well.output
    assert "8 files looked at, nothing wrong" in well.output
    host.path(missing.preview_key).unlink()
    sealed = host.path(damaged.shelf_key)
    sealed.write_bytes(sealed.read_bytes()[:-1] + b"x")

    @transaction
    async def as_if_another() -> None:
        await PhotoVersion.filter(id=other.id).update(sha256="1" * 64)

    host.run(as_if_another)
    found = host.typed("doctor")
    assert found.exit_code == 1
    lines = found.output.splitlines()
    assert [line for line in lines if line.startswith("photo")] == [
        f"photo {missing.photo_id}, preview 1: {missing.preview_key} has a row, but no file",
        f"photo {damaged.photo_id}, version 1: {damaged.shelf_key} {CANNOT_BE_OPENED}",
        f"photo {other.photo_id}, version 1: {other.shelf_key} opens, but is not the picture that was stored",
    ]
    assert str(sound.photo_id) not in found.output
    assert "8 files looked at, 3 wrong" in found.output


def test_the_doctor_sweeps_what_no_row_has_needed_for_a_day(host: Host) -> None:
    kept = host.photo()
    young, old = (asyncio.run(host.shelf.put(b"left behind")) for _ in range(2))
    a_day_ago = time.time() - 25 * 3600
    for key in (old, kept.shelf_key, kept.preview_key):
        os.utime(host.path(key), (a_day_ago, a_day_ago))
    assert "no files removed" in host.typed("doctor", "--keep").output
    assert host.path(old).exists()
    said = host.typed("doctor")
    assert said.exit_code == 0
    assert "1 files removed" in said.output
    assert not host.path(old).exists()
    assert all(host.path(key).exists() for key in (young, kept.shelf_key, kept.preview_key))


def test_after_sealing_anew_the_old_key_can_go(host: Host) -> None:
    for _ in range(2):
        host.photo()
    ring = host.data / "keys"
    held = open_keyring("", ring)

    @transaction
    async def enrolled() -> None:
        await Staff.create(
            name="x", user_name="x", user_name_key="x", totp_sealed=held.seal("staff-totp", b"secret")
        )

    host.run(enrolled)
    host.rotate()
    said = host.typed("seal-anew")
    assert said.exit_code == 0, said.output
    assert "5 sealed anew, 0 had" in said.output
    assert "0 sealed anew, 5 had" in host.typed("seal-anew").output
    host.forget_old_keys()
    assert host.typed("doctor").exit_code == 0
    newest = open_keyring("", ring)
    secret = host.run(lambda: Staff.get(user_name="x")).totp_sealed
    assert secret is not None
    assert newest.unseal("staff-totp", secret) == b"secret"


def test_what_no_key_opens_is_named_and_the_rest_is_sealed_anew(host: Host) -> None:
    lost = host.photo()
    host.rotate()
    host.forget_old_keys()
    host.shelf = LocalShelf(host.data / "shelf", open_keyring("", host.data / "keys"))
    host.photo()
    host.rotate()
    said = host.typed("seal-anew")
    assert said.exit_code == 1
    assert (
        f"cannot be opened by any key of the ring, or not be read and written: {lost.shelf_key}"
        in said.output
    )
    assert "2 sealed anew, 0 had" in said.output
    assert "2 cannot be opened: keep every key" in said.output


def test_a_file_that_the_disk_does_not_give_keeps_no_other_from_being_sealed_anew(host: Host) -> None:
    lost = [host.photo() for _ in range(3)][1]
    host.path(lost.shelf_key).unlink()
    host.path(lost.shelf_key).mkdir()  # root may read every file: what is none stands for one with a bad spot
    host.rotate()
    said = host.typed("seal-anew")
    assert said.exit_code == 1, said.output
    assert lost.shelf_key in said.output
    assert "5 sealed anew, 0 had" in said.output


def test_the_doctor_looks_on_where_a_row_names_what_can_be_no_file(host: Host) -> None:
    rows = [host.photo() for _ in range(3)]

    @transaction
    async def as_if_tampered_with() -> None:
        await PhotoVersion.filter(id=rows[1].id).update(shelf_key="../../keys")

    host.run(as_if_tampered_with)
    said = host.typed("doctor")
    assert said.exit_code == 1, said.output
    assert "6 files looked at, 1 wrong" in said.output
    assert f"photo {rows[1].photo_id}, version 1: ../../keys {CANNOT_BE_OPENED}" in said.output
