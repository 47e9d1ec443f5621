"""Generated files are up to date and say what the declarations say."""

import json
from pathlib import Path

from schemas.export import PHONE, outputs, stale
from schemas.registry import KINDS


def test_generated_files_are_up_to_date() -> None:
    assert [str(path) for path in stale()] == [], "run python -m schemas.export"


def test_the_phones_rules_are_those_of_the_kinds() -> None:
    rules = json.loads((PHONE / "rules.json").read_text("utf-8"))
    assert rules == {name: kind.rules() for name, kind in KINDS.items()}


def test_json_schema_names_every_field_and_allows_an_answer_withheld() -> None:
    for name, kind in KINDS.items():
        text = next(text for path, text in outputs().items() if path.name == f"{name}.schema.json")
        schema = json.loads(text)
        assert set(schema["properties"]) == {f.name for f in kind.fields} | {c.name for c in kind.collections}
        for field in kind.fields:
            assert "null" in schema["properties"][field.name]["type"], field.name


def test_nothing_is_generated_outside_the_generated_folders_and_the_readme() -> None:
    assert {path.parent.name for path in outputs() if path.name != "README.md"} == {"generated"}
    assert all(isinstance(path, Path) for path in outputs())
