"""A ticket holds or it does not: whatever one bit, one claim or another algorithm makes of it."""

from __future__ import annotations

import base64
import json
import logging
from datetime import timedelta
from typing import Any

import jwt
import pytest
from quart import Quart

from tests.house import ORIGIN
from tests.registrations import registered, sample_record
from tests.ticket_keys import PRIVATE, PUBLIC, SECRET, TICKET_KEYS
from tests.tickets import claims, signed, ticket
from webapp.actions.take_registrations import take_registrations
from webapp.clock import now
from webapp.database import transaction
from webapp.guard.rows import Entry, UsedTicket
from webapp.guard.tickets import forget_used_tickets, read_ticket_keys, redeem, verify
from webapp.records import Candidate
from webapp.records.reading.exams import open_exam
from webapp.rules.refusals import Refused
from webapp.settings import SettingsProblem

KEYS = read_ticket_keys(TICKET_KEYS)
SOMEBODY = Candidate(registration_number="20201201000001", user_name="zhangsan")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def code_of(text: str, audience: str = ORIGIN) -> str:
    """The code with which a ticket is refused; empty for one that holds."""
    try:
        verify(KEYS, text, audience)
    except Refused as refused:
        return refused.code
    return ""


def moment(seconds: int) -> int:
    """So many seconds from now."""
    return int((now() + timedelta(seconds=seconds)).timestamp())


def by_ed25519(said: dict[str, Any]) -> str:
    """The ticket signed with the other key."""
    return signed(said, "ed-2020", PRIVATE, "EdDSA")


def part(content: object) -> str:
    """One part of a ticket, spelled as it should be."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("sign", [signed, by_ed25519], ids=["HS256", "EdDSA"])
def test_a_good_ticket_holds_and_says_whom_it_hands_over(sign: Any) -> None:
    said = claims(SOMEBODY)
    found = verify(KEYS, sign(said), ORIGIN)
    assert (found.registration_number, found.user_name) == (said["sub"], "zhangsan")
    assert found.expires.timestamp() == said["exp"]
    assert said["jti"] not in found.key
    assert found.key != verify(KEYS, sign({**said, "jti": "another-one"}), ORIGIN).key


@pytest.mark.parametrize("sign", [signed, by_ed25519], ids=["HS256", "EdDSA"])
def test_any_changed_bit_makes_it_nothing(sign: Any) -> None:
    text = sign(claims(SOMEBODY))
    assert code_of(text) == ""
    held = []
    for place, character in enumerate(text):
        others = [chr(ord(character) ^ (1 << bit)) for bit in range(7)]
        if character in ALPHABET:  # six bits of what is signed stand in one character
            others += [ALPHABET[ALPHABET.index(character) ^ (1 << bit)] for bit in range(6)]
        held += [
            (place, other) for other in set(others) if code_of(text[:place] + other + text[place + 1 :]) == ""
        ]
    assert held == []


def test_one_ticket_has_one_spelling() -> None:
    text = ticket(SOMEBODY)
    assert code_of(text) == ""
    for other in (
        f"{text}=",
        f"{text}.",
        f".{text}",
        f" {text}",
        f"{text}\n",
        text.replace(".", ".!", 1),
        text[:-1],
        f"{text}A",
    ):
        assert code_of(other) == "ticket.broken", other[-8:]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "票",
        "\ud800",
        "\0",
        "=.=.=",
        "x" * 30_000,
        "[" * 4_000,
        f"{part([])}.{part({})}.AAAA",
        f"{part({'alg': 'HS256', 'kid': 7})}.{part({})}.AAAA",
        f"{part({'alg': 'HS256', 'kid': ['hs-2020']})}.{part({})}.AAAA",
        f"{part({'alg': None, 'kid': 'hs-2020'})}.{part({})}.AAAA",
        f"{part({'kid': 'hs-2020'})}.{part({})}.AAAA",
        f"{part({'alg': 'HS256', 'kid': 'hs-2020', 'crit': ['b64'], 'b64': False})}.{part({})}.AAAA",
    ],
)
def test_whatever_is_posted_instead_is_refused_and_never_a_failure(text: str) -> None:
    assert code_of(text) == "ticket.broken"


def test_a_header_that_nests_without_end_is_refused() -> None:
    deep = base64.urlsafe_b64encode(b'{"a":' * 500).rstrip(b"=").decode()
    digits = base64.urlsafe_b64encode(b'{"a":' + b"9" * 2_500 + b"}").rstrip(b"=").decode()
    for header in (deep, digits):
        assert code_of(f"{header}.{part({})}.AAAA") == "ticket.broken"


def test_no_ticket_chooses_how_it_is_checked() -> None:
    said = claims(SOMEBODY)
    unsigned = f"{part({'alg': 'none', 'kid': 'hs-2020'})}.{part(said)}."
    assert code_of(unsigned) == "ticket.broken"
    assert code_of(f"{unsigned}AAAA") == "ticket.broken"
    assert code_of(signed(said, "ed-2020", "", "none")) == "ticket.broken"
    # The public key is known to everybody: whoever could make it an HS256 secret could sign.
    for public in (PUBLIC, base64.b64encode(PUBLIC)):
        assert code_of(signed(said, "ed-2020", public, "HS256")) == "ticket.broken"
    assert code_of(signed(said, "hs-2020", PRIVATE, "EdDSA")) == "ticket.broken"
    assert code_of(signed(said, "hs-2020", SECRET * 2, "HS512")) == "ticket.broken"
    assert code_of(signed(said, "hs-2020", SECRET, "HS256")) == ""


def test_the_key_must_be_known_and_the_right_one() -> None:
    said = claims(SOMEBODY)
    assert code_of(signed(said, "hs-2019")) == "ticket.broken"
    assert code_of(signed(said, key=b"somebody else's secret of 32 bytes")) == "ticket.broken"
    assert code_of(jwt.encode(said, SECRET, algorithm="HS256")) == "ticket.broken", "no key id"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "https://elsewhere.example"}, "ticket.foreign"),
        ({"aud": ORIGIN.upper()}, "ticket.foreign"),
        ({"aud": f"{ORIGIN}/"}, "ticket.foreign"),
        ({"aud": [ORIGIN]}, "ticket.foreign"),
        ({"aud": None}, "ticket.broken"),
        ({"iss": "somebody"}, "ticket.broken"),
        ({"iss": None}, "ticket.broken"),
        ({"purpose": "results"}, "ticket.broken"),
        ({"purpose": None}, "ticket.broken"),
        ({"sub": None}, "ticket.broken"),
        ({"sub": ""}, "ticket.broken"),
        ({"sub": "  "}, "ticket.broken"),
        ({"sub": "9" * 33}, "ticket.broken"),
        ({"user_name": None}, "ticket.broken"),
        ({"user_name": ""}, "ticket.broken"),
        ({"user_name": ["zhangsan"]}, "ticket.broken"),
        ({"user_name": "zhang\0san"}, "ticket.broken"),
        ({"jti": None}, "ticket.broken"),
        ({"jti": "7 chars"}, "ticket.broken"),
        ({"jti": "8 chars."}, ""),
        ({"jti": "j" * 128}, ""),
        ({"jti": "j" * 129}, "ticket.broken"),
    ],
)
def test_each_claim_counts(changes: dict[str, Any], code: str) -> None:
    assert (
        code_of(
            signed(
                claims(SOMEBODY) | changes if None not in changes.values() else claims(SOMEBODY, **changes)
            )
        )
        == code
    )


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [
        (0, 60, ""),
        (0, 61, "ticket.broken"),
        (0, 3_600, "ticket.broken"),
        (0, 0, "ticket.broken"),
        (4, 30, ""),
        (30, 60, "ticket.broken"),
        (3_600, 3_660, "ticket.broken"),
        (-58, 1, ""),
        (-60, -2, ""),
        (-70, -10, "ticket.expired"),
        (-3_660, -3_600, "ticket.expired"),
    ],
)
def test_it_lives_a_minute_and_clocks_may_differ_by_seconds(begins: int, ends: int, code: str) -> None:
    assert code_of(ticket(SOMEBODY, iat=moment(begins), exp=moment(ends))) == code


@pytest.mark.parametrize(
    "times",
    [
        {"exp": "soon"},
        {"exp": None},
        {"iat": None},
        {"iat": True},
        {"iat": "1587600000"},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"iat": 0},
        {"iat": -1},
        {"exp": 10**30},
        {"iat": {}},
    ],
)
def test_times_that_are_no_moments_are_refused(times: dict[str, Any]) -> None:
    assert code_of(ticket(SOMEBODY, **times)) == "ticket.broken"


def test_it_does_not_hold_before_its_time() -> None:
    assert code_of(ticket(SOMEBODY, nbf=moment(0))) == ""
    assert code_of(ticket(SOMEBODY, nbf=moment(3))) == ""
    assert code_of(ticket(SOMEBODY, nbf=moment(20))) == "ticket.broken"


def test_what_was_wrong_is_logged_without_the_ticket(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    text = ticket(SOMEBODY, purpose="results")
    assert code_of(text) == "ticket.broken"
    assert "InvalidTokenError" in caplog.text
    assert not any(piece in caplog.text for piece in (*text.split("."), "zhangsan", "results"))


def test_keys_are_read_from_lines_or_semicolons() -> None:
    first, second = TICKET_KEYS.split(";")
    for text in (TICKET_KEYS, f"{first}\n{second}\n", f"\r\n  {first} \r\n;;{second};"):
        assert {key_id: key.algorithm_name for key_id, key in read_ticket_keys(text).items()} == {
            "hs-2020": "HS256",
            "ed-2020": "EdDSA",
        }
    assert read_ticket_keys("") == {}
    with pytest.raises(Refused, match=r"ticket\.broken"):
        verify({}, ticket(SOMEBODY), ORIGIN)


LONG, SHORT = base64.b64encode(b"k" * 32).decode(), base64.b64encode(b"k" * 31).decode()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nonsense", "not <id>:HS256"),
        (f"a:{LONG}", "not <id>:HS256"),
        (f":HS256:{LONG}", "not <id>:HS256"),
        (f"a b:HS256:{LONG}", "not <id>:HS256"),
        (f"a:none:{LONG}", "not <id>:HS256"),
        (f"a:HS512:{LONG}", "not <id>:HS256"),
        (f"a:hs256:{LONG}", "not <id>:HS256"),
        ("a:HS256:", "at least 32"),
        (f"a:HS256:{SHORT}", "at least 32"),
        (f"a:HS256:{LONG[:-2]}!!", "base64"),
        (f"a:HS256:{LONG[:-1]}", "base64"),
        (f"a:EdDSA:{SHORT}", "32 bytes, raw"),
        (f"a:EdDSA:{base64.b64encode(b'k' * 44).decode()}", "32 bytes, raw"),
        (f"good:HS256:{LONG}", "stands above"),
    ],
)
def test_a_broken_line_is_named_and_its_key_is_not(line: str, why: str) -> None:
    with pytest.raises(SettingsProblem, match="WEBAPP_TICKET_KEYS, key 2: ") as problem:
        read_ticket_keys(f"good:HS256:{LONG}\n{line}")
    said = str(problem.value)
    assert why in said
    assert "\n" not in said
    assert LONG[:8] not in said


async def come_in(text: str) -> str:
    """Redeems a ticket in the open exam."""
    return await redeem(KEYS, text, audience=ORIGIN, exam_id=(await open_exam()).id)


async def test_a_ticket_is_redeemed_once(app: Quart) -> None:
    candidate = await registered("zhangsan")
    text = ticket(candidate)
    token = await come_in(text)
    (entry,) = await Entry.all()
    assert entry.candidate_id == candidate.id
    assert token not in entry.token_hash
    assert timedelta(minutes=29) < entry.until - now() <= timedelta(minutes=30)
    with pytest.raises(Refused, match=r"ticket\.used"):
        await come_in(text)
    assert await Entry.all().count() == await UsedTicket.all().count() == 1
    assert await come_in(ticket(candidate)) != token


async def test_one_id_counts_for_each_key_by_itself_and_whatever_else_the_ticket_says(app: Quart) -> None:
    candidate, other = await registered("zhangsan"), await registered("lisi")
    said = claims(candidate)
    await come_in(signed(said))
    for again in (
        {**said, "exp": said["exp"] - 1},
        claims(other, jti=said["jti"]),
    ):
        with pytest.raises(Refused, match=r"ticket\.used"):
            await come_in(signed(again))
    await come_in(by_ed25519(said))


async def test_whom_we_do_not_know_does_not_come_in(app: Quart) -> None:
    candidate = await registered("zhangsan")
    with pytest.raises(Refused, match=r"ticket\.unknown"):
        await come_in(ticket(candidate, sub="20201201999999"))
    with pytest.raises(Refused, match=r"ticket\.user_name"):
        await come_in(ticket(candidate, user_name="zhangsi"))
    assert await Entry.all().count() == await UsedTicket.all().count() == 0
    await come_in(ticket(candidate, user_name=" ＺhangSan"))
    assert await Entry.all().count() == 1


@transaction
async def take_over(candidate: Candidate, number: str) -> None:
    """As the takeover of a new registration leaves the candidate."""
    await Candidate.filter(id=candidate.id).update(registration_number=number)


async def test_a_superseded_registration_leads_nowhere(app: Quart) -> None:
    candidate = await registered("zhangsan")
    await come_in(ticket(candidate))
    await take_over(candidate, "20201201888888")
    with pytest.raises(Refused, match=r"ticket\.superseded"):
        await come_in(ticket(candidate))


async def test_a_changed_user_name_is_the_one_that_counts(app: Quart) -> None:
    candidate = await registered("zhangsan")
    record = sample_record(1, "zhangsan2020")
    taken = await take_registrations(await open_exam(), [record], by="operator")
    assert taken.changed == 1
    with pytest.raises(Refused, match=r"ticket\.user_name"):
        await come_in(ticket(candidate))
    await come_in(ticket(candidate, user_name="zhangsan2020"))


async def test_a_used_ticket_is_forgotten_only_when_nobody_can_redeem_it_any_more(app: Quart) -> None:
    candidate = await registered("zhangsan")
    await come_in(ticket(candidate))
    assert await forget_used_tickets() == 0
    (row,) = await UsedTicket.all()
    assert row.until > now() + timedelta(minutes=5)
    await _age()
    assert await forget_used_tickets() == 1


@transaction
async def _age() -> None:
    await UsedTicket.all().update(until=now() - timedelta(seconds=1))
