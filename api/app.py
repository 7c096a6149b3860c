"""The web application: blueprints over one App; asks who is there, maps errors, guards; decides nothing else."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import flask_smorest
from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from api import (
    activities,
    again,
    attachments,
    auth,
    batches,
    board,
    bulk,
    calendars,
    campaigns,
    channels,
    checklists,
    citizen_reports,
    clocks,
    closure,
    cockpit,
    codes,
    completions,
    court_cases,
    crime_cases,
    deadlines,
    deferrals,
    definitions,
    demo,
    docs,
    documents,
    dossiers,
    drafts,
    draws,
    duties,
    editor,
    errors,
    files,
    filters,
    fresh,
    hazards,
    headers,
    health,
    identity_links,
    imports,
    inbox,
    incidents,
    instances,
    interviews,
    ledger_choices,
    live,
    measures,
    messages,
    notices,
    pages,
    patrol,
    people,
    pictures,
    places,
    plan,
    powers,
    proposals,
    public_reports,
    reports,
    session,
    sheets,
    signs,
    substitutions,
    tasks,
    templates,
    transfers,
    unit_listings,
    units,
    visits,
)
from api.body import MAX_BODY, checked_path
from api.schemas import Fault
from engine.app import App

NOUNS = (
    session,
    tasks,
    live,
    substitutions,
    bulk,
    attachments,
    filters,
    hazards,
    ledger_choices,
    closure,
    deferrals,
    dossiers,
    board,
    instances,
    batches,
    definitions,
    drafts,
    editor,
    messages,
    notices,
    incidents,
    cockpit,
    places,
    visits,
    checklists,
    sheets,
    pictures,
    proposals,
    patrol,
    clocks,
    calendars,
    codes,
    deadlines,
    units,
    people,
    plan,
    campaigns,
    activities,
    duties,
    files,
    public_reports,
    signs,
    citizen_reports,
    interviews,
    inbox,
    transfers,
    measures,
    crime_cases,
    court_cases,
    unit_listings,
    powers,
    draws,
    documents,
    completions,
    templates,
    identity_links,
    imports,
    channels,
    reports,
    demo,
)

INFO = {
    "description": "闭环：流程引擎与安全生产治本攻坚三年行动。登录用会话 Cookie 或 Bearer 令牌。",
}
SECURITY = {
    "cookie": {"type": "apiKey", "in": "cookie", "name": auth.COOKIE},
    "bearer": {"type": "http", "scheme": "bearer"},
}

CONFIG = {
    "API_TITLE": "Bihuan 闭环",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "API_SPEC_OPTIONS": {"info": INFO, "security": [{name: []} for name in SECURITY]},
    "MAX_CONTENT_LENGTH": MAX_BODY,
    "MAX_FORM_PARTS": 200,
}


class Api(flask_smorest.Api):  # type: ignore[misc]  # the library has no types
    """flask-smorest with our shape of errors."""

    ERROR_SCHEMA = Fault

    def _register_error_handlers(self) -> None:
        """Nothing here: errors are answered by api.errors."""

    def _register_responses(self) -> None:
        """Document every error as problem+json."""
        content = {"application/problem+json": {"schema": Fault}}
        self.spec.components.response("DEFAULT_ERROR", {"description": "出错", "content": content}, lazy=True)
        for status in HTTPStatus:
            self.spec.components.response(status.name, {"description": status.phrase, "content": content}, lazy=True)


class Web(Flask):
    """Flask for functions none of which is asynchronous: it would look at eight of them in every request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app(app: App, *, built: Path = pages.BUILT) -> Flask:
    """The WSGI application of this installation: the API, its document, the health of the process, the pages."""
    web = Web("api", static_folder=None)
    web.extensions["bihuan"] = app
    web.config.update(CONFIG)
    if isinstance(web.json, DefaultJSONProvider):
        web.json.ensure_ascii, web.json.sort_keys = False, False
    if proxies := app.settings.trusted_proxies:  # none: what X-Forwarded-For says is what a sender likes
        web.wsgi_app = ProxyFix(web.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    web.before_request(checked_path)
    again.install(app)
    for part in (fresh, auth, errors, headers):
        part.install(web)
    _install_nouns(web)
    web.register_blueprint(docs.blp)
    web.register_blueprint(health.blp)
    pages.install(web, built)
    return web


def _install_nouns(web: Flask) -> None:
    api = Api(web)
    for name, scheme in SECURITY.items():
        api.spec.components.security_scheme(name, scheme)
    for noun in NOUNS:
        api.register_blueprint(noun.blp)
    web.extensions["bihuan.spec"] = api.spec
