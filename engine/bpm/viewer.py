"""Who is looking or acting, as far as the BPM engine needs to know: a login name and its groups."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Viewer:
    """``groups`` are compared with the candidate groups of tasks; an ``admin`` may see and act on everything."""

    name: str
    groups: frozenset[str] = field(default_factory=frozenset)
    admin: bool = False

    @property
    def candidates(self) -> list[str]:
        """The keys under which this person is named in ``task_candidate``."""
        return [f"user:{self.name}", *sorted(f"group:{group}" for group in self.groups)]


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
