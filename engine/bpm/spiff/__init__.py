"""The pure engine core: (model, state, command, now) → Snapshot; the only room that imports SpiffWorkflow."""

from engine.bpm.spiff.model import Model, Refused
from engine.bpm.spiff.parser import parse

__all__ = ["Model", "Refused", "parse"]
