"""What the demo's people do when a page says that they go too fast."""

from __future__ import annotations

import time

import httpx
import pytest

from webapp.demo.browsing import WalkFailed, opened, sent


class Product:
    """Takes a form, leads to a page, and says "too fast" where told to."""

    def __init__(self, *, too_fast: list[str]) -> None:
        self.asked: list[str] = []
        self._too_fast = too_fast

    def __call__(self, request: httpx.Request) -> httpx.Response:
        line = f"{request.method} {request.url.path}"
        self.asked.append(line)
        if line in self._too_fast:
            self._too_fast.remove(line)
            return httpx.Response(429, headers={"Retry-After": "7"})
        if request.method == "POST":
            return httpx.Response(303, headers={"Location": "/page"})
        return httpx.Response(200, text="page")

    def browser(self) -> httpx.Client:
        """Somebody's browser on it."""
        return httpx.Client(
            transport=httpx.MockTransport(self), base_url="http://product", follow_redirects=True
        )


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that somebody waited."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


def test_a_form_refused_as_too_fast_is_sent_again(waited: list[float]) -> None:
    product = Product(too_fast=["POST /form"])
    assert sent(product.browser(), "/form", {}).text == "page"
    assert product.asked == ["POST /form", "POST /form", "GET /page"]
    assert waited == [7]


def test_a_form_that_was_taken_is_not_sent_again_when_the_page_after_it_is_too_fast(
    waited: list[float],
) -> None:
    product = Product(too_fast=["GET /page"])
    assert sent(product.browser(), "/form", {}).text == "page"
    assert product.asked == ["POST /form", "GET /page", "GET /page"]
    assert waited == [7]


def test_a_page_refused_as_too_fast_is_opened_again_but_not_for_ever(waited: list[float]) -> None:
    assert opened(Product(too_fast=["GET /page"]).browser(), "/page").text == "page"
    with pytest.raises(WalkFailed, match="429"):
        opened(Product(too_fast=["GET /page"] * 9).browser(), "/page")
    assert waited == [7] * 6
