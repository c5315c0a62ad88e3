"""What an ODBC driver's complaint means: try again, stop the source, or distrust the rows.

Here: SQLSTATE classes, and the numbers of products where their driver says HY000 for everything. Not here: when a
query is tried again (`odbc_session`). A complaint about our SQL keeps the source's words, since they name the wrong
column; one about a value loses what stands in quotes, since that is the value, and it may be a citizen's.
"""

from __future__ import annotations

import re

from connectors.errors import Malformed, Refused, SourceError, Unreachable
from connectors.odbc_dialects import DIALECTS
from connectors.odbc_source import OdbcSource

_PREFIX = re.compile(r"\[[^\]]*\]\s*")
_CALL = re.compile(r"(;\s*Error while executing the query)?\s*(\(-?\d+\)\s*)*\(SQL\w+\)\s*$", re.DOTALL)
_NUMBER = re.compile(r"\((-?\d+)\)\s*\(SQL\w+\)")
_VALUE = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'|“[^”]*”|«[^»]*»")
# PostgreSQL's driver says 08001 for a refused login too; only its words tell them apart.
_PASSES = re.compile(r"starting up|shutting down|recovery|too many|remaining connection slots|terminating", re.I)
_NO_DRIVER = re.compile(r"Can't open lib|Data source name not found|IM00[234]")
_LITE_WORDS = re.compile(r"no such|syntax error|has no column|ambiguous|misuse|readonly", re.I)
_LITE_BUSY = {"5", "6", "10", "14"}  # busy, locked, input/output, cannot open
_MARIA_BUSY = {"1040", "1053", "1203", "1205", "1213", "1226", "1317", "1969", "2002", "2003", "2006", "2013", "3024"}
_TSQL_BUSY = {"1205", "1222", "10928", "10929", "40197", "40501", "40613"}
_AGAIN = ("08", "HYT", "57P", "57014", "40", "53", "55P03", "70100", "HY008", "S1T00")
_OUR_SQL = ("42", "37", "S0", "0A", "25", "3F", "IM001")
_VALUES = ("21", "22", "23", "44", "HY003", "07006")


def translated(complaint: Exception, source: OdbcSource, *, opening: bool = False) -> SourceError:
    """Our error for a driver's. `opening`: it came while the connection was made. Not yet redacted."""
    words = [str(word) for word in complaint.args] or [type(complaint).__name__]
    state, text = words[0], words[-1]
    found = _NUMBER.search(text)
    number = found[1] if found else ""
    said = _CALL.sub("", _PREFIX.sub("", text)).replace("\n", " ").strip().removesuffix(";")
    if _NO_DRIVER.search(f"{state} {text}"):
        return Refused(f"the ODBC driver {source.driver} cannot be loaded", installing(source))
    if opening and (state[:2] == "28" or _login_refused(state, said)):
        return Refused(
            f"the login was refused: {said}", "check user, password, database and their rights at the source"
        )
    if _again(source.dialect, state, number, said):
        place = "check host, port and network" if opening else ""
        return Unreachable(f"[{state}] {said if state[:2] != 'HY' else _VALUE.sub('…', said)}", place)
    if state[:2] == "28" or state == "42501":
        return Refused(f"[{state}] {said}", "give the reading login the right to read this")
    if state.startswith(_OUR_SQL) or _LITE_WORDS.search(said):
        return Refused(f"[{state}] {said}", "compare the sql of the mapping with the tables of the source")
    if state.startswith(_VALUES) or number == "1300":
        return Malformed(f"[{state}] {_VALUE.sub('…', said)}", "find the row at the source, or cast less in the sql")
    return Unreachable(f"[{state}] {_VALUE.sub('…', said)}")


def installing(source: OdbcSource) -> str:
    """What to do when the driver of a source is not there."""
    line = f"install it: apt-get install -y --no-install-recommends {DIALECTS[source.dialect].package}"
    if source.dialect == "tsql":
        line += " (FreeTDS), or Microsoft's own driver as docs/sql-server.md says"
    return f"{line}; or name in `driver` one that odbcinst -q -d lists"


def _again(dialect: str, state: str, number: str, said: str) -> bool:
    if state.startswith(_AGAIN):
        return True
    match dialect:
        case "mariadb":
            return number in _MARIA_BUSY
        case "tsql":
            return number in _TSQL_BUSY
        case "sqlite":
            return number in _LITE_BUSY or "(14)" in said
        case _:
            return False


def _login_refused(state: str, said: str) -> bool:
    """Whether the server answered and said no, for good."""
    if state.startswith(("42", "08004", "37")):
        return True
    return state.startswith("08") and "FATAL" in said and not _PASSES.search(said)
