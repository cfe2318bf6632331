"""Keys of machines: shown once, kept as a digest, noted in the exam's chain, and good until they are revoked."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from quart import Quart

from tests.house import EXAM, House
from webapp.actions.note_api_keys import note_key_made, note_key_revoked
from webapp.clock import now
from webapp.database import transaction
from webapp.guard.api_keys import (
    MadeKey,
    Scope,
    all_keys,
    key_called,
    machine_of,
    make_key,
    revoke_key,
    short_id,
)
from webapp.guard.rows import ApiKey
from webapp.records import Event
from webapp.records.reading.chains import all_breaks
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role

either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def made(name: str = "报名系统") -> MadeKey:
    """A key for results."""
    return await make_key(name, [Scope.RESULTS_READ], partial(note_key_made, EXAM, "operator"))


async def revoked(key: MadeKey) -> bool:
    """What revoking says."""
    return await revoke_key(key.id, partial(note_key_revoked, EXAM, "operator"))


async def test_a_key_says_its_id_and_only_its_digest_is_kept(app: Quart) -> None:
    one, other = await made(), await made()
    assert re.fullmatch(r"wsr_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", one.key)
    assert one.key.split("_")[1] == short_id(one.id)
    assert one.key[13:] != other.key[13:]
    (row,) = await ApiKey.filter(id=one.id).values()
    assert row["key_hash"] == hashlib.sha256(one.key.encode()).hexdigest()
    assert one.key[13:] not in str(row)
    events = await Event.filter(chain=f"exam:{EXAM}", what="api_key.made").values()
    assert one.key[13:] not in str(events)
    assert {event["subject"] for event in events} == {f"api-key:{one.id}", f"api-key:{other.id}"}


async def test_it_is_found_by_its_bearer_until_it_is_revoked(app: Quart) -> None:
    key = await made()
    found = await machine_of(f"Bearer {key.key}")
    assert found is not None
    assert (found.key_id, set(found.scopes)) == (key.id, {"results:read"})
    assert await machine_of(f"bearer  {key.key} ") == found, "the scheme is written in any case"
    changed = key.key[:-1] + ("A" if key.key[-1] != "A" else "B")
    for wrong in (
        changed,
        key.key[:-1],
        key.key + "A",
        key.key.upper(),
        f"wsr_{uuid4().hex[:8]}_{key.key[13:]}",
    ):
        assert await machine_of(f"Bearer {wrong}") is None
    for wrong in ("", key.key, f"Basic {key.key}", f"Bearer {key.key} {key.key}", "Bearer"):
        assert await machine_of(wrong) is None
    assert await revoked(key)
    assert await machine_of(f"Bearer {key.key}") is None
    assert not await revoked(key), "the second time there is nothing to end"
    assert await Event.filter(what="api_key.revoked").count() == 1
    assert await all_breaks() == []


async def test_its_use_is_noted_once_a_minute(app: Quart) -> None:
    key = await made()
    assert (await ApiKey.get(id=key.id)).used_at is None
    await machine_of(f"Bearer {key.key}")
    first = (await ApiKey.get(id=key.id)).used_at
    assert first is not None
    await machine_of(f"Bearer {key.key}")
    assert (await ApiKey.get(id=key.id)).used_at == first
    await _used(key, first - timedelta(seconds=61))
    await machine_of(f"Bearer {key.key}")
    again = (await ApiKey.get(id=key.id)).used_at
    assert again is not None
    assert first <= again <= now()


@transaction
async def _used(key: MadeKey, moment: object) -> None:
    await ApiKey.filter(id=key.id).update(used_at=moment)


@either_will_do
async def test_a_key_has_a_name_and_a_scope_and_is_called_by_either_id(app: Quart) -> None:
    note = partial(note_key_made, EXAM, "operator")
    for name in ("", "  ", "x" * 65, "a\nb"):
        with pytest.raises(Refused, match=r"api_key\.name"):
            await make_key(name, [Scope.RESULTS_READ], note)
    with pytest.raises(Refused, match=r"api_key\.no_scope"):
        await make_key("x", [], note)
    assert await all_keys() == []
    key, other = await made("x" * 64), await made("y")
    for written in (str(key.id), key.id.hex.upper(), f" {short_id(key.id)} "):
        found = await key_called(written)
        assert found is not None
        assert found.id == key.id
    assert await key_called("") is None
    assert [one.id for one in await all_keys()] == [other.id, key.id], "the newest first"


@either_will_do
async def test_managers_of_the_region_keep_keys_and_the_key_stands_on_one_page_only(house: House) -> None:
    manager = await house.signed_in_staff("quguan1", "12", Role.MANAGER)
    assert 'href="/staff/api-keys"' in (await manager.get("/staff")).text
    page = (await manager.post("/staff/api-keys", {"name": "报名系统", "scope": "results:read"})).text
    shown = re.search(r"wsr_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", page)
    assert shown is not None
    assert await machine_of(f"Bearer {shown[0]}") is not None
    again = (await manager.get("/staff/api-keys")).text
    assert shown[0] not in again
    assert shown[0][4:12] in again
    lacking = await manager.post("/staff/api-keys", {"name": "没有权限"})
    assert (lacking.status, "至少要选一项权限" in lacking.text, "没有权限" in lacking.text) == (
        422,
        True,
        True,
    )
    assert (await manager.post("/staff/api-keys", {"name": "", "scope": "results:read"})).status == 422
    assert (await manager.post("/staff/api-keys", {"name": "x", "scope": "all"})).status == 422
    assert (await manager.post(f"/staff/api-keys/{uuid4()}/revoke", {"sure": "yes"})).status == 404


@either_will_do
async def test_nobody_else_of_the_staff_sees_keys(house: House) -> None:
    key = await made()
    for name, office, role in (
        ("yiguan", "1201", Role.MANAGER),
        ("qucha", "12", Role.AUDITOR),
        ("qushen", "12", Role.REVIEWER),
    ):
        browser = await house.signed_in_staff(name, office, role)
        assert (await browser.get("/staff/api-keys")).status == 403, name
        assert (await browser.post("/staff/api-keys", {"name": "x", "scope": "results:read"})).status == 403
        assert (await browser.post(f"/staff/api-keys/{key.id}/revoke", {"sure": "yes"})).status == 403
        assert 'href="/staff/api-keys"' not in (await browser.get("/staff")).text
    assert len(await all_keys()) == 1
    assert await machine_of(f"Bearer {key.key}") is not None
