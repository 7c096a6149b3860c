"""What people without enforcement power may not write, and what they write instead: advice is no order
(国办发〔2024〕54号; 行政处罚法 17). 示例规则，需法制审核.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.step import Opened
from engine.bpm.viewer import Viewer
from engine.campaign import powers, units
from engine.errors import Invalid, NotAllowed, Problem
from engine.said import Said
from engine.sql import Found

if TYPE_CHECKING:
    from engine.app import Act

BASIS = "国办发〔2024〕54号；行政处罚法第十七条"
WORDS = "责令|罚款|处罚|查封|扣押|停产停业|吊销|没收|拘留"
ORDERING = re.compile(WORDS)
# In the description of a hazard what others decided is a fact: 「被责令停产后擅自复工」, 「建议部门处罚」.
_FACT = "被经已曾未由拒受局队所厅门府后和、"
AS_AN_ORDER = re.compile(rf"(?<![{_FACT}])(?:{WORDS})")
INSTEAD = {
    "责令": "请写“建议……”“请于……前完成”",
    "查封": "请写“提请有权部门决定”", "扣押": "请写“提请有权部门决定”",
    "停产停业": "请写“建议停止使用，并报告有权部门”",
}  # fmt: skip
# Answers of steps that papers and records print: process and element → the fields of its form.
PRINTED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("hazard", "assign"): ("requirement",), ("hazard", "fix_now"): ("rectified_note",),
    ("hazard", "recheck"): ("opinion",), ("hazard", "close_review"): ("close_opinion",),
    ("escalation", "sign_supervision"): ("supervision_opinion",),
    ("interview", "letter"): ("step_text",), ("interview", "bulletin"): ("step_text",),
    ("interview", "expose"): ("step_text",), ("interview", "hold_talk"): ("talk_record", "talk_decisions"),
}  # fmt: skip
OTHERWISE = "请写“建议有权部门依法处理”"


def instead(word: str) -> str:
    """What to write instead of a word of order or punishment."""
    return INSTEAD.get(word, OTHERWISE)


def _unwritten(word: str) -> Said:
    return Said(f"不得写“{word}”（{BASIS}）：{instead(word)}", f"Do not write “{word}”; ask the body with the power")


def no_order(word: str) -> Said:
    """What is said to whoever wrote a word of order into a record of a patrol."""
    return Said(
        f"巡查和服务记录只作提示，不得写“{word}”（{BASIS}）：{instead(word)}",
        f"A record of a patrol only advises: do not write “{word}”; ask the body with the power",
    )


def check(tx: Session, app: App, viewer: Viewer, **texts: str) -> None:
    """Raise Invalid when somebody whose unit may not order (table D9) writes as if it could, naming field and word."""
    wrong = [
        Problem(field=field, rule="wording", message=_unwritten(found[0]))
        for field, text in texts.items()
        if (found := AS_AN_ORDER.search(text))
    ]
    if wrong and not _may_order(tx, app, viewer):
        raise Invalid(
            "没有执法权的人员只作提示和报告：" + "；".join(problem["message"] for problem in wrong) + "。",
            en="Only a body with the power orders or punishes; write advice instead.",
            problems=wrong,
        )


def register(app: App) -> None:
    """Ask about remarks on tasks, and about what steps write that is printed later."""
    app.said.append(_remark)
    for step, names in PRINTED.items():
        app.acts[step] = _worded(names, app.acts.get(step))


def _remark(app: App, tx: Session, viewer: Viewer, text: str) -> None:
    check(tx, app, viewer, text=text)


def _worded(names: tuple[str, ...], then: "Act | None") -> "Act":
    def act(case: Opened, task: Found, given: Mapping[str, Any], viewer: Viewer) -> None:
        check(case.tx, case.app, viewer, **{name: str(given.get(name) or "") for name in names})
        if then is not None:
            then(case, task, given, viewer)

    return act


def _may_order(tx: Session, app: App, viewer: Viewer) -> bool:
    unit = units.of_person(tx, viewer.name)
    if viewer.admin or unit is None:
        return viewer.admin
    try:
        powers.entitled(tx, "order_remove", unit, day=app.clock().astimezone(app.zone).date())
    except NotAllowed:
        return False
    return True
