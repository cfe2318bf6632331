"""Decoding processes and their work: bounded in time and memory, replaced when they die.

``concurrent.futures`` breaks for good when one process dies, and pickles; multiprocessing imports the
server's main module and hands on its environment, keys included. Hence processes of our own over two pipes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from webapp.photos.frames import LENGTH, FrameProblem, head_length, packed, parsed_head
from webapp.photos.glance import glance
from webapp.photos.judged import LIMIT, Judged
from webapp.photos.refusals import REFUSALS, PhotoRefused

_log = logging.getLogger(__name__)

_ENVIRONMENT = {
    "PYTHONUTF8": "1",
    # Photos allocate and free megabytes at a time: returning them to the system after each costs 20-40 % CPU.
    "MALLOC_MMAP_THRESHOLD_": "268435456",
    "MALLOC_TRIM_THRESHOLD_": "536870912",
    "OPENBLAS_NUM_THREADS": "1",
}
"""All that a decoding process is told: nothing of the server's own environment."""
_START_SECONDS = 30.0
_PATIENCE = 6
"""Wall-clock seconds granted for one of CPU, before a process counts as stuck."""


@dataclass(frozen=True)
class Bounds:
    """What one job may take."""

    seconds: float
    """CPU time."""
    memory: int
    """Bytes on top of an idle process."""
    jobs: int
    """After so many the process is replaced: freed memory goes back to the system only then."""
    module: str
    """What the process runs."""


JUDGING = Bounds(10, 256 << 20, 500, "webapp.photos.judging_worker")
SHRINKING = Bounds(60, 768 << 20, 1, "webapp.photos.shrinking_worker")


class PoolBusy(Exception):
    """Too many photos wait already: try again in a moment. The photo itself was not looked at."""


class PoolProblem(Exception):
    """The machine's fault, not the photo's: no process can be started, or a file cannot be read."""


class _Died(Exception):
    """The process ended, or talked nonsense and was ended, before its answer."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class _Worker:
    """One process; serves one job at a time."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.jobs = 0

    @classmethod
    async def started(cls, bounds: Bounds) -> Self:
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", bounds.module, str(bounds.memory)),
                stdin=PIPE,
                stdout=PIPE,
                env={**_ENVIRONMENT, "PYTHONPATH": paths},
            )
        except OSError as fault:
            raise PoolProblem("no decoding process can be started") from fault
        worker = cls(process)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await worker._received()
        except BaseException as fault:
            # Not even a cancelled start may leave a process behind.
            await worker.end()
            if isinstance(fault, _Died | TimeoutError):
                raise PoolProblem("a decoding process did not start") from fault
            raise
        return worker

    async def answer(self, head: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        self.jobs += 1
        assert self._process.stdin is not None  # noqa: S101
        try:
            self._process.stdin.write(packed(head, blobs))
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            await self.end()
            raise _Died(self._process.returncode) from None
        return await self._received()

    async def _received(self) -> tuple[dict[str, Any], list[bytes]]:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101
        try:
            head, lengths = parsed_head(await pipe.readexactly(head_length(await pipe.readexactly(LENGTH))))
            return head, [await pipe.readexactly(length) for length in lengths]
        except asyncio.IncompleteReadError:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), 1)
            await self.end()
            raise _Died(self._process.returncode) from None
        except FrameProblem:
            await self.end()
            raise _Died(None) from None

    async def end(self) -> None:
        """Ends the process at once; no answer is lost that anybody still waits for."""
        with suppress(ProcessLookupError):
            self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()


class Pool:
    """``workers`` processes for photos; use it as an async context manager, or ``start`` and ``close`` it.

    ``waiting``: photos that may queue for a process before :class:`PoolBusy` is raised.
    """

    def __init__(self, bounds: Bounds = JUDGING, *, workers: int = 1, waiting: int = 64) -> None:
        self._bounds = bounds
        self._most_waiting = waiting
        self._places = asyncio.Semaphore(workers)
        self._workers = workers
        self._idle: deque[_Worker] = deque()
        self._tasks: set[asyncio.Task[Judged]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Warms the processes up; where each serves one job only, they are started with their jobs."""
        if self._bounds.jobs > 1:
            try:
                for _ in range(self._workers):
                    self._idle.append(await _Worker.started(self._bounds))
            except BaseException:
                await self.close()
                raise

    async def close(self, grace: float = 10.0) -> None:
        """Takes no more photos, lets those at work finish for ``grace`` seconds, ends all processes."""
        self._closed = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while self._idle:
            await self._idle.pop().end()

    async def judge(self, data: bytes, declared: str, limit: int = LIMIT) -> Judged:
        """:func:`webapp.photos.judging.judge` in a process.

        Raises :class:`PhotoRefused`, :class:`PoolBusy`, :class:`PoolProblem`.
        """
        return await self._done({"job": "judge", "declared": declared, "limit": limit}, [data])

    async def turned(self, data: bytes, quarter_turns: int, limit: int = LIMIT) -> Judged:
        """:func:`webapp.photos.turning.turned` in a process; raises as :meth:`judge`."""
        return await self._done({"job": "turn", "quarter_turns": quarter_turns, "limit": limit}, [data])

    async def shrink(self, original: Path, limit: int = LIMIT) -> Judged:
        """The original's way, then judging: for a pool with the bounds :data:`SHRINKING`.

        What its structure refuses is refused before a process is started, which costs more than to look.
        """
        try:
            await asyncio.to_thread(glance, original)
        except OSError as fault:
            raise PoolProblem(f"the original cannot be read: {fault.strerror}") from fault
        return await self._done({"job": "shrink", "path": str(original), "limit": limit}, [])

    async def _done(self, head: dict[str, Any], blobs: list[bytes]) -> Judged:
        if self._closed:
            raise PoolProblem("the pool is closed")
        if len(self._tasks) >= self._workers + self._most_waiting:
            raise PoolBusy
        # The job outlives a request that is cancelled, so that the process stays in step with its pipe.
        task = asyncio.create_task(self._served(head, blobs))
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise PoolProblem("the pool was closed") from None
            raise

    def _forget(self, task: asyncio.Task[Judged]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Taken note of, even if the request that waited for it is gone.
            task.exception()

    async def _served(self, head: dict[str, Any], blobs: list[bytes]) -> Judged:
        async with self._places:
            for _ in range(2):
                try:
                    return await self._attempt({**head, "seconds": self._bounds.seconds}, blobs)
                except _Died as death:
                    _log.warning("decoding process ended over a photo: %s", death.code)
                    if death.code == -signal.SIGPROF:
                        raise PhotoRefused("took_too_long") from None
            raise PhotoRefused("crashed")

    async def _attempt(self, head: dict[str, Any], blobs: list[bytes]) -> Judged:
        worker = self._idle.pop() if self._idle else await _Worker.started(self._bounds)
        keep = False
        try:
            async with asyncio.timeout(self._bounds.seconds * _PATIENCE):
                answer, returned = await worker.answer(head, blobs)
            outcome = _outcome(answer, returned, b"".join(blobs))
            keep = worker.jobs < self._bounds.jobs and not isinstance(outcome, _Heavy)
        except TimeoutError:
            raise PhotoRefused("took_too_long") from None
        finally:
            if keep:
                self._idle.append(worker)
            else:
                await worker.end()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class _Heavy(PhotoRefused):
    """Refused for its memory: what is left of the process's heap may be in pieces."""


def _outcome(
    head: dict[str, Any], blobs: list[bytes], received: bytes
) -> Judged | PhotoRefused | PoolProblem:
    """What the process answered about ``received``; an answer that makes no sense counts as its death."""
    try:
        if "problem" in head:
            return PoolProblem(str(head["problem"]))
        if "refused" not in head:
            return Judged.from_frame(head, blobs, received)
        code, seen = head["refused"], {str(name): int(value) for name, value in head["seen"].items()}
        if code not in REFUSALS:
            raise _Died(None)
        return (_Heavy if code == "too_heavy" else PhotoRefused)(code, **seen)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _Died(None) from None
