"""Files made to hang, crash or spy on whoever reads them, or only very large; with what they lead to."""

from collections.abc import Callable

from tests.engine.bpm.bad_models import AND, BAD, DMN, FORM, X, conditional, multi, one, row, splits, table, task

Files = dict[str, bytes]


def laughs(levels: int, width: int) -> bytes:
    """Entities that grow by `width` with each level."""
    entities = '<!ENTITY e0 "ha">' + "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * width}">' for level in range(1, levels)
    )
    return f"<!DOCTYPE d [{entities}]><d>&e{levels - 1};</d>".encode()


def blocks(count: int) -> Files:
    """AND blocks in a row: legal, and quick."""
    elements, ways = "", "s>f0 "
    for n in range(count):
        after = f"f{n + 1}" if n < count - 1 else "t"
        elements += f'<{AND} id="f{n}"/><task id="x{n}"/><task id="y{n}"/><{AND} id="j{n}"/>'
        ways += f"f{n}>x{n} f{n}>y{n} x{n}>j{n} y{n}>j{n} j{n}>{after} "
    return one(task(), more=elements, ways=ways + "t>e")


def diamonds(count: int) -> Files:
    """XOR diamonds in a row: 2^count ways, one token."""
    elements, ways = "", "s>x0 "
    for n in range(count):
        after = f"x{n + 1}" if n < count - 1 else "t"
        elements += f'<{X} id="x{n}" default="f_x{n}_a{n}"/><task id="a{n}"/><task id="b{n}"/>'
        elements += conditional(f"x{n}", f"b{n}", "${y}", f"c{n}")
        ways += f"x{n}>a{n} a{n}>{after} b{n}>{after} "
    return one(task(), more=elements, ways=ways + "t>e")


def nested(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


def chain(count: int) -> Files:
    """Elements in a row."""
    names = [f"n{n}" for n in range(count)]
    elements = "".join(f'<task id="{name}"/>' for name in names)
    return one(elements, ways=" ".join(f"{a}>{b}" for a, b in zip(["s", *names], [*names, "e"], strict=True)))


def web(count: int) -> Files:
    """Parallel gateways that all lead to each other."""
    elements = "".join(f'<{AND} id="g{n}"/>' for n in range(count))
    ways = " ".join(f"g{a}>g{b}" for a in range(count) for b in range(count) if a != b)
    return one(elements, ways=f"s>g0 g{count - 1}>e {ways}")


def decisions(count: int, text: str = "1") -> Files:
    """Decisions that each require the next one twice."""

    def decision(n: int) -> str:
        needed = f'<informationRequirement><requiredDecision href="#d{n + 1}"/></informationRequirement>' * 2
        logic = f"<literalExpression><text>{text}</text></literalExpression>"
        return f'<decision id="d{n}">{needed if n < count - 1 else ""}{logic}</decision>'

    return {"d.dmn": f'<definitions xmlns="{DMN}">{"".join(map(decision, range(count)))}</definitions>'.encode()}


def with_text(text: str) -> Files:
    """The sound task with this due date."""
    return one(task().replace("P3D", text))


GROUP = b'[{"type":"group","components":'
PASSWD = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'
PARAMETER = b'<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><d/>'
HOSTILE: dict[str, tuple[Callable[[], Files], str]] = {  # why → files, the rule that they break first ("": none)
    "billion laughs": (lambda: {"a.bpmn": laughs(10, 10)}, "unreadable"),
    "quadratic blow-up": (lambda: {"a.bpmn": laughs(2, 100_000)}, "unreadable"),
    "a file from the disk": (lambda: {"a.bpmn": PASSWD}, "xml"),
    "a file from the net": (lambda: {"a.bpmn": PARAMETER}, "xml"),
    "laughs in a table": (lambda: {"a.dmn": laughs(10, 10)}, "unreadable"),
    "256 levels": (lambda: {"a.bpmn": nested(257)}, "unreadable"),
    "a million levels": (lambda: {"a.bpmn": nested(1_000_000)}, "unreadable"),
    "10 MB of text": (lambda: {"a.bpmn": b"<a>" + b"x" * 10_000_001 + b"</a>"}, "size"),
    "9 MB in one attribute": (lambda: with_text("${" + "a" * 9_000_000 + "}"), "expression"),
    "a million places in a text": (lambda: with_text("${a}" * 1_000_000), "expression"),
    "a million quotes in a table": (lambda: table(row("-", '"\\' * 1_000_000)), "decision"),
    "20 AND blocks": (lambda: blocks(20), ""),
    "500 AND blocks": (lambda: blocks(500), ""),
    "1000 XOR diamonds": (lambda: diamonds(1_000), ""),
    "2^20 tokens": (splits, "tokens"),
    "100 gateways that lead to each other": (lambda: web(100), "soundness"),
    "10 million instances": (lambda: one(task(inner=multi("${10000000}"))), "loop"),
    "a self-call": (lambda: BAD["a process that always calls itself"].files, "call-circle"),
    "data of nothing": (lambda: BAD["a data object of nothing"].files, "reference"),
    "60 decisions required twice each": (lambda: decisions(60), "decision"),
    "40 decisions required twice each": (lambda: decisions(40), ""),
    "40 wrong decisions required twice each": (lambda: decisions(40, "1 +"), "decision"),
    "5,000 elements": (lambda: chain(5_000), ""),
    "100,000 elements": (lambda: one("<task/>" * 100_000, ways="s>e"), "size"),
    "a form of 30 levels": (lambda: {"ask.form": FORM.replace(b"[]", GROUP * 30 + b"[]" + b"}]" * 30)}, "form"),
    "a form of a million brackets": (lambda: {"ask.form": b"[" * 900_000}, "form"),
}  # fmt: skip
