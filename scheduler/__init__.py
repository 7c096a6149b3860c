"""Wakes, delivers, publishes: calls the verbs of the engine when the clock says so."""
