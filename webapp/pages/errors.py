"""Every problem gets its own sentence, the right status and a way out; programs get it as JSON."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import Any

from quart import Quart, Response, g, jsonify, redirect, request
from quart.typing import ResponseReturnValue
from quart_rate_limiter import RateLimitExceeded
from werkzeug.exceptions import HTTPException

from webapp.database import DatabaseProblem
from webapp.guard.access import KeyNeeded, NotForYou, SignInNeeded, WrongScope
from webapp.pages.chrome import render
from webapp.pages.doorway import home_of
from webapp.pages.language import _, later
from webapp.pages.uploads import drain
from webapp.pages.words import refusal, wait_words
from webapp.records.reading.exams import NoExam
from webapp.rules.refusals import Refused

log = logging.getLogger("webapp")

PROBLEMS = {
    400: (later("没有读懂这个请求"), later("可能是地址或内容不完整，回到页面再操作一次。")),
    403: (later("这一页不对您的岗位开放"), later("如果工作需要，可以请本机构的管理员调整岗位。")),
    404: (later("没有找到这一页"), later("地址可能不完整，或内容已经移走。")),
    405: (later("这个地址不能这样使用"), later("回到页面，用页面上的按钮再操作一次。")),
    408: (
        later("内容没有在时限内传完"),
        later("可能是网络太慢，回到页面再提交一次，已经保存的内容没有变化。"),
    ),
    413: (later("内容太大，没有收下"), later("缩小后再提交，已经保存的内容没有变化。")),
    415: (later("没有读懂提交的内容"), later("从页面上的表单再提交一次。")),
    429: (later("操作得太快了"), later("请在%(wait)s后再试，已经保存的内容没有变化。")),
    500: (
        later("这一步没有完成"),
        later("问题已经记下，已经保存的内容没有变化。稍后再试，或把下面的编号告诉考区。"),
    ),
    503: (later("暂时不能提供服务"), later("已经保存的内容没有变化，几分钟后再试。")),
}
STAFF_ONLY = (later("这一页是工作人员用的"), later("回到首页，查看自己的报名材料。"))
REFUSED_TITLE = later("没有执行")
_RETRY_SECONDS = 30


@dataclass(frozen=True)
class ProblemPage:
    """See ``templates/errors/problem.html``."""

    status: int
    title: str
    sentence: str
    way_out: str
    way_out_words: str
    reference: str = ""


def _wants_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


async def _answer(status: int, title: str, sentence: str, code: str, reference: str = "") -> tuple[Any, int]:
    if _wants_json():
        return jsonify({"error": {"code": code, "sentence": sentence, "reference": reference}}), status
    person = g.get("person")
    home = home_of(person.roles) if person is not None else "/"
    page = ProblemPage(status, title, sentence, home, _("回到首页"), reference)
    try:
        return await render("errors/problem.html", page, status=status)
    except Exception:  # a page needs the database and an open exam, and one of them may be what is missing
        log.exception("the page of problem %s failed too, reference %s", code, reference or "-")
        words = f"{_(PROBLEMS[503][0])}。{_(PROBLEMS[503][1])} {reference}".rstrip()
        return Response(words, content_type="text/plain; charset=utf-8"), 503


async def _refused(refused: Refused) -> ResponseReturnValue:
    status, sentence = refusal(refused)
    answer, told = await _answer(status, _(REFUSED_TITLE), sentence, refused.code)
    if told not in {429, 503}:
        return answer, told
    return answer, told, {"Retry-After": str(refused.facts.get("seconds", _RETRY_SECONDS))}


async def _sign_in_needed(needed: SignInNeeded) -> ResponseReturnValue:
    if request.method == "PUT":
        # A photo is still on its way: without this its page would hear of a broken connection, and never why.
        await drain()
    if _wants_json():
        return jsonify(
            {"error": {"code": "sign_in.needed", "sentence": _("请先登录。"), "reference": ""}}
        ), 401
    door = "/staff/sign-in" if needed.staff else "/"
    return redirect(f"{door}?notice=ended" if g.get("session_ended") else door)


async def _not_for_you(_problem: NotForYou) -> ResponseReturnValue:
    if g.get("person") is not None and g.person.kind == "candidate":
        return await _answer(403, _(STAFF_ONLY[0]), _(STAFF_ONLY[1]), "http.403")
    return await _status_page(403)


async def _key_needed(needed: KeyNeeded) -> ResponseReturnValue:
    answer, status = await _answer(
        401, "", _("这里要用有效的接口密钥，放在 Authorization 里。"), "api_key.needed"
    )
    # RFC 6750, section 3.1: who sent nothing is told no error.
    wrong = ', error="invalid_token"' if needed.given else ""
    return answer, status, {"WWW-Authenticate": f'Bearer realm="webapp"{wrong}'}


async def _wrong_scope(wrong: WrongScope) -> ResponseReturnValue:
    says = _("这个接口密钥没有 %(scope)s 的权限。", scope=wrong.scope.value)
    answer, status = await _answer(403, "", says, "api_key.scope")
    challenge = f'Bearer realm="webapp", error="insufficient_scope", scope="{wrong.scope.value}"'
    return answer, status, {"WWW-Authenticate": challenge}


async def _status_page(status: int, **values: object) -> tuple[Any, int]:
    title, sentence = PROBLEMS.get(status, PROBLEMS[400 if status < 500 else 500])
    return await _answer(status, _(title), _(sentence, **values), f"http.{status}")


async def _too_fast(problem: RateLimitExceeded) -> ResponseReturnValue:
    seconds = problem.retry_after if isinstance(problem.retry_after, int) else 60
    answer, status = await _status_page(429, wait=wait_words(seconds))
    return answer, status, {"Retry-After": str(seconds)}


async def _http(problem: HTTPException) -> ResponseReturnValue:
    answer, status = await _status_page(problem.code or 500)
    allowed = dict(problem.get_headers()).get("Allow")
    return (answer, status, {"Allow": allowed}) if allowed else (answer, status)


async def _failed(problem: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    # The exception's own text may hold what somebody typed; the traceback's places are what we need.
    log.error("unexpected %s, reference %s", type(problem).__name__, reference, exc_info=problem)
    status = 503 if isinstance(problem, DatabaseProblem | OSError | NoExam) else 500
    title, sentence = PROBLEMS[status]
    body, told = await _answer(status, _(title), _(sentence), f"http.{status}", reference)
    return body, told, {"Retry-After": str(_RETRY_SECONDS)} if told == 503 else {}


def install(app: Quart) -> None:
    """All problems of this app come here."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(SignInNeeded, _sign_in_needed)
    app.register_error_handler(NotForYou, _not_for_you)
    app.register_error_handler(KeyNeeded, _key_needed)
    app.register_error_handler(WrongScope, _wrong_scope)
    app.register_error_handler(RateLimitExceeded, _too_fast)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)
