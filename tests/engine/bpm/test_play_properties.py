"""Sound processes of any shape: the linter has nothing to say about their flow, and a play of them completes."""

from itertools import count, pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.bpm.lint import lint
from engine.bpm.play import play
from tests.engine.bpm.diagrams import diagram, flows

FLOW_RULES = {"soundness", "twice", "tokens", "unreachable", "dead-end", "gateway", "call-circle"}

# A block is a task, blocks in a row, or blocks beside each other: chosen, parallel, or repeated at most twice.
Block = tuple[str, list["Block"]]
blocks = st.recursive(
    st.tuples(st.sampled_from(["task", "userTask", "scriptTask"]), st.just([])),
    lambda inner: st.tuples(st.sampled_from(["row", "choice", "parallel", "inclusive", "again"]),
                            st.lists(inner, min_size=2, max_size=3)),
    max_leaves=10,
)  # fmt: skip


LEAF: Block = ("task", [])
# Round the loop each of the two joins leads to the other.
NESTED_JOINS: Block = ("again", [LEAF, ("inclusive", [LEAF, ("inclusive", [LEAF, LEAF])])])


class Drawing:
    """Draws blocks as BPMN, each with one way in and one way out."""

    def __init__(self) -> None:
        self.elements: list[str] = []
        self.numbers = count()

    def element(self, tag: str, inner: str = "", more: str = "") -> str:
        name = f"{tag}_{next(self.numbers)}"
        self.elements.append(f'<{tag} id="{name}"{more}>{inner}</{tag}>')
        return name

    def flow(self, source: str, target: str, condition: str = "") -> None:
        guard = f"<conditionExpression>${{{condition}}}</conditionExpression>" if condition else ""
        name = f"f_{next(self.numbers)}"
        ends = f'sourceRef="{source}" targetRef="{target}"'
        self.elements.append(f'<sequenceFlow id="{name}" {ends}>{guard}</sequenceFlow>')

    def block(self, block: Block) -> tuple[str, str]:
        kind, parts = block
        if not parts:
            name = self.element(kind, "<script>n = n + 1</script>" if kind == "scriptTask" else "")
            return name, name
        inner = [self.block(part) for part in parts]
        if kind in ("row", "again"):
            for (_, last), (first, _) in pairwise(inner):
                self.flow(last, first)
            whole = inner[0][0], inner[-1][1]
            return whole if kind == "row" else self.again(whole)
        return self.beside(kind, inner)

    def beside(self, kind: str, inner: list[tuple[str, str]]) -> tuple[str, str]:
        tag = {"choice": "exclusiveGateway", "parallel": "parallelGateway", "inclusive": "inclusiveGateway"}[kind]
        split, join = self.element(tag), self.element(tag)
        for number, (first, last) in enumerate(inner):
            condition = "" if kind == "parallel" else f"n % {len(inner)} == {number}" if kind == "choice" else "n >= 0"
            self.flow(split, first, condition)
            self.flow(last, join)
        return split, join

    def again(self, inner: tuple[str, str]) -> tuple[str, str]:
        enter, which = self.element("exclusiveGateway"), self.element("exclusiveGateway")
        rounds = self.element("scriptTask", f"<script>{which} = {which} + 1</script>")
        leave = self.element("exclusiveGateway")
        self.flow(enter, rounds)
        self.flow(rounds, inner[0])
        self.flow(inner[1], which)
        self.flow(which, enter, f"{which} &lt; 2")
        self.flow(which, leave, f"{which} &gt;= 2")
        return enter, leave


@settings(max_examples=40, deadline=None)
@given(blocks)
@example(NESTED_JOINS)
def test_a_sound_process_has_no_findings_about_its_flow_and_completes(block: Block) -> None:
    drawing = Drawing()
    first, last = drawing.block(block)
    body = "".join(drawing.elements) + f'<startEvent id="s"/><endEvent id="e"/>{flows(f"s>{first}", f"{last}>e")}'
    files = {"any.bpmn": diagram(body)}
    assert [problem for problem in lint(files) if problem["rule"] in FLOW_RULES] == []
    counters = {f"exclusiveGateway_{number}": 0 for number in range(next(drawing.numbers))}
    answer = play(files, {"auto": True, "variables": {"n": 0, **counters}})
    assert (answer["status"], answer["error"], answer["incidents"]) == ("completed", None, [])
