"""Proposing a mapping for a system that nobody has mapped yet: a pure engine, and one reader for each kind of system."""
