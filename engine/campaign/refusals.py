"""Whether an order was fined for and still not followed (安全生产法 112): from then on the body may fine day by day,
counted from the day after the order (T30). Only what papers say counts; the body decides.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.campaign.document_model import Document
from engine.said import Said

_NOT_DONE = re.compile(r"(未|没有|拒不)(按期|按时|完全|全部)?(整改|改正|完成|落实|拆除|消除|执行)|不合格|不符合")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The decision that fined, the paper that found it not done, and when a later one found it done."""

    fine: Document
    found: Document
    ended_at: datetime | None

    @property
    def words(self) -> Said:
        """Why it may go on."""
        return Said(
            f"已受罚款处罚（{self.fine.number}），复查（{self.found.number}）认定没有改正：自责令改正之日的次日起，可以按照原处罚数额"
            "按日连续处罚，由机关另行决定",
            f"Fined ({self.fine.number}) and found not to be done ({self.found.number}): from the day after the order "
            "on the same fine may be imposed for each day; the body decides",
        )


def of(order: Document, fines: Iterable[Document], opinions: Iterable[Document]) -> Refusal | None:
    """What was found after the order and its fine, of papers in the order of their approval; None: no refusal."""
    fine = next((one for one in fines if _after(one, order)), None)
    refusal: Refusal | None = None
    for opinion in opinions if fine is not None else ():
        if fine is None or not _after(opinion, fine):
            continue
        if not_done(opinion.body):
            refusal = Refusal(fine, refusal.found if refusal else opinion, None)
        elif refusal is not None:
            refusal = Refusal(fine, refusal.found, opinion.approved_at)
    return refusal


def not_done(body: dict[str, Any]) -> bool:
    """Whether an opinion after a re-inspection says of anything that it was not done."""
    items = [row.get("result") for row in body.get("items") or () if isinstance(row, dict)]
    return any(_NOT_DONE.search(str(text or "")) for text in (body.get("opinion"), *items))


def _after(later: Document, paper: Document) -> bool:
    return bool(later.approved_at and paper.approved_at and later.approved_at > paper.approved_at)
