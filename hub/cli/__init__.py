"""The command line: one module per group of commands. Thin: what a command finds out is worked out elsewhere in hub."""
