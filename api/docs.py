"""The page about the API, made from the OpenAPI document; needs no script and nothing from elsewhere."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, current_app, render_template

METHODS = ("get", "post", "put", "patch", "delete")

blp = Blueprint("docs", __name__, template_folder="templates")


def _operations(spec: dict[str, Any], tag: str) -> Iterator[dict[str, Any]]:
    for path, item in spec["paths"].items():
        for method in METHODS:
            if tag in item.get(method, {}).get("tags", ()):
                shared = item.get("parameters", [])
                operation = item[method]
                own = operation.get("parameters", [])
                yield operation | {"method": method.upper(), "path": path, "parameters": shared + own}


@blp.get("/api/docs")
def page() -> str:
    """Every route with its parameters, body and answers."""
    spec = current_app.extensions["bihuan.spec"].to_dict()
    nouns = [(tag, list(_operations(spec, tag["name"]))) for tag in spec["tags"]]
    schemas = {name: json.dumps(s, ensure_ascii=False, indent=2) for name, s in spec["components"]["schemas"].items()}
    return render_template("docs.html", info=spec["info"], nouns=nouns, schemas=schemas)
