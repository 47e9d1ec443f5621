"""Watches every statement of the server: on a tenant table it names one station, and a transaction names only one."""

import re
from typing import Any

from sqlalchemy import Engine, event

from server.tables import GLOBAL_TABLES, METADATA

TENANT_TABLES = {table.name for table in METADATA.sorted_tables} - GLOBAL_TABLES
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|JOIN)\s+\"?(\w+)", re.IGNORECASE)
# The list of stations is what an operator's command begins with; it reads ids only.
_ALLOWED = re.compile(r"SELECT station\.station_id\s+FROM station ORDER BY")


class CrossStationStatementError(AssertionError):
    pass


def watch(engine: Engine) -> None:
    @event.listens_for(engine, "before_cursor_execute")
    def _check(connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        touched = TENANT_TABLES & set(_TABLE.findall(statement))
        if not touched or _ALLOWED.search(statement):
            return
        if statement.lstrip().upper().startswith("INSERT"):
            if "station_id" not in statement.split("VALUES")[0]:
                raise CrossStationStatementError(statement)
        else:
            where = statement.partition("WHERE")[2]
            if len(re.findall(r"station_id = ", where)) < len(touched):
                raise CrossStationStatementError(statement)
        named = {
            value
            for parameters in (context.compiled_parameters if context else [])
            for name, value in parameters.items()
            if name.startswith("station_id") or "_station_id" in name
        }
        seen = connection.info.setdefault("stations", set())
        seen |= named
        if len(seen) > 1:
            raise CrossStationStatementError(f"a second station in one transaction: {statement}")

    @event.listens_for(engine, "begin")
    def _fresh(connection: Any) -> None:
        connection.info["stations"] = set()
