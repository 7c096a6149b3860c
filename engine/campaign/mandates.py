"""Verbs on the written mandate (书面授权) of an absent head: given with its number, taken back. It belongs to one
substitution: it holds for exactly its days, for its processes and groups, and ends with it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import substitution
from engine.bpm.viewer import Viewer
from engine.bpm.views import View
from engine.bpm.work_model import Substitution
from engine.campaign import heads, history, people
from engine.campaign.case_model import Evidence
from engine.campaign.substitution_notices import tell
from engine.errors import Conflict, Invalid, NotAllowed, Problem
from engine.said import Said

NOUN = "substitution"


def give(app: App, substitution_id: str, *, number: str, file: str | None = None, by: Viewer) -> View:
    """Write down the number (or date) of the mandate: the absent head does, or an admin with the ``file`` of the signed
    letter, uploaded before. The others get a notice. Raises NotFound, NotAllowed, Conflict (ended, given already),
    Invalid (no head, another organ's substitute, no number, no file).
    """
    now = app.clock()
    with app.transaction() as tx:
        row = substitution.standing(app, tx, substitution_id, by=by, now=now)
        give_in(tx, row, number=number, file=file, by=by, now=now)
        told = Said(
            f"{row.person} 授权 {row.substitute} 代行负责人的批准，授权：{row.mandate}",
            f"{row.person} authorises {row.substitute} to approve as head, mandate {row.mandate}",
        )
        tell(app, tx, row, by, now, told)
        return substitution.view(row, now)


def give_in(tx: Session, row: Substitution, *, number: str, file: str | None, by: Viewer, now: datetime) -> None:
    """The same in a running transaction, without the notices."""
    _may_give(row, by)
    if row.mandate:
        raise Conflict(
            f"这项代办已有授权 {row.mandate}，要改的先收回，再填新的授权文号。",
            en=f"It has the mandate {row.mandate} already; take it back before giving another.",
        )
    if not number.strip():
        raise _refusal(
            "mandate", "required", "请填写授权文号（没有文号的填授权书的日期）。", "Give the number or date."
        )
    _check_people(tx, row)
    if by.name != row.person and not file:
        raise _refusal(
            "mandate_file",
            "required",
            "代为登记的，请上传负责人签名的授权书。",
            "Upload the letter that the head signed.",
        )
    if file:
        _check_file(tx, file, by)
    row.mandate, row.mandate_file, row.mandate_at, row.mandate_by = number.strip(), file or None, now, by.name
    after = {"mandate": row.mandate, "mandate_file": row.mandate_file, "substitute": row.substitute}
    history.note(tx, NOUN, row.person, before={"mandate": None}, after=after, reason=row.reason, by=by.name, now=now)


def withdraw(app: App, substitution_id: str, *, reason: str, by: Viewer) -> View:
    """Take the mandate back at once, the substitution goes on: the head or an admin. Raises as ``give``."""
    now = app.clock()
    with app.transaction() as tx:
        row = substitution.standing(app, tx, substitution_id, by=by, now=now)
        _may_give(row, by)
        if not reason.strip():
            raise _refusal("reason", "required", "请填写收回授权的原因。", "Give a reason.")
        if not row.mandate:
            raise Conflict("这项代办没有书面授权，不需要收回。", en="There is no mandate to take back.")
        old = {"mandate": row.mandate, "mandate_file": row.mandate_file}
        told = Said(
            f"{row.person} 给 {row.substitute} 的授权 {row.mandate} 已收回",
            f"{row.person} took back mandate {row.mandate} of {row.substitute}",
        )
        row.mandate = row.mandate_file = row.mandate_at = row.mandate_by = None
        tell(app, tx, row, by, now, told, Said(f"原因：{reason.strip()}", f"Reason: {reason.strip()}"))
        history.note(
            tx, NOUN, row.person, before=old, after={"mandate": None}, reason=reason.strip(), by=by.name, now=now
        )
        return substitution.view(row, now)


def _may_give(row: Substitution, by: Viewer) -> None:
    if by.name == row.substitute:
        raise NotAllowed(
            "代办人不能给自己授权，也不能收回授权，请由负责人本人办理。",
            en="Nobody authorises themselves: the head gives the mandate and takes it back.",
        )
    if by.name != row.person and not by.admin:
        raise NotAllowed(
            "书面授权由负责人本人填写，或者由系统管理员凭其签名的授权书登记。",
            en="The head gives the mandate, or an admin records it with the signed letter.",
        )


def _check_people(tx: Session, row: Substitution) -> None:
    unit = heads.heading(tx, row.person)
    head, deputy = people.require(tx, row.person), people.require(tx, row.substitute)
    if unit is None:
        message = f"{head.display_name} 不是单位负责人，没有可以授权的批准，不填授权文号即可。"
        raise _refusal("mandate", "head", message, f"{row.person} heads no unit: there is nothing to authorise.")
    if not heads.of_organ(tx, head, deputy):
        message = f"{deputy.display_name} 不是“{unit.name}”的人员，负责人的批准只能授权给本机关的人员。"
        raise _refusal("substitute", "organ", message, f"{row.substitute} is not of {unit.code}.")


def _check_file(tx: Session, file: str, by: Viewer) -> None:
    mine = select(Evidence.id).where(Evidence.id == file, Evidence.uploaded_by == by.name)
    if tx.scalar(mine) is None:
        raise _refusal(
            "mandate_file", "upload", "授权书没有上传成功或不是您上传的，请重新上传。", "It is no upload of yours."
        )


def _refusal(field: str, rule: str, message: str, en: str) -> Invalid:
    return Invalid(message, en=en, problems=[Problem(field=field, rule=rule, message=message, en=en)])
