"""Server-sent events in short turns: each answer ends at once and tells the browser when to come again (ADR 9)."""

import json

from flask import Response, request

from api import auth
from api.blueprint import Blueprint
from engine.bpm import changes

COME_AGAIN = 5_000  # milliseconds; the browser keeps to it by itself

blp = Blueprint("live", "实时更新", "/live")


@blp.get("")
@blp.answers(None)
@blp.header("Last-Event-ID", "浏览器自动带上的上次编号")
def show() -> Response:
    """我的任务有没有变化（server-sent events，事件名 tasks）。"""
    now = changes.since(auth.app(), auth.viewer(), request.headers.get("Last-Event-ID", "")[:64])
    event = f"event: tasks\ndata: {json.dumps({'open': now.open})}\n" if now.changed else ""
    return Response(f"retry: {COME_AGAIN}\nid: {now.mark}\n{event}\n", mimetype="text/event-stream")
