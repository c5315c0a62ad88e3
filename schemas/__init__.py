"""The contracts: canonical fields, warehouse tables, migrations, sources, mappings, codes."""
