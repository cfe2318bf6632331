"""A manager's browser at the import page, and the duties' work between its pages."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.house import Answer, Browser, House
from webapp.actions import judge_import, take_import, upload_registrations
from webapp.actions.import_desk import ImportDesk
from webapp.actions.work_imports import work_imports
from webapp.rules.fields import Fields
from webapp.sheets.reading import ReadRow, ReadTable, head_told, order_for, slice_told
from webapp.sheets.worker import answers

PAGE = "/staff/registrations"
_TAGS = re.compile(r"<[^>]+>")
_FIGURE = re.compile(r'figure__label">([^<]*)</p><p class="figure__value">([^<]*)<')


def words_of(answer: Answer) -> str:
    """A page as it is read, with single blanks."""
    return " ".join(html.unescape(_TAGS.sub(" ", answer.text)).split())


def figures(answer: Answer) -> dict[str, int]:
    """The figures of an import's page, by label."""
    return {label: int(value.replace(",", "")) for label, value in _FIGURE.findall(answer.text)}


@asynccontextmanager
async def reading_here(
    data: bytes, name: str, fields: Fields, sites: Collection[str] = (), *, rows: bool = True
) -> AsyncIterator[ReadTable]:
    """The same as :func:`webapp.sheets.reading.reading`, by the same code but without a process."""

    def written(told: Any) -> Any:
        return json.loads(json.dumps(told))

    lines = [written(told) for told in answers(written(order_for(name, fields, sites, rows=rows)), data)]

    async def slices() -> AsyncIterator[list[ReadRow]]:
        for told in lines[1:]:
            yield slice_told(told)

    yield ReadTable(head_told(lines[0]), slices())


def read_without_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting a process costs more than reading a small table, and is shown by one test."""
    for module in (judge_import, take_import, upload_registrations):
        monkeypatch.setattr(module, "reading", reading_here)


@dataclass
class ImportsPage:
    """The page in a browser; ``at``: the address of the file that was uploaded last."""

    house: House
    browser: Browser
    at: str = ""

    @property
    def desk(self) -> ImportDesk:
        """The shelf of the running house."""
        desk: ImportDesk = self.house.app.extensions["import_desk"]
        return desk

    async def upload(self, data: bytes, name: str = "报名数据.xlsx") -> Answer:
        """The form, sent; where it is refused, the page that says why."""
        answer = await self.browser.upload(PAGE, {}, data, name)
        self.at = answer.leads_to
        return answer

    async def dry_run(self, data: bytes, name: str = "报名数据.xlsx", show: str = "") -> Answer:
        """Uploads and judges; the page of the dry run."""
        answer = await self.upload(data, name)
        assert answer.status == 303, words_of(answer)
        await work_imports(self.desk)
        return await self.shown(show)

    async def shown(self, show: str = "") -> Answer:
        """The file's page as it is now."""
        return await self.browser.get(f"{self.at}?show={show}" if show else self.at)

    async def take(self, **form: str) -> Answer:
        """Has it taken in and lets the duties do so; the page afterwards."""
        answer = await self.browser.post(f"{self.at}/import", form)
        assert (answer.status, answer.leads_to) == (303, self.at), words_of(answer)
        await work_imports(self.desk)
        return await self.shown()
