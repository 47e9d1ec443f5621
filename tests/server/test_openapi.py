"""OpenAPI describes all of it: each route its words, its answers, its problems; and no route takes a table's model."""

from typing import Any

import pytest

from server.context import Context
from server.errors import CATALOGUE, PROBLEM_MEDIA_TYPE
from server.main import create_app
from server.tables import METADATA


@pytest.fixture
def document(context: Context) -> dict[str, Any]:
    return create_app(context).openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{method} {path}", one) for path, item in document["paths"].items() for method, one in item.items()]


def test_every_operation_has_a_chinese_summary_words_and_a_tag(document: dict[str, Any]) -> None:
    found = operations(document)
    assert len(found) >= 20
    for name, operation in found:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in operation["summary"]), name
        assert operation.get("tags"), name


def test_every_operation_documents_its_problems_with_examples(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        if name.endswith("/health"):
            continue
        problems = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
        assert {"400", "413", "500", "503"} <= problems.keys(), name
        for status, answer in problems.items():
            assert list(answer["content"]) == [PROBLEM_MEDIA_TYPE]
            assert answer["content"][PROBLEM_MEDIA_TYPE]["schema"]["$ref"].endswith("/ProblemDocument")
            examples = answer["content"][PROBLEM_MEDIA_TYPE]["examples"]
            assert examples, (name, status)
            for code, example in examples.items():
                assert CATALOGUE[code].status == int(status)
                assert example["value"]["code"] == code
        is_open = any(part in name for part in ("/enrolment/look", "/enrolment/confirm", "/sessions", "/vault/share"))
        assert "401" in problems or is_open, name


def test_no_route_takes_or_gives_a_tables_model(document: dict[str, Any]) -> None:
    tables = {mapper.class_.__name__ for mapper in _mappers()}
    assert len(tables) >= 20
    assert not tables & document["components"]["schemas"].keys()


def test_the_catalogue_speaks_both_languages_and_uses_each_code_once() -> None:
    for problem in CATALOGUE.values():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in problem.title + problem.say), problem.code
        assert problem.title_en.isascii()
        assert problem.say_en
    assert min(problem.status for problem in CATALOGUE.values()) >= 400


def _mappers() -> list[Any]:
    from sqlmodel import SQLModel

    assert METADATA.tables
    return list(SQLModel._sa_registry.mappers)
