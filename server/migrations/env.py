"""Runs inside one transaction on the connection that `server.migrations.apply` hands over; there is no offline mode."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from server.tables import METADATA


def _render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.Text()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
    compare_type=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
