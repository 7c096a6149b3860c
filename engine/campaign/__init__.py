"""What the three-year campaign adds to the BPM engine."""
