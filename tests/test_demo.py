"""``webapp demo`` as a newcomer runs it: ready in one command, again at once, and after a SIGKILL."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from tests.served import ROOT, UNUSED_TLS
from webapp.clock import now
from webapp.demo.stages import Stands
from webapp.demo.walking_in import photo_id

Running = tuple[dict[str, Any], subprocess.Popen[str]]


@contextmanager
def demo(data: Path, port: int) -> Iterator[Running]:
    """A running demo and what its first line says."""
    with (data.parent / "demo.log").open("a") as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "webapp", "demo",
                "--port", str(port), "--data", str(data), "--json",
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first, (data.parent / "demo.log").read_text()[-2000:]
            yield json.loads(first), process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(40)
            assert process.stdout is not None
            process.stdout.close()


def sign_in(known: dict[str, Any], user_name: str) -> httpx.Response:
    """Signs a demo account in as its sheet says, with the code that a phone shows now."""
    sheet = next(one for one in known["staff"] if one["user_name"] == user_name)
    code = pyotp.TOTP(sheet["totp_secret"]).at(now())
    form = {"user_name": user_name, "password": sheet["password"], "code": code}
    with browser(known) as here:
        return here.post("/staff/sign-in", data=form)


def browser(known: dict[str, Any]) -> httpx.Client:
    """A browser on the demo's product."""
    url = known["url"]
    return httpx.Client(
        base_url=url, headers={"Origin": url}, follow_redirects=True, timeout=60, verify=UNUSED_TLS
    )


def candidates(known: dict[str, Any], state: str) -> list[dict[str, Any]]:
    """The sheets of candidates in this state."""
    return [sheet for sheet in known["candidates"] if sheet["state"] == state]


def come_in(known: dict[str, Any], sheet: dict[str, Any], here: httpx.Client) -> httpx.Response:
    """Goes from the registration site to the product as somebody without scripts does."""
    page = httpx.post(
        f"{known['registration_site']}/people/{sheet['registration_number']}/ticket", timeout=60
    )
    form = re.search(r'action="([^"]+)".*?name="ticket" value="([^"]+)"', page.text, re.DOTALL)
    assert form is not None, page.text
    return here.post(form[1], data={"ticket": form[2]}, headers={"Origin": known["registration_site"]})


def children(process: subprocess.Popen[str]) -> dict[int, str]:
    """The command lines of a demo's child processes by their id."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    rows = (line.strip().partition(" ") for line in listed.stdout.splitlines())
    return {int(pid): command for pid, _, command in rows}


def alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(listed.stdout.strip()) and not listed.stdout.startswith("Z")


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Asks ``condition`` again until it is true or time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def answers(address: str) -> bool:
    """Whether there is a page."""
    try:
        return httpx.get(address, timeout=5, verify=UNUSED_TLS).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo's data folder, built once and ended by SIGKILL, which takes its children with it."""
    data = tmp_path_factory.mktemp("demo") / "data"
    # Building takes most of a minute, so it begins where another was killed while building.
    (data / "shelf").mkdir(parents=True)
    for name in ("webapp.sqlite3", "keys", "ticket-keys", "shelf/half"):
        (data / name).write_text("half")
    (data / "demo.json").write_text('{"staff": []}')  # as a demo without candidates wrote it
    (data / "mine.txt").write_text("not ours")
    with demo(data, 0) as (known, process):
        assert Path(known["data"]) == data
        assert {role for sheet in known["staff"] for role in sheet["roles"]} == {
            "manager",
            "reviewer",
            "auditor",
        }
        assert sign_in(known, "yishen1").url.path == "/review"
        started = children(process)
        assert sum("registration_site" in command for command in started.values()) == 1
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        assert wait_for(lambda: not any(alive(pid) for pid in started)), started
    return data


@pytest.fixture(scope="module")
def again(built: Path) -> Iterator[Running]:
    """The same demo, running again on other ports."""
    files = [built / name for name in ("demo.json", "keys", "ticket-keys", "api-key")]
    before = [file.read_bytes() for file in files]
    with demo(built, 0) as running:
        yield running
    assert [file.read_bytes() for file in files] == before, "nothing is built twice"


def test_the_first_line_tells_tools_where_to_go_and_who_may_enter(again: Running, built: Path) -> None:
    known, _ = again
    assert len(known["staff"]) == 8
    assert all(len(sheet["totp_secret"]) == 32 for sheet in known["staff"])
    assert len(known["candidates"]) == 40
    entered = [sheet for sheet in known["candidates"] if sheet["password"]]
    assert len(entered) == 29
    without = {"not activated", Stands.NOTHING.value}
    assert {sheet["state"] for sheet in known["candidates"] if sheet not in entered} == without
    assert answers(known["registration_site"])
    for name in ("demo.json", "keys", "ticket-keys", "api-key"):
        mode = (built / name).stat().st_mode
        assert mode & 0o077 == 0 or name == "demo.json", name


def test_a_demo_that_was_killed_while_building_has_started_over(again: Running, built: Path) -> None:
    known, _ = again
    assert candidates(known, Stands.READY)
    assert (built / "mine.txt").exists(), "only what a demo makes is removed"
    assert not (built / "shelf" / "half").exists()
    for name in ("keys", "ticket-keys"):
        assert (built / name).stat().st_mode & 0o077 == 0


def test_somebody_stands_in_every_stage_and_the_desk_shows_every_mark(again: Running) -> None:
    known, _ = again
    states = {sheet["state"] for sheet in known["candidates"]}
    assert states == {stands.value for stands in Stands} | {"not activated"}
    with browser(known) as desk:
        sheet = next(one for one in known["staff"] if one["user_name"] == "yiguan1")
        code = pyotp.TOTP(sheet["totp_secret"]).at(now())
        form = {"user_name": "yiguan1", "password": sheet["password"], "code": code}
        assert desk.post("/staff/sign-in", data=form).url.path == "/staff"
        cases = desk.get("/staff/cases").text
        for name in (sheet["name"] for sheet in known["candidates"] if sheet["state"] == Stands.HELD):
            assert name in cases
        for words in ("材料不齐", "搁置", "存疑", "疑似虚假", "部分补充"):
            assert words in cases, words
        assert "未提交材料" in cases


def test_its_data_survive_a_sigkill(again: Running) -> None:
    known, _ = again
    assert sign_in(known, "ershen1").url.path == "/review"
    assert sign_in(known, "quguan2").url.path == "/staff"


def test_the_sign_in_page_leads_to_the_registration_site_of_this_run(again: Running) -> None:
    known, _ = again
    with browser(known) as here:
        assert known["registration_site"] in here.get("/").text


def test_a_candidate_who_has_come_in_signs_in_with_the_printed_password_and_has_photos(
    again: Running,
) -> None:
    known, _ = again
    sheet = candidates(known, Stands.READY)[0]
    with browser(known) as here:
        page = here.post("/", data={"user_name": sheet["user_name"], "password": sheet["password"]})
        assert page.url.path == "/my", page.text
        photo = photo_id(sheet["registration_number"], "ID.front")
        thumbnail = here.get(f"/my/photos/{photo}/thumbnail")
        assert (thumbnail.status_code, thumbnail.headers["Content-Type"]) == (200, "image/jpeg")
    empty = candidates(known, Stands.EMPTY)[0]
    with browser(known) as here:
        here.post("/", data={"user_name": empty["user_name"], "password": empty["password"]})
        assert here.get(f"/my/photos/{photo}/thumbnail").status_code == 404, "only its owner sees it"


def test_a_ticket_leads_from_the_registration_site_to_activation_or_to_the_question_whether_it_is_you(
    again: Running,
) -> None:
    known, _ = again
    with browser(known) as here:
        newcomer = candidates(known, "not activated")[0]
        page = come_in(known, newcomer, here)
        assert (page.status_code, page.url.path) == (200, "/activate"), page.text
        assert newcomer["name"] in page.text
    with browser(known) as here:
        known_already = candidates(known, Stands.BEGUN)[0]
        page = come_in(known, known_already, here)
        assert (page.status_code, page.url.path) == (200, "/enter"), page.text
        assert here.post("/enter/confirm", data={"answer": "yes"}).url.path == "/my"


def test_the_registration_site_asks_for_results_with_its_own_key(again: Running) -> None:
    known, _ = again
    number = known["candidates"][-1]["registration_number"]
    page = httpx.get(f"{known['registration_site']}/people/{number}", timeout=20).text
    assert "最终审核结果" in page
    assert "尚未公布" in page
    assert "没有连上" not in page


def test_a_registration_site_that_died_comes_back(again: Running) -> None:
    known, process = again
    (site,) = [pid for pid, command in children(process).items() if "registration_site" in command]
    os.kill(site, signal.SIGKILL)
    assert wait_for(lambda: site not in children(process))
    assert wait_for(lambda: answers(known["registration_site"]))


def test_a_second_demo_on_the_same_data_or_port_is_refused_in_one_line(
    again: Running, built: Path, tmp_path: Path
) -> None:
    known, _ = again
    product, site = (known[name].rpartition(":")[2] for name in ("url", "registration_site"))
    for data, ports, sentence in (
        (built, ["--port", "0"], "already runs"),
        (tmp_path / "other", ["--port", product], "is taken"),
        (tmp_path / "other", ["--port", "0", "--site-port", site], "--site-port"),
    ):
        second = subprocess.run(
            [sys.executable, "-m", "webapp", "demo", *ports, "--data", str(data)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert second.returncode == 1
        assert sentence in second.stderr
        assert len(second.stderr.strip().splitlines()) == 1
