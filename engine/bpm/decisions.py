"""Reads DMN files (1.1 to 1.5) into decisions; every cell is compiled here, a wrong one is refused before it runs."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from lxml import etree

from engine.bpm.decision_tables import AGGREGATIONS, HIT_POLICIES, Decision, Input, Output, Rule, Table
from engine.bpm.expression_syntax import EACH, MAX_READ
from engine.bpm.expressions import BadExpression, Expression
from engine.bpm.unary_tests import compile_unary, feel
from engine.errors import Invalid, Problem

__all__ = ["BadDecision", "Decision", "parse_decisions"]

Result = TypeVar("Result")
MAX_BYTES = 5_000_000
MAX_CELLS = 50_000
MAX_REQUIRED = 50  # levels of decisions that require each other
_NAMESPACES = frozenset(
    f"{base}/DMN/{version}/{tail}"
    for base, version, tail in (
        ("http://www.omg.org/spec", "20151101", "dmn.xsd"),
        ("http://www.omg.org/spec", "20151130", "MODEL/"),
        ("http://www.omg.org/spec", "20180521", "MODEL/"),
        ("https://www.omg.org/spec", "20191111", "MODEL/"),
        ("https://www.omg.org/spec", "20211108", "MODEL/"),
        ("https://www.omg.org/spec", "20230324", "MODEL/"),
    )
)


class BadDecision(Invalid):
    """This DMN file cannot be used; ``problems`` names each place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0]["message"], en=problems[0]["en"], problems=problems)


def parse_decisions(xml: bytes) -> dict[str, Decision]:
    """The decisions of a DMN file by id. Raises BadDecision with one problem for each wrong place."""
    root = _root(xml)
    reader = _Reader()
    elements = {element.get("id", ""): element for element in _children(root, "decision")}
    reader.count_cells(root)
    decisions: dict[str, Decision | None] = {}  # None: it cannot be read, which was said
    for identifier in elements:
        reader.decision(identifier, elements, decisions, ())
    if not elements:
        reader.refuse("", "文件里没有决策，请至少画一个决策表。", "There is no decision in this file; draw a table.")
    if reader.problems:
        raise BadDecision(reader.problems)
    return {identifier: found for identifier, found in decisions.items() if found is not None}


class _Reader:
    """Collects the problems of one file while its decisions are read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def refuse(self, element: str, message: str, en: str) -> None:
        if len(self.problems) < 100:
            self.problems.append(Problem(element=element, message=message, en=en, rule="decision", severity="error"))

    def compiled(self, element: str, compile_it: Callable[[str], Result], text: str) -> Result | None:
        try:
            return compile_it(text)
        except BadExpression as error:
            self.refuse(element, error.message, error.en)
        return None

    def count_cells(self, root: etree._Element) -> None:
        cells = [element for element in root.iter() if _local(element) in ("inputEntry", "outputEntry")]
        if len(cells) > MAX_CELLS:
            self.refuse("", f"决策表最多 {MAX_CELLS} 个单元格，请拆分。", f"At most {MAX_CELLS} cells; split it.")
            raise BadDecision(self.problems)
        if sum(max(EACH, len(_text(cell))) for cell in cells) > MAX_READ:
            self.refuse(
                "",
                f"单元格的内容合计最多 {MAX_READ} 个字符（每格至少算 {EACH} 个），请拆分或缩短。",
                f"The cells have at most {MAX_READ} characters together ({EACH} at least each); split or shorten it.",
            )
            raise BadDecision(self.problems)

    def decision(
        self,
        identifier: str,
        elements: dict[str, etree._Element],
        done: dict[str, Decision | None],
        path: tuple[str, ...],
    ) -> Decision | None:
        """Read one decision after the ones it requires; a circle of requirements is refused."""
        if identifier in done:
            return done[identifier]
        if len(path) > MAX_REQUIRED:
            self.refuse(
                identifier,
                f"决策的依赖超过 {MAX_REQUIRED} 层，请减少。",
                f"Decisions require each other over more than {MAX_REQUIRED} levels; make them fewer.",
            )
            return None
        if identifier in path:
            self.refuse(
                identifier,
                "决策之间循环依赖，请去掉一条依赖。",
                "Decisions require each other in a circle; remove one requirement.",
            )
            return None
        if identifier not in elements:
            self.refuse(
                path[-1],
                f"找不到所依赖的决策“{identifier}”，请改正引用。",
                f"The required decision {identifier} is missing; correct the reference.",
            )
            return None
        element = elements[identifier]
        if not identifier:
            self.refuse("", "有一个决策没有编号（id），请补上。", "A decision has no id; give it one.")
            return None
        references = [self.decision(key, elements, done, (*path, identifier)) for key in _required(element)]
        logic = self._logic(identifier, element)
        required = tuple(found for found in references if found is not None)
        name = element.get("name", "")
        done[identifier] = Decision(identifier, name, logic, _variable(element), required) if logic else None
        return done[identifier]

    def _logic(self, identifier: str, element: etree._Element) -> Table | Expression | None:
        table, literal = _child(element, "decisionTable"), _child(element, "literalExpression")
        if table is not None:
            return self._table(identifier, table)
        if literal is not None:
            return self.compiled(identifier, feel, _text(literal))
        self.refuse(
            identifier,
            "只支持决策表和文字表达式，请改用其中一种。",
            "Only tables and literal expressions work; use one of them.",
        )
        return None

    def _table(self, identifier: str, table: etree._Element) -> Table | None:
        policy = table.get("hitPolicy", "UNIQUE").replace("_", " ").upper()
        aggregation = table.get("aggregation") or None
        before = len(self.problems)
        if policy not in HIT_POLICIES:
            self.refuse(
                identifier, f"不认识命中策略“{policy}”，请重新选择。", f"Unknown hit policy {policy}; choose another."
            )
        if aggregation is not None and (aggregation not in AGGREGATIONS or policy != "COLLECT"):
            self.refuse(
                identifier,
                "汇总方式只能与“收集”策略一起使用，请改正。",
                "Aggregation works with COLLECT only; correct one of them.",
            )
        inputs = [self._input(identifier, column) for column in _children(table, "input")]
        outputs = [self._output(identifier, column) for column in _children(table, "output")]
        if not outputs:
            self.refuse(identifier, "决策表没有输出列，请添加。", "There is no output column; add one.")
        if len({output.name for output in outputs}) < len(outputs):
            self.refuse(identifier, "两个输出列同名，请改名。", "Two output columns have the same name; rename one.")
        if aggregation in ("SUM", "MIN", "MAX") and len(outputs) > 1:
            self.refuse(
                identifier,
                "汇总时只能有一个输出列，请删去其余。",
                "An aggregating table has one output column; remove the others.",
            )
        rules = [
            self._rule(identifier, number, rule, len(inputs), len(outputs))
            for number, rule in enumerate(_children(table, "rule"), 1)
        ]
        if len(self.problems) > before:
            return None
        columns = tuple(column for column in inputs if column is not None)
        return Table(policy, aggregation, columns, tuple(outputs), tuple(rule for rule in rules if rule is not None))

    def _input(self, identifier: str, column: etree._Element) -> Input | None:
        expression = _child(column, "inputExpression")
        text = "" if expression is None else _text(expression)
        label = column.get("label", "")
        if not text:
            self.refuse(
                identifier,
                f"输入列“{label}”没有填写表达式，请补上。",
                f"Input column {label!r} has no expression; give it one.",
            )
            return None
        kind = "" if expression is None else expression.get("typeRef", "").rpartition(":")[2]
        compiled = self.compiled(identifier, feel, text)
        return None if compiled is None else Input(compiled, kind.lower(), label)

    def _output(self, identifier: str, column: etree._Element) -> Output:
        listed, default = _child(column, "outputValues"), _child(column, "defaultOutputEntry")
        name = column.get("name") or column.get("label") or identifier
        values: tuple[Expression, ...] = ()
        if listed is not None and _text(listed):
            tests = self.compiled(identifier, compile_unary, _text(listed))
            values = tests.expressions if tests is not None else ()
        fallback = None if default is None or not _text(default) else self.compiled(identifier, feel, _text(default))
        return Output(name, values, fallback)

    def _rule(self, identifier: str, number: int, rule: etree._Element, inputs: int, outputs: int) -> Rule | None:
        tests, results = list(_children(rule, "inputEntry")), list(_children(rule, "outputEntry"))
        element = rule.get("id") or identifier
        if (len(tests), len(results)) != (inputs, outputs):
            self.refuse(
                element,
                f"第 {number} 行的单元格数与列数不符，请补齐。",
                f"Rule {number} has a wrong number of cells; correct it.",
            )
            return None
        cells = [self.compiled(element, compile_unary, _text(cell)) for cell in tests]
        texts = [_text(cell) for cell in results]
        values = [self.compiled(element, feel, text) if text not in ("", "-") else None for text in texts]
        return Rule(element, tuple(cell for cell in cells if cell is not None), tuple(values))


def _root(xml: bytes) -> etree._Element:
    """The root of a harmless DMN file: no DOCTYPE, no entities, no network, bounded size."""
    problem = Problem(element="", rule="xml", severity="error")
    if len(xml) > MAX_BYTES:
        raise BadDecision(
            [problem | {"message": "文件超过 5 MB，请拆分。", "en": "The file is larger than 5 MB; split it."}]
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        words = str(error).partition("\n")[0]
        message = f"不是可读的 XML：{words}。请重新导出该文件。"
        raise BadDecision(
            [problem | {"message": message, "en": f"Not readable XML: {words}; export it again."}]
        ) from None
    if root.getroottree().docinfo.doctype:
        message = "文件含有 DOCTYPE，出于安全不接受，请删除它。"
        raise BadDecision([problem | {"message": message, "en": "A DOCTYPE is not accepted; remove it."}])
    if _local(root) != "definitions" or etree.QName(root).namespace not in _NAMESPACES:
        message = "这不是 DMN 文件，根元素应为 DMN 1.1 至 1.5 的 definitions。请选择别的文件。"
        raise BadDecision([problem | {"message": message, "en": "This is no DMN 1.1 to 1.5 file; choose another."}])
    return root


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if _local(child) == name)


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(_children(element, name), None)


def _text(element: etree._Element) -> str:
    """The content of an element's `text` child."""
    text = _child(element, "text")
    return "" if text is None else "".join(text.itertext()).strip()


def _required(element: etree._Element) -> list[str]:
    """The ids of the decisions that this one requires; required input data are plain variables."""
    required = (_child(requirement, "requiredDecision") for requirement in _children(element, "informationRequirement"))
    return [found.get("href", "").rpartition("#")[2] for found in required if found is not None]


def _variable(element: etree._Element) -> str:
    variable = _child(element, "variable")
    named = variable.get("name", "") if variable is not None else ""
    return named or element.get("id", "")
