"""Who is looking or acting, as far as the BPM engine needs to know: a login name, its groups, for whom it stands in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar, cast

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class StandIn:
    """A standing substitution that is active now: whose tasks, through which of that person's groups, of which
    definitions (none named: all). ``mandate`` is the number of the written authorisation of an absent head.
    """

    person: str
    groups: frozenset[str]
    definitions: frozenset[str] = frozenset()
    mandate: str = ""

    @property
    def candidates(self) -> list[str]:
        """The keys under which the absent person is named in ``task_candidate``, as far as the scope goes."""
        return _keys(self.person, self.groups)

    def covers(self, task: Any, definition: str, candidates: Iterable[str]) -> bool:
        """Whether the absent person could work this task and the scope has it; ``sight.in_stead`` says it in SQL."""
        if self.definitions and definition not in self.definitions:
            return False
        if task.assignee is None:
            return self.person in (task.owner, task.on_behalf_of) or not set(self.candidates).isdisjoint(candidates)
        return bool(task.assignee == self.person)


class Behalf(NamedTuple):
    """A step that a standing substitute takes on this task for an absent person."""

    task: str
    element: str
    person: str
    mandate: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """``groups`` are compared with the candidate groups of tasks; an ``admin`` may see and act on everything.

    ``stands_in`` opens tasks of absent persons, nothing else: what a person may do by name, role or certificate asks
    for ``name``, ``groups`` and ``admin``.
    """

    name: str
    groups: frozenset[str] = field(default_factory=frozenset)
    admin: bool = False
    stands_in: tuple[StandIn, ...] = ()

    @property
    def candidates(self) -> list[str]:
        """The keys under which this person is named in ``task_candidate``."""
        return _keys(self.name, self.groups)

    def on_behalf_of(self, task: Any, definition: str, candidates: Iterable[str]) -> str | None:
        """Whose substitute this person is when acting on the task; None for who may work it in their own right.

        A task that was claimed on behalf of somebody stays that until it is given away.
        """
        if self.name in (task.assignee, task.completed_by):
            return cast(str | None, task.on_behalf_of)
        if not self.stands_in:
            return None
        named = self.name in (task.owner, task.on_behalf_of)
        if task.assignee is None and (named or not set(self.candidates).isdisjoint(candidates)):
            return None
        return next((each.person for each in self.stands_in if each.covers(task, definition, candidates)), None)

    def mandate_of(self, person: str, definition: str) -> str:
        """The number of the mandate under which this person acts for that one now; empty without one."""
        mine = [each for each in self.stands_in if each.person == person and each.mandate]
        return next((each.mandate for each in mine if not each.definitions or definition in each.definitions), "")


@dataclass(frozen=True, slots=True)
class Account:
    """What the engine has to know of somebody else: whether the account is in use, its mail address and groups."""

    active: bool = True
    address: str | None = None
    groups: frozenset[str] = frozenset()


def _keys(name: str, groups: frozenset[str]) -> list[str]:
    return [f"user:{name}", *sorted(f"group:{group}" for group in groups)]


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list: ``page`` counts from 1, ``total`` is the number of all rows."""

    items: Sequence[Item]
    total: int
    page: int
    size: int

    def as_json(self) -> dict[str, Any]:
        """The shape every list of the API answers with."""
        return {"items": list(self.items), "total": self.total, "page": self.page, "size": self.size}
