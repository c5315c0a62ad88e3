"""The warehouse: engine, embedded server, staging, COPY, MERGE, migrations, roles."""
