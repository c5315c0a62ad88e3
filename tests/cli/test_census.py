"""`hub census` as people start it, over the HTTP systems of the filled province, which ends as it was."""

from __future__ import annotations

import pytest

from schemas.tables.core import CHILD_TABLES
from tests.cli.conftest import Command
from tests.province.conftest import Province


def test_every_stream_is_counted_and_agrees(hub: Command) -> None:
    ended = hub("census", "--json")
    found = {(item["source_id"], item["stream"]): item for item in ended.json}
    assert set(found) == {(source, stream) for source in ("portal", "national") for stream in ("dossier", "step")}
    assert (ended.code, {item["outcome"] for item in found.values()}) == (0, {"agrees"})
    assert all(item["source_count"] > 0 and item["differences"] == 0 for item in map(counted, found.values()))
    shown = hub("census", "--show")
    assert shown.code == 0 and shown.out.count("agrees") == 4


def counted(item: dict[str, int]) -> dict[str, int]:
    kinds = ("missing", "differing", "vanished", "revived")
    return {**item, "differences": sum(item[kind] for kind in kinds)}


def test_a_lost_record_is_shown_mended_and_shown_no_more(hub: Command, province: Province, people: list[str]) -> None:
    opened = province.open()
    try:
        with opened.warehouse.begin() as connection:
            (key,) = connection.execute(
                "select source_key from std.dossier_record where source_id = 'portal' and not is_deleted order by 1"
            ).fetchone()
            connection.execute("delete from std.dossier_record where (source_id, source_key) = ('portal', %s)", (key,))
            for child in CHILD_TABLES:
                connection.execute(
                    f"delete from std.{child}_record where source_id = 'portal' and parent_key = %s".encode(), (key,)
                )
    finally:
        opened.close()
    seen = hub("census", "--source", "portal", "--no-repair")
    assert seen.code == 4 and "where they differ" in seen.out
    standing = hub("status")
    assert "portal: census of dossier: 1 keys still differ" in standing.out
    mended = hub("census", "--source", "portal")
    assert mended.code == 0 and "mended" in mended.out
    assert not [value for value in people if value in seen.out + seen.err + mended.out + mended.err]
    assert hub("census", "--source", "portal").out.count("agrees") == 2
    assert hub("balance").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--level", "planet"], ["planet", "portal"]),
        (["--source", "portall"], ["portal"]),
        (["--accept", "portal"], ["who lets it through"]),
        (["--accept", "portal", "--by", "Lan", "--because", "vì"], ["nothing waits"]),
    ],
)
def test_what_is_typed_wrongly_is_told(hub: Command, arguments: list[str], words: list[str]) -> None:
    hub("census", *arguments).refused(*words)
