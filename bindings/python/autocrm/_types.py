# SPDX-License-Identifier: MIT
"""Values on their way between Python and the library's JSON, by the registry's schemas."""

import base64
import datetime as dt
import json
import keyword
import re
import sys
import uuid
from decimal import Decimal
from typing import Any, Dict, List
from json.encoder import encode_basestring

_DURATION = re.compile(r"^(-?)P(?:(\d+)W)?(?:(\d+)D)?"
                       r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6}))?S)?)?$")


class Record(Dict[str, Any]):
    """A map whose members can be read as attributes too: `lead.level` is `lead["level"]`. Those that
    have a name of Python's or of dict's take a line behind it: `page.items_` is `page["items"]`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            if attribute(name[:-1]) == name and name[:-1] in self:
                return self[name[:-1]]
            raise AttributeError(f"there is no {name}, only {', '.join(self)}") from None

    def __dir__(self) -> List[str]:
        return [*super().__dir__(), *map(attribute, self)]


def attribute(name: str) -> str:
    """The attribute by which a member of a record is read."""
    return name + "_" if keyword.iskeyword(name) or hasattr(dict, name) else name


def _instant_before_3_11(text):
    whole, _, fraction = text[:-1].partition(".")
    return dt.datetime.fromisoformat(f"{whole}.{fraction:0<6}+00:00")


_instant = dt.datetime.fromisoformat if sys.version_info >= (3, 11) else _instant_before_3_11


def _duration(text):
    match = _DURATION.match(text)
    if not match:
        return text
    sign, weeks, days, hours, minutes, seconds, fraction = match.groups()
    span = dt.timedelta(weeks=int(weeks or 0), days=int(days or 0), hours=int(hours or 0),
                        minutes=int(minutes or 0), seconds=int(seconds or 0),
                        microseconds=int((fraction or "0").ljust(6, "0")))
    return -span if sign else span


_UNKNOWN = uuid.SafeUUID.unknown
_set = object.__setattr__


def _id(text):
    """What uuid.UUID(text) makes, in half the time: the library writes ids in one way only."""
    made = uuid.UUID.__new__(uuid.UUID)
    _set(made, "int", int(text.replace("-", ""), 16))
    _set(made, "is_safe", _UNKNOWN)
    return made


_READERS = {
    "id": _id,
    "ref": _id,
    "instant": _instant,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "duration": _duration,
    "money": Decimal,
    "decimal": Decimal,
    "bytes": base64.b64decode,
    "real": float,
}


def _duration_text(span):
    micros = (span.days * 86400 + span.seconds) * 1000000 + span.microseconds
    seconds, rest = divmod(abs(micros), 1000000)
    if rest:
        raise ValueError(f"a duration has whole seconds: {span!r}")
    return ("-" if micros < 0 else "") + f"PT{seconds}S"


def _write(value):
    """What json.dumps cannot write by itself."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"an amount must be finite: {value}")
        return format(value, "f")
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        return value.astimezone(dt.timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return _duration_text(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"a value of type {type(value).__name__} cannot be handed to autocrm")


_encoder = json.JSONEncoder(default=_write, ensure_ascii=False, allow_nan=False,
                            separators=(",", ":"))


_write_any = _encoder.encode

def _id_text(value):
    """What str(value) is, quoted, in three quarters of the time."""
    digits = "%032x" % value.int
    return f'"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"'


# How what most calls are given is written, by its type; all else goes through the encoder.
_WRITERS = {
    str: encode_basestring,
    uuid.UUID: _id_text,
    int: str,
    bool: {False: "false", True: "true"}.__getitem__,
    type(None): lambda _: "null",
}


def encode(arguments):
    """Arguments as the bytes of a JSON object."""
    members = []
    for name, value in arguments.items():
        write = _WRITERS.get(type(value), _write_any)
        members.append(f"{encode_basestring(name)}:{write(value)}")
    return f"{{{','.join(members)}}}".encode()


_scan = json.JSONDecoder().scan_once


def decode(text):
    """What the library's JSON holds."""
    return _scan(text.decode(), 0)[0]


def _plain(value):
    """A value of which no schema tells more: maps become records."""
    if isinstance(value, dict):
        return Record((key, _plain(member)) for key, member in value.items())
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return value


_SCALARS = {"text", "int", "bool", "enum"}


class Schemas:
    """Readers of results, made from the registry as they are first needed. A reader takes what is
    not null; None stands for one that would give back what it takes."""

    def __init__(self, definitions):
        self._definitions = definitions
        self._readers = {}

    def _of_definition(self, name):
        if name not in self._readers:
            self._readers[name] = lambda value: self._readers[name](value) # one that holds itself
            self._readers[name] = self.of_schema(self._definitions[name])
        return self._readers[name]

    def of_schema(self, schema):
        """A function that turns JSON of this schema into Python values."""
        if schema is None:
            return _plain
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[-1]
            return _plain if name == "filter" else self._of_definition(name)
        if "properties" in schema:
            return self._of_map(schema["properties"])
        if "items" in schema:
            return self._of_list(schema)
        kind = schema.get("x-type")
        return None if kind in _SCALARS else _READERS.get(kind, _plain)

    def _of_list(self, schema):
        member = self.of_schema(schema["items"])
        if member is _plain:
            member = _READERS.get(schema.get("x-type"), _plain)
        if member is None:
            return None
        return lambda value: [None if each is None else member(each) for each in value]

    def _of_map(self, properties):
        readers = {key: self.of_schema(schema) for key, schema in properties.items()}
        turned = [key for key, reader in readers.items() if reader]
        readers = [readers[key] for key in turned]
        known = frozenset(properties)

        def read(value):
            for key, reader, member in zip(turned, readers, map(value.get, turned)):
                if member is not None:
                    value[key] = reader(member)
            if not known.issuperset(value):
                for key in value.keys() - known:
                    value[key] = _plain(value[key])
            return Record(value)
        return read
