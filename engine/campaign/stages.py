"""The stage of a case in words, from the elements at which its process stands; the diagram's ids are the only link."""

from collections.abc import Iterable

CLOSED, VOID, REGISTERED = "已销号", "已作废", "登记"
ELEMENTS: dict[str, tuple[str, ...]] = {
    "核实分级": ("classify", "judge_major"),
    "现场立改": ("fix_now",),
    "交办待签收": ("assign", "sign"),
    "整改中": ("plan", "rectify"),
    "复查": ("recheck",),
    "销号审核": ("close_review", "approve_closure", "fill_gaps"),
    "作废审批": ("confirm_void",),
}
APPLIED = ELEMENTS["复查"] + ELEMENTS["销号审核"]  # the fix was handed in: waiting for us is not overdue
STAGE = {element: stage for stage, elements in ELEMENTS.items() for element in elements}
ORDER = list(ELEMENTS)


def ended(*, closed: bool, void: bool) -> str:
    """How a case ended; empty while it runs."""
    return (VOID if void else CLOSED) if closed else ""


def applied(elements: Iterable[str]) -> bool:
    """Whether the fix was handed in and waits for re-inspection or closure."""
    return any(element in APPLIED for element in elements)


def of(elements: Iterable[str], *, closed: bool, void: bool) -> str:
    """The stage of a case with these open tasks; the furthest one counts when several stand open."""
    if closed:
        return ended(closed=closed, void=void)
    reached = [STAGE[element] for element in elements if element in STAGE]
    return max(reached, key=ORDER.index) if reached else REGISTERED
