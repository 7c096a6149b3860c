"""Reads request bodies strictly: JSON that every database can keep, uploads with plain names; knows no route."""

import json
import math
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from flask import Request, request
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import FileStorage

from engine.errors import EngineError, Invalid, NotFound, Problem, TooLarge

MAX_BODY = 32 * 1024 * 1024
MAX_JSON = 4 * 1024 * 1024
MAX_DEPTH = 64


class BadJson(Invalid):
    """The body is not JSON, or holds something that no database can keep."""


class WrongType(EngineError):
    """The body comes in a format that this address does not read."""


def _refuse(message: str, en: str, rule: str) -> BadJson:
    return BadJson(message, en=en, problems=[Problem(message=message, en=en, rule=rule, severity="error")])


def _walk(value: Any) -> Iterator[tuple[Any, int]]:
    """Every value and key in a JSON tree with its depth, without recursion."""
    stack: list[tuple[Any, int]] = [(value, 0)]
    while stack:
        item, depth = stack.pop()
        yield item, depth
        if isinstance(item, dict):
            stack.extend((part, depth + 1) for pair in item.items() for part in pair)
        elif isinstance(item, list):
            stack.extend((part, depth + 1) for part in item)


def storable_text(text: str) -> bool:
    """Whether a database can keep this text: no NUL, no lone surrogate."""
    try:
        return b"\x00" not in text.encode("utf-8")
    except UnicodeEncodeError:
        return False


def check_tree(value: Any) -> None:
    """Refuse a JSON tree that is too deep or holds text or numbers that no database can keep."""
    for item, depth in _walk(value):
        if depth > MAX_DEPTH:
            raise _refuse(f"JSON 嵌套超过 {MAX_DEPTH} 层，请减少层次。", "The JSON is nested too deeply.", "depth")
        if isinstance(item, str) and not storable_text(item):
            raise _refuse(
                "文字里有不能保存的字符（NUL 或半个代理对），请删除。", "Text holds NUL or a lone surrogate.", "text"
            )
        if isinstance(item, float) and not math.isfinite(item):
            raise _refuse("不接受 NaN 或无穷大。", "NaN and Infinity are not JSON.", "number")


def read_json(raw: bytes) -> Any:
    """The JSON value in a request body; ``BadJson`` says what is wrong with it."""
    if len(raw) > MAX_JSON:
        raise TooLarge(f"JSON 请求体最大 {MAX_JSON // 1024 // 1024} MB。", en="The JSON body is too large.")
    try:
        value = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        reason = error if isinstance(error, json.JSONDecodeError) else type(error).__name__
        raise _refuse(
            "请求体不是有效的 JSON（UTF-8），请检查格式。", f"The body is not valid JSON: {reason}", "json"
        ) from error
    check_tree(value)
    return value


class StrictParser(FlaskParser):
    """webargs with our JSON reader; names that a schema does not know are refused everywhere."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(("json", "query", "form", "files"), "raise")

    def _raw_load_json(self, req: Request) -> Any:
        raw = req.get_data(cache=True)
        if not raw:
            return core.missing
        if not req.is_json:
            raise WrongType("请以 Content-Type: application/json 提交。", en="Send the body as application/json.")
        return read_json(raw)


def checked_path() -> None:
    """Before each request: refuse an address or query that no database can be asked for."""
    parts = [request.path, *request.args.keys(), *(text for texts in request.args.listvalues() for text in texts)]
    if not all(map(storable_text, parts)):
        raise NotFound("地址里有不能识别的字符，请核对。", en="The address holds characters that cannot be read.")


def plain_name(upload: FileStorage) -> str:
    """The last part of an upload's file name, whatever path a browser or a program sent."""
    name = PurePath((upload.filename or "").replace("\\", "/")).name
    if not name or not storable_text(name) or len(name) > 200:
        raise Invalid("上传的文件没有可用的文件名，请改名后再上传。", en="An upload has no usable file name.")
    return name


def _bytes(upload: FileStorage) -> bytes:
    """All of it, from the start: a request that was broken off is done again."""
    upload.stream.seek(0)
    return upload.stream.read()


def bpmn_files() -> dict[str, bytes]:
    """The files of a deployment: one XML body, or every part of a multipart body."""
    if request.mimetype in ("application/xml", "text/xml"):
        return {"definition.bpmn": request.get_data()}
    if request.mimetype != "multipart/form-data":
        raise WrongType(
            "请以 application/xml 提交一个 BPMN 文件，或以 multipart/form-data 提交多个文件。",
            en="Send one BPMN file as application/xml, or several as multipart/form-data.",
        )
    uploads = [upload for _, upload in request.files.items(multi=True)]
    files = {plain_name(upload): _bytes(upload) for upload in uploads}
    if not files:
        raise Invalid("没有收到文件，请选择至少一个 .bpmn 文件。", en="No file was sent.")
    if len(files) < len(uploads):
        raise Invalid("有两个文件同名，请改名后再上传。", en="Two files have the same name.")
    return files


def one_upload(field: str) -> tuple[str, bytes]:
    """The name and the bytes of the one file in a multipart body."""
    uploads = request.files.getlist(field)
    if len(uploads) != 1:
        message = f"请在表单的 {field} 栏里放一个文件。"
        problem = Problem(field=field, message=message, en="Send exactly one file.", rule="required", severity="error")
        raise Invalid(message, en=f"Send exactly one file in the form field {field}.", problems=[problem])
    return plain_name(uploads[0]), _bytes(uploads[0])
