"""A fact only grows: whoever was built against any edition reads what is written today, and the other way round."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Literal

import jsonschema
import pytest
from pydantic import BaseModel, create_model

from shared.contracts.catalogue import FACTS
from shared.contracts.compatibility import FOLDER, all_breaks, breaks_between, edition_of, editions, main, unpublished
from shared.contracts.facts import Fact

DOCS = Path(__file__).parents[3] / "docs"
EDITIONS = list(editions(DOCS))
GOLDEN = Path(__file__).parent / "golden"


class Part(BaseModel):
    """Something inside a fact."""

    name: str
    amount_wan: Decimal | None = None


class Told(Fact):
    """A fact to be changed."""

    subject_kind = "thing"

    thing_id: str
    total_wan: Decimal | None
    parts: tuple[Part, ...]
    first: Part | None
    kind: Literal["a", "b"]
    note: str = ""

    @property
    def object_id(self) -> str:
        return self.thing_id


def changed(**fields: object) -> type[Fact]:
    """`Told` with fields put in or replaced; None takes one away."""
    kept = {name: (field.annotation, field) for name, field in Told.model_fields.items()} | fields
    definitions: dict[str, object] = {name: field for name, field in kept.items() if field is not None}
    return create_model("Told", __base__=Fact, **definitions)  # type: ignore[call-overload,no-any-return]  # fields by name


class NarrowPart(BaseModel):
    name: str
    amount_wan: Decimal | None = None
    unit: str


class ShortPart(BaseModel):
    name: str


class GrownPart(Part):
    remark: str | None = None


def test_what_every_subscriber_was_built_against_is_still_kept() -> None:
    assert [str(each) for each in all_breaks(DOCS)] == []


def test_every_schema_is_kept_as_an_edition() -> None:
    assert unpublished(DOCS) == {}
    assert {name for name, _, _ in EDITIONS} == set(FACTS)


@pytest.mark.parametrize(
    "fact",
    [
        Told,
        changed(more=(str, "")),
        changed(more=(Decimal | None, None)),
        changed(parts=(tuple[GrownPart, ...], ...), first=(GrownPart | None, ...)),
    ],
    ids=["unchanged", "a field with a default", "a field that may be unknown", "a part that grew"],
)
def test_growing_breaks_nobody(fact: type[Fact]) -> None:
    assert breaks_between(edition_of(Told), edition_of(fact)) == []


@pytest.mark.parametrize(
    ("fact", "field", "what"),
    [
        (changed(thing_id=None), "/thing_id", "removed or renamed"),
        (changed(thing_id=None, thing=(str, ...)), "/thing_id", "removed or renamed"),
        (changed(thing_id=(int, ...)), "/thing_id", "retyped"),
        (changed(total_wan=(Decimal, ...)), "/total_wan", "retyped"),
        (changed(thing_id=(str | None, ...)), "/thing_id", "retyped"),
        (changed(kind=(Literal["a"], ...)), "/kind", "retyped"),
        (changed(kind=(Literal["a", "b", "c"], ...)), "/kind", "retyped"),
        (changed(note=(str, ...)), "/note", "made required"),
        (changed(more=(str, ...)), "/more", "made required"),
        (changed(parts=(tuple[ShortPart, ...], ...)), "/parts[]/amount_wan", "removed or renamed"),
        (changed(first=(NarrowPart | None, ...)), "/first/unit", "made required"),
        (changed(parts=(tuple[str, ...], ...)), "/parts[]", "retyped"),
    ],
)
def test_every_other_change_is_named_with_its_field(fact: type[Fact], field: str, what: str) -> None:
    found = breaks_between(edition_of(Told), edition_of(fact))
    assert {said.startswith(what) for at, said in found if at == field} == {True}


def test_a_type_that_is_gone_is_a_break(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    (folder / "cn.diaodu.project.forgotten.v1.1.json").write_text(json.dumps(edition_of(Told)), encoding="utf-8")
    assert [each.what.split(":")[0] for each in all_breaks(tmp_path)] == ["gone"]


def test_the_gate_closes_on_a_break_and_on_what_was_not_published(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 1
    assert main([str(tmp_path), "--publish"]) == 0
    assert main([str(tmp_path)]) == 0
    edition = next((tmp_path / FOLDER).glob("*.json"))
    schemas = json.loads(edition.read_text(encoding="utf-8"))
    schemas["writes"]["properties"]["a_field_of_old"] = {"type": "string"}
    edition.write_text(json.dumps(schemas), encoding="utf-8")
    assert main([str(tmp_path), "--publish"]) == 1


@pytest.mark.parametrize(("name", "number", "schemas"), EDITIONS, ids=[f"{name}.{number}" for name, number, _ in EDITIONS])
def test_what_is_written_today_satisfies_every_edition(name: str, number: int, schemas: dict[str, dict[str, object]]) -> None:
    lines = (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    assert number >= 1
    assert lines
    for line in lines:
        today = json.loads(FACTS[name].model_validate_json(line).model_dump_json())
        for side in ("writes", "reads"):
            assert list(jsonschema.Draft202012Validator(schemas[side]).iter_errors(today)) == []
