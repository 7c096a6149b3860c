"""The registry of operators: what a service task may do, with declared and validated parameters."""

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from engine.bpm.spiff.types import OperatorCall
from engine.errors import Invalid
from engine.field_words import in_words
from engine.said import both

if TYPE_CHECKING:
    from engine.app import App

Run = Callable[["App", Session, OperatorCall, dict[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Operator:
    """One thing a service task can do. ``defaults`` are its results in ``play``, where nothing is executed."""

    topic: str
    title: str
    schema: type[Schema]
    run: Run
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def parameters(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Validated parameters, a text with the English that ``<name>_en`` gives; raises Invalid naming the first
        wrong one.
        """
        schema = self.schema()
        twins = {name: of for name in raw if (of := english_of(name, schema.fields))}
        try:
            loaded: dict[str, Any] = schema.load({name: value for name, value in raw.items() if name not in twins})
        except ValidationError as error:
            told = [(name, in_words(reasons)) for name, reasons in error.messages_dict.items()]
            words = "；".join(f"{name}：{reasons}" for name, reasons in told)
            en = "; ".join(f"{name}: {reasons.en}" for name, reasons in told)
            raise Invalid(
                f"操作“{self.title}”（{self.topic}）的参数不对：{words}。请在流程图中改正该服务任务的输入参数。",
                en=f"Operator {self.topic}: wrong parameters: {en}. Correct the inputs of this service task.",
            ) from error
        for name, of in twins.items():
            if isinstance(raw[name], str) and isinstance(loaded.get(of), str):
                loaded[of] = both(loaded[of], raw[name])
        return loaded


def english_of(name: str, declared: Container[str]) -> str | None:
    """The text whose English a parameter is: ``title`` for ``title_en``, unless that is declared itself."""
    of = name.removesuffix("_en")
    return of if of != name and of in declared and name not in declared else None


class Registry:
    """All operators of an installation, by topic."""

    def __init__(self) -> None:
        self._operators: dict[str, Operator] = {}

    def operator(
        self, topic: str, *, title: str, schema: type[Schema], outputs: Mapping[str, Any] | None = None
    ) -> Callable[[Run], Run]:
        """Decorator that registers ``run(app, tx, call, parameters) -> result variables`` under a topic."""

        def register(run: Run) -> Run:
            if topic in self._operators:
                raise ValueError(f"operator {topic} is registered twice")
            self._operators[topic] = Operator(topic, title, schema, run, dict(outputs or {}))
            return run

        return register

    def get(self, topic: str) -> Operator | None:
        """The operator of this topic, if there is one."""
        return self._operators.get(topic)

    @property
    def schemas(self) -> dict[str, type[Schema]]:
        """The declared parameters by topic: all that an author may rely on."""
        return {operator.topic: operator.schema for operator in self}

    def __iter__(self) -> Iterator[Operator]:
        return iter(self._operators.values())
