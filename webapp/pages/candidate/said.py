"""Words that a candidate writes in a form: what was typed stays on the page when it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from quart import request

from webapp.pages.language import _, later
from webapp.pages.words import refusal
from webapp.rules.refusals import Refused

# What a page says once after a form was taken; the address only names it.
_DONE: Final = {
    "submitted": later("收到了您的提交"),
    "recalled": later("已取回，可以修改材料。改好以后再提交"),
    "answered": later("收到了您补充的材料"),
    "given_up": later("已放弃报考"),
    "declared": later("已记下您的说明，审核员会看到"),
    "taken_back": later("已收回说明"),
    "said": later("已记下，提交补充材料时一起交给审核员"),
    "doubted": later("已记下您的疑议，考点会看到"),
}


@dataclass(frozen=True)
class Refusal:
    """A form that was not taken: its status, its sentence, and what stood in it by the names of its fields."""

    status: int
    sentence: str
    typed: dict[str, str] = field(default_factory=dict)


def refusal_of(refused: Refused, **typed: str) -> Refusal:
    """The refusal of a form with these fields."""
    status, sentence = refusal(refused)
    if refused.code.startswith("locked."):
        sentence += _("这次填写的没有收下。")
    return Refusal(status, sentence, typed)


def done_words(*expected: str) -> str:
    """What the address says was just done, where this page could follow on it; else nothing."""
    done = request.args.get("done", "")
    return _(_DONE[done]) if done in expected else ""
