"""Connectors: one file per family of source systems. They know neither Dagster nor the warehouse."""
