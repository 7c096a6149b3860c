"""The department's approval of a closure is its head's, and whoever enters it shows what the head signed."""

import pytest

from engine.campaign import units
from engine.campaign.clearances import DEPARTMENT, write_in
from engine.campaign.sight import existing
from engine.errors import Invalid
from tests.engine.campaign.test_court_cases import HEAD, NUMBER, OFFICER, Cast
from tests.engine.campaign.test_started_clocks import cast

__all__ = ["cast"]


def test_a_name_alone_approves_no_closure_and_the_paper_that_the_head_signed_does(cast: Cast) -> None:
    with cast.app.transaction() as tx:
        given = {"passed": True, "text": "同意", "unit": units.require(tx, "emergency_bureau"), "power": "第二十三条",
                 "by": OFFICER, "now": cast.app.clock()}  # fmt: skip
        hazard = existing(tx, NUMBER)
        for named, words in ((HEAD, "签批的文件"), (OFFICER, "须经.+批准"), ("", "须经.+批准")):
            with pytest.raises(Invalid, match=words):
                write_in(tx, cast.app, hazard, DEPARTMENT, **given, approver=named)
        row = write_in(tx, cast.app, hazard, DEPARTMENT, **given, approver=HEAD, files=["the sheet"])
        assert (row.by, row.approver, row.files) == (OFFICER, HEAD, ["the sheet"])
