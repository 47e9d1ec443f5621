"""What the proofs share: the server's own fixtures (real database, real HTTP), and a place for figures."""

import os
from collections.abc import Callable

import pytest

from tests.server.conftest import (  # noqa: F401 -- fixtures are found by name
    base_url,
    clock,
    cluster,
    colleague,
    context,
    deputy,
    enrol,
    head,
    issue,
    make_phone,
    query,
    settings,
    sqlite_template,
    station_id,
    west_worker,
    worker,
)

IS_LONG = bool(os.environ.get("YIHU_PROVE_LONG"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/security" in str(item.path):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def database_url(sqlite_template, tmp_path):  # type: ignore[no-untyped-def]  # noqa: F811
    """SQLite: the proofs are about rules that both databases share. What differs is proved on PostgreSQL by name."""
    import shutil

    path = tmp_path / "db" / "yihu.sqlite3"
    path.parent.mkdir()
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Tells what was tried and what came of it; `scripts/prove` prints it."""
    return lambda text: record_property("figure", text)


@pytest.fixture
def long_or() -> Callable[[int, int], int]:
    """The number for a short run, or for a long one."""
    return lambda short, long: long if IS_LONG else short
