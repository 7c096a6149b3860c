"""``bihuan begin``: the standard units, hazard codes and checklists of a new installation."""

import click

from api.installation import opened
from engine.bpm.viewer import Viewer
from engine.campaign import beginning


@click.command()
@click.argument("street")
def begin(street: str) -> None:
    """为 STREET（街道全称）装入标准机构、隐患代码和检查清单 / the standard registers of a new installation."""
    with opened() as app:
        made = beginning.begin(app, street=street, viewer=Viewer("system", admin=True))
    click.echo(f"单位 {made.units}、隐患代码 {made.codes}、检查清单 {made.checklists}、方案任务 {made.tasks} / written")
    click.echo("代码、清单和方案是示例规则，需法制审核 / samples, to be reviewed by lawyers")
