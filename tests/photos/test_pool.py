from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable
from pathlib import Path

import pytest
import uvloop
from PIL import Image

from tests.photos.pictures import difference, exif, marked, page, photo, read, written
from webapp.photos.judging import judge
from webapp.photos.pool import JUDGING, SHRINKING, Bounds, Pool, PoolBusy, PoolProblem
from webapp.photos.refusals import PhotoRefused

BROKEN = Bounds(seconds=0.4, memory=256 << 20, jobs=1000, module="tests.photos.misbehaving_worker")


async def refusal(photo_wanted: Awaitable[object]) -> str:
    with pytest.raises(PhotoRefused) as refused:
        await photo_wanted
    return refused.value.code


async def worker_of(pool: Pool) -> int:
    return (await pool.judge(b"who", "well")).facts.orientation


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_photos_are_judged_and_turned_in_a_process() -> None:
    async with Pool() as pool:
        assert await pool.judge(photo(), "image/jpeg") == judge(photo(), "image/jpeg")
        assert await refusal(pool.judge(photo()[:9000], "image/jpeg")) == "truncated"
        with pytest.raises(PhotoRefused) as refused:
            await pool.judge(photo(), "image/jpeg", 1000)
        assert (refused.value.code, refused.value.seen) == ("too_large", {"limit": 1000})
        turned = await pool.turned(written(marked(160, 112)), 1)
        assert (turned.width, turned.height) == (112, 160)


async def test_an_original_is_shrunk_and_judged_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_bytes(written(page(3000, 2000), quality=92, exif=exif(6)))
    async with Pool(SHRINKING) as pool:
        judged = await pool.shrink(path)
        assert (judged.media_type, judged.width < judged.height) == ("image/jpeg", True)
        assert len(judged.data) <= 204_800
        lying = page(3000, 2000).transpose(Image.Transpose.ROTATE_270)
        assert difference(read(judged.data), lying) < 4
        with pytest.raises(PoolProblem):
            await pool.shrink(tmp_path / "not there")


async def test_a_decoder_that_wants_too_much_memory_is_refused() -> None:
    flat = written(Image.new("L", (4800, 4800), 128), quality=20, progressive=True)
    async with Pool(dataclasses.replace(JUDGING, memory=24 << 20)) as tight:
        assert await refusal(tight.judge(flat, "image/jpeg")) == "too_heavy"
        assert (await tight.judge(written(marked(160, 112)), "image/jpeg")).width == 160
    async with Pool() as usual:
        assert (await usual.judge(flat, "image/jpeg")).width == 4800


async def test_each_answer_belongs_to_its_photo() -> None:
    async with Pool(BROKEN, workers=2) as pool:
        photos = [os.urandom(60_000) for _ in range(30)]
        answers = await asyncio.gather(*(pool.judge(data, "well") for data in photos))
        assert [answer.data for answer in answers] == photos
        assert len({answer.facts.orientation for answer in answers}) == 2


async def test_a_job_over_its_time_is_ended_and_others_go_on() -> None:
    async with Pool(BROKEN, workers=2) as pool:
        hog = asyncio.create_task(refusal(pool.judge(b"", "spin")))
        meanwhile = [await pool.judge(b"other", "well") for _ in range(20)]
        assert [answer.data for answer in meanwhile] == [b"other"] * 20
        assert not hog.done(), "the others must have been served beside it"
        assert await hog == "took_too_long"
        assert (await pool.judge(b"next", "well")).data == b"next"


async def test_a_stuck_job_that_uses_no_time_is_ended_too() -> None:
    async with Pool(dataclasses.replace(BROKEN, seconds=0.1)) as pool:
        assert await refusal(pool.judge(b"", "sleep")) == "took_too_long"
        assert (await pool.judge(b"next", "well")).data == b"next"


async def test_waiting_on_a_busy_machine_is_not_held_against_a_photo() -> None:
    async with Pool(dataclasses.replace(BROKEN, seconds=0.15)) as pool:
        assert (await pool.judge(b"slow", "doze")).data == b"slow"


async def test_a_process_that_dies_is_replaced_and_the_photo_tried_once_more(tmp_path: Path) -> None:
    async with Pool(BROKEN) as pool:
        before = await worker_of(pool)
        mark = str(tmp_path / "died").encode()
        answer = await pool.judge(mark, "die once")
        assert (tmp_path / "died").exists()
        assert answer.data == mark
        assert answer.facts.orientation != before
        assert not alive(before)


@pytest.mark.parametrize(
    "conduct", ["die", "raise", "fail to write", "garble", "invented code", "nonsense", "other figures"]
)
async def test_a_photo_over_which_two_processes_end_is_refused(conduct: str) -> None:
    async with Pool(BROKEN) as pool:
        assert await refusal(pool.judge(b"", conduct)) == "crashed"
        assert (await pool.judge(b"next", "well")).data == b"next"


async def test_a_process_killed_while_idle_costs_nobody_a_photo() -> None:
    async with Pool(BROKEN) as pool:
        os.kill(await worker_of(pool), signal.SIGKILL)
        assert (await pool.judge(b"next", "well")).data == b"next"


async def test_memory_is_bounded_and_a_heavy_process_is_not_kept() -> None:
    # Getting at that much memory takes a busy machine longer than these tests' short time.
    async with Pool(dataclasses.replace(BROKEN, seconds=20)) as pool:
        before = await worker_of(pool)
        assert await refusal(pool.judge(b"", "hoard")) == "too_heavy"
        assert await worker_of(pool) != before


async def test_a_refusal_brings_its_figures_and_keeps_the_process() -> None:
    async with Pool(BROKEN) as pool:
        before = await worker_of(pool)
        with pytest.raises(PhotoRefused) as refused:
            await pool.judge(b"", "refuse")
        assert (refused.value.code, refused.value.seen) == ("damaged", {"width": 3})
        assert await worker_of(pool) == before


async def test_a_missing_file_is_no_refusal() -> None:
    async with Pool(BROKEN) as pool:
        with pytest.raises(PoolProblem, match="not there"):
            await pool.judge(b"", "miss")


async def test_what_libraries_print_does_not_get_between_the_answers() -> None:
    async with Pool(BROKEN) as pool:
        assert (await pool.judge(b"mine", "chatter")).data == b"mine"
        assert (await pool.judge(b"next", "well")).data == b"next"


async def test_nothing_of_the_servers_environment_reaches_a_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBAPP_KEYS", "00000000:secret")
    async with Pool(BROKEN) as pool:
        told, _ = json.loads((await pool.judge(b"", "environment")).data)
    assert "WEBAPP_KEYS" not in told
    assert set(told) - {"LC_CTYPE"} == {
        "MALLOC_MMAP_THRESHOLD_",
        "MALLOC_TRIM_THRESHOLD_",
        "OPENBLAS_NUM_THREADS",
        "PYTHONPATH",
        "PYTHONUTF8",
    }


async def test_signals_to_the_whole_group_do_not_end_a_running_job() -> None:
    async with Pool(BROKEN) as pool:
        assert (await pool.judge(b"mine", "be told to end")).data == b"mine"


async def test_a_cancelled_request_does_not_mix_up_the_answers() -> None:
    async with Pool(BROKEN) as pool:
        request = asyncio.create_task(pool.judge(b"gone", "doze"))
        await asyncio.sleep(0.05)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        assert (await pool.judge(b"next", "well")).data == b"next"


async def test_a_process_is_replaced_after_its_number_of_jobs() -> None:
    async with Pool(dataclasses.replace(BROKEN, jobs=3)) as pool:
        served = [await worker_of(pool) for _ in range(6)]
        assert served == [served[0]] * 3 + [served[3]] * 3
        assert served[0] != served[3]
        assert not alive(served[0])


async def test_too_long_a_queue_is_refused_without_looking_at_the_photo() -> None:
    async with Pool(BROKEN, waiting=2) as pool:
        queue = [asyncio.create_task(pool.judge(b"x", "doze")) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(PoolBusy):
            await pool.judge(b"one too many", "well")
        assert len(await asyncio.gather(*queue)) == 3
        assert (await pool.judge(b"now", "well")).data == b"now"


async def test_closing_lets_running_photos_finish_and_leaves_no_process() -> None:
    pool = Pool(BROKEN)
    await pool.start()
    pid = await worker_of(pool)
    running = asyncio.create_task(pool.judge(b"mine", "doze"))
    await asyncio.sleep(0.05)
    await pool.close()
    assert (await running).data == b"mine"
    assert not alive(pid)
    with pytest.raises(PoolProblem):
        await pool.judge(b"", "well")


async def test_closing_does_not_wait_for_a_stuck_photo() -> None:
    pool = Pool(BROKEN)
    await pool.start()
    pid = await worker_of(pool)
    running = asyncio.create_task(pool.judge(b"", "sleep"))
    await asyncio.sleep(0.05)
    await pool.close(grace=0.1)
    with pytest.raises(PoolProblem):
        await running
    assert not alive(pid)


async def test_a_pool_that_cannot_start_says_so() -> None:
    with pytest.raises(PoolProblem):
        await Pool(dataclasses.replace(BROKEN, module="tests.photos.no_such_module")).start()


async def test_a_process_ends_when_the_server_is_gone() -> None:
    async with Pool(BROKEN) as pool:
        pid = await worker_of(pool)
        (worker,) = pool._idle
        assert worker._process.stdin is not None
        worker._process.stdin.close()
        assert await asyncio.wait_for(worker._process.wait(), 5) == 0
        assert not alive(pid)


def test_the_server_itself_loads_no_decoder() -> None:
    server = "import sys, webapp.photos.pool, webapp.photos.receiving, webapp.photos.shelf; "
    check = "sys.exit(not {'PIL', 'simplejpeg', 'numpy', 'pillow_heif'}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", server + check], check=False).returncode == 0
    assert (
        subprocess.run([sys.executable, "-c", server + "import PIL; " + check], check=False).returncode == 1
    )


def test_the_pool_works_on_the_servers_event_loop_too() -> None:
    async def story() -> None:
        async with Pool(BROKEN, workers=2) as pool:
            assert await refusal(pool.judge(b"", "spin")) == "took_too_long"
            assert await refusal(pool.judge(b"", "die")) == "crashed"
            assert (await pool.judge(b"x" * 300_000, "well")).data == b"x" * 300_000

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(story())
