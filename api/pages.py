"""Serves the built pages: hashed assets for a year, every other address its single page; reads no database."""

from mimetypes import guess_type
from os.path import isfile
from pathlib import Path

from flask import Flask, Response, current_app, request, send_from_directory
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.security import safe_join

BUILT = Path(__file__).resolve().parent.parent / "web" / "dist"
YEAR = 365 * 24 * 3600
UNBUILT = "页面尚未构建，请先运行 make setup。The pages are not built yet: run `make setup`.\n"


def _page_for(root: Path, path: str) -> str:
    """The file that answers an address: the file itself, else the single page of desk or phone."""
    found = safe_join(str(root), path) if path else None
    if found and isfile(found):  # a name that no disk takes is no file; Path would raise
        return path
    if path.startswith(("api/", "assets/")) or path == "api":
        raise NotFound
    return "m/index.html" if path == "m" or path.startswith("m/") else "index.html"


def _packed(root: Path, name: str) -> Response | None:
    """The gzipped copy that the build put beside an asset, for browsers that take one: phones have weak networks."""
    if not request.accept_encodings["gzip"] or not (root / f"{name}.gz").is_file():
        return None
    answer = send_from_directory(root, f"{name}.gz", mimetype=guess_type(name)[0], conditional=True)
    answer.headers["Content-Encoding"] = "gzip"
    return answer


def _send(root: Path, path: str) -> Response:
    name = _page_for(root, path)
    if not (root / name).is_file():
        return Response(UNBUILT, status=503, content_type="text/plain; charset=utf-8")
    answer = _packed(root, name) or send_from_directory(root, name, conditional=True)
    if name.startswith("assets/"):
        answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        answer.vary.add("Accept-Encoding")
    else:
        answer.headers["Cache-Control"] = "no-cache"
    return answer


def _unknown_is_not_found() -> None:
    """An address that only the pages would answer is unknown to the API: 404, not 405."""
    if isinstance(request.routing_exception, MethodNotAllowed) and current_app.url_map.bind("").test(
        request.path, "GET"
    ):
        endpoint, _ = current_app.url_map.bind("").match(request.path, "GET")
        if endpoint == "pages.any":
            raise NotFound


def install(web: Flask, built: Path = BUILT) -> None:
    """Serve what ``web/`` was built into at every address that the API does not use."""
    web.before_request(_unknown_is_not_found)

    @web.get("/", defaults={"path": ""}, endpoint="pages.home")
    @web.get("/<path:path>", endpoint="pages.any")
    def page(path: str) -> Response:
        return _send(built, path)
