"""`hub sources schema`: the JSON Schemas of mapping and source files, for editors.

Here: writing them beside the files. Not here: making them (`hub/registry_schema.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.output import say


def schema(
    out: Annotated[Path, typer.Option(help="Folder for mapping.schema.json and source.schema.json.")] = Path("schemas"),
) -> None:
    """Write the JSON Schemas of mapping and source files; editors complete and check with them."""
    from hub import registry_schema as made

    out.mkdir(parents=True, exist_ok=True)
    for name, schema in (("mapping", made.mapping_schema()), ("source", made.source_schema())):
        file = out / f"{name}.schema.json"
        file.write_text(made.written(schema), encoding="utf-8")
        say(f"written: {file}")
