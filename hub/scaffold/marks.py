"""By what the records of a stream are known: key, change stamp, mark of deletion, the dossier that they belong to.

Here: those marks out of names, declared keys and values; pure. Not here: record types and children (`streams.py`),
canonical fields (`fields.py`). What is found by a weak sign is kept with what is unsure about it.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.scaffold.fields import Fed, Reading
from hub.scaffold.observed import Column, Table
from hub.scaffold.proposal import Flow
from hub.scaffold.words import Vocabulary

IDENTIFYING = {
    "step": ["step_at", "status", "officer_name", "step_text"],
    "supplement": ["supplement_no", "requested_at"],
    "fee": ["fee_code"],
    "document": ["document_no", "document_code", "file_name"],
    "rating": ["rated_at"],
    "apology": ["apologised_at"],
}


def is_id(column: Column, words: Vocabulary) -> bool:
    """Whether a column is called, or looks like, an identifier."""
    said = words.concepts(column.path.rpartition(".")[2])
    return "id" in said or "uid" in said or column.values.is_("uuid")


def key_of(flow: Flow, table: Table, reading: Reading, words: Vocabulary, lists: Sequence[Table]) -> None:
    """Choose the key: the declared one, else a column that names itself so, else the number, else several columns."""
    number = reading.fields.get("dossier_no")
    unique = [c for c in table.columns if c.values.unique and is_id(c, words)]
    if table.key:
        flow.key = list(table.key)
    elif unique:
        shared = {c.path: sum(other.column(c.path) is not None for other in lists) for c in unique}
        flow.key = [min(unique, key=lambda c: (-shared[c.path], len(words.concepts(c.path)))).path]
    elif flow.record_type == "dossier" and number is not None:
        flow.key = [number.paths[0]]
        column = table.column(number.paths[0])
        if column is None or not column.values.unique:
            flow.unsure["key"] = "not every record that was seen has a number of its own"
    else:
        names = IDENTIFYING.get(flow.record_type, [])
        flow.key = [flow.parent[1]] if flow.parent else []
        flow.key += [reading.fields[n].paths[0] for n in names if n in reading.fields]
        flow.unsure["key"] = "no column identifies a record: these together"
    if not flow.key:
        flow.key = [table.columns[0].path]
        flow.unsure["key"] = "nothing identifies a record"


def cursor_of(flow: Flow, table: Table, reading: Reading, words: Vocabulary) -> None:
    """The change stamp and the mark of deletion."""
    said = {path: set(words.concepts(path.rpartition(".")[2])) for path in reading.rest}
    removed = [
        p for p, concepts in said.items() if "removed" in concepts and not concepts & {"reason", "officer", "applicant"}
    ]
    removed = [
        p
        for p in removed
        if (c := table.column(p)) and (c.values.empty or c.values.is_("time") or c.values.is_("flag"))
    ]
    removed.sort(key=lambda p: ("?" in said[p], "date" not in said[p]))
    flow.deleted = removed[0] if removed else ""
    if flow.deleted and (column := table.column(flow.deleted)) and column.values.empty:
        flow.unsure["deleted"] = "by its name, no deleted record was seen"
    stamps = [
        (column, "modified" in concepts)
        for path, concepts in said.items()
        if path not in removed and concepts & {"modified", "created"}
        if (column := table.column(path)) and column.values.times
    ]
    stamps.sort(key=lambda each: sorted(each[0].values.filled), reverse=True)  # of two stamps the later one
    stamps.sort(key=lambda each: (not each[1], -len(each[0].values.filled)))
    if not stamps:
        flow.unsure["version"] = "no change stamp was found: the whole list is read each time"
        return
    column, modified = stamps[0]
    times = column.values.times
    flow.version, flow.cursor_format = column.path, times.cursor if times else ""
    if not modified:
        flow.unsure["version"] = "the time of creation: later changes would not be seen"
    elif len(column.values.filled) < len(column.values.texts):
        flow.unsure["version"] = "some records have none"
    elif times and len(times.formats) > 1:
        flow.unsure["version"] = f"written in {len(times.formats)} ways"


def rules_of(flow: Flow, table: Table) -> None:
    """What a record has to have, and what stands in where a system has no status and no procedure code."""
    if flow.record_type == "step" and "step_at" in flow.fields:
        flow.required = ["step_at"]
    if flow.record_type != "dossier":
        return
    received = flow.fields.get("received_at")
    if received is not None:
        flow.required = ["received_at"]
        column = table.column(received.paths[0])
        if column is not None and len(column.values.filled) * 2 < len(column.values.texts):
            flow.unsure["required"] = "empty in most records that were seen"
    if "status" not in flow.fields:
        order = (("returned_at", 10), ("finished_at", 9), ("received_at", 4))
        flow.implied = [(name, status) for name, status in order if name in flow.fields]
        flow.unsure["implied_status"] = "the system shows no status: implied by what is filled in"
    if "procedure_name" in flow.fields and "procedure_code" not in flow.fields:
        flow.procedure_by_name = 92


def link_of(table: Table, main: Table, dossier: Flow, number: Fed | None) -> tuple[str, str] | None:
    """How records of a table name their dossier: (dossier_no or source_key, column)."""
    numbers = number.paths if number else []
    for column, (target, refers) in table.links.items():
        if target == main.name:
            return ("dossier_no" if refers in numbers else "source_key", column)
    keys: dict[str, set[str]] = {}
    for kind, paths in (("dossier_no", numbers), ("source_key", dossier.key if len(dossier.key) == 1 else [])):
        keys[kind] = {text for path in paths if (c := main.column(path)) for text in c.values.counted}
    best: tuple[int, str, str] | None = None
    for column_ in table.columns:
        values = set(column_.values.counted)
        for kind, known in keys.items():
            common = len(values & known)
            named = column_.path in (numbers if kind == "dossier_no" else dossier.key)
            if kind == "source_key" and ((named and column_.path in table.key) or not _telling(known)):
                common = 0 if named and column_.path in table.key else common if common * 2 > len(values) else 0
            shaped = kind == "dossier_no" and (named or column_.values.is_("number"))
            weight = common + (1 if shaped else 0)
            if weight and (best is None or weight > best[0]):
                best = (weight, kind, column_.path)
    return (best[1], best[2]) if best else None


def _telling(keys: set[str]) -> bool:
    """Whether equal values mean the same thing: small whole numbers are equal by chance."""
    return any(not text.isdecimal() or len(text) > 5 for text in keys)
