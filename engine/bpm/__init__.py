"""A BPM engine that knows nothing about hazards."""
