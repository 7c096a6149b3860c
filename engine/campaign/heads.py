"""Who approves as the head of an organ: the head in person, or for an absent head a substitute with the head's written
mandate (书面授权). Every check of the head asks here; rules/heads.yaml says which approvals a mandate reaches.

示例规则，需法制审核: that a head may be represented at all, and in what, is for the office's lawyers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpm import substitution
from engine.bpm.model import Definition, Instance
from engine.bpm.work_model import Substitution
from engine.campaign import history, powers
from engine.campaign.clock_file import MARK
from engine.campaign.model import Person, PersonRole, Unit
from engine.errors import NotAllowed
from engine.said import Said

NOUN = "mandate"
FILE = Path(__file__).parent / "rules" / "heads.yaml"


@dataclass(frozen=True, slots=True)
class HeadAct:
    """An approval of the head; ``papers`` are the types of documents whose approval it is."""

    code: str
    title: Said
    clause: str
    in_person: bool = False
    papers: tuple[str, ...] = ()


def _act(code: str, *, title: str, en: str, papers: Sequence[str] = (), **row: Any) -> HeadAct:
    return HeadAct(code, Said(title, en), papers=tuple(papers), **row)


ACTS = {code: _act(code, **row) for code, row in yaml.safe_load(FILE.read_text(encoding="utf-8"))["acts"].items()}


@dataclass(frozen=True, slots=True)
class Approver:
    """Who acts (``by``) and whose power it is (``head``): the same in person, else under the number ``mandate``."""

    by: str
    head: str
    mandate: str = ""


class Approved(Protocol):
    """A row that keeps who approved it."""

    approved_at: Any
    approved_by: Any
    approved_for: Any
    approved_mandate: Any


def of_paper(type: str) -> str:
    """The act that approving a document of this type is."""
    return next((act.code for act in ACTS.values() if type in act.papers), "document")


def approver(
    tx: Session, act: str, bodies: Sequence[Unit], by: str, *, now: datetime, instance: str | None = None
) -> Approver | None:
    """Who approves this act of one of these bodies when ``by`` acts; None when they may not. ``instance`` is the case
    whose step it is: a substitution for some processes reaches no further.
    """
    if any(powers.approves(tx, body, by) for body in bodies):
        return Approver(by, by)
    if ACTS[act].in_person:
        return None
    for row in _absent(tx, by, bodies, now):
        if row.mandate and not _beyond(tx, row, instance, now):
            return Approver(by, row.person, row.mandate)
    return None


def require(
    tx: Session, act: str, bodies: Sequence[Unit], by: str, *, words: Said, now: datetime, instance: str | None = None
) -> Approver:
    """The same; raises NotAllowed, which begins with ``words`` and says what a substitute lacks and how to get it."""
    found = approver(tx, act, bodies, by, now=now, instance=instance)
    if found is not None:
        return found
    codes = ", ".join(dict.fromkeys(body.code for body in bodies))
    told = lacking(tx, act, bodies, by, now=now, instance=instance) or Said(
        f"“{by}”不是该机关负责人", f"{by} does not head {codes}"
    )
    raise NotAllowed(f"{words}，{told}。", en=f"{words.en}: {told.en}.")


def lacking(
    tx: Session, act: str, bodies: Sequence[Unit], by: str, *, now: datetime, instance: str | None = None
) -> Said | None:
    """Why a substitute of the head cannot do it; None for somebody who stands in for no head of these bodies."""
    rows = sorted(_absent(tx, by, bodies, now), key=lambda row: (_over(row, now), not row.mandate))
    if not rows:
        return None
    row, kind = rows[0], ACTS[act]
    head = tx.get_one(Person, row.person).display_name
    if kind.in_person:
        return Said(
            f"{kind.title}须由负责人本人办理（{kind.clause}，{MARK}），代办人有书面授权也不能代办，请 {head} 本人办理",
            f"{kind.title.en} is for the head in person ({kind.clause}; {MARK.en}), not for a substitute, whatever "
            f"mandate there is: ask {head}",
        )
    if row.mandate:
        return _beyond(tx, row, instance, now)
    return Said(
        f"您代 {head} 办理，但没有书面授权：请 {head} 在“设置 → 代办”填写授权文号，"
        "或者由系统管理员凭其签名的授权书登记",
        f"you stand in for {head} without a written mandate: {head} gives its number under Settings → Substitutions, "
        "or an admin records it with the signed letter",
    )


def sign(tx: Session, row: Approved, act: str, found: Approver, *, about: str, now: datetime) -> None:
    """Keep on a row who approved it and for whom; ``about`` names the thing in the audit."""
    row.approved_at, row.approved_by = now, found.by
    row.approved_for, row.approved_mandate = (found.head, found.mandate) if found.mandate else ("", "")
    used(tx, act, found, about=about, now=now)


def used(tx: Session, act: str, found: Approver, *, about: str, now: datetime) -> None:
    """A line in the audit about each use of a mandate, under the head's name."""
    if found.mandate:
        after = {"act": str(ACTS[act].title), "about": about, "substitute": found.by}
        history.note(tx, NOUN, found.head, before={}, after=after, reason=found.mandate, by=found.by, now=now)


def words(tx: Session, by: str, head: str, mandate: str) -> Said:
    """How it is printed who acted for whom by what mandate; empty for somebody who acted in person."""
    if not mandate:
        return Said("", "")
    rows = tx.execute(select(Person.name, Person.display_name).where(Person.name.in_((by, head))))
    names = {row.name: row.display_name for row in rows}
    return in_words(names.get(by, by), names.get(head, head), mandate)


def in_words(by: str, head: str, mandate: str) -> Said:
    """The same from the shown names."""
    return Said(f"由 {by} 代 {head} 办理，授权：{mandate}", f"{by} for {head}, mandate {mandate}")


def of_organ(tx: Session, head: Person, deputy: Person) -> bool:
    """Whether a head may authorise this person: somebody of the same unit or of an office of it."""
    if head.unit is None or deputy.unit is None:
        return False
    unit = tx.get_one(Unit, deputy.unit)
    return head.unit == unit.code or (unit.kind == "office" and unit.parent == head.unit)


def heading(tx: Session, name: str) -> Unit | None:
    """The unit that this person heads."""
    person = tx.get(Person, name)
    unit = tx.get(Unit, person.unit) if person is not None and person.unit else None
    return unit if unit is not None and powers.approves(tx, unit, name) else None


def _absent(tx: Session, by: str, bodies: Sequence[Unit], now: datetime) -> Iterator[Substitution]:
    """The substitutions, begun until now, of ``by`` for a head of these bodies; also those that are over."""
    begun = select(Substitution).where(Substitution.substitute == by, Substitution.starts_at <= now)
    for row in tx.scalars(begun.order_by(Substitution.starts_at, Substitution.id)):
        if any(powers.approves(tx, body, row.person) for body in bodies):
            yield row


def _beyond(tx: Session, row: Substitution, instance: str | None, now: datetime) -> Said | None:
    """Why this mandate does not hold for this case, or no more."""
    head, deputy = tx.get_one(Person, row.person), tx.get_one(Person, row.substitute)
    if _over(row, now):
        return Said(
            f"代 {head.display_name} 的代办已经结束或者撤销，授权 {row.mandate} 随之失效",
            f"the substitution for {head.display_name} is over, and the mandate {row.mandate} with it",
        )
    if not of_organ(tx, head, deputy):
        return Said(
            "代办人不是本机关的人员，授权不能使用", "the substitute is not of the organ: the mandate does not hold"
        )
    if not _in_scope(tx, row, head, instance):
        return Said(
            f"授权 {row.mandate} 随代办限于部分流程或者候选组，不含这一项，请另设不限的代办",
            f"the mandate {row.mandate} is for some processes or groups only, as its substitution; set one for all",
        )
    return None


def _over(row: Substitution, now: datetime) -> bool:
    return not substitution.runs(row, now)


def _in_scope(tx: Session, row: Substitution, head: Person, instance: str | None) -> bool:
    if row.groups:
        roles = tx.scalars(
            select(PersonRole.role).where(PersonRole.person == head.name, PersonRole.role.in_(powers.APPROVERS))
        )
        if not {group for role in roles for group in (role, f"{role}@{head.unit}")} & set(row.groups):
            return False
    if not row.definitions:
        return True
    process = select(Definition.key).join(Instance, Instance.definition_id == Definition.id)
    return tx.scalar(process.where(Instance.id == instance)) in row.definitions
