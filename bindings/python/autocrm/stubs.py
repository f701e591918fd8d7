# SPDX-License-Identifier: MIT
"""Writes type stubs of all nouns and operations: python -m autocrm.stubs FOLDER."""

import json
import os
import sys

from . import open as open_database
from ._session import Registry, word
from ._types import attribute

_TYPES = {
    "id": "UUID", "ref": "UUID", "instant": "dt.datetime", "date": "dt.date", "time": "dt.time",
    "duration": "dt.timedelta", "money": "Decimal", "decimal": "Decimal", "bytes": "bytes",
    "bool": "bool", "int": "int", "real": "float", "text": "str", "enum": "str",
    "map": "Mapping[str, Any]", "filter": "Mapping[str, Any]", "json": "Any", "record": "Any",
}
# What may be given where a value of the type is wanted.
_GIVEN = {"UUID": "UUID | str", "Decimal": "Decimal | str | int", "dt.datetime": "dt.datetime | str",
          "dt.date": "dt.date | str", "dt.time": "dt.time | str",
          "dt.timedelta": "dt.timedelta | str", "bytes": "bytes | str"}

_HEAD = '''\
# SPDX-License-Identifier: MIT
# Written by python -m autocrm.stubs from the registry of the library.
from __future__ import annotations
import datetime as dt
from decimal import Decimal
from typing import Any, BinaryIO, Callable, Iterator, List, Literal, Mapping, Sequence, TypeVar
from uuid import UUID
from ._ports import Ports
from ._types import Record

class Engine:
    ports: Ports
    def __init__(self, where: Any, ports: Ports, flags: int) -> None: ...
    def close(self) -> None: ...
    def describe(self, what: str = ...) -> Any: ...
    def forget_registry(self) -> None: ...

_Self = TypeVar("_Self", bound=Session)

class Session:
    principal: str
    _engine: Engine
    def __init__(self, engine: Engine, principal: str = ...) -> None: ...
    def __enter__(self: _Self) -> _Self: ...
    def __exit__(self, *_: object) -> None: ...
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


_LENT = ["_input: BinaryIO | None = ...", "_output: BinaryIO | None = ...",
         "_progress: Callable[[str, int, int], bool | None] | None = ..."]


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
            return f"List[{self.result_type(schema['items'])}]"
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
            yield from self.members(schema)

    def members(self, schema):
        for name, member in schema["properties"].items():
            optional = isinstance(member.get("type"), list)
            yield (f"    {attribute(name)}: {self.result_type(member)}"
                   f"{' | None' if optional else ''}\n")

    def parameters(self, operation, named_only=False):
        """Those of a method, after self."""
        properties = operation["parameters"]["properties"]
        required = set(operation["parameters"].get("required", ()))
        first = None if named_only else "id" if "id" in properties else next(iter(properties), None)

        def declared(name):
            given = f"{word(name)}: {self.given_type(properties[name])}"
            return given if name in required else given + " | None = ..."
        parts = [declared(name) for name in properties if name != first]
        if not named_only and (operation["in_steps"] or "session's" in operation["help"]):
            parts += _LENT
        if parts:
            parts.insert(0, "*")
        return ([declared(first)] if first else []) + parts

    def result(self, name, schema):
        """The type of an operation's result, and the class that it needs to have, if any."""
        if not schema or not schema.get("properties"):
            return self.result_type(schema), ""
        cls = f"_{_class_name(name.replace('.', '_'))}Result"
        return cls, f"\nclass {cls}(Record):\n" + "".join(self.members(schema))

    def nouns(self):
        for noun, verbs in sorted(self.registry.nouns.items()):
            classes, methods = "", f"\nclass _{_class_name(noun)}:\n"
            for verb, operation in verbs.items():
                result, cls = self.result(operation["name"], operation.get("result"))
                classes += cls
                own = ["self"] + self.parameters(operation)
                methods += (f"    def {verb}({', '.join(own)}) -> {result}:\n"
                            f"        {json.dumps(operation['help'] + '.', ensure_ascii=False)}\n")
            if "list" in verbs:
                item = self.result_type(verbs["list"]["result"]["properties"]["items"])[5:-1]
                own = ["self"] + self.parameters(verbs["list"], named_only=True)
                methods += (f"    def each({', '.join(own)}) -> Iterator[{item}]:\n"
                            '        "Walk the list to its end."\n')
            yield classes + methods

    def text(self):
        session = "".join(f"    {noun}: _{_class_name(noun)}\n"
                          for noun in sorted(self.registry.nouns))
        return _HEAD + session + "".join(self.records()) + "".join(self.nouns())


def text():
    """The stubs of the library that is installed."""
    with open_database("memory:") as crm:
        return Writer(crm.describe()).text()


def write(folder):
    """Write them into a folder; its file."""
    path = os.path.join(folder, "_session.pyi")
    with open(path, "w", encoding="utf-8") as out:
        out.write(text())
    return path


if __name__ == "__main__":
    print(write(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(__file__)))
