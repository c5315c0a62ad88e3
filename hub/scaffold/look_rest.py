"""Looking at a REST system: one page of a list as a table, and how the list is asked for.

Here: one answer through the connector's own login and network limits, the list in its envelope, the meaning of the
parameters that a person gave. Not here: fields (`fields.py`), pulling (`connectors/rest.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from connectors.errors import Secrets
from connectors.patience import Budget
from connectors.rest_auth import Session
from connectors.rest_http import Call, HttpClient
from connectors.rest_source import RestSource
from hub.errors import HubError
from hub.scaffold.observed import table_of
from hub.scaffold.proposal import Flow
from hub.scaffold.streams import Seen
from hub.scaffold.words import Vocabulary

_PAGE_BYTES = 64 * 1024 * 1024
_SAMPLE = 500
_TELLING = 5  # records in order by chance are fewer
_FIELDS = {
    "page": "{page}",
    "size": "{size}",
    "offset": "{offset}",
    "since": "{since}",
    "until": "{until}",
    "end": "{end}",
}


def look(source: RestSource, path: str, method: str, params: Mapping[str, str], body: Any, words: Vocabulary) -> Seen:
    """Ask for one page of the list at `path`. Raises SourceError for what the source does, HubError for an answer
    without a list of records."""
    secrets = Secrets()
    http = HttpClient(source, secrets)
    try:
        session = Session(http, source.auth, secrets)
        budget = Budget(source.clock, source.budget_s)
        call = Call(path, method, path, params=params, json=body, limit_bytes=_PAGE_BYTES)
        answer = session.ask(call, msgspec.json.decode, budget)
    except msgspec.DecodeError:
        raise HubError(f"{path}: the answer is no JSON", "check the address; hub reads lists of JSON records") from None
    finally:
        http.close()
    return seen_in(answer, path, method, params, body, words)


def seen_in(answer: Any, path: str, method: str, params: Mapping[str, str], body: Any, words: Vocabulary) -> Seen:
    """One answer as a table with its way of being read."""
    where, records = _list(answer, "", words)
    if not records:
        raise HubError(f"{path}: the answer holds no list of records", "give the parameters of a page that has some")
    read: dict[str, Any] = {"path": path} | ({"method": method} if method != "GET" else {})
    asked, kind, first = _asked(params, words)
    sent, body_kind, body_first = _asked(body, words) if isinstance(body, dict) else (body, "none", "")
    read |= ({"params": asked} if asked else {}) | ({"body": sent} if sent else {})
    read |= {"records": where} if where else {}
    envelope = _leaves(answer) if isinstance(answer, dict) else {}
    totals = [p for p, value in envelope.items() if isinstance(value, int) and not isinstance(value, bool)
              and value >= len(records) and words.likeness(p, [frozenset({"total"})]) >= 0.6]  # fmt: skip
    read |= {"total": totals[0]} if totals else {}
    read |= _success(envelope, totals)
    kind, first = (kind, first) if kind != "none" else (body_kind, body_first)
    if kind != "none":
        read["paging"] = {"kind": kind, "first": int(first) if first.isdecimal() else int(kind == "page_number")}

    def finished(flow: Flow) -> dict[str, Any]:
        if kind == "none":
            flow.unsure["read paging"] = "no parameter of a page was given: is this the whole list?"
        stamps = column.values.texts if (column := table.column(flow.version)) else []
        if len(stamps) >= _TELLING and list(stamps) == sorted(stamps):
            flow.unsure["read order"] = "this page was sorted so"
            return read | {"order": "ascending"}
        if flow.version:
            flow.unsure["read order"] = "is the list sorted by the change stamp? then order: ascending"
        return read

    table = table_of(path.rstrip("/").rpartition("/")[2], records[:_SAMPLE])
    return Seen(table, finished, wanted=True)


def _list(answer: Any, above: str, words: Vocabulary) -> tuple[str, list[dict[str, Any]]]:
    """The longest list of objects that is not inside another list."""
    if isinstance(answer, list):
        return above, [item for item in answer if isinstance(item, dict)]
    best: tuple[str, list[dict[str, Any]]] = ("", [])
    for name, below in answer.items() if isinstance(answer, dict) else ():
        found = _list(below, f"{above}.{name}" if above else name, words)
        if len(found[1]) > len(best[1]):
            best = found
    return best


def _leaves(value: dict[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, below in value.items():
        path = f"{above}.{name}" if above else name
        if isinstance(below, dict):
            found |= _leaves(below, path)
        elif not isinstance(below, list):
            found[path] = below
    return found


def _success(envelope: Mapping[str, Any], totals: Sequence[str]) -> dict[str, Any]:
    """A field of the envelope that says that all is well: a code of nought, 200, true or OK."""
    good = {"0", "00", "200", "true", "ok", "success", "thanh cong"}
    for path, value in envelope.items():
        text = str(value).lower()
        name = path.rpartition(".")[2].lower()
        telling = any(word in name for word in ("code", "status", "success", "ma", "error", "loi", "ketqua", "result"))
        if path not in totals and text in good and telling:
            words = [p for p in envelope if any(w in p.lower() for w in ("message", "thongbao", "msg", "mota"))]
            return {"success": {"path": path, "accept": [text if isinstance(value, bool) else str(value)],
                                **({"message": words[0]} if words else {})}}  # fmt: skip
    return {}


def _asked(sent: Mapping[str, Any], words: Vocabulary) -> tuple[dict[str, Any], str, str]:
    """Parameters with their fields in braces, the kind of paging, and the first page or offset as it was given."""
    made: dict[str, Any] = {}
    kind, first = "none", ""
    for name, value in sent.items():
        meant = next((c for c in _FIELDS if words.likeness(name, [frozenset({c})]) >= 0.8), "")
        if meant in ("page", "offset") and kind != "none":
            meant = ""
        if meant in ("page", "offset"):
            kind, first = ("page_number" if meant == "page" else "offset"), str(value)
        if meant == "end" and "{offset}" not in made.values():
            meant = ""
        made[name] = _FIELDS.get(meant, value)
    return made, kind, first
