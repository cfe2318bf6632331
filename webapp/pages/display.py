"""What holds in this browser, chosen by buttons that need no script: 长辈模式, the colours, whose device it is."""

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

CHOICES: Final = {
    "text": ("usual", "large"),
    "theme": ("system", "light", "dark"),
    "device": ("own", "shared"),
}
"""Of each cookie, its values; the first is what counts without it."""
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Display:
    """``text``: usual or large; ``theme``: system, light or dark; ``device``: own or shared."""

    text: str
    theme: str
    device: str = "own"

    @property
    def large(self) -> bool:
        """长辈模式."""
        return self.text == "large"

    @property
    def shared(self) -> bool:
        """It is nobody's own: no photo is kept on it."""
        return self.device == "shared"


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
    form = await read_form()
    response: Response = redirect(same_site_path(form.get("back", "/")), 303)  # type: ignore[assignment]
    for name, known in CHOICES.items():
        if form.get(name) in known:
            keep_choice(response, name, form[name])
    return response


def keep_choice(response: Response, name: str, value: str) -> None:
    """Lets this browser remember one of the choices."""
    secure = current_app.config["SETTINGS"].secure
    response.set_cookie(name, value, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
