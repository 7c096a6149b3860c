"""``bihuan simulate``: many synthetic cases go through a definition, and it shows where that breaks."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from api.commands.authoring import FUNCTIONS, campaign_operators
from api.commands.simulation_drawing import draw
from api.commands.simulation_text import print_answer, print_differences
from api.commands.sources import Unreadable, process_files, scenario
from engine.bounded import OutOfBounds, bounded
from engine.bpm.simulation import compare, failed
from engine.bpm.simulation import simulate as perform

Answer = dict[str, Any]


@click.command()
@click.argument("process", nargs=-1, required=True)
@click.option("--cases", type=click.IntRange(1), default=100, show_default=True, help="how many cases come")
@click.option("--days", type=click.IntRange(1), default=90, show_default=True, help="over how many days")
@click.option("--plan", type=click.Path(path_type=Path), help="durations, staff, outcomes (YAML or JSON)")
@click.option("--against", multiple=True, help="a second version: files and folders, or KEY[:VERSION]")
@click.option("--draw", "picture", type=click.Path(path_type=Path), help="write the charts to this SVG file")
@click.option("--json", "as_json", is_flag=True, help="print what happened as one JSON object")
def simulate(
    process: tuple[str, ...], cases: int, days: int, plan: Path | None, against: tuple[str, ...],
    picture: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """推演：让许多案件在虚拟时钟上走一遍流程 / simulate FILE.bpmn… or KEY[:VERSION].

    Exit 0: done, 2: it could not be simulated.
    """
    answers = [_answer_of(names, plan, cases, days) for names in (process, against) if names]
    wrong = [answer["error"] for answer in answers if answer["error"]]
    differences = compare(*answers) if against and not wrong else []
    if as_json:
        whole = {"versions": answers, "differences": differences} if against else answers[0]
        click.echo(json.dumps(whole, ensure_ascii=False))
    else:
        for answer in answers:
            print_answer(answer)
        if against and not wrong:
            print_differences(differences)
    if picture is not None and not wrong:
        wrong += _drawn(picture, answers)
    for reason in wrong:
        click.echo(f"无法推演：{reason}", err=True)
    sys.exit(2 if wrong else 0)


def _drawn(picture: Path, answers: list[Answer]) -> list[str]:
    """Write the charts; why that was not possible."""
    try:
        picture.write_text(draw(answers), encoding="utf-8")
    except OSError as error:
        return [f"图写不到 {picture}：{error.strerror}，请换一个位置。"]
    click.echo(f"图已画在 {picture} / drawn", err=True)
    return []


def _answer_of(names: tuple[str, ...], plan: Path | None, cases: int, days: int) -> Answer:
    def compute(tick: Callable[[], None]) -> Answer:
        try:
            files = _files(names)
            given = scenario(plan) if plan else {}
        except Unreadable as error:
            return failed(error.message)
        return perform(files, given, cases=cases, days=days, functions=FUNCTIONS, operators=campaign_operators(),
                       tick=tick)  # fmt: skip

    try:
        answer: Answer = json.loads(bounded(compute))
    except OutOfBounds as error:
        return failed(error.message)
    return answer


def _files(names: tuple[str, ...]) -> Mapping[str, bytes]:
    """Files and folders; one name that is no path is a deployed definition, `KEY` or `KEY:VERSION`."""
    if len(names) == 1 and not Path(names[0]).exists() and "." not in names[0] and "/" not in names[0]:
        return _deployed(*names[0].partition(":")[::2])
    return process_files(map(Path, names))


def _deployed(key: str, version: str) -> Mapping[str, bytes]:
    from api.installation import opened  # only this way of naming a process needs an installation
    from engine.bpm.definitions import whole
    from engine.errors import EngineError

    if version and not version.isdecimal():
        raise Unreadable(f"版本“{version}”应为数字，例如 {key}:2。", en=f"The version must be a number, e.g. {key}:2.")
    try:
        with opened() as app:
            return whole(app, key, int(version) if version else None)
    except EngineError as error:
        raise Unreadable(error.message, en=error.en) from error
