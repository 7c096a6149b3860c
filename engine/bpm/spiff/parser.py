"""Files of one deployment → a Model that can run, or Refused with every reason; the only reader of BPMN XML."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from lxml import etree

from engine.bpm.decisions import Decision, parse_decisions
from engine.bpm.forms import Form, parse_form
from engine.bpm.spiff.bodies import GLOBAL_TASKS, read_body, read_global_task
from engine.bpm.spiff.checks import check
from engine.bpm.spiff.findings import Findings
from engine.bpm.spiff.model import Body, ElementInfo, Model, Node, Refused
from engine.bpm.spiff.triggers import Roots
from engine.bpm.spiff.types import StartEvent
from engine.bpm.spiff.wiring import wire
from engine.bpm.spiff.wording import check_words
from engine.bpm.spiff.xml import BPMN, children, is_bpmn, local, read
from engine.errors import Problem

FORMS, DECISIONS = (".form",), (".dmn",)


def parse(files: Mapping[str, bytes], process: str | None = None) -> Model:
    """Read BPMN, DMN and form files (name → bytes) as one bundle; `process` names the first process to run.

    The first executable process of the first BPMN file leads otherwise. Raises Refused with all problems found.
    """
    findings = Findings()
    processes: dict[str, Body] = {}
    decisions: dict[str, Decision] = {}
    forms: dict[str, Form] = {}
    form_files: dict[str, str] = {}
    for name, content in files.items():
        findings.file = name
        if name.lower().endswith(FORMS):
            _read_form(name, content, forms, form_files, findings)
        elif name.lower().endswith(DECISIONS):
            _read_decisions(content, decisions, findings)
        else:
            _read_processes(name, content, processes, findings)
    lead = _lead(processes, process, findings)
    if findings.problems or lead is None:
        raise Refused(findings.problems)
    _name_forms(processes, form_files)
    return _model(files, processes, decisions, forms, lead, tuple(findings.remarks))


def _model(
    files: Mapping[str, bytes], processes: dict[str, Body], decisions: dict[str, Decision], forms: dict[str, Form],
    lead: Body, remarks: tuple[Problem, ...],
) -> Model:  # fmt: skip
    bodies = {body.key: body for process in processes.values() for body in _bodies(process)}
    nodes = [(process, node) for process in processes.values() for _, node in process.all_nodes()]
    return Model(
        key=lead.id, name=lead.name or lead.id, version_tag=lead.version_tag, hash=content_hash(files),
        processes=processes, bodies=bodies, specs={key: wire(body) for key, body in bodies.items()},
        decisions=decisions, forms=forms,
        elements=_elements(processes, lead),
        starts=tuple(
            start for process in processes.values() if process.tag == "process" for start in _starts(process)
        ),
        calls=tuple((node.id, node.call.process.source) for _, node in nodes if node.call is not None),
        executable=tuple(process.id for process in processes.values() if process.tag == "process"),
        remarks=remarks,
    )  # fmt: skip


def _elements(processes: Mapping[str, Body], lead: Body) -> dict[str, ElementInfo]:
    """Each element by its id. Processes of one deployment may use the same ids: then it is that of the process that
    runs, else of the nearest that it calls.
    """
    found: dict[str, ElementInfo] = {}
    order = [lead.id, *(key for key in processes if key != lead.id)]
    reached = [lead.id]
    for key in reached:  # grows while it is gone through
        for _, node in processes[key].all_nodes():
            called = node.call.process.source if node.call is not None else key
            reached += [called] if called in processes and called not in reached else []
    for key in dict.fromkeys([*reached, *order]):
        for _, node in processes[key].all_nodes():
            found.setdefault(node.id, ElementInfo(node.id, node.name, node.tag, key, node.lane, node.documentation))
    return found


def content_hash(files: Mapping[str, bytes]) -> str:
    """One hash for a set of named files, whatever their order."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _read_form(
    name: str, content: bytes, forms: dict[str, Form], form_files: dict[str, str], findings: Findings
) -> None:
    form = findings.attempt("", "form", lambda: parse_form(content))
    if form is not None:
        forms[form.id] = form
        form_files[name.replace("\\", "/").rpartition("/")[2]] = form.id


def _read_decisions(content: bytes, decisions: dict[str, Decision], findings: Findings) -> None:
    for key, decision in (findings.attempt("", "decision", lambda: parse_decisions(content)) or {}).items():
        if key in decisions:
            findings.refuse(
                key, "duplicate", f"决策“{key}”出现了两次，请改名。", f"Decision {key} exists twice; rename one."
            )
        decisions[key] = decision


def _read_processes(name: str, content: bytes, processes: dict[str, Body], findings: Findings) -> None:
    try:
        root = read(content, name)
    except Refused as refused:
        findings.problems += refused.problems
        return
    if local(root) != "definitions" or not is_bpmn(root):
        findings.refuse(
            "",
            "xml",
            "这不是 BPMN 2.0 文件，根元素应为 bpmn:definitions。请选择别的文件。",
            f"This is no BPMN 2.0 file, the root must be definitions of {BPMN}; choose another file.",
        )
        return
    _check_ids(root, findings)
    check_words(root, findings)
    roots = Roots.of(root, findings)
    found = [element for element in children(root, "process") if element.get("isExecutable") != "false"]
    for body in [
        *(read_body(element, roots, findings) for element in found),
        *(read_global_task(element, roots, findings) for element in root if local(element) in GLOBAL_TASKS),
    ]:
        if body.id in processes:
            findings.refuse(
                body.id,
                "duplicate",
                f"流程“{body.id}”出现了两次，请改名。",
                f"Process {body.id} exists twice; rename one.",
            )
            continue
        processes[body.id] = body
        check(body, findings)


def _check_ids(root: etree._Element, findings: Findings) -> None:
    seen: set[str] = set()
    for element in root.iter(f"{{{BPMN}}}*"):
        identifier = element.get("id")
        if identifier is not None and identifier in seen:
            findings.refuse(
                identifier,
                "duplicate",
                f"编号“{identifier}”重复，请改成唯一的编号。",
                f"The id {identifier} is used twice; give each element its own.",
            )
        seen.add(identifier or "")


def _lead(processes: dict[str, Body], wanted: str | None, findings: Findings) -> Body | None:
    if wanted is not None and wanted in processes:
        return processes[wanted]
    drawn = [body for body in processes.values() if body.tag == "process"]
    if wanted is None and drawn:
        return drawn[0]
    if not findings.problems:
        if wanted is not None:
            findings.refuse(
                wanted,
                "process",
                f"文件里没有可执行的流程“{wanted}”，请核对标识。",
                f"There is no executable process {wanted}; check the id.",
            )
        else:
            findings.refuse(
                "",
                "process",
                '没有可执行的流程：请画一个 bpmn:process，并勾选“可执行”（isExecutable="true"）。',
                'Nothing executable: add a bpmn:process with isExecutable="true".',
            )
    return None


def _bodies(body: Body) -> list[Body]:
    inner = [node.body for node in body.nodes.values() if node.body is not None]
    return [body, *(found for child in inner for found in _bodies(child))]


def _name_forms(processes: dict[str, Body], form_files: dict[str, str]) -> None:
    """A form given by its file name is known by its id from here on."""
    for process in processes.values():
        for _, node in process.all_nodes():
            if node.human is not None and node.human.form is not None:
                node.human.form = form_files.get(node.human.form, node.human.form)


def _starts(process: Body) -> list[StartEvent]:
    found: list[StartEvent] = []
    for node in process.starts():
        found += _starts_of(process, node)
    for node in process.nodes.values():
        if node.instantiate and node.tag == "receiveTask":
            found += _starts_of(process, node)
        elif node.instantiate and node.tag == "eventBasedGateway":
            for flow in node.outgoing:
                found += _starts_of(process, process.nodes[flow.target])
    return found


def _starts_of(process: Body, node: Node) -> list[StartEvent]:
    if node.tag not in ("startEvent", "receiveTask", "intermediateCatchEvent") or not node.triggers:
        return [StartEvent(process.id, node.id, "none")]
    return [
        StartEvent(
            process.id, node.id, trigger.kind, trigger.text if trigger.kind in ("message", "signal") else "",
            timer=trigger.text if trigger.kind == "timer" else None, timer_kind=trigger.timer_kind or None,
            correlation={key: value.source for key, value in trigger.correlation.items()},
        )
        for trigger in node.triggers
    ]  # fmt: skip
