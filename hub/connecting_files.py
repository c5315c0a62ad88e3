"""From a declared drop folder to the values of its connector.

Here: family files alone. Not here: secrets and the choice of the family (`connecting.py`), how files are read
(`connectors/files.py`), which files were taken (`originals.py`).
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import msgspec

from connectors.files_source import FilesSource, FilesStream, PackageNames, shape_of_paths
from hub.errors import HubError
from hub.mapping import FilesRead, Stream
from hub.originals import Taken
from hub.source import FilesConnection, Source
from hub.standardise.paths import child_path


def to_files_source(source: Source, resolved: dict[str, Any], taken: Taken | None = None) -> FilesSource:
    """The configuration of the files connector; without `taken` every file counts as new."""
    connection = msgspec.convert(resolved, FilesConnection)
    url = f"{connection.url.rstrip('/')}/{connection.folder}" if connection.folder else connection.url
    asked = {"known": taken.known, "package_sha": taken.package_sha} if taken else {}
    try:
        return FilesSource(
            name=source.source_id,
            url=url,
            pattern=connection.pattern,
            options=connection.options,
            archive=connection.archive,
            reject=connection.reject,
            settle_s=connection.settle.total_seconds(),
            timeout_s=source.pull.timeout.total_seconds(),
            budget_s=source.pull.budget.total_seconds(),
            **asked,  # type: ignore[arg-type]  # two callables by their names
        )
    except ValueError:
        # The address may come from a secret and hold a login, so it is not quoted.
        raise HubError(
            f"{source.file}:{source.line}: {source.source_id}: connection.url or connection.pattern is none",
            "write a folder or an fsspec URL without a password, which belongs to options, and patterns like *.xml",
        ) from None


def to_files_stream(stream: Stream, source: Source, name: str) -> FilesStream:
    """The stream `name` of the source's mapping as its connector reads it."""
    read = stream.read
    assert isinstance(read, FilesRead), "the registry gives each family its own shape"
    lists, groups = shape_of_paths(_paths(stream))
    given: dict[str, Any] = {
        "record": read.record or None,
        "header": read.header or None,
        "identity": tuple(read.identity) or None,
        "contact": read.contact or None,
        "split": tuple(read.split) or None,
        "cursor_format": stream.cursor_format or None,
    }
    return FilesStream(
        name=name,
        key=tuple(stream.key) if len(stream.key) > 1 else stream.key[0],
        page_size=source.pull.page_size,
        kind=read.kind,
        zone=source.mapping.zone,
        lists=lists,
        groups=groups,
        namespaces=read.namespaces,
        schema=str(files("schemas") / "xsd" / read.xsd) if read.xsd else None,
        package=PackageNames(**msgspec.structs.asdict(read.package)),
        carry=tuple(read.carry),
        headers=read.titles,
        sheets=read.sheets,
        preamble=read.preamble,
        **{name: value for name, value in given.items() if value is not None},
    )


def _paths(stream: Stream) -> list[str]:
    """Every path that the mapping knows, so that one item of a list is a list of one."""
    found = [path for paths in stream.fields.values() for path in paths] + stream.ignore
    for child in stream.children:
        inside = [path for paths in child.fields.values() for path in paths] + child.key + child.ignore
        found += [f"{child_path(child)}.{path}" for path in inside]
    return found
