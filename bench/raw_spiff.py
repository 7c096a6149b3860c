"""SpiffWorkflow by itself: the state is JSON in a row, without the definition; a step loads, runs and saves.

SQLite has the settings of Bihuan (engine/db.py): write-ahead log, and no commit is over before it is on the disk.
"""

import sqlite3
from pathlib import Path
from uuid import uuid4

from lxml import etree
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.camunda.parser import CamundaParser
from SpiffWorkflow.camunda.serializer import DEFAULT_CONFIG as CAMUNDA_CONFIG
from SpiffWorkflow.util.task import TaskState

DIAGRAM = Path(__file__).with_name("loop.bpmn").read_text().replace("${done}", "done")


class RawSpiff:
    """One definition, one table, one connection."""

    name = "SpiffWorkflow alone"

    def __init__(self, folder: Path) -> None:
        parser = CamundaParser()
        parser.add_bpmn_xml(etree.fromstring(DIAGRAM.encode()), "loop.bpmn")
        self._spec = parser.get_spec("loop")
        registry = BpmnWorkflowSerializer.configure(CAMUNDA_CONFIG)
        registry.register(type(self._spec), lambda _: {}, lambda _: self._spec, "shared")
        self._serializer = BpmnWorkflowSerializer(registry)
        self._rows = sqlite3.connect(folder / "spiff.sqlite3", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._rows.execute(f"PRAGMA {pragma}")
        self._rows.execute("CREATE TABLE instance (id TEXT PRIMARY KEY, state TEXT)")
        self._started: list[str] = []

    def start(self, cases: int) -> None:
        """Start so many cases."""
        self._started = [self._start() for _ in range(cases)]

    def waiting(self) -> list[str]:
        """What ``complete`` takes, one for each case that was started."""
        return self._started

    def _start(self) -> str:
        workflow = BpmnWorkflow(self._spec)
        workflow.do_engine_steps()
        case = uuid4().hex
        self._rows.execute("INSERT INTO instance VALUES (?, ?)", (case, self._serializer.serialize_json(workflow)))
        return case

    def complete(self, case: str) -> None:
        """Complete the waiting task of one case."""
        self._rows.execute("BEGIN IMMEDIATE")
        (state,) = self._rows.execute("SELECT state FROM instance WHERE id = ?", (case,)).fetchone()
        workflow = self._serializer.deserialize_json(state)
        task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
        task.data["done"] = False
        task.run()
        workflow.do_engine_steps()
        self._rows.execute(
            "UPDATE instance SET state = ? WHERE id = ?", (self._serializer.serialize_json(workflow), case)
        )
        self._rows.execute("COMMIT")
