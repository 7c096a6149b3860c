"""``bihuan import``: the ledger or the places of an office from the terminal, by whoever may use the machine."""

from pathlib import Path

import click

from api.commands.user import OPERATOR
from api.installation import opened
from engine.campaign import ledger_import
from engine.campaign.place_check import EXISTING, SKIP
from engine.campaign.sheet_kinds import KINDS, LEDGER


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(KINDS), default=LEDGER, help="台账、底册或巡查记录 / what the sheet holds")
@click.option(
    "--existing", type=click.Choice(EXISTING), default=SKIP, help="已有的场所：不动或修改 / places that are there"
)
@click.option("--dry-run", is_flag=True, help="只检查，不导入 / only check")
@click.option("--map", "columns", multiple=True, help="列对应，字段=列名，可重复 / field=header")
@click.option("--default", "defaults", multiple=True, help="空单元格的默认值，字段=值 / field=value")
@click.option("--sheet", help="工作表 / sheet")
@click.option("--create-places", is_flag=True, help="自动建立底册里没有的单位 / make unknown places")
@click.option("--skip-errors", is_flag=True, help="跳过有错误的行 / leave out rows with errors")
@click.option("--result", type=click.Path(dir_okay=False, path_type=Path), help="结果表存到 / write the results there")
@click.pass_context
def command(
    ctx: click.Context, file: Path, kind: str, existing: str, dry_run: bool, columns: tuple[str, ...],
    defaults: tuple[str, ...], sheet: str | None, create_places: bool, skip_errors: bool, result: Path | None,
) -> None:  # fmt: skip
    """导入台账或场所底册 FILE（.xlsx、.csv）/ import the ledger or the places of an office."""
    with opened() as app:
        made = ledger_import.create(
            app, file.read_bytes(), filename=file.name, viewer=OPERATOR, kind=kind, existing=existing, sheet=sheet,
            columns=_pairs(columns),
            defaults=_pairs(defaults), create_places=create_places,
        )  # fmt: skip
        for field, header in made.columns.items():
            click.echo(f"{field} ← {header}")
        for row in ledger_import.rows(app, made.id, viewer=OPERATOR, size=200).items:
            for problem in row.problems:
                click.echo(f"{problem['severity']} {problem['message']}", err=True)
        if not dry_run:
            ledger_import.start(app, made.id, viewer=OPERATOR, all_or_nothing=not skip_errors)
            with click.progressbar(length=made.counts.get("ready", 0)) as bar:
                while ledger_import.work_next(app, made.id):
                    bar.update(1)
        counts = ledger_import.show(app, made.id, viewer=OPERATOR).counts
        if result:
            result.write_bytes(ledger_import.result_file(app, made.id, viewer=OPERATOR)[1])
    click.echo(" ".join(f"{name}={count}" for name, count in sorted(counts.items())))
    ctx.exit(1 if counts.get("error") or counts.get("failed") else 0)


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    wrong = [text for text in texts if "=" not in text]
    if wrong:
        raise click.BadParameter(f"“{wrong[0]}”应为 字段=值 / use field=value")
    return dict(text.split("=", 1) for text in texts)
