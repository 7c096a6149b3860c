"""Texts that try to break out of the expression language, to hang it or to fill the memory, and values they work on."""

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)
DEEP: Any = []
for _ in range(60):
    DEEP = [DEEP, 1]
WIDE: dict[str, Any] = {f"k{number}": [number] * 20 for number in range(2_000)}
VARIABLES: dict[str, Any] = {
    "a": 1, "x": 2.5, "t": "青云" * 30_000, "big": list(range(50_000)), "rows": [list(range(500))] * 100, "deep": DEEP,
    "wide": WIDE, "huge": 10**60, "at": NOW, "span": timedelta(days=1), "yes": True, "nothing": None, "n": "7" * 4_000,
}  # fmt: skip

ESCAPES = [
    "().__class__.__base__.__subclasses__()", "[].__class__", "a.__class__", "t.__class__.__mro__[1]", "a.real",
    "t.format(a)", "'{0.__class__}'.format(a)", "'{0.__class__.__init__.__globals__}'.format(len)",
    "t.format_map(wide)",
    "'%s' % a", "'%(a)s' % wide", "'%1000000000d' % a", "f'{a}'", "f'{a!r:>1000000000}'", "rf'{().__class__}'",
    "__import__('os').system('touch canary')", "eval('1')", "exec('1')", "open('/etc/passwd')",
    "compile('1','','eval')",
    "globals()", "locals()", "vars()", "dir(a)", "getattr(a, '__class__')", "type(a)", "object()", "breakpoint()",
    "print(a)", "input()", "help()", "memoryview(b'')", "bytearray(10**9)", "range(10**9)", "list(range(10**9))",
    "sum(big)", "sorted(big)", "map(len, big)", "iter(big)", "super()", "len.__self__", "len.__globals__",
    "wide.__class__", "wide['__class__']", "wide.keys()", "wide.get('a')", "at.__reduce__()", "at.tzinfo", "span.max",
    "(lambda: 1)()", "(lambda f: f(f))(lambda f: f(f))", "[y for y in big]", "{y for y in big}", "{y: y for y in big}",
    "(y for y in big)", "(a := 1)", "a = 1", "await a", "yield a", "*big", "max(*big)", "max(**wide)", "{**wide}",
    "max(big, key=len)", "`a`", "a; a", "a\nimport os", "import os", "del a", "assert a", "raise a", "...", "1j",
    "ｅｖａｌ('1')", "ｅxec('1')", "＿＿import＿＿('os')", "﹍﹍class﹍﹍", "a.﹍﹍class﹍﹍", "a.__ｃlass__",
    "𝓮𝓿𝓪𝓵('1')",
    "ｌａｍｂｄａ: 1", "Ｔｒｕｅ", "ⅼen(t)", "a․b", "a．__class__", "ꓘ__class__", "a.ꓘ__class__", "ꓘeval('1')",
    "‘a’", "“a”", "a＝1", "a＞1", "ﬁle", "a\u200b", "a\u202eb", "a\x00", "\ud800", "'\\ud800'", "'\\N{BULLET}'",
    "#{''.getClass().forName('java.lang.Runtime')}", "${T(java.lang.Runtime).getRuntime().exec('id')}",
    "a.getClass()", "a.class", "execution.getVariable('a')", "${${a}}", "#{#{a}}", "${a}${a}", "empty empty a",
    "a instanceof b", "a ? b", "a ? : b", "a ?: b", "!a!", "a && && a", "not empty", "empty", "a eq", "eq eq eq",
    "{{7*7}}", "{% import os %}", "<%= 1 %>", "$(id)", "|id", "'; DROP TABLE x; --",
]  # fmt: skip

HEAVY = [
    "9 ** 9 ** 9", "9 ** 999999999", "2.0 ** 1e300", "(-1) ** 1e9", "10 ** 60 * 10 ** 60", "huge ** 17", "huge * huge",
    "2 ** 1000 ** 1000", "1 << 10 ** 9", "10 ** -1000", "0 ** -1", "1e308 * 10", "-1e308 - 1e308", "9" * 4_000,
    "9" * 3_000 + "." + "9" * 900, "1e" + "9" * 50, "0x" + "f" * 3_000, "str(huge * 10)", "str(huge)", "int(n)",
    "int('9' + '9')", "str(10 ** 60)", "n + n", "t * 10 ** 9", "'ab' * 10 ** 10", "[1] * 10 ** 10", "big * big",
    "[[1] * 9999] * 9999", "t + t + t + t", "+".join(["t"] * 500), "+".join(["big"] * 500), "[" * 39 + "]" * 39,
    "(" * 300 + "a" + ")" * 300, "[" * 1_900 + "]" * 1_900, "{'k':" * 500 + "1" + "}" * 500, "-" * 3_900 + "a",
    "not " * 950 + "a", "!" * 3_900 + "a", "a" + ".a" * 1_900, "a" + "[0]" * 1_200, "deep" + "[0]" * 55,
    "a" + "+a" * 1_900, "a" + "*a" * 1_900, "a<" * 1_900 + "a", "big == big == " * 100 + "big",
    "rows == rows and " * 100 + "1", "wide == wide and " * 100 + "1", "deep == deep", "deep < deep", "rows < rows",
    "-1 in big or " * 200 + "0", "rows in rows", "rows in [rows, rows]", "[0] in rows or " * 100 + "0", "'z' in t",
    "('云' + t) in (t + t)", "a in wide", "rows in wide", "wide[rows]", "wide[[rows, rows]]", "big[rows]",
    "[" + ",".join(["rows"] * 450) + "][rows]", "wide[[" + ",".join(["big"] * 450) + "]]", "big[::1]", "big[::0]",
    "big[-10 ** 60:10 ** 60]", "big[rows:rows]", "t[::-1]", "len(" * 200 + "a" + ")" * 200,
    "max(" * 39 + "a" + ")" * 39,
    "max(rows)", "min(deep)", "max(wide)", "max(big) + " * 100 + "1", "len(rows)", "round(10 ** 60, 15)",
    "round(1e308)",
    "round(x, 10 ** 9)", "round(rows)", "str(rows)", "str(deep)", "str(wide)",
    "str([" + ",".join(["rows"] * 400) + "])",
    "[" + ",".join(["str(big[:5000])"] * 200) + "]", "{str(rows): 1}",
    "{" + ",".join(["str(big[:900]): 1"] * 150) + "}",
    "days(10 ** 12)", "workdays(10 ** 9)", "workdays(-10 ** 9)", "workhours(10 ** 9)", "workhours(1e-300)",
    "hours(1e308)",
    "[" + ",".join(["workdays(4000)"] * 250) + "]", "[" + ",".join(["workdays(-4000)"] * 250) + "]",
    "[" + ",".join(["workhours(4000)"] * 230) + "]", "[" + ",".join(["days(4000)"] * 300) + "]",
    "[" + ",".join([f"deadline('{year}-01-01',4000,'wd')" for year in range(1900, 2010)]) + "]",
    "[" + ",".join([f"deadline('{year}-01-01',9,'month')" for year in range(1900, 2010)]) + "]",
    "[" + ",".join([f"deadline('{year}-01-01',4000,'wh')" for year in range(1000, 1110)]) + "]",
    "deadline('0001-01-01', 4000, 'wd')", "deadline('9999-12-31', 4000, 'wd')", "deadline(at, 10 ** 60, 'month')",
    "workdays_before('9999-12-31', 4000)", "overdue_workdays('0001-01-01')", "workdays_left('9999-12-31')",
    "latest_decision('9999-12-31')", "due_date('0001-01-01')", "date('0001-01-01')",
    "date('9999-12-31T23:59:59-23:59')",
    "date(t)", "date(n)", "next_workday(t)", "next_workday('99:99')", "next_workday('٠٨:٣٠')", "at + span + span",
    "date('9999-12-31') + (date('2026-01-01') - date('1026-01-01'))", "span - span", "at - at + at", "-span * 10 ** 9",
    "at < t", "at == t or " * 200 + "0", "at < '2026-01-01T00:00:00'", "empty [" * 500 + "a", "empty a(" * 400 + "a",
    "empty " * 600 + "a", "a?" * 500 + "b" + ":c" * 500, "a?b:" * 900 + "c", "(a?" * 39 + "b" + ":c)" * 39,
    "'" + "\\'" * 1_900, '"' + '\\"' * 1_900, "'a' " * 900, '"' * 3_999, "'" * 3_999, "{" * 3_999, "a," * 1_999,
    "a" * 3_999,
    "9." * 1_500, "1.1.1", "." * 3_999, "..", "1..2", "[1..", "(" + "..," * 300 + ")", "[" + ".." * 480 + "]",
    "]" * 900, "not(" * 200, 'not("' * 190, "<" * 900, "<= " * 300, "=" * 900, "- - -", "?" * 900, "@" * 900,
    '@"' * 400, 'date and time("2026-01-01")', "contains(" * 90, "starts with(t, t)", "list contains(big, -1)",
]  # fmt: skip

# What looking ahead, or again at each level, would read many times.
TANGLED = [
    "(" * 39 + "+".join(["a"] * 1_950) + ")" * 39, "[" * 39 + ",".join(["a"] * 1_950) + "]" * 39,
    "empty a(" * 38 + "a," * 1_800 + ")" * 38, ("a?" + "+".join("b" * 50) + ":") * 38 + "c",
    "[" + ",".join(["empty a"] * 490) + "]", "empty a." * 490 + "a", "(a?" * 30 + "b+" * 1_800 + "b" + ":c)" * 30,
]  # fmt: skip
# Scripts that come to the end of their budget in the dearest ways that are known.
COSTLY = [
    "b = big == big == big", "b = rows in rows", "b = [0] in rows or " + "[0] in rows or " * 50 + "0",
    "".join(f"b{number} = big\n" for number in range(200)),
    "b = {" + ",".join(["str(big[:900]): 1"] * 150) + "}",
    "".join(f"b{number} = {'+'.join('a' * 44)}\n" for number in range(200)),
    "b = [" + ",".join(["at == '2026-10-10T00:00:00Z'"] * 130) + "]",
]  # fmt: skip
