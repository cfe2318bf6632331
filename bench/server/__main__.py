"""What an upload and a look at a photo cost in CPU, against what else there is, in one interleaved run.

    python -m bench.server [--rounds 5] [--requests 160] [--postgres] [--only uploads|reads] [--scratch FOLDER]

Needs ``TEST_MATERIAL`` (the Django peer and the generator of photos) and, once, the package index.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from bench.server import contenders
from bench.server.cpu import cpu_seconds
from bench.server.people import Uploader, looks, plain_copies, settle, sign_in, stock_sessions
from bench.server.pictures import drawn, unlike
from bench.server.traffic import drive, request
from tests.cluster import throwaway_cluster
from webapp.keyring import open_keyring
from webapp.settings import environment_for_children

LANES = 8
"""Connections that are busy at once."""
UPLOADERS, REVIEWERS = 64, 16
_FORM_BOUNDARY = "bench-boundary"
_JUDGING = "webapp.photos.judging_worker"


@dataclass
class Contender:
    """A server under test: its processes, and a stream of requests for each connection."""

    name: str
    roots: list[int]
    port: int
    lanes: list[Iterator[bytes]]
    ok: int
    costs: list[float] = field(default_factory=list)
    """CPU milliseconds a request, one figure a round."""
    judging: list[float] = field(default_factory=list)
    """Of these, those of the decoding processes."""

    def run(self, requests: int, database: int | None, *, counts: bool = True) -> None:
        """One round; stops the bench where an answer is not the one it should be."""
        roots = self.roots + ([database] if database else [])

        def spent(doing: str = "") -> float:
            return sum(cpu_seconds(root, doing) for root in roots)

        before, judging = spent(), spent(_JUDGING)
        statuses = asyncio.run(drive(self.port, self.lanes, requests))
        if statuses != {self.ok: requests}:
            raise SystemExit(f"{self.name} answered {dict(statuses)} instead of {self.ok}")
        if counts:
            self.costs.append((spent() - before) * 1000 / requests)
            self.judging.append((spent(_JUDGING) - judging) * 1000 / requests)

    @property
    def cost(self) -> float:
        """The median."""
        return statistics.median(self.costs)


def _photo_functions(folder: Path, start: int, count: int) -> float:
    """Judging alone, in as many processes at once as the product judges in: CPU milliseconds a photo."""
    command = [sys.executable, "-m", "bench.server.photo_functions", str(folder), str(start), str(count)]
    running = [
        subprocess.Popen(
            command,
            env={**os.environ, **contenders.MALLOC, "OPENBLAS_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
        )
        for _ in range(contenders.PROCESSES)
    ]
    return statistics.mean(float(one.communicate()[0]) for one in running)


def _ours(origin: str, uploaders: list[Uploader], photos: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        for one in uploaders:
            yield one.next(origin, next(photos))


def _stock(cookie: str, photos: Iterator[bytes]) -> Iterator[bytes]:
    headers = {"Cookie": cookie, "Content-Type": "image/jpeg", "Accept": "application/json"}
    for photo in photos:
        yield request("PUT", f"/photos/{uuid4()}", headers, photo)


def _form(photos: Iterator[bytes]) -> Iterator[bytes]:
    headers = {"Content-Type": f"multipart/form-data; boundary={_FORM_BOUNDARY}"}
    field_ = b'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg'
    edge = b"--" + _FORM_BOUNDARY.encode()
    for photo in photos:
        body = b"\r\n".join([edge, field_, b"", photo, edge + b"--", b""])
        yield request("POST", "/upload", headers, body)


def _row(name: str, seen: float, must: str, holds: bool, detail: str) -> None:
    print(f"{name:62s} {must:>8s} {seen:7.2f} x  {'yes' if holds else 'NO ':3s}  {detail}", flush=True)


class Bench:
    """One run in a scratch folder."""

    def __init__(self, scratch: Path, material: Path, options: argparse.Namespace, stack: ExitStack) -> None:
        self._scratch, self._material, self._options, self._stack = scratch, material, options, stack
        self._numbers = iter(range(1, 1 << 40, 1 << 24))
        self._base = drawn(material, scratch / "photos")
        self._run = Path(tempfile.mkdtemp(prefix="run-", dir=scratch))
        stack.callback(shutil.rmtree, self._run, ignore_errors=True)
        self._url, self._database = f"sqlite://{self._run / 'webapp.sqlite3'}", None
        self._stock_url = f"sqlite://{self._run / 'stock.sqlite3'}"
        if options.postgres:
            cluster = stack.enter_context(throwaway_cluster())
            for name in ("bench", "stock"):
                cluster.create_database(name)
            self._url, self._stock_url = cluster.url("bench"), cluster.url("stock")
            self._database = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
        self._people = asyncio.run(settle(self._url, self._run, UPLOADERS, REVIEWERS))
        self._product, self._settings = contenders.product(self._url, self._run)
        stack.callback(self._product.end)
        self._cookies = sign_in(self._settings.origin, self._people)

    def _photos(self) -> Iterator[bytes]:
        return unlike(self._base, next(self._numbers))

    def _lanes(self, lane: Callable[[int], Iterator[bytes]]) -> list[Iterator[bytes]]:
        return [lane(number) for number in range(LANES)]

    def _contender(
        self, name: str, servers: list[contenders.Server], ok: int, lane: Callable[[int], Iterator[bytes]]
    ) -> Contender:
        for server in servers:
            self._stack.callback(server.end)
        return Contender(name, [one.pid for one in servers], servers[0].port, self._lanes(lane), ok)

    def uploads(self) -> None:
        """Rows 1 and 2."""
        cookies = asyncio.run(stock_sessions(self._stock_url, UPLOADERS))
        python = contenders.peers(self._scratch)
        ours = Contender(
            "ours",
            [self._product.pid],
            self._product.port,
            self._lanes(
                lambda lane: _ours(self._settings.origin, self._people.uploaders[lane::LANES], self._photos())
            ),
            201,
        )
        stock = self._contender(
            "stock Quart",
            [contenders.stock_quart(self._stock_url, self._run / "stock.log")],
            201,
            lambda lane: _stock(cookies[lane], self._photos()),
        )
        least = self._contender(
            "Django min",
            [contenders.django(python, self._material, self._run / "min", {"MODE": "min"})],
            201,
            lambda _: _form(self._photos()),
        )
        same = self._contender(
            "Django, same pipeline and malloc",
            [
                contenders.django(
                    python, self._material, self._run / "fast", {"MODE": "fast", **contenders.MALLOC}
                )
            ],
            201,
            lambda _: _form(self._photos()),
        )
        everybody = [ours, stock, least, same]
        for one in everybody:
            one.run(self._options.requests, self._database, counts=False)
        alone = []
        for number in range(self._options.rounds):
            for one in everybody:
                one.run(self._options.requests, self._database)
            alone.append(
                _photo_functions(self._scratch / "photos", number << 12, self._options.requests // 2)
            )
        self._told(everybody)
        photo, judging = statistics.median(alone), statistics.median(ours.judging)
        print(
            f"{'photo functions alone':36s} {photo:6.2f} ms   (decoding processes with their pipes {judging:.2f} ms)"
        )
        rest = ours.cost - photo
        name = "upload less photo functions, of stock Quart's"
        _row(name, rest / stock.cost, "<= 1.5", rest <= 1.5 * stock.cost, f"{rest:.2f} : {stock.cost:.2f} ms")
        for peer, must in ((least, 2.0), (same, 1.0)):
            ratio = peer.cost / ours.cost
            detail = f"{peer.cost:.2f} : {ours.cost:.2f} ms"
            _row(f"whole upload cheaper than {peer.name}", ratio, f">= {must}", ratio >= must, detail)

    def reads(self) -> None:
        """Row 3: the first look, which is written down, and the looks after it."""
        self._fill()
        keyring = open_keyring("", self._run / "keys")
        plain = self._run / "plain"
        photos = asyncio.run(plain_copies(self._url, self._run, keyring, plain))
        settings = environment_for_children(self._settings)
        servers = contenders.send_file(settings, plain, self._run / "send_file.log")
        middle = len(photos) // 2
        first, again = photos[:middle], photos[middle:][:4]
        halves = first[::2], first[1::2]
        pairs = []
        for what, (mine, theirs) in (("first look", halves), ("later looks", (again, again))):
            pairs.append(
                (
                    what,
                    Contender(
                        f"ours, {what}",
                        [self._product.pid],
                        self._product.port,
                        self._lanes(lambda lane, of=mine: looks(self._cookies, of, lane, LANES)),  # type: ignore[misc]
                        200,
                    ),
                    self._contender(
                        f"send_file, {what}",
                        servers,
                        200,
                        lambda lane, of=theirs: looks(self._cookies, of, lane, LANES),  # type: ignore[misc]
                    ),
                )
            )
        everybody = [one for _, ours, stock in pairs for one in (ours, stock)]
        for one in everybody[2:]:
            one.run(self._options.requests, self._database, counts=False)
        for _ in range(self._options.rounds):
            for one in everybody:
                one.run(self._options.requests, self._database)
        self._told(everybody)
        for what, ours, stock in pairs:
            ratio = stock.cost / ours.cost
            detail = f"{stock.cost:.2f} : {ours.cost:.2f} ms"
            _row(f"photo read cheaper than send_file, {what}", ratio, ">= 2.0", ratio >= 2.0, detail)

    def _fill(self) -> None:
        """Every place of every candidate holds a photo."""
        wanting = [one for one in self._people.uploaders for place in one.places if place not in one.held]
        photos = self._photos()
        lanes = [
            iter([one.next(self._settings.origin, next(photos)) for one in wanting[lane::LANES]])
            for lane in range(LANES)
        ]
        for lane in lanes:
            asyncio.run(drive(self._product.port, [lane], lane.__length_hint__()))

    def _told(self, everybody: list[Contender]) -> None:
        for one in everybody:
            figures = " ".join(f"{cost:.2f}" for cost in one.costs)
            print(f"{one.name:36s} {one.cost:6.2f} ms   ({figures})")


def main() -> None:
    """Runs what is asked for and prints the rows."""
    parser = argparse.ArgumentParser(prog="python -m bench.server", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=160, help="of each contender, each round")
    parser.add_argument(
        "--postgres", action="store_true", help="instead of SQLite, for ours and for stock Quart"
    )
    parser.add_argument("--only", choices=("uploads", "reads"))
    parser.add_argument(
        "--scratch", type=Path, help="where photos and the peers' packages are kept for the next run"
    )
    options = parser.parse_args()
    material = os.environ.get("TEST_MATERIAL")
    if not material:
        raise SystemExit("bench.server: set TEST_MATERIAL to the folder of the outside material")
    with ExitStack() as stack:
        scratch = options.scratch or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        scratch.mkdir(parents=True, exist_ok=True)
        bench = Bench(scratch.absolute(), Path(material), options, stack)
        if options.only != "reads":
            bench.uploads()
        if options.only != "uploads":
            bench.reads()


if __name__ == "__main__":
    main()
