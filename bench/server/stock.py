"""What anybody would write: a Quart handler that takes the body, looks up a session row and inserts one row.

Served by hypercorn with uvloop. The database has the product's own settings. ``BENCH_DATABASE`` names it.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from uuid import UUID

from quart import Quart, request
from quart.typing import ResponseReturnValue
from tortoise import Tortoise, fields
from tortoise.models import Model

from webapp.database import configuration


class StockSession(Model):
    """A signed-in browser."""

    token_hash = fields.CharField(max_length=64, primary_key=True)
    person: UUID = fields.UUIDField()
    ends_at: datetime = fields.DatetimeField()

    class Meta:
        table = "stock_session"


class StockPhoto(Model):
    """A photo that came in."""

    id: UUID = fields.UUIDField(primary_key=True)
    person: UUID = fields.UUIDField(db_index=True)
    size: int = fields.IntField()
    received_at: datetime = fields.DatetimeField()

    class Meta:
        table = "stock_photo"


def settings(url: str) -> dict[str, object]:
    """Tortoise's configuration: the product's connection, these two tables."""
    return {
        "connections": {"default": configuration(url)["connections"]["default"]},
        "apps": {"stock": {"models": ["bench.server.stock"], "default_connection": "default"}},
        "use_tz": True,
    }


def token_hash(token: str) -> str:
    """What of a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


app = Quart(__name__)


@app.before_serving
async def open_doors() -> None:
    """Connects."""
    await Tortoise.init(config=settings(os.environ["BENCH_DATABASE"]), _enable_global_fallback=True)


@app.after_serving
async def close_doors() -> None:
    """Disconnects."""
    await Tortoise.close_connections()


@app.put("/photos/<uuid:photo_id>")
async def put(photo_id: UUID) -> ResponseReturnValue:
    """Takes one body."""
    body = await request.get_data(cache=False)
    moment = datetime.now(UTC)
    session = await StockSession.get_or_none(
        token_hash=token_hash(request.cookies.get("sid", "")), ends_at__gt=moment
    )
    if session is None:
        return {"error": "sign in"}, 401
    await StockPhoto.create(id=photo_id, person=session.person, size=len(body), received_at=moment)
    return {"id": str(photo_id)}, 201
