"""The one map from the engine's errors to HTTP statuses, and their shape (RFC 9457); decides nothing else."""

import structlog
from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from api.auth import first_refusal
from api.body import BadJson, WrongType
from api.translate import problems_of
from engine import errors
from engine.bpm.expression_limits import EvaluationFailed
from engine.bpm.play_world import PlayStopped
from engine.bpm.spiff.state import UnreadableState
from engine.errors import EngineError, Problem

STATUS: dict[type[EngineError], int] = {
    BadJson: 400,
    errors.NotAuthenticated: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    WrongType: 415,
    errors.Invalid: 422,
    errors.TooMany: 429,
    errors.SettingsError: 500,
    errors.Unavailable: 503,
    EvaluationFailed: 422,
    PlayStopped: 422,
    UnreadableState: 500,
}

TITLES = {
    400: ("请求有误", "Bad request"),
    401: ("请先登录", "Log in first"),
    403: ("无权办理", "Not allowed"),
    404: ("找不到", "Not found"),
    405: ("不支持这种请求方法", "Method not allowed"),
    409: ("与现状冲突", "Conflict"),
    413: ("内容过大", "Too large"),
    415: ("不支持这种内容格式", "Unsupported media type"),
    422: ("输入有误", "Invalid input"),
    429: ("请稍后再试", "Too many attempts"),
    500: ("系统出错", "Internal error"),
    503: ("暂时不可用", "Unavailable"),
}

DETAILS = {
    400: "请求无法读取，请检查地址、参数和请求体。",
    404: "没有这个地址，请核对后重试。",
    405: "这个地址不接受该请求方法，请查看 /api/docs。",
    413: "请求体超过上限，请缩小后再提交。",
    415: "不支持这种内容格式，请以 application/json 提交。",
    422: "输入有误，请按 errors 逐项修改后重试。",
    500: "系统内部出错，数据没有改动；请稍后重试，仍不行时请联系管理员。",
}

log = structlog.get_logger("api")
RETRY_AFTER = "5"  # seconds after which the same may be sent again: nothing was changed


def status_of(error: EngineError) -> int:
    """The status of an error: that of its nearest mapped class."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def fault(status: int, detail: str, en: str, problems: list[Problem] | None = None) -> dict[str, object]:
    """A problem as an object; ``errors`` and ``problems`` are the same list, for input that breaks a rule."""
    title, title_en = TITLES.get(status, ("出错", "Error"))
    slug = title_en.lower().replace(" ", "-")
    body: dict[str, object] = {"type": f"urn:bihuan:problem:{slug}", "title": title, "status": status}
    body |= {"detail": detail, "en": en}
    if problems or status == 422:
        body |= {"errors": problems or [], "problems": problems or []}
    return body


def fault_of(error: EngineError) -> dict[str, object]:
    """The same object for an error that is not the whole answer, such as of one task among many."""
    return fault(status_of(error), error.message, error.en, error.problems)


def problem(status: int, body: dict[str, object]) -> Response:
    """A problem+json answer."""
    text = json.dumps({**body, "instance": request.path}, ensure_ascii=False)
    return Response(text, status=status, content_type="application/problem+json; charset=utf-8")


def _answer(error: Exception) -> Response:
    error = first_refusal(error)
    if isinstance(error, EngineError):
        return _engine_error(error)
    return _http_error(error) if isinstance(error, HTTPException) else _unexpected(error)


def _engine_error(error: EngineError) -> Response:
    answer = problem(status_of(error), fault_of(error))
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="bihuan"'
    if isinstance(error, errors.Unavailable) and not isinstance(error, errors.Unsure):
        answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    found = problems_of(getattr(error, "data", None))
    detail = DETAILS.get(status, DETAILS[400])
    if len(found) == 1:
        where = found[0].get("field")
        detail = f"{where}：{found[0]['message']}" if where else found[0]["message"]
    en = found[0]["en"] if len(found) == 1 else str(error.description)
    answer = problem(status, fault(status, detail, en, found))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(error.valid_methods)
    return answer


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error", path=request.path, method=request.method, exc_info=error)
    en = "Something broke inside; nothing was changed. Try again later."
    return problem(500, fault(500, DETAILS[500], en))


def install(web: Flask) -> None:
    """Answer every error of this web application as problem+json."""
    for kind in (EngineError, HTTPException, Exception):
        web.register_error_handler(kind, _answer)
