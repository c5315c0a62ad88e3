"""Mappings and sources: folders of YAML become validated objects, or one error that names every mistake.

Here: loading a mapping, a folder of mappings, a folder of sources. Not here: YAML (`registry_yaml`), types
(`registry_shapes`), the meaning of mappings (`registry_checks`) and of sources (`registry_sources`), connecting
(`hub/connecting.py`). All mistakes of all files are told at once, each as `file:line: entry: what is wrong`, because
a person who mends one of five mistakes and starts again has been helped once and stopped four times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Named
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import yaml

from hub.errors import HubError
from hub.mapping import Mapping
from hub.registry_checks import check_mapping
from hub.registry_shapes import read
from hub.registry_sources import Agency, expand
from hub.registry_systems import read_systems
from hub.registry_yaml import Document, entries, mark_of, near, parse, yaml_files
from hub.settings import ZONE
from hub.source import Pull, Source

__all__ = ["Agency", "Mapping", "Pull", "Source", "load_mapping", "load_mappings", "load_sources"]


def load_mapping(path: Path) -> Mapping:
    """One mapping, with what it extends from the same folder. Raises HubError with everything that is wrong."""
    document = parse(path)
    digest = hashlib.sha256(path.read_bytes())
    for name, _, node in entries(document.root):
        if name == "extends" and isinstance(node, yaml.ScalarNode):
            base = _base(node, path)
            document.inherit(base)
            digest.update(_file(path, node.value).read_bytes())
    raw = read(document, Mapping, document.root)
    mapping = msgspec.convert({**raw, "digest": digest.hexdigest()}, Mapping)
    if mapping.mapping and mapping.mapping != path.stem:
        document.add(("mapping",), f"{mapping.mapping!r} is not the name of the file: write {path.stem}")
    check_mapping(document, mapping)
    _refuse(document.problems.lines())
    return mapping


def load_mappings(folder: Path) -> dict[str, Mapping]:
    """All mappings of a folder by name. Raises HubError with everything that is wrong in any of them."""
    mappings: dict[str, Mapping] = {}
    wrong: list[str] = []
    for path in yaml_files(folder):
        try:
            mappings[path.stem] = load_mapping(path)
        except HubError as error:
            wrong += str(error).splitlines()
    _refuse(list(dict.fromkeys(wrong)))  # a mistake of a mapping is one of each that extends it
    return mappings


def load_sources(
    folder: Path, mappings: Named[str, Mapping], agencies: Sequence[Agency] | None, now: datetime
) -> list[Source]:
    """All sources of a folder, expanded for the day of `now` in Asia/Ho_Chi_Minh; inactive ones are among them.

    agencies: rows as of `hub.reference.agencies()`; None when no file of the folder says for_each.
    Raises HubError with everything that is wrong in any file.
    """
    today = now.astimezone(ZONE).date()
    sources: dict[str, Source] = {}
    systems, wrong = read_systems(folder, agencies)
    for path in yaml_files(folder):
        try:
            document = parse(path)
        except HubError as error:
            wrong.append(str(error))
            continue
        found = expand(document, mappings, agencies, today, systems)
        wrong += document.problems.lines()
        for source in found:
            if other := sources.get(source.source_id):
                told = f"{source.source_id} is declared in {other.file}:{other.line}, too: names are unique"
                wrong.append(f"{source.file}:{source.line}: {told}")
            sources.setdefault(source.source_id, source)
    _refuse(wrong)
    return list(sources.values())


def _base(extends: yaml.ScalarNode, path: Path) -> Document:
    """The mapping that another one extends. Raises HubError when it cannot be had."""
    file, line = mark_of(extends)
    wanted = _file(path, extends.value)
    if wanted == path:
        raise HubError(f"{file}:{line}: extends: a mapping cannot extend itself")
    if not wanted.is_file():
        others = [other.stem for other in path.parent.glob("*.yml") if other != path]
        raise HubError(f"{file}:{line}: extends: unknown mapping {extends.value!r}" + near(extends.value, others))
    base = parse(wanted)
    for name, _, node in entries(base.root):
        if name == "extends":
            raise HubError(f"{file}:{line}: extends: {wanted.stem} itself extends {node.value}: extend that one")
    return base


def _file(path: Path, name: str) -> Path:
    return path.with_name(f"{name}.yml")


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise HubError("\n".join(wrong))
