"""Benchmarks: the hub against the raw limit of the same machine, measured back to back in one run."""
