"""One-time codes, against the vectors of RFC 6238."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.totp import STEP_SECONDS, code_at, matching_step, new_secret, provisioning_uri

# The RFC's secret, "12345678901234567890", in base32.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
# Appendix B, SHA-1. Its codes have eight digits; ours are their last six, the same number modulo 10^6.
VECTORS = [
    (59, "94287082"),
    (1_111_111_109, "07081804"),
    (1_111_111_111, "14050471"),
    (1_234_567_890, "89005924"),
    (2_000_000_000, "69279037"),
    (20_000_000_000, "65353130"),
]
MOMENT = datetime(2020, 4, 23, 8, 0, 7, tzinfo=UTC)
STEP = timedelta(seconds=STEP_SECONDS)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_rfcs_vectors(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert code_at(SECRET, moment) == code[-6:]
    assert matching_step(SECRET, code[-6:], moment) == seconds // 30


def test_one_step_either_way_is_taken_and_told_apart_and_two_are_not() -> None:
    own = int(MOMENT.timestamp()) // 30
    near = {number: code_at(SECRET, MOMENT + number * STEP) for number in range(-3, 4)}
    assert len(set(near.values())) == 7
    assert {number: matching_step(SECRET, code, MOMENT) for number, code in near.items()} == {
        -3: None,
        -2: None,
        -1: own - 1,
        0: own,
        1: own + 1,
        2: None,
        3: None,
    }


@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants bare bounds
def test_whatever_the_moment_its_own_code_is_taken(moment: datetime) -> None:
    step = matching_step(SECRET, code_at(SECRET, moment), moment)
    assert step is not None
    assert abs(step - int(moment.timestamp()) // 30) <= 1


@pytest.mark.parametrize("cut", [slice(0, 0), slice(0, 5), slice(1, 6)])
def test_a_part_of_a_code_is_no_code(cut: slice) -> None:
    code = code_at(SECRET, MOMENT)
    assert matching_step(SECRET, code, MOMENT) is not None
    assert matching_step(SECRET, code[cut], MOMENT) is None
    assert matching_step(SECRET, code + code[cut] + "0", MOMENT) is None


def test_another_secrets_code_is_refused() -> None:
    other = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJA"
    assert matching_step(other, code_at(SECRET, MOMENT), MOMENT) is None


def test_new_secrets_are_160_bits_in_base32_and_never_the_same() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(
        len(secret) == 32 and set(secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for secret in made
    )


def test_the_phone_is_told_secret_name_and_exam() -> None:
    parts = urlsplit(provisioning_uri(SECRET, "guanli", "2020 年医师资格考试 天津考区"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/2020 年医师资格考试 天津考区:guanli"
    told = parse_qs(parts.query)
    assert told["secret"] == [SECRET]
    assert told["issuer"] == ["2020 年医师资格考试 天津考区"]
