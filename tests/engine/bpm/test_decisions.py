"""Decision tables: cells, the seven hit policies, required decisions, and files that are refused."""

from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpm.decisions import BadDecision, Decision, parse_decisions
from engine.bpm.expression_limits import Budget
from engine.bpm.expressions import BadExpression, EvaluationFailed
from engine.bpm.functions import builtin_functions
from engine.bpm.unary_tests import FEEL_FUNCTIONS, Scope, compile_unary
from engine.calendar import Calendar

DMN_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
NOW = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
FUNCTIONS = builtin_functions(NOW, Calendar.default(), ZoneInfo("Asia/Shanghai")) | FEEL_FUNCTIONS


def definitions(body: str, namespace: str = DMN_13) -> bytes:
    return f'<definitions xmlns="{namespace}" id="d" name="d" namespace="n">{body}</definitions>'.encode()


def table_xml(
    rules: list[tuple[list[str], list[str]]], *, inputs: str = "x", outputs: str = "out", policy: str = "UNIQUE",
    aggregation: str = "", output_inside: str = "", kind: str = "", id: str = "t", before: str = "",
) -> str:  # fmt: skip
    columns = "".join(
        f'<input><inputExpression typeRef="{kind}"><text>{escape(name)}</text></inputExpression></input>'
        for name in inputs.split(";")
    )
    columns += "".join(f'<output name="{name}">{output_inside}</output>' for name in outputs.split(";"))
    rows = ""
    for tests, results in rules:
        cells = "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in tests)
        cells += "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in results)
        rows += f"<rule>{cells}</rule>"
    sum_up = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<decision id="{id}" name="表">{before}<decisionTable hitPolicy="{policy}"{sum_up}>'
        f"{columns}{rows}</decisionTable></decision>"
    )


def decision(*args: Any, **kwargs: Any) -> Decision:
    return parse_decisions(definitions(table_xml(*args, **kwargs)))["t"]


@pytest.mark.parametrize(
    ("cell", "accepted", "rejected"),
    [
        ("-", [1, None, "a"], []),
        ("", [1, None], []),
        ('"重大"', ["重大"], ["一般", None, 1]),
        ('"a","b"', ["a", "b"], ["c"]),
        ("3", [3, 3.0], [4, "3", True]),
        ("-3", [-3], [3]),
        ("true", [True], [False, 1, None]),
        ("null", [None], [0, "", False]),
        ("> 3", [4, 3.5], [3, None, "x", True]),
        (">= 3", [3], [2]),
        ("< 3, > 10", [2, 11], [3, 10]),
        ("!= 3", [4], [3]),
        ("= 3", [3], [4]),
        ("[1..5]", [1, 3, 5], [0, 6, None, "2"]),
        ("[1..5)", [1, 4], [5]),
        ("(1..5]", [5], [1]),
        ("]1..5[", [2], [1, 5]),
        ("[1..2], [5..6[, 9", [1, 5, 9], [3, 6]),
        ("[low..low + 2]", [10, 12], [13]),
        ('not("a")', ["b", None], ["a"]),
        ('not("a", "b")', ["c"], ["a", "b"]),
        ("not(null)", [1], [None]),
        ("not(> 3)", [3], [4]),
        ("not([1..5])", [6], [5]),
        ('["a", "b"]', ["a", "b"], ["c"]),
        ("low", [10], [11]),
        ("> low * 2", [21], [20]),
        ("? > 3 and ? < 6", [4], [6]),
        ('contains(?, "街")', ["青云街道"], ["社区", None]),
        ('starts with(?, "RF-0")', ["RF-01"], ["LG-2", 5]),
        ('list contains(?, "E2")', [["E1", "E2"]], [["E1"], None]),
        ('"a, b", "c)"', ["a, b", "c)"], ["a"]),
        ('< date("2026-10-12")', ["2026-10-11T09:00:00+08:00"], ["2026-10-12T09:00:00+08:00", None]),
        ('[@"2026-10-01"..@"2026-10-07"]', [datetime(2026, 10, 3, tzinfo=UTC)], [NOW]),
        ('date and time("2026-10-12T09:00:00+08:00")', [NOW, "2026-10-12T01:00:00Z"], ["2026-10-12"]),
        ('not(x) or "y"', [], []),
    ],
)
def test_a_cell_accepts_what_it_says(cell: str, accepted: list[Any], rejected: list[Any]) -> None:
    tests = compile_unary(cell)
    assert [value for value in accepted if not tests.hold(value, Scope({"low": 10}, FUNCTIONS, Budget()))] == []
    assert [value for value in rejected if tests.hold(value, Scope({"low": 10}, FUNCTIONS, Budget()))] == []


@pytest.mark.parametrize(
    "cell",
    ["> ", "[1..", "1..2", '"open', "().__class__", "[1;2]", "not(", "a b", "x" * 2_000, "1,,2", "lambda: 1", "=>1"],
)
def test_a_wrong_cell_is_refused_when_it_is_read(cell: str) -> None:
    with pytest.raises(BadExpression):
        compile_unary(cell)


def test_unique_returns_the_row_that_matches_and_refuses_two() -> None:
    table = decision([(["< 5"], ['"low"']), (["> 3"], ['"high"'])])
    assert table.evaluate({"x": 1}, FUNCTIONS) == {"out": "low"}
    assert table.evaluate({"x": None}, FUNCTIONS) is None
    with pytest.raises(EvaluationFailed, match="第 1、2 行同时符合"):
        table.evaluate({"x": 4}, FUNCTIONS)


def test_first_returns_the_first_row_that_matches() -> None:
    rules = [(['"重大"', "-"], ['"E4"', "3"]), (["-", ">= 8"], ['"E3"', "5"]), (["-", "-"], ['"none"', ""])]
    table = decision(rules, inputs="level;overdue", outputs="step;limit", policy="FIRST")
    assert table.evaluate({"level": "重大", "overdue": 9}, FUNCTIONS) == {"step": "E4", "limit": 3}
    assert table.evaluate({"level": "一般", "overdue": 9}, FUNCTIONS) == {"step": "E3", "limit": 5}
    assert table.evaluate({"level": "一般"}, FUNCTIONS) == {"step": "none", "limit": None}


def test_any_needs_equal_results() -> None:
    same = decision([(["> 1"], ['"a"']), (["> 2"], ['"a"'])], policy="ANY")
    assert same.evaluate({"x": 5}, FUNCTIONS) == {"out": "a"}
    different = decision([(["> 1"], ['"a"']), (["> 2"], ['"b"'])], policy="ANY")
    with pytest.raises(EvaluationFailed, match="结果不同"):
        different.evaluate({"x": 5}, FUNCTIONS)


@pytest.mark.parametrize(
    ("policy", "result"), [("PRIORITY", {"out": "高"}), ("OUTPUT ORDER", [{"out": "高"}, {"out": "低"}])]
)
def test_priority_follows_the_order_of_the_output_values(policy: str, result: Any) -> None:
    values = "<outputValues><text>&quot;高&quot;,&quot;低&quot;</text></outputValues>"
    table = decision([(["-"], ['"低"']), (["> 1"], ['"高"'])], policy=policy, output_inside=values)
    assert table.evaluate({"x": 2}, FUNCTIONS) == result


def test_rule_order_and_collect_return_every_row() -> None:
    rules = [(["> 0"], ["1"]), (["> 1"], ["2"]), (["> 9"], ["3"])]
    for policy in ("RULE ORDER", "COLLECT", "RULE_ORDER"):
        assert decision(rules, policy=policy).evaluate({"x": 5}, FUNCTIONS) == [{"out": 1}, {"out": 2}]
        assert decision(rules, policy=policy).evaluate({"x": -5}, FUNCTIONS) == []


@pytest.mark.parametrize(
    ("aggregation", "result", "of_none"), [("SUM", 6, None), ("MIN", 1, None), ("MAX", 3, None), ("COUNT", 3, 0)]
)
def test_collect_aggregates(aggregation: str, result: int, of_none: int | None) -> None:
    table = decision([(["> 0"], ["1"]), (["> 0"], ["2"]), (["> 0"], ["3"])], policy="COLLECT", aggregation=aggregation)
    assert table.evaluate({"x": 5}, FUNCTIONS) == result
    assert table.evaluate({"x": -5}, FUNCTIONS) == of_none


def test_only_numbers_are_summed() -> None:
    table = decision([(["-"], ['"a"'])], policy="COLLECT", aggregation="SUM")
    with pytest.raises(EvaluationFailed, match="只能用于数字"):
        table.evaluate({"x": 1}, FUNCTIONS)


def test_outputs_are_expressions_over_the_variables() -> None:
    table = decision([(["-"], ["x * 2 + len(name)"])])
    assert table.evaluate({"x": 3, "name": "ab"}, FUNCTIONS) == {"out": 8}
    with pytest.raises(EvaluationFailed, match="决策“表”无法得出结果"):
        table.evaluate({"x": 3}, FUNCTIONS)


def test_inputs_are_expressions_and_take_their_declared_type() -> None:
    assert decision([(["> 3"], ["1"])], inputs="x + 1").evaluate({"x": 3}, FUNCTIONS) == {"out": 1}
    assert decision([(["> 3"], ["1"])], kind="integer").evaluate({"x": "12"}, FUNCTIONS) == {"out": 1}
    assert decision([(["true"], ["1"])], kind="boolean").evaluate({"x": "true"}, FUNCTIONS) == {"out": 1}
    assert decision([(['"7"'], ["1"])], kind="string").evaluate({"x": 7}, FUNCTIONS) == {"out": 1}
    assert decision([(["-"], ["1"])], kind="number").evaluate({"x": "many"}, FUNCTIONS) == {"out": 1}


def test_a_default_output_is_used_when_no_rule_matches() -> None:
    default = "<defaultOutputEntry><text>&quot;none&quot;</text></defaultOutputEntry>"
    table = decision([(["1"], ["2"])], output_inside=default, policy="FIRST")
    assert table.evaluate({"x": 5}, FUNCTIONS) == {"out": "none"}


def test_a_required_decision_is_evaluated_first() -> None:
    requires = '<informationRequirement id="r"><requiredDecision href="#base"/></informationRequirement>'
    body = table_xml([(["> 10"], ['"big"'])], inputs="base", id="t", before=requires)
    base = (
        '<decision id="base" name="基数"><variable name="base"/><literalExpression><text>x * 5</text>'
        "</literalExpression></decision>"
    )
    decisions = parse_decisions(definitions(body + base))
    assert decisions["t"].evaluate({"x": 3}, FUNCTIONS) == {"out": "big"}
    assert decisions["base"].evaluate({"x": 3}, FUNCTIONS) == {"base": 15}


@pytest.mark.parametrize(
    "namespace",
    ["http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/", DMN_13,
     "https://www.omg.org/spec/DMN/20230324/MODEL/"],
)  # fmt: skip
def test_every_dmn_version_is_read(namespace: str) -> None:
    assert list(parse_decisions(definitions(table_xml([(["-"], ["1"])]), namespace))) == ["t"]


ENTITY = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + definitions(table_xml([(["&x;"], ["1"])]))
LAUGHS = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><definitions>&b;</definitions>'
CIRCLE = "".join(
    f'<decision id="{one}"><informationRequirement><requiredDecision href="#{other}"/></informationRequirement>'
    "<literalExpression><text>1</text></literalExpression></decision>"
    for one, other in (("a", "b"), ("b", "a"))
)


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (b"", "不是可读的 XML"), (b"<a>", "不是可读的 XML"), (b"\xff\xfe\x00", "不是可读的 XML"),
        (b"<a/>", "不是 DMN 文件"),
        (ENTITY, "DOCTYPE"), (LAUGHS, "DOCTYPE"), (b" " * 6_000_000, "5 MB"), (definitions(""), "没有决策"),
        (definitions('<decision id="a"/>'), "只支持决策表"), (definitions(CIRCLE), "循环依赖"),
        (definitions(table_xml([(["-"], ["1"])], policy="MAGIC")), "命中策略"),
        (definitions(table_xml([(["-"], ["1"])], aggregation="SUM")), "汇总方式"),
        (definitions(table_xml([(["-"], ["1"])], inputs="")), "没有填写表达式"),
        (definitions(table_xml([(["-", "-"], ["1"])])), "单元格数与列数不符"),
        (definitions(table_xml([(["-"], ["1", "2"])], outputs="a;a")), "同名"),
        (definitions(table_xml([(["-"], ["__import__('os').system('id')"])])), "只能调用登记过的函数"),
        (definitions(table_xml([(["().__class__"], ["1"])])), "不允许"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(xml: bytes, words: str) -> None:
    with pytest.raises(BadDecision) as refused:
        parse_decisions(xml)
    assert words in refused.value.message
    assert all(one["rule"] and one["severity"] == "error" and one["en"] for one in refused.value.problems)


@settings(max_examples=200, deadline=500)
@given(st.text(alphabet='[]()".,<>=!? -0123456789abnotul', max_size=30), st.one_of(st.none(), st.integers(), st.text()))
def test_any_cell_is_refused_or_answers(cell: str, value: object) -> None:
    try:
        answer = compile_unary(cell).hold(value, Scope({"a": 1}, FUNCTIONS, Budget()))
    except (BadExpression, EvaluationFailed):
        return
    assert answer in (True, False)
