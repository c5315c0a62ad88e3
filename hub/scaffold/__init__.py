"""Proposing a mapping for a system that nobody has mapped yet: a pure engine, and a reader per kind of system."""
