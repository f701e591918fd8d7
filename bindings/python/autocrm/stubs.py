# SPDX-License-Identifier: MIT
"""Writes type stubs of all nouns and operations: python -m autocrm.stubs FOLDER."""

import keyword
import os
import sys

from . import open as open_database
from ._session import Registry

_TYPES = {
    "id": "UUID", "ref": "UUID", "instant": "datetime", "date": "date", "time": "time",
    "duration": "timedelta", "money": "Decimal", "decimal": "Decimal", "bytes": "bytes",
    "bool": "bool", "int": "int", "real": "float", "text": "str", "enum": "str",
    "map": "Mapping[str, Any]", "filter": "Mapping[str, Any]", "json": "Any", "record": "Any",
}
# What may be given where a value of the type is wanted.
_GIVEN = {"UUID": "UUID | str", "Decimal": "Decimal | str | int", "datetime": "datetime | str",
          "date": "date | str", "time": "time | str", "timedelta": "timedelta | str",
          "bytes": "bytes | str"}

_HEAD = '''\
# SPDX-License-Identifier: MIT
# Written by python -m autocrm.stubs from the registry of the library.
from __future__ import annotations
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO, Callable, Iterator, Literal, Mapping, Sequence
from uuid import UUID
from ._ports import Ports
from ._types import Record

class Engine:
    ports: Ports
    def __init__(self, where: Any, ports: Ports, flags: int) -> None: ...
    def close(self) -> None: ...
    def describe(self, what: str = ...) -> Any: ...
    def forget_registry(self) -> None: ...

class Session:
    principal: str
    def __init__(self, engine: Engine, principal: str = ...) -> None: ...
    def close(self) -> None: ...
    def acting_as(self, principal: str) -> Session: ...
    def describe(self, what: str = ...) -> Any: ...
    def interrupt(self) -> None: ...
    @property
    def statements(self) -> int: ...
    def invoke(self, operation: str, /, *, _input: BinaryIO | None = ...,
               _output: BinaryIO | None = ...,
               _progress: Callable[[str, int, int], bool | None] | None = ...,
               **arguments: Any) -> Any: ...
'''


def _class_name(word):
    return "".join(part.capitalize() for part in word.split("_"))


class Writer:
    def __init__(self, described):
        self.registry = Registry(described)
        self.definitions = described["$defs"]

    def result_type(self, schema):
        if schema is None:
            return "Any"
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[-1]
            return "Mapping[str, Any]" if name == "filter" else _class_name(name) + "Record"
        if "properties" in schema:
            return "Record"
        if "items" in schema:
            return f"list[{self.result_type(schema['items'])}]"
        known = _TYPES.get(schema.get("x-type"))
        if known:
            return known
        kinds = schema.get("type")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        return {"string": "str", "integer": "int", "boolean": "bool"}.get(kind, "Any")

    def given_type(self, schema):
        if "enum" in schema:
            choices = ", ".join(repr(each) for each in schema["enum"] if each is not None)
            return f"Literal[{choices}]"
        if "items" in schema:
            return f"Sequence[{self.given_type(schema['items'])}]"
        if "$ref" in schema:
            return "Mapping[str, Any]"
        plain = self.result_type(schema)
        return _GIVEN.get(plain, "Mapping[str, Any]" if plain == "Record" else plain)

    def records(self):
        for name, schema in sorted(self.definitions.items()):
            if name == "filter" or name.endswith("_input"):
                continue
            yield f"\nclass {_class_name(name)}Record(Record):\n"
            for field, member in schema["properties"].items():
                if not keyword.iskeyword(field):
                    optional = isinstance(member.get("type"), list)
                    yield (f"    {field}: {self.result_type(member)}"
                           f"{' | None' if optional else ''}\n")

    def method(self, verb, operation):
        properties = operation["parameters"]["properties"]
        required = set(operation["parameters"].get("required", ()))
        first = "id" if "id" in properties else next(iter(properties), None)
        parts = ["self"]
        for name in ([first] if first else []) + ["*"] + [n for n in properties if n != first]:
            if name == "*":
                parts += ["*"] if len(properties) > 1 else []
            elif not keyword.iskeyword(name):
                given = self.given_type(properties[name])
                parts.append(f"{name}: {given}" if name in required
                             else f"{name}: {given} | None = ...")
        if any(keyword.iskeyword(name) for name in properties):
            parts.append("**more: Any")
        result = self.result_type(operation.get("result"))
        return f"    def {verb}({', '.join(parts)}) -> {result}: ...\n"

    def nouns(self):
        for noun, verbs in sorted(self.registry.nouns.items()):
            yield f"\nclass _{_class_name(noun)}:\n"
            for verb, operation in verbs.items():
                yield self.method(verb, operation)
            if "list" in verbs:
                item = self.result_type(verbs["list"]["result"]["properties"]["items"])[5:-1]
                yield f"    def each(self, **arguments: Any) -> Iterator[{item}]: ...\n"

    def text(self):
        session = "".join(f"    {noun}: _{_class_name(noun)}\n"
                          for noun in sorted(self.registry.nouns))
        return _HEAD + session + "".join(self.records()) + "".join(self.nouns())


def write(folder):
    """Write the stubs of the library that is installed into a folder."""
    with open_database("memory:") as crm:
        text = Writer(crm.describe()).text()
    path = os.path.join(folder, "_session.pyi")
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    return path


if __name__ == "__main__":
    print(write(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(__file__)))
