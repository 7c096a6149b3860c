"""What an author should know about a plan that ran: entries that fitted nothing, answers that a form would refuse."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from engine.bpm.simulation.plan import Plan
from engine.bpm.simulation.staff import Desk
from engine.bpm.spiff import Model
from engine.errors import Problem

HUMAN = ("userTask", "manualTask")


class Remarks:
    """Collects the warnings of one simulation; nothing here stops it."""

    def __init__(self, plan: Plan, model: Model) -> None:
        self._plan, self._model = plan, model
        self._taken: set[str] = set()
        self._refused: dict[tuple[str, str], Problem] = {}

    def taken(self, message: str) -> None:
        """Some case took a message of this name."""
        self._taken.add(message)

    def refused(self, element: str, problems: Iterable[Problem]) -> None:
        """What the form of a task would have refused, told once for each sentence."""
        for problem in problems:
            said, en = problem["message"], problem.get("en", "")
            self._refused.setdefault((element, said), _remark(
                f"“{element}”填写的内容，表单不会接受：{said}", f"The form of {element} would refuse: {en}", element,
            ))  # fmt: skip

    def rows(self, desks: Mapping[str, Desk]) -> list[Problem]:
        """All of them, at the end of the simulation."""
        human = [element for element, info in self._model.elements.items() if info.type in HUMAN]
        topics = {node.work.topic for _, node in self._model.nodes() if node.work is not None}
        unknown = [
            *_unused("tasks", self._plan.tasks, human, "流程里没有这个人工环节", "no such task in the process"),
            *_unused("staff", self._plan.staff, desks, "没有任务交给过这个组", "no task came to this group"),
            *(_fits_nothing("operators", topic, "流程里没有这个操作", "no such operator in the process")
              for topic in self._plan.operators if topic not in topics),
            *(_fits_nothing("messages", name, "没有案件收下过这个消息", "no case took this message")
              for name in dict.fromkeys(post.name for post in self._plan.messages) if name not in self._taken),
        ]  # fmt: skip
        return [*unknown, *self._refused.values()]


def _unused(place: str, patterns: Iterable[str], names: Iterable[str], said: str, en: str) -> list[Problem]:
    """The patterns that are the first to match none of these names; `*` stands for whatever there may be besides."""
    listed = list(patterns)
    used = {next((pattern for pattern in listed if fnmatchcase(name, pattern)), "") for name in names}
    return [_fits_nothing(place, pattern, said, en) for pattern in listed if pattern not in used and pattern != "*"]


def _fits_nothing(place: str, name: str, said: str, en: str) -> Problem:
    return _remark(f"推演计划的 {place}.{name}：{said}，请检查写法。", f"{place}.{name} of the plan: {en}.")


def _remark(message: str, en: str, element: str = "") -> Problem:
    return Problem(element=element, rule="plan", severity="warning", message=message, en=en)
