"""How pages look in this browser: 长辈模式 and the colours, chosen by buttons that need no script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from quart import Blueprint, Response, current_app, g, redirect, request
from quart.typing import ResponseReturnValue

from webapp.guard.access import Audience, audience
from webapp.guard.browser import same_site_path
from webapp.guard.rate import FORM, rate
from webapp.pages.forms import read_form

blueprint = Blueprint("display", __name__)

CHOICES: Final = {"text": ("usual", "large"), "theme": ("system", "light", "dark")}
"""Of each cookie, its values; the first is what counts without it."""
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Display:
    """``text``: usual or large; ``theme``: system, light or dark."""

    text: str
    theme: str

    @property
    def large(self) -> bool:
        """长辈模式."""
        return self.text == "large"


def current_display() -> Display:
    """What this browser has chosen."""
    if "display" not in g:
        g.display = Display(*(_chosen(name, known) for name, known in CHOICES.items()))
    found: Display = g.display
    return found


def _chosen(name: str, known: tuple[str, ...]) -> str:
    asked = request.cookies.get(name, "")
    return asked if asked in known else known[0]


@blueprint.post("/display")
@audience(Audience.PUBLIC)
@rate(FORM)
async def choose_display() -> ResponseReturnValue:
    """Remembers what was chosen in this browser and goes back to the page it was chosen on."""
    form, settings = await read_form(), current_app.config["SETTINGS"]
    response: Response = redirect(same_site_path(form.get("back", "/")), 303)  # type: ignore[assignment]
    for name, known in CHOICES.items():
        if form.get(name) in known:
            response.set_cookie(
                name, form[name], max_age=_YEAR, secure=settings.secure, httponly=True, samesite="Lax"
            )
    return response
