"""The demo registration site: where the demo's candidates see their registration and set out for the product.

A stand-in for the national one, and a server of its own on a port of its own: the two know of each other only what
real ones would, an address and a shared key. ``webapp demo`` starts and ends it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path

from quart import Quart, Response, abort, render_template

from webapp.demo.fetching import FetchedResults
from webapp.demo.labels import grouped
from webapp.demo.records import CANDIDATES, DemoCandidate, candidate_of
from webapp.demo.tickets import LIFETIME_SECONDS, TicketKey, read_key, ticket
from webapp.demo.units import SITES

_CHINA = timezone(timedelta(hours=8))
_WORDS = {
    "passed": "审核通过",
    "failed": "审核不通过",
    "given_up": "已放弃",
    "nothing_handed_in": "未提交材料",
}
_PROBLEMS = {
    404: ("没有这一页", "这里没有这份报名信息，地址可能不全。"),
    405: ("这一步不能这样打开", "请回到报名信息，从那里按「上传相关材料」。"),
    500: ("这一页暂时打不开", "报名系统出了问题，过一会儿再试。"),
}


@dataclass(frozen=True)
class ResultShown:
    """What stands beside 最终审核结果; ``word`` is empty where nothing was published."""

    word: str
    tone: str
    published: str
    reasons: tuple[str, ...]
    rechecking: bool
    stale: bool
    """The product did not answer just now: this is what was known before."""


def create_site(origin: str, key: TicketKey, fetched: FetchedResults) -> Quart:
    """The app; ``origin`` is the product's, for which tickets are signed with ``key``."""
    site = Quart("webapp.demo.registration_site", static_folder="static", template_folder="templates")
    policy = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {origin}; require-trusted-types-for 'script'"
    )

    @site.get("/")
    async def people() -> str:
        """Whom one may be."""
        sites = [(name, _there(code)) for code, name in SITES.items()]
        return await render_template("people.html", sites=sites)

    @site.get("/people/<number>")
    async def registration(number: str) -> str:
        """One person's registration, with the way to the product."""
        person = candidate_of(number) or abort(404)
        await fetched.refresh()
        return await render_template(
            "registration.html",
            person=person,
            groups=grouped(person.record),
            result=_shown(fetched, number),
        )

    @site.post("/people/<number>/ticket")
    async def hand_over(number: str) -> str:
        """A page that posts a fresh ticket to the product: by itself with scripts, by its button without."""
        person = candidate_of(number) or abort(404)
        signed = ticket(key, origin, person)
        return await render_template(
            "handing_over.html", person=person, origin=origin, ticket=signed, seconds=LIFETIME_SECONDS
        )

    @site.errorhandler(404)
    @site.errorhandler(405)
    @site.errorhandler(500)
    async def problem(error: Exception) -> tuple[str, int]:
        status = getattr(error, "code", 500)
        title, says = _PROBLEMS[status]
        return await render_template("problem.html", title=title, says=says), status

    @site.after_request
    async def put_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return site


def _shown(fetched: FetchedResults, number: str) -> ResultShown:
    stale, result = not fetched.answers, fetched.of(number)
    if result is None:
        return ResultShown("", "", "", (), rechecking=False, stale=stale)
    at = result.published_at.astimezone(_CHINA)
    return ResultShown(
        # A word that this site does not know yet is shown as it came.
        _WORDS.get(result.word, result.word),
        result.word,
        f"{at.month}月{at.day}日 {at:%H:%M}",
        result.reasons,
        result.rechecking,
        stale,
    )


def _there(code: str) -> list[DemoCandidate]:
    return [person for person in CANDIDATES if person.record["site_code"] == code]


async def _serve(site: Quart, socket_fd: int, lifeline: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def read() -> None:
        # Nothing is ever written: it can be read when its only writer, the demo, is gone.
        loop.remove_reader(lifeline)
        stop.set()

    os.set_blocking(lifeline, False)
    loop.add_reader(lifeline, read)

    async def stopped() -> None:
        await stop.wait()

    await site.run_task(host=f"fd://{socket_fd}", shutdown_trigger=stopped)


def main() -> None:
    """Serves until it is told to end or whoever started it is gone."""
    given = argparse.ArgumentParser(prog="webapp.demo.registration_site", description=__doc__)
    given.add_argument("--socket", type=int, required=True, help="file descriptor to listen on")
    given.add_argument(
        "--lifeline", type=int, required=True, help="file descriptor that ends with the starter"
    )
    given.add_argument("--origin", required=True, help="the product's address")
    given.add_argument("--ticket-key", type=Path, required=True, help="file with kid:HS256:base64")
    given.add_argument("--api-key", type=Path, required=True, help="file with the key for results")
    given.add_argument("--results", type=Path, required=True, help="file in which fetched results are kept")
    asked = given.parse_args()
    fetched = FetchedResults(asked.origin, asked.api_key, asked.results)
    site = create_site(asked.origin, read_key(asked.ticket_key), fetched)
    asyncio.run(_serve(site, asked.socket, asked.lifeline))


if __name__ == "__main__":
    main()
