"""``bihuan lint``: what is wrong with process files; it needs no database, no secret and no data folder."""

import json
import sys
from pathlib import Path

import click

from api.commands.authoring import campaign_known
from api.commands.sources import Unreadable, process_files
from engine.bounded import bounded
from engine.bpm.lint import lint_within
from engine.errors import Problem

_WORDS = {"error": "错误", "warning": "警告", "info": "提示"}
SHOWN = ("file", "element", "name", "rule", "severity", "message", "en")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="print the findings as one JSON list")
def lint(paths: tuple[Path, ...], as_json: bool) -> None:
    """检查流程、决策表和表单 / check process files. Exit 0: no errors, 1: errors, 2: unreadable."""
    try:
        files = process_files(paths)
    except Unreadable as error:
        found = [_problem("unreadable", error.message, error.en)]
    else:
        found = lint_within(bounded, files, campaign_known())
    _print_json(found) if as_json else _print_lines(found)
    sys.exit(_exit_code(found))


def _exit_code(found: list[Problem]) -> int:
    rules = {problem["rule"] for problem in found if problem["severity"] == "error"}
    return 2 if "unreadable" in rules else 1 if rules else 0


def _problem(rule: str, message: str, en: str) -> Problem:
    return Problem(file="", element="", rule=rule, severity="error", message=message, en=en)


def _print_json(found: list[Problem]) -> None:
    click.echo(json.dumps([{key: problem.get(key, "") for key in SHOWN} for problem in found], ensure_ascii=False))


def _print_lines(found: list[Problem]) -> None:
    for problem in found:
        click.echo(f"{_WORDS[problem['severity']]} [{problem['rule']}] {problem['file']}：{problem['message']}")
    errors = sum(problem["severity"] == "error" for problem in found)
    click.echo(f"{errors} 个错误，{len(found) - errors} 个提醒。" if found else "没有发现问题。")
