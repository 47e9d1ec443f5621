"""A folded file from a short form: root fields, and for each collection a list of elements. Vectors hold the short form.

`$status` of an element is the standing of its section, `$id` its id; where none is given the place in the list makes one. Mirrored by
pwa/src/records/scene.ts.
"""

from typing import Any


def make_state(scene: dict[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = {"file": "f1" * 16, "kind": "household", "paths": {}, "elements": {}, "sections": {}}

    def write(path: str, value: Any) -> None:
        state["paths"][path] = {"status": "settled", "value": value}

    for name, value in scene.items():
        if not (isinstance(value, list) and value and isinstance(value[0], dict)):
            write(name, value)
            continue
        for place, element in enumerate(value):
            one = element.get("$id") or f"{place:032x}"
            state["elements"][f"{name}/{one}"] = {"collection": name, "id": one, "voided": bool(element.get("$voided"))}
            state["sections"][f"{name}/{one}"] = {"status": element.get("$status", "draft")}
            for field, inner in element.items():
                if not field.startswith("$"):
                    write(f"{name}/{one}/{field}", inner)
    return state
