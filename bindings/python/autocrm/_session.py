# SPDX-License-Identifier: MIT
"""Engines, sessions, and the nouns and verbs that the registry gives them."""

import ctypes
import difflib
import hashlib
import inspect
import json
import keyword
import threading
import weakref
from ctypes import byref, c_void_p

from . import errors, storage
from ._library import PROGRESS, READ, WRITE, lib
from ._ports import guarded, take_raised
from ._types import Schemas, decode, encode


# What every call runs.
_call_json, _buf_data, _buf_free = lib.acrm_call_json, lib.acrm_buf_data, lib.acrm_buf_free


def _text_of(buf):
    """The text in a buffer of the library's, which is freed."""
    text = _buf_data(buf)
    _buf_free(buf)
    return text


def word(name):
    """A noun, verb or parameter as a name of Python's: import_, from_."""
    return name + "_" if keyword.iskeyword(name) else name


class Engine:
    """An open database. `open` makes one; sessions keep it alive."""

    def __init__(self, where, ports, flags):
        self.ports = ports
        ports.options.flags = flags
        out, err = c_void_p(), c_void_p()
        status = self._open(where, byref(ports.options), byref(out), byref(err))
        failure = errors.from_status(status, err) if status != 0 else None
        raised = take_raised()
        if raised:
            lib.acrm_close(out)
            raise raised from failure
        if failure:
            raise failure
        self.handle = out
        self._end = weakref.finalize(self, lib.acrm_close, out)
        self._registry = None

    def _open(self, where, options, out, err):
        if not isinstance(where, storage.Storage):
            return lib.acrm_open(str(where).encode(), options, out, err)
        self._storage = storage.Port(where)
        return lib.acrm_open_storage(byref(self._storage.ops), None, options, out, err)

    def close(self):
        self._end()
        self.handle = None

    def _description(self, what):
        if self.handle is None:
            raise errors.Misuse("the database was closed")
        out, err = c_void_p(), c_void_p()
        status = lib.acrm_describe(self.handle, what.encode(), byref(out), byref(err))
        if status != 0:
            raise errors.from_status(status, err)
        return _text_of(out)

    def describe(self, what="registry"):
        """The registry as data: "registry", "openapi", "entities" or "operations"."""
        return json.loads(self._description(what))

    @property
    def registry(self):
        if self._registry is None:
            self._registry = Registry.of(self._description("registry"))
        return self._registry

    def forget_registry(self):
        """Custom fields and entities are new words: read the registry again when it is needed."""
        self._registry = None


class Registry:
    """Operations by noun and verb."""

    _last = None

    @classmethod
    def of(cls, text):
        """The registry that this JSON describes. It takes ten times as long to read as to ask for,
        and databases without custom fields have the same: the last one is kept."""
        digest = hashlib.blake2b(text).digest()
        last = cls._last
        if last is None or last[0] != digest:
            last = cls._last = (digest, cls(json.loads(text)))
        return last[1]

    def __init__(self, described):
        self.schemas = Schemas(described["$defs"])
        self.nouns = {}
        self.operations = {}
        self.help = {entity["name"]: entity["help"] for entity in described["entities"]}
        for operation in described["operations"]:
            noun, verb = operation["name"].split(".")
            self.operations[operation["name"]] = operation
            self.nouns.setdefault(word(noun), {})[word(verb)] = operation
        self.readers = {}

    def reader_of(self, name):
        """What turns the result of an operation into Python values."""
        operation = self.operations.get(name) or {}
        reader = self.readers[name] = self.schemas.of_schema(operation.get("result")) or _same
        return reader


def _same(value):
    return value


def _meant(wrong, words):
    near = difflib.get_close_matches(wrong, words, 1)
    return f", did you mean {near[0]}?" if near else ""


def _signature(operation, first):
    """What help() and editors show of a method."""
    required = operation["parameters"].get("required", ())
    kinds = inspect.Parameter
    return inspect.Signature([
        kinds(word(name), kinds.POSITIONAL_OR_KEYWORD if name == first else kinds.KEYWORD_ONLY,
              default=kinds.empty if name in required else None)
        for name in sorted(operation["parameters"]["properties"], key=lambda name: name != first)])


def _document(operation):
    """A docstring from the registry."""
    lines = [operation["help"] + ".", ""]
    required = set(operation["parameters"].get("required", ()))
    for name, schema in operation["parameters"]["properties"].items():
        kind = schema.get("x-type") or "value"
        choices = [str(each) for each in schema.get("enum", ()) if each is not None]
        lines.append(f"{name} ({kind}{', required' if name in required else ''}): "
                     + schema.get("description", "")
                     + (f" [{', '.join(choices)}]" if choices else ""))
    return "\n".join(lines)


class Noun:
    """The operations of one noun: `crm.lead.assign(id, user_id=...)`."""

    def __init__(self, session, name, verbs):
        self._session = session
        self._name = name
        self._verbs = verbs
        self.__doc__ = session._engine.registry.help.get(name, "")

    def __getattr__(self, verb):
        operation = self._verbs.get(verb)
        if operation is None:
            raise AttributeError(f"{self._name} has no operation {verb}{_meant(verb, self._verbs)}; "
                                 "it has " + ", ".join(sorted(self._verbs)))
        method = self._session._method(operation)
        setattr(self, verb, method)
        return method

    def __dir__(self):
        return [*super().__dir__(), *self._verbs]

    def __repr__(self):
        return f"<operations of {self._name}: {', '.join(self._verbs)}>"

    def each(self, **arguments):
        """Walk a list record by record; pages are fetched as needed. Arguments are those of
        `list`; `limit` is the page size."""
        after = None
        while True:
            page = self._session.invoke(self._name + ".list", **arguments,
                                      **({"after": after} if after else {}))
            yield from page["items"]
            after = page["next"]
            if not after:
                return


def _reader(source):
    def read(_, place, room):
        given = source.read(room)
        if isinstance(given, str):
            raise TypeError("an input must be opened in binary mode")
        ctypes.memmove(place, given, len(given))
        return len(given)
    return read


def _writer(sink):
    def write(_, place, size):
        sink.write(ctypes.string_at(place, size))
        return 0
    return write


def _teller(progress):
    def tell(_, what, done, total):
        return 1 if progress(what.decode(), done, total) is False else 0
    return tell


_FAILED = -7
_CHANGES_WORDS = "schema."


class Session:
    """Somebody acting on a database. Used by one thread at a time; threads take one each:
    `crm.acting_as("system")`."""

    def __init__(self, engine, principal="system"):
        self._engine = engine
        self.principal = principal
        out, err = c_void_p(), c_void_p()
        if engine.handle is None:
            raise errors.Misuse("the database was closed")
        status = lib.acrm_session_new(engine.handle, principal.encode(), byref(out), byref(err))
        if status != 0:
            raise errors.from_status(status, err)
        self._handle = out
        self._end = weakref.finalize(self, lib.acrm_session_free, out)
        self._busy = threading.Lock()
        self._door = threading.RLock()
        self._interrupted = False
        self._out, self._err = c_void_p(), c_void_p()
        self._places = byref(self._out), byref(self._err)
        self._lent = None
        self._nouns = {}
        self._nouns_of = None

    def __repr__(self):
        return f"<session of {self.principal}{'' if self._handle else ', closed'}>"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End the session. Closing twice does nothing."""
        if not self._busy.acquire(blocking=False):
            raise errors.Misuse("a session cannot be closed while it runs a call")
        try:
            with self._door:
                self._end()
                self._handle = None
        finally:
            self._busy.release()

    def acting_as(self, principal):
        """Another session on the same database: "user:UUID", "customer:UUID" or "system"."""
        return Session(self._engine, principal)

    def describe(self, what="registry"):
        """The registry as data: "registry", "openapi", "entities" or "operations"."""
        return self._engine.describe(what)

    def interrupt(self):
        """End the running call; the one method that another thread may use."""
        with self._door:
            if self._handle is not None:
                lib.acrm_interrupt(self._handle, 1)
                self._interrupted = True

    @property
    def statements(self):
        """Storage statements executed so far; -1 when the storage does not count."""
        if self._handle is None:
            raise errors.Misuse("the session was closed")
        return lib.acrm_session_statements(self._handle)

    def invoke(self, operation, /, *, _input=None, _output=None, _progress=None, **arguments):
        """Run an operation by name: `crm.invoke("lead.assign", id=lead.id)`.

        `_input` is a file to read from (imports, attachments), `_output` one to write to,
        `_progress` a function (what, done, total) called during long work; returning False ends
        it."""
        return self._invoke(operation, arguments, _input, _output, _progress)

    def _invoke(self, operation, arguments, source, sink, progress):
        body = encode(arguments)
        if not self._busy.acquire(False):
            raise errors.Misuse("a session runs one call at a time; let each thread open its own")
        try:
            if self._handle is None:
                raise errors.Misuse("the session was closed")
            if self._interrupted:
                self._interrupted = False
                lib.acrm_interrupt(self._handle, 0)
            if not (source is sink is progress is self._lent is None):
                self._lend(source, sink, progress)
            text = self._run(operation, body)
        finally:
            self._busy.release()
        engine = self._engine
        if operation.startswith(_CHANGES_WORDS):
            engine.forget_registry()
        registry = engine._registry or engine.registry
        reader = registry.readers.get(operation) or registry.reader_of(operation)
        return reader(decode(text))

    def _run(self, operation, body):
        status = _call_json(self._handle, operation.encode(), body, len(body), *self._places)
        if status != 0:
            failure = errors.from_status(status, self._err)
            self._err.value = None
        else:
            failure, text = None, _text_of(self._out)
        raised = take_raised()
        if raised:
            raise raised from failure
        if failure:
            raise failure
        return text

    def _lend(self, source, sink, progress):
        self._lent = [
            READ() if source is None else guarded(READ, _reader(source), _FAILED),
            WRITE() if sink is None else guarded(WRITE, _writer(sink), _FAILED),
            PROGRESS() if progress is None else guarded(PROGRESS, _teller(progress), 1)]
        lib.acrm_session_set_input(self._handle, self._lent[0], None)
        lib.acrm_session_set_output(self._handle, self._lent[1], None)
        lib.acrm_session_set_progress(self._handle, self._lent[2], None)

    def _method(self, operation):
        name = operation["name"]
        parameters = operation["parameters"]["properties"]
        first = "id" if "id" in parameters else next(iter(parameters), None)
        renamed = {word(name): name for name in parameters if word(name) != name}

        def method(*positional, _input=None, _output=None, _progress=None, **arguments):
            if positional:
                if len(positional) > 1 or first is None:
                    raise TypeError(f"{name} takes at most one argument without its name")
                arguments.setdefault(first, positional[0])
            if renamed:
                arguments = {renamed.get(key, key): value for key, value in arguments.items()}
            return self._invoke(name, arguments, _input, _output, _progress)
        method.__name__ = method.__qualname__ = name
        method.__doc__ = _document(operation)
        method.__signature__ = _signature(operation, first)
        return method

    def __getattr__(self, noun):
        if noun.startswith("_"):
            raise AttributeError(noun)
        registry = self._engine.registry
        if self._nouns_of is not registry:
            self._nouns, self._nouns_of = {}, registry
        if noun not in self._nouns:
            verbs = registry.nouns.get(noun)
            if verbs is None:
                raise AttributeError(f"there is no {noun}{_meant(noun, registry.nouns)}; dir() of a "
                                     "session lists what there is")
            self._nouns[noun] = Noun(self, noun.rstrip("_"), verbs)
        return self._nouns[noun]

    def __dir__(self):
        return [*super().__dir__(), *self._engine.registry.nouns]
