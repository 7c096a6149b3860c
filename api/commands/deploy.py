"""``bihuan deploy``: files or folders as one deployment."""

from pathlib import Path

import click

from api.installation import opened
from engine.bpm import definitions, kept_scenarios
from engine.campaign.demo.load import are_shipped
from engine.errors import Invalid

KINDS = {".bpmn", ".dmn", ".form"}


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--reason", default="", help="为什么部署，写入记录 / why; it is kept")
@click.option("--despite", is_flag=True, help="场景不符也部署，须写原因 / although scenarios fail; needs a reason")
def deploy(paths: tuple[Path, ...], reason: str, despite: bool) -> None:
    """把 PATH（.bpmn/.dmn/.form 文件或文件夹）作为一次部署 / deploy files or folders together.

    先试运行旁边的 scenarios/*.yaml，没有时用流程已有的场景 / the scenarios beside them are played first.
    """
    found = _collect(paths)
    files, beside = {name: path.read_bytes() for name, path in found.items()}, kept_scenarios.beside(found)
    with opened() as app:
        made = definitions.deploy(
            app, files, by="system", reason=reason, beside=beside, despite=despite,
            trusted=are_shipped(files, beside),
        )  # fmt: skip
        kept_scenarios.keep_beside(app, [definition["key"] for definition in made.definitions], found)
    for problem in made.problems:
        click.echo(f"  {problem['severity']} {problem['file']}: {problem['message']}", err=True)
    click.echo(f"  {made.trial['words']}", err=True)
    for definition in made.definitions:
        click.echo(f"{definition['key']}  v{definition['version']}  {definition['name']}")


def _collect(paths: tuple[Path, ...]) -> dict[str, Path]:
    """Paths by name: relative to the folder that was given, so that the same files are the same version anywhere."""
    found: dict[Path, str] = {}
    for path in paths:
        base = path if path.is_dir() else path.parent
        members = sorted(p for p in path.rglob("*") if p.suffix in KINDS) if path.is_dir() else [path]
        for member in members:
            name = member.relative_to(base).as_posix()
            found.setdefault(member.resolve(), member.as_posix() if name in found.values() else name)
    if not found:
        raise Invalid(
            "所给的路径里没有 .bpmn、.dmn 或 .form 文件，请检查路径。",
            en="There is no .bpmn, .dmn or .form file at these paths.",
        )
    return {name: path for path, name in found.items()}
