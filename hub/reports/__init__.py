"""Official forms (xlsx)."""
