"""What other systems can ask, as an OpenAPI 3.1 document. Tests hold it against the routes and their answers."""

from __future__ import annotations

from typing import Any, Final

from quart import Blueprint, current_app
from quart.typing import ResponseReturnValue

from webapp.guard.access import Audience, audience
from webapp.guard.api_keys import Scope
from webapp.guard.rate import PAGE, rate
from webapp.pages.api.results import BEGINNING, MOST, USUAL

blueprint = Blueprint("api_description", __name__, url_prefix="/api/v1")


@blueprint.get("/openapi.json")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def description() -> ResponseReturnValue:
    """The document, with this host's own address."""
    return {**DOCUMENT, "servers": [{"url": current_app.config["SETTINGS"].origin}]}


_HEADERS: Final[dict[str, Any]] = {
    "Cache-Control": {"description": "Always no-store.", "schema": {"const": "no-store"}},
}
_RETRY: Final[dict[str, Any]] = {
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 0}},
}
_CHALLENGE: Final[dict[str, Any]] = {
    "WWW-Authenticate": {"description": "RFC 6750.", "schema": {"type": "string"}},
}


def _answer(description: str, schema: str, **headers: Any) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {**_HEADERS, **headers},
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


DOCUMENT: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Material review",
        "version": "1",
        "summary": "What the registration system takes back from the material review.",
        "description": (
            "Keys are made by the region's managers or by the operator (webapp api-key make) and sent as "
            "Authorization: Bearer. Cookies do not count here. Refusals are one JSON object with a stable code and a "
            "sentence in the language of Accept-Language."
        ),
    },
    "paths": {
        "/api/v1/results": {
            "get": {
                "operationId": "results",
                "summary": "Published results in the order in which they were written",
                "description": (
                    "Begin without `after`, then send the `next` of the last answer. An answer whose list is "
                    "empty holds all there is for now, and its `next` is the cursor that was sent. Before a phase "
                    "is published its list is empty. A correction is a later entry with the same registration "
                    "number and the next version: the highest version holds."
                ),
                "security": [{"key": [Scope.RESULTS_READ.value]}],
                "parameters": [
                    {
                        "name": "after",
                        "in": "query",
                        "description": "The cursor of the last answer. Keep it, do not read it.",
                        "schema": {"$ref": "#/components/schemas/Cursor"},
                        "example": BEGINNING,
                    },
                    {
                        "name": "limit",
                        "in": "query",
                        "description": "How many entries at most.",
                        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
                    },
                ],
                "responses": {
                    "200": _answer("Entries after the cursor; none is no error.", "Results"),
                    "401": _answer("No key, or none that is in force.", "Problem", **_CHALLENGE),
                    "403": _answer("The key has not the scope.", "Problem", **_CHALLENGE),
                    "422": _answer("`after` or `limit` is none.", "Problem"),
                    "429": _answer("Asked too often.", "Problem", **_RETRY),
                    "503": _answer("Not now; nothing is lost.", "Problem", **_RETRY),
                },
            }
        },
        "/api/v1/openapi.json": {
            "get": {
                "operationId": "description",
                "summary": "This document",
                "security": [],
                "responses": {
                    "200": {
                        "description": "OpenAPI 3.1.",
                        "headers": _HEADERS,
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    "429": _answer("Asked too often.", "Problem", **_RETRY),
                },
            }
        },
    },
    "components": {
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "wsr_<8>_<43>",
                "description": "Scopes: results:read.",
            }
        },
        "schemas": {
            "Cursor": {"type": "string", "pattern": "^r(0|[1-9][0-9]{0,17})$", "maxLength": 19},
            "Results": {
                "type": "object",
                "additionalProperties": False,
                "required": ["exam", "results", "next"],
                "properties": {
                    "exam": {"type": "string", "description": "Code of the exam.", "examples": ["tianjin_2020"]},
                    "results": {
                        "type": "array",
                        "maxItems": MOST,
                        "items": {"$ref": "#/components/schemas/Result"},
                    },
                    "next": {"$ref": "#/components/schemas/Cursor"},
                },
            },
            "Result": {
                "type": "object",
                "additionalProperties": False,
                "required": [
                    "registration_number", "result", "version", "published_at", "reasons", "rechecking"
                ],
                "properties": {
                    "registration_number": {"type": "string", "minLength": 1, "maxLength": 32},
                    "result": {
                        "enum": ["passed", "failed", "given_up", "nothing_handed_in"],
                        "description": "审核通过, 审核不通过, 已放弃, 未提交材料.",
                    },
                    "version": {"type": "integer", "minimum": 1},
                    "published_at": {"type": "string", "format": "date-time"},
                    "reasons": {
                        "type": "array",
                        "description": "With `failed`: why. Empty where the reviewers wrote to the person instead.",
                        "items": {"$ref": "#/components/schemas/Reason"},
                    },
                    "rechecking": {
                        "type": "boolean",
                        "description": "正在复核: the case was opened again, and a next version may follow.",
                    },
                },
            },
            "Reason": {
                "type": "object",
                "additionalProperties": False,
                "required": ["code", "words"],
                "properties": {
                    "code": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
                    "words": {"type": "string", "description": "For the person, in Simplified Chinese."},
                },
            },
            "Problem": {
                "type": "object",
                "additionalProperties": False,
                "required": ["error"],
                "properties": {
                    "error": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["code", "sentence", "reference"],
                        "properties": {
                            "code": {"type": "string", "examples": ["api_key.needed"]},
                            "sentence": {"type": "string"},
                            "reference": {
                                "type": "string",
                                "description": "Where ours is the fault: quote it. Else empty.",
                            },
                        },
                    }
                },
            },
        },
    },
}  # fmt: skip
