"""Alembic migrations, run by `yihu serve` at start. Columns are added first, filled next, removed a version later."""
