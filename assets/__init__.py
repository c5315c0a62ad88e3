"""Thin Dagster assets, one module per station; no parsing, no SQL text here."""
