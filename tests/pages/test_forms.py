"""Reading forms: bytes are counted before anything parses them, and what cannot be read is refused in words."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quart import Quart
from quart.testing.utils import sentinel
from werkzeug.datastructures import MultiDict

from tests.house import CANDIDATE_PASSWORD, ORIGIN, House
from webapp.pages.forms import MOST_BYTES, parsed, read_form
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role

FORM = "application/x-www-form-urlencoded"
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def status_of(app: Quart, body: bytes, content_type: str | None = FORM) -> tuple[int, str]:
    """Status and words for a body sent to the front door."""
    headers = {"Origin": ORIGIN} | ({"Content-Type": content_type} if content_type is not None else {})
    response = await app.test_client().open("/", method="POST", headers=headers, data=body, json=sentinel)
    return response.status_code, (await response.get_data(as_text=True))


def form_of(length: int) -> bytes:
    """A form of exactly that many bytes."""
    return b"user_name=" + b"x" * (length - len("user_name=&password=x")) + b"&password=x"


@either_will_do
async def test_a_form_up_to_the_limit_is_read_and_one_byte_more_is_refused(app: Quart) -> None:
    assert len(form_of(MOST_BYTES)) == MOST_BYTES
    status, words = await status_of(app, form_of(MOST_BYTES))
    assert (status, "用户名或密码不正确" in words) == (422, True)
    status, words = await status_of(app, form_of(MOST_BYTES + 1))
    assert (status, "填写的内容太长" in words) == (413, True)


async def chunked(app: Quart, chunks: list[bytes]) -> int:
    """The status for a body that comes in pieces and does not say how long it will be."""
    headers = {"Origin": ORIGIN, "Content-Type": FORM, "Transfer-Encoding": "chunked"}
    async with app.test_client().request("/", method="POST", headers=headers) as connection:
        for chunk in chunks:
            await connection.send(chunk)
        await connection.send_complete()
    return (await connection.as_response()).status_code


@either_will_do
async def test_a_chunked_body_over_the_limit_is_refused_though_it_names_no_length(app: Quart) -> None:
    whole = form_of(MOST_BYTES)
    assert await chunked(app, [whole[at : at + 4096] for at in range(0, len(whole), 4096)]) == 422
    assert await chunked(app, [form_of(MOST_BYTES), b"x"]) == 413
    assert await chunked(app, [b"x" * 1024] * 400) == 413


@either_will_do
async def test_a_body_that_claims_to_be_short_is_counted_all_the_same(app: Quart) -> None:
    headers = {"Origin": ORIGIN, "Content-Type": FORM, "Content-Length": "20"}
    async with app.test_client().request("/", method="POST", headers=headers) as connection:
        await connection.send(form_of(MOST_BYTES + 1))
        await connection.send_complete()
    assert (await connection.as_response()).status_code == 413


@either_will_do
@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", "", None]
)
async def test_only_plain_forms_are_read(app: Quart, content_type: str | None) -> None:
    body = urlencode({"user_name": "zhangsan", "password": "wrong-pass-1"}).encode()
    assert (await status_of(app, body, f"{FORM}; charset=utf-8"))[0] == 422
    status, words = await status_of(app, body, content_type)
    assert (status, "没有读懂提交的内容" in words) == (415, True)


UNREADABLE = [
    b"user_name=%ff&password=x",
    b"user_name=\xff\xfe&password=x",
    "user_name=张三&password=x".encode("gb18030"),
    b"&".join(b"a=b" for _ in range(201)),
    b"user_name=zhang%00san&password=x",
    b"user_name=zhang\x00san&password=x",
    b"user_name=zhangsan&password=x%00y",
    b"user%00_name=zhangsan&password=x",
    b"user_name=%1b%5b31m&password=x",
    b"user_name=%ed%a0%80&password=x",
]


@pytest.mark.parametrize("body", UNREADABLE)
def test_what_no_form_of_ours_holds_is_unreadable(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        parsed(body)
    assert refused.value.code == "form.unreadable"


async def test_characters_that_a_database_cannot_keep_are_refused_and_do_not_fail(house: House) -> None:
    """PostgreSQL keeps no NUL in a text; asked for one it fails where SQLite finds nobody."""
    browser = house.browser()
    for typed in ("zhang\0san", "\0", "zhangsan\x1f"):
        for path in ("/", "/staff/sign-in", "/staff/enrol", "/language"):
            form = {"user_name": typed, "password": CANDIDATE_PASSWORD, "code": "123456", "back": "/"}
            assert (await browser.post(path, form)).status == 415, path
    manager = await house.signed_in_staff("guanli", "12", Role.MANAGER)
    account = {"name": "新\0人", "user_name": "xinren", "office": "12"}
    assert (await manager.post("/staff/people", account)).status == 415


async def test_a_user_name_longer_than_any_is_nobodys_and_does_not_fail(house: House) -> None:
    """A column holds 64 characters; asked for more, the database layer fails instead of finding nobody."""
    await house.candidate("x" * 64)
    browser = house.browser()
    form = {"password": CANDIDATE_PASSWORD, "code": "123456"}
    assert (await browser.post("/", {**form, "user_name": "x" * 64})).leads_to == "/my"
    for length in (65, 5_000):
        for path in ("/", "/staff/sign-in", "/staff/enrol"):
            answer = await house.browser().post(path, {**form, "user_name": "x" * length})
            assert answer.status == 422, (path, length)


def test_fields_are_kept_as_they_were_typed() -> None:
    body = "a=1&b=%E8%80%83+%E5%8C%BA&a=2&empty=&lines=x%0D%0Ay%09z&plus=1%2B1&wide=%E3%80%80x"
    assert dict(parsed(body.encode()).lists()) == {
        "a": ["1", "2"],
        "b": ["考 区"],
        "empty": [""],
        "lines": ["x\r\ny\tz"],
        "plus": ["1+1"],
        "wide": ["\u3000x"],
    }
    assert parsed(b"") == MultiDict()
    assert len(list(parsed(b"&".join(b"a=b" for _ in range(200))).items(multi=True))) == 200


typed = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40)


@given(st.lists(st.tuples(typed.filter(bool), typed), max_size=20))
def test_whatever_people_type_arrives(pairs: list[tuple[str, str]]) -> None:
    body = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
    assert sorted(parsed(body.encode()).items(multi=True)) == sorted(pairs)


@given(st.binary(max_size=300))
def test_whatever_bytes_come_they_are_read_or_refused(body: bytes) -> None:
    try:
        fields = parsed(body)
    except Refused as refused:
        assert refused.code == "form.unreadable"  # noqa: PT017 - which of the two it is depends on the bytes
    else:
        assert all(isinstance(value, str) for value in fields.values())


@either_will_do
async def test_the_reader_is_what_the_pages_use(app: Quart) -> None:
    async with app.test_request_context("/", method="POST", form={"user_name": "zhangsan", "password": ""}):
        assert dict(await read_form()) == {"user_name": "zhangsan", "password": ""}
