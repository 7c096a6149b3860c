"""``bihuan demo``: the sample organisation, places and cases, on a demo clock."""

import click

from api.installation import opened
from engine.campaign.demo import load as sample
from engine.campaign.demo.sample import read


@click.command()
@click.option("--if-empty", is_flag=True, help="已有数据时跳过 / do nothing when there is data already")
def demo(if_empty: bool) -> None:
    """在空数据库中载入示例单位、场所和案例 / load the sample organisation, places and cases."""
    with opened() as app:
        if if_empty and not sample.is_empty(app):
            return
        click.echo("正在载入示例数据 / loading the sample data …")
        made = sample.load(app)
    click.echo(f"单位 {made.units}、人员 {made.people}、场所 {made.places}、隐患 {made.hazards} / loaded")
    click.echo(f"登录 / log in: admin / {read('organisation')['password']}")
