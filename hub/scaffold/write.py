"""A proposal as the text of a mapping file and of a source file, with what is unsure as comments.

Here: YAML by hand, because comments carry half of what is said; the check that our own registry takes it. Not here:
what is proposed (`streams.py`). A comment that begins with `# unsure:` waits for a person; nothing else does.
"""

from __future__ import annotations

import re
import tempfile
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from hub.registry import load_mapping
from hub.scaffold.fields import Fed
from hub.scaffold.proposal import Codes, Flow, Part, Proposal

_BARE = re.compile(r"[^\W\d_](?:[\w./ -]*[\w/])?")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_WIDTH = 116


def quoted(value: Any) -> str:
    """A value as YAML in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(name)}: {quoted(below)}" for name, below in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(quoted, value)) + "]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _BARE.fullmatch(text) and text.lower() not in _WORDS and not text.endswith(" "):
        return text
    return msgspec.json.encode(text).decode()


def mapping_text(proposal: Proposal, seen: str) -> str:
    """The mapping file. `seen`: one sentence about what was looked at. Raises HubError if the registry refuses it."""
    lines = [
        "# yaml-language-server: $schema=../mapping.schema.json",
        *_comment(f"Proposed by hub sources scaffold from {seen}. Lines with `unsure` wait for a person.", ""),
        f"mapping: {proposal.name}",
        f"family: {proposal.family}",
        "zone: Asia/Ho_Chi_Minh",
        "",
    ]
    if proposal.values:
        lines += ["values:", *(line for name, codes in proposal.values.items() for line in _codes(name, codes)), ""]
    if proposal.formats:
        lines += ["formats:", f"  time: {quoted(list(proposal.formats))}"]
        lines += [f"  # unsure: {text}: {why}" for text, why in proposal.formats.items() if why]
        lines += [""]
    lines.append("streams:")
    for flow in proposal.streams:
        lines += [*_stream(flow), ""]
    if proposal.notes:
        lines += _comment(f"Not taken: {', '.join(proposal.notes)}", "")
    text = "\n".join(lines).rstrip() + "\n\nencoding: mixed\n"
    _checked(text, proposal.name)
    return text


def source_text(name: str, level: str, family: str, connection: Mapping[str, Any], pull: str) -> str:
    """The source file with one source of the mapping's name."""
    lines = [
        "# yaml-language-server: $schema=../source.schema.json",
        f"level: {level}",
        f"family: {family}",
        f"mapping: {name}",
        f"sources: [{name.replace('_', '-')}]",
        "connection:",
    ]
    lines += [f"  {quoted(entry)}: {quoted(value)}" for entry, value in connection.items()]
    lines += [f"pull: {pull}", "# unsure: how often and how patiently this system may be asked"]
    return "\n".join(lines) + "\n"


def _checked(text: str, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.yml"
        path.write_text(text, encoding="utf-8")
        load_mapping(path)


def _comment(text: str, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in textwrap.wrap(text, _WIDTH - len(indent) - 2)]


def _codes(name: str, codes: Codes) -> list[str]:
    tail = f"  # unsure: {codes.note}" if codes.note else ""
    whole = f"  {name}: {quoted(codes.known)}"
    if not codes.known or (codes.unsure.keys() <= {""} and len(whole) + len(tail) <= _WIDTH + 4):
        lines = [whole + tail]
    elif not codes.unsure and len(whole) <= _WIDTH + 4:
        lines = [tail, whole]
    else:
        lines = [f"  {name}:{tail}", *(f"    {quoted(code)}: {meant}" for code, meant in codes.known.items())]
    return lines + [f"    # unsure: {why}" for why in codes.unsure.values()]


def _stream(flow: Flow) -> list[str]:
    lines = [f"  {flow.name}:", f"    record_type: {flow.record_type}", *_read(flow)]
    entries: list[tuple[str, Any]] = [("key", flow.key[0] if len(flow.key) == 1 else flow.key)]
    entries += [("version", flow.version), ("cursor_format", flow.cursor_format), ("deleted", flow.deleted)]
    if flow.parent:
        entries.append(("parent", {flow.parent[0]: flow.parent[1]}))
    entries += [("constant", {"document_kind": flow.constant} if flow.constant else None)]
    entries += [("required", flow.required), ("procedure_by_name", flow.procedure_by_name or None)]
    entries += [("implied_status", [{"field": name, "status": status} for name, status in flow.implied])]
    told = set()
    for name, value in entries:
        if value:
            lines.append(f"    {name}: {quoted(value)}{_unsure(flow.unsure.get(name, ''))}")
            told.add(name)
    lines += [
        f"    # unsure: {why}" for name, why in flow.unsure.items() if name not in told and not _stands(name, flow)
    ]
    if flow.record_type == "dossier":
        lines += ["    fields:", *(_field(fed, "      ") for fed in flow.fields.values())]
    else:
        lines += _fields_in_line(flow.fields.values(), "    ")
    if flow.ignore:
        lines += _wrapped("    ignore: ", flow.ignore)
    for note in flow.notes:
        lines += _comment(note, "    ")
    if flow.parts:
        lines.append("    children:")
        for part in flow.parts:
            lines += _part(part)
    return lines


def _read(flow: Flow) -> list[str]:
    lines = ["    read:"]
    for name, value in flow.read.items():
        short = " ".join(str(value).split())
        if name == "sql" and len(short) < _WIDTH - 12 and "'" not in short:
            lines.append(f"      sql: '{short}'")
        elif name == "sql":
            lines += ["      sql: |", *(f"        {line}" for line in str(value).splitlines())]
        elif name == "titles":
            lines += ["      titles:", *(f"        {quoted(k)}: {quoted(v)}" for k, v in value.items())]
        else:
            lines.append(f"      {name}: {quoted(value)}{_unsure(flow.unsure.get(f'read {name}', ''))}")
    return lines


def _stands(name: str, flow: Flow) -> bool:
    """Whether the doubt stands beside an entry of `read` already."""
    return name.startswith("read ") and name.removeprefix("read ") in flow.read


def _field(fed: Fed, indent: str) -> str:
    return f"{indent}{fed.name}: {quoted(fed.paths[0] if len(fed.paths) == 1 else fed.paths)}{_unsure(fed.why)}"


def _part(part: Part) -> list[str]:
    lines = [f"      - record_type: {part.record_type}{_unsure(part.why)}", f"        path: {quoted(part.path)}"]
    if part.constant:
        lines.append(f"        constant: {quoted({'document_kind': part.constant})}")
    if part.key:
        lines.append(f"        key: {quoted(part.key[0] if len(part.key) == 1 else part.key)}")
    lines += _fields_in_line(part.fields.values(), "        ")
    return lines + (_wrapped("        ignore: ", part.ignore) if part.ignore else [])


def _fields_in_line(fields: Iterable[Fed], indent: str) -> list[str]:
    """All in one line where none is unsure, since a comment ends a line."""
    fields = list(fields)
    whole = f"{indent}fields: " + quoted({fed.name: _plain(fed.paths) for fed in fields})
    if len(whole) <= _WIDTH + 4 and not any(fed.why for fed in fields):
        return [whole]
    return [f"{indent}fields:", *(_field(fed, indent + "  ") for fed in fields)]


def _plain(paths: Sequence[str]) -> Any:
    return paths[0] if len(paths) == 1 else list(paths)


def _wrapped(head: str, names: Sequence[str]) -> list[str]:
    text = head + quoted(list(names))
    return textwrap.wrap(text, _WIDTH, subsequent_indent=" " * (len(head) + 1), break_long_words=False,
                         break_on_hyphens=False, initial_indent="") if len(text) > _WIDTH else [text]  # fmt: skip


def _unsure(why: str) -> str:
    return f"  # unsure: {why}" if why else ""
