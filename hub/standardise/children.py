"""Lists inside records: their items as rows of their own, with keys that survive reordering.

Here: taking items out, their keys and their content hash. Not here: reading their fields (`fields.py`).
The key of an item is `<parent key>|<path>|<item key>`, for the n-th repetition followed by `|n`; without an item
key `<parent key>|<path>||<ordinal>`. A source that delivers its list in another order changes nothing that has a
key. An item key that is long or made of personal data (a file's name) is hashed first. Items are never refused: an
item that lacks something is kept and flagged, because its parent is what the balance counts.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from hub.mapping import Child
from hub.standardise import distortions
from hub.standardise.decode import Columns
from hub.standardise.fields import Body, Setting, cleaned, read_fields
from hub.standardise.findings import Findings
from hub.standardise.frames import filled, together
from hub.standardise.identifiers import LONGEST_KEY
from hub.standardise.paths import child_path
from hub.standardise.protect import content_hashes
from schemas.fields import FIELDS

_PERSONAL = {"name", "identity", "phone", "tech_id", "officer", "clear", "presence"}


def child_body(child: Child, owners: pl.Series, items: Columns, parents: Columns, above: Body) -> tuple[Body, Columns]:
    """The items of one list: their body, and the columns that say where they come from.

    `owners` is the row in `above`, the parents' body, of each item; `parents` what items inherit: source_key, raw_row,
    version, version_at.
    """
    findings = Findings(above.findings.batches.gather(owners))
    setting = replace(above.setting, agency_codes=above.setting.agency_codes.gather(owners))
    body = Body(child.record_type, owners.len(), setting, findings, _shown_paths(child))
    sources = cleaned(items, findings)
    read_fields(body, child.fields, sources)
    for name, value in child.constant.items():
        body.std[name] = filled(value, pl.String(), owners.len())
    for name in child.required:
        findings.flag(f"missing:{name}", body.text[name].is_null())
    distortions.mark(body)
    origin = {name: values.gather(owners) for name, values in parents.items()}
    origin["parent_key"] = origin["source_key"]
    origin["source_key"] = _keys(
        origin["parent_key"], owners, child.path, _item_keys(child, owners.len(), sources, setting)
    )
    origin["payload_hash"] = content_hashes(together(list(sources.values())).to_list())
    return body, origin


def _shown_paths(child: Child) -> dict[str, str]:
    return {name: ", ".join(f"{child_path(child)}.{path}" for path in paths) for name, paths in child.fields.items()}


def _keys(parents: pl.Series, owners: pl.Series, path: str, item_keys: pl.Series) -> pl.Series:
    """Counted per record, not per parent key: a chunk may hold several versions of one parent."""
    frame = pl.DataFrame([parents.alias("parent"), owners.alias("owner"), item_keys.alias("key")])
    head = pl.concat_str("parent", pl.lit(f"|{path}|"), pl.col("key").fill_null(""))
    again = frame.select(again=pl.struct("owner", "key").is_duplicated() | pl.col("key").is_null())["again"]
    if not again.any():
        return frame.select(head)["parent"]
    nth = pl.int_range(1, pl.len() + 1).over("owner", "key")
    repeated = pl.when(pl.col("key").is_null() | (nth > 1)).then(pl.concat_str(pl.lit("|"), nth)).otherwise(pl.lit(""))
    return frame.select(pl.concat_str(head, repeated))["parent"]


def _item_keys(child: Child, height: int, sources: Columns, setting: Setting) -> pl.Series:
    """The item's own key, null when every part of it is empty. `|` is ours: a source's is written `¦`."""
    if not child.key:
        return filled(None, pl.String(), height)
    parts = pl.DataFrame([sources[path].alias(str(i)) for i, path in enumerate(child.key)])
    joined = parts.select(k=pl.concat_str(pl.all().fill_null(""), separator=","))["k"]
    joined = joined.str.replace_all("|", "¦", literal=True)
    some = parts.select(some=pl.any_horizontal(pl.all().is_not_null()))["some"]
    joined = joined.set(~some, None)
    kinds = FIELDS[child.record_type]
    if any(path in child.key and kinds[name] in _PERSONAL for name, paths in child.fields.items() for path in paths):
        return setting.hasher.identities(joined).bin.encode("hex")
    long = (joined.str.len_chars() > LONGEST_KEY).fill_null(False)
    return joined.zip_with(~long, content_hashes(joined.fill_null("")).bin.encode("hex")) if long.any() else joined
