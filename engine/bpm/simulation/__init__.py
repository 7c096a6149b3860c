"""Drives many synthetic cases through a definition on the virtual clock, in memory, and counts what happens to them."""

from engine.bpm.simulation.compare import compare
from engine.bpm.simulation.run import failed, simulate

__all__ = ["compare", "failed", "simulate"]
