"""The schema that the migrations make is the schema that the models mean, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise, connections
from tortoise.migrations.autodetector import MigrationAutodetector

from tests.cluster import Cluster
from webapp.database import configuration, migrate, opened_database, unapplied

SQLITE_SCHEMA = """
    SELECT m.name AS "table", l.name AS "column", l.type, l."notnull" AS required, l.pk
    FROM sqlite_master m JOIN pragma_table_info(m.name) l
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'tortoise%' ORDER BY 1, 2
"""
SQLITE_INDEXES = """
    SELECT m.name AS "table", i."unique", i.partial, group_concat(c.name) AS columns
    FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'tortoise%' GROUP BY m.name, i.name ORDER BY 1, 4, 2
"""
SQLITE_KEYS = """
    SELECT m.name AS "table", f."from", f."table" AS target, f.on_delete
    FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1, 2
"""
POSTGRES_SCHEMA = """
    SELECT table_name AS "table", column_name AS "column", data_type, character_maximum_length, is_nullable
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE 'tortoise%' ORDER BY 1, 2
"""
POSTGRES_INDEXES = """
    SELECT t.relname AS "table", i.indisunique, i.indisprimary, pg_get_expr(i.indpred, t.oid) AS partial,
           array_to_string(array(SELECT a.attname FROM unnest(i.indkey) WITH ORDINALITY k(n, o)
                    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY k.o), ',') AS columns
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = 'public' AND t.relname NOT LIKE 'tortoise%' ORDER BY 1, 5, 2
"""
POSTGRES_KEYS = """
    SELECT conrelid::regclass::text AS "table", confrelid::regclass::text AS target, confdeltype::text AS on_delete,
           (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) AS "from"
    FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 4
"""


async def schema_of(url: str) -> list[list[dict[str, Any]]]:
    """Columns, indexes and foreign keys as the database tells them."""
    questions = (
        (SQLITE_SCHEMA, SQLITE_INDEXES, SQLITE_KEYS)
        if url.startswith("sqlite")
        else (POSTGRES_SCHEMA, POSTGRES_INDEXES, POSTGRES_KEYS)
    )
    async with opened_database(url):
        return [await connections.get("default").execute_query_dict(question) for question in questions]


async def make_from_models(url: str) -> None:
    """The schema straight from the models, without any migration."""
    await Tortoise.init(config=configuration(url), _enable_global_fallback=True)
    try:
        await Tortoise.generate_schemas(safe=False)
    finally:
        await Tortoise.close_connections()


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path / 'empty.sqlite3'}"
    running: Cluster = request.getfixturevalue("cluster")
    running.drop_database("empty")
    running.create_database("empty")
    return running.url("empty")


async def test_the_migrations_make_what_the_models_mean(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    meant = f"sqlite://{tmp_path / 'meant.sqlite3'}"
    if database_url.startswith("postgres"):
        running: Cluster = request.getfixturevalue("cluster")
        running.drop_database("meant")
        running.create_database("meant")
        meant = running.url("meant")
    await make_from_models(meant)
    assert await schema_of(database_url) == await schema_of(meant)


async def test_migrating_again_does_nothing(empty_url: str) -> None:
    first = await migrate(empty_url)
    assert first, "there is something to migrate"
    assert first == sorted(first)
    assert await migrate(empty_url) == []
    async with opened_database(empty_url):
        assert await unapplied() == []


async def test_a_database_without_the_newest_migration_is_told_apart(empty_url: str) -> None:
    async with opened_database(empty_url):
        assert await unapplied() != []


async def test_the_models_have_no_change_without_a_migration() -> None:
    config = configuration("sqlite://:memory:")
    await Tortoise.init(config=config, init_connections=False, _enable_global_fallback=True)
    try:
        assert Tortoise.apps is not None
        changes = await MigrationAutodetector(Tortoise.apps, config["apps"]).changes()
    finally:
        await Tortoise.close_connections()
    assert [writer.name for writer in changes] == []
