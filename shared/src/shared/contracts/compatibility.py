"""Whether a fact may still be published under its name: it only grows.

An edition is a fact's schema as it was released, once as it is written and once as it is read. Whoever was built against any
edition must be able to read what is written today, and today's code what was written then.

`python -m shared.contracts.compatibility [DOCS] [--publish]` names every break, and every schema that has no edition yet (exit
1); with `--publish` the latter become new editions under `api/editions`. An edition is never edited.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from shared.contracts.catalogue import FACTS
from shared.contracts.facts import Fact

Schema = Mapping[str, Any]
WORDS: Final = frozenset({"title", "description", "default", "examples"})
"""What a schema tells its reader and no parser heeds; an edition is kept without it."""
STRUCTURE: Final = frozenset({"properties", "required", "items", "anyOf", "$defs"})
FOLDER: Final = "api/editions"


@dataclass(frozen=True, slots=True)
class Break:
    """A change that somebody's reader would not survive, at a field of a fact."""

    fact: str
    edition: int
    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.fact} (edition {self.edition}) {self.field or 'itself'}: {self.what}"


def edition_of(fact: type[Fact]) -> dict[str, Schema]:
    """The schemas of a fact as it is now: `writes` what is published, `reads` what is accepted."""
    return {
        "writes": _without_words(fact.model_json_schema(mode="serialization")),
        "reads": _without_words(fact.model_json_schema(mode="validation")),
    }


def _without_words(schema: Schema) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        match key, value:
            case "properties" | "$defs", dict():
                kept[key] = {name: _without_words(each) for name, each in value.items()}
            case _, dict():
                kept[key] = _without_words(value)
            case _, list():
                kept[key] = [_without_words(each) if isinstance(each, dict) else each for each in value]
            case _ if key not in WORDS:
                kept[key] = value
    return kept


def breaks_between(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[tuple[str, str]]:
    """What of the older edition the newer one breaks: (field, what), none when both sides can read each other."""
    written = _compare(old["writes"], new["writes"], (old["writes"], new["writes"]), "")
    read = _compare(old["reads"], new["reads"], (old["reads"], new["reads"]), "")
    shrunk = _required(old["writes"], new["writes"], "writes")
    tightened = _required(old["reads"], new["reads"], "reads")
    return list(dict.fromkeys(chain(written, read, shrunk, tightened)))


def _compare(old: Schema, new: Schema, roots: tuple[Schema, Schema], field: str) -> Iterator[tuple[str, str]]:
    old, new = _resolved(old, roots[0]), _resolved(new, roots[1])
    if _plain(old) != _plain(new) or old.keys() & STRUCTURE != new.keys() & STRUCTURE:
        yield field, f"retyped from {_said(old)} to {_said(new)}"
        return
    for name, before in old.get("properties", {}).items():
        if name not in new["properties"]:
            yield f"{field}/{name}", "removed or renamed"
        else:
            yield from _compare(before, new["properties"][name], roots, f"{field}/{name}")
    if "items" in old:
        yield from _compare(old["items"], new["items"], roots, f"{field}[]")
    if len(old.get("anyOf", ())) != len(new.get("anyOf", ())):
        yield field, f"retyped from {_said(old)} to {_said(new)}"
        return
    for before, after in zip(old.get("anyOf", ()), new.get("anyOf", ()), strict=True):
        yield from _compare(before, after, roots, field)


def _required(old: Schema, new: Schema, side: str) -> Iterator[tuple[str, str]]:
    """A reader may not ask for more than was always written; a writer may not leave out what it always wrote."""
    for field, before, after in _objects(old, new, (old, new), ""):
        must_before, must_after = set(before.get("required", ())), set(after.get("required", ()))
        if side == "reads":
            yield from ((f"{field}/{name}", "made required") for name in sorted(must_after - must_before))
        else:
            gone = (must_before - must_after) & after["properties"].keys()
            yield from ((f"{field}/{name}", "no longer always written") for name in sorted(gone))


def _objects(old: Schema, new: Schema, roots: tuple[Schema, Schema], field: str) -> Iterator[tuple[str, Schema, Schema]]:
    """Every object that both editions have at the same place."""
    old, new = _resolved(old, roots[0]), _resolved(new, roots[1])
    if "properties" in old and "properties" in new:
        yield field, old, new
        for name in old["properties"].keys() & new["properties"].keys():
            yield from _objects(old["properties"][name], new["properties"][name], roots, f"{field}/{name}")
    if "items" in old and "items" in new:
        yield from _objects(old["items"], new["items"], roots, f"{field}[]")
    for before, after in zip(old.get("anyOf", ()), new.get("anyOf", ()), strict=False):
        yield from _objects(before, after, roots, field)


def _resolved(schema: Schema, root: Schema) -> Schema:
    reference = schema.get("$ref")
    return schema if reference is None else root["$defs"][reference.rsplit("/", 1)[-1]]


def _plain(schema: Schema) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in STRUCTURE}


def _said(schema: Schema) -> str:
    return json.dumps({key: value for key, value in schema.items() if key != "$defs"}, ensure_ascii=False, sort_keys=True)


# --- the editions in the repository ---


def editions(docs: Path) -> Iterator[tuple[str, int, Mapping[str, Schema]]]:
    """Every edition that was ever released: fact type, number, schemas."""
    for path in sorted((docs / FOLDER).glob("*.json")):
        name, _, number = path.stem.rpartition(".")
        yield name, int(number), json.loads(path.read_text(encoding="utf-8"))


def all_breaks(docs: Path) -> list[Break]:
    """Every break of any edition by the code as it is now; a fact that is gone breaks all of its editions."""
    found: list[Break] = []
    for name, number, old in editions(docs):
        fact = FACTS.get(name)
        if fact is None:
            found.append(Break(name, number, "", "gone: a type that was published stays for ever"))
        else:
            found += [Break(name, number, field, what) for field, what in breaks_between(old, edition_of(fact))]
    return found


def unpublished(docs: Path) -> dict[Path, str]:
    """What differs from its last edition, or has none: the file of its next edition, and the text that belongs there."""
    newest = {name: (number, schemas) for name, number, schemas in sorted(editions(docs), key=lambda each: each[1])}
    found = {}
    for name, fact in FACTS.items():
        number, last = newest.get(name, (0, None))
        if last != (present := edition_of(fact)):
            text = json.dumps(present, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
            found[docs / FOLDER / f"{name}.{number + 1}.json"] = text
    return found


def main(arguments: list[str]) -> int:
    docs = Path(next((word for word in arguments if not word.startswith("-")), "docs"))
    broken = all_breaks(docs)
    for each in broken:
        sys.stderr.write(f"break: {each}; a new meaning is a new type beside this one (docs/adr/0014)\n")
    waiting = {} if broken else unpublished(docs)
    if "--publish" not in arguments:
        for path in waiting:
            sys.stderr.write(f"unpublished: {path} (run `make docs`)\n")
        return 1 if broken or waiting else 0
    for path, text in waiting.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
