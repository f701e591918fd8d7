# SPDX-License-Identifier: MIT
"""Values on their way between Python and the library's JSON, by the registry's schemas."""

import base64
import datetime as dt
import json
import re
import uuid
from decimal import Decimal
from functools import lru_cache

_DURATION = re.compile(r"^(-?)P(?:(\d+)W)?(?:(\d+)D)?"
                       r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6}))?S)?)?$")


class Record(dict):
    """A map whose keys can be read as attributes too: `lead.level` is `lead["level"]`."""

    __slots__ = ()

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self):
        return [*super().__dir__(), *self]


def _instant(text):
    try:
        return dt.datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    except ValueError:  # 3.9 and 3.10 read no fractions but of 3 or 6 digits
        whole, fraction = text[:-1].split(".")
        return dt.datetime.fromisoformat(f"{whole}.{fraction:0<6}+00:00")


def _duration(text):
    match = _DURATION.match(text)
    if not match:
        return text
    sign, weeks, days, hours, minutes, seconds, fraction = match.groups()
    span = dt.timedelta(weeks=int(weeks or 0), days=int(days or 0), hours=int(hours or 0),
                        minutes=int(minutes or 0), seconds=int(seconds or 0),
                        microseconds=int((fraction or "0").ljust(6, "0")))
    return -span if sign else span


_READERS = {
    "id": uuid.UUID,
    "ref": uuid.UUID,
    "instant": _instant,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "duration": _duration,
    "money": Decimal,
    "decimal": Decimal,
    "bytes": base64.b64decode,
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


def encode(arguments):
    """Arguments as the bytes of a JSON object."""
    return _encoder.encode(arguments).encode("utf-8")


def _plain(value):
    """A value of which no schema tells more: maps become records."""
    if isinstance(value, dict):
        return Record((key, _plain(member)) for key, member in value.items())
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return value


class Schemas:
    """Readers of results, made from the registry as they are first needed."""

    def __init__(self, definitions):
        self._definitions = definitions
        self.reader = lru_cache(maxsize=None)(self._of_definition)

    def _of_definition(self, name):
        return self.of_schema(self._definitions[name])

    def of_schema(self, schema):
        """A function that turns JSON of this schema into Python values."""
        if schema is None:
            return _plain
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[-1]
            if name == "filter":
                return _plain
            return lambda value: None if value is None else self.reader(name)(value)
        if "properties" in schema:
            return self._of_map(schema["properties"])
        if "items" in schema:
            item = self.of_schema(schema["items"])
            own = _READERS.get(schema.get("x-type"))
            member = own if own and item is _plain else item
            return lambda value: None if value is None else [member(each) for each in value]
        read = _READERS.get(schema.get("x-type"))
        if read is None:
            return _plain
        return lambda value: None if value is None else read(value)

    def _of_map(self, properties):
        readers = {key: self.of_schema(schema) for key, schema in properties.items()}
        get = readers.get

        def read(value):
            if value is None:
                return None
            return Record((key, get(key, _plain)(member)) for key, member in value.items())
        return read
