"""``bihuan play``: runs a definition on a virtual clock, in memory; no database, no secret, no data folder."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from api.commands.authoring import FUNCTIONS, campaign_operators
from api.commands.sources import SCENARIOS, Unreadable, process_files, scenario
from engine.bounded import OutOfBounds, bounded
from engine.bpm.play import exit_code, failed
from engine.bpm.play import play as perform

Answer = dict[str, Any]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="print what happened as one JSON object")
@click.option(
    "--batch", type=click.Path(allow_dash=True), help='one {"files", "scenario"} a line in, one answer a line out'
)
def play(paths: tuple[Path, ...], as_json: bool, batch: str | None) -> None:
    """在虚拟时钟上试运行流程 / play FILE.bpmn… [SCENARIO.yaml].

    Exit 0: as expected, 1: not as expected, 2: it could not be played.
    """
    if batch is not None:
        _play_lines(batch)
        return
    text = _answer_of(lambda: _files_and_scenario(paths))
    answer = json.loads(text)
    click.echo(text) if as_json else _print(answer)
    sys.exit(exit_code(answer))


def _answer_of(read: Callable[[], tuple[dict[str, bytes], Mapping[str, Any]]]) -> str:
    """The JSON text of one play; files that cannot be read are an answer, too."""

    def compute(tick: Callable[[], None]) -> Answer:
        try:
            files, script = read()
        except Unreadable as error:
            return failed(error.message)
        return perform(files, script, functions=FUNCTIONS, operators=campaign_operators(), tick=tick)

    try:
        return bounded(compute)
    except OutOfBounds as error:
        return json.dumps(failed(error.message), ensure_ascii=False)


def _files_and_scenario(paths: tuple[Path, ...]) -> tuple[dict[str, bytes], Mapping[str, Any]]:
    scripts = [path for path in paths if path.suffix.lower() in SCENARIOS and not path.is_dir()]
    if len(scripts) > 1:
        raise Unreadable("一次只能给一个场景文件。", en="Give one scenario at a time.")
    files = process_files(path for path in paths if path not in scripts)
    return files, scenario(scripts[0]) if scripts else {}


def _play_lines(batch: str) -> None:
    """One answer a line, in order; a line that cannot be used is answered with `error`."""
    with click.open_file(batch, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.strip():
                click.echo(_answer_of(lambda line=line: _from_line(line)))  # type: ignore[misc]
                sys.stdout.flush()


def _from_line(line: str) -> tuple[dict[str, bytes], Mapping[str, Any]]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"这一行不是 JSON：{error}", en=f"This line is no JSON: {error}") from None
    if not isinstance(given, dict):
        raise Unreadable("这一行应为 {files, scenario} 对象。", en="This line must be an object {files, scenario}.")
    return _files_of(given.get("files")), _scenario_of(given.get("scenario"))


def _files_of(given: Any) -> dict[str, bytes]:
    """Paths (one or several, folders too), or contents by name."""
    if isinstance(given, dict):
        if not all(isinstance(content, str) for content in given.values()):
            raise Unreadable("files 应为路径列表，或“文件名: 内容”。", en="files must be paths, or contents by name.")
        return {str(name): content.encode() for name, content in given.items()}
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not all(isinstance(path, str) for path in listed):
        raise Unreadable("files 应为路径列表，或“文件名: 内容”。", en="files must be paths, or contents by name.")
    return process_files(Path(path) for path in listed)


def _scenario_of(given: Any) -> Mapping[str, Any]:
    if given is None or isinstance(given, dict):
        return given or {}
    if isinstance(given, str):
        return scenario(Path(given))
    raise Unreadable("scenario 应为对象或场景文件的路径。", en="scenario must be an object or a path.")


def _print(answer: Answer) -> None:
    for entry in answer["trace"]:
        click.echo(f"{entry['at'][:16]}  {entry['event']:<9}  {entry['element']}  {entry['name']}")
    for problem in answer["problems"]:
        click.echo(f"{problem['severity']} [{problem['rule']}] {problem['message']}")
    for incident in answer["incidents"]:
        click.echo(f"故障 {incident['element']}：{incident['message']}")
    for task in answer["open"]:
        click.echo(f"待办 {task['element']}  {task['name']}  到期 {task['due_at'] or '无'}")
    for difference in answer["differences"]:
        click.echo(f"不符 {difference['message']}")
    click.echo(f"状态 {answer['status']}" + ("" if answer["differences"] or answer["error"] else "，符合预期"))
    if answer["error"]:
        click.echo(f"无法完成：{answer['error']}", err=True)
