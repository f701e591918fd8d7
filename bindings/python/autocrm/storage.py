# SPDX-License-Identifier: MIT
"""Storage written in Python: the storage port of the library (autocrm/port/storage.h) as classes.

    class Mine(autocrm.storage.Storage):
        def connect(self):
            return MyConnection(self)

    with autocrm.open(Mine()) as crm:
        ...

Values of rows are None, int, float, str and bytes; ids are bytes of 16. What is asked is checked
before a method is called: the order of calls, the types of values, the shape of filters. A method
tells a failure by raising autocrm.Conflict, Invalid, Busy ... with `reason` and `field`; any other
exception ends the call as StorageError and comes out of it.
"""

from __future__ import annotations

import ctypes
import math
from ctypes import c_void_p
from dataclasses import dataclass, field
from typing import Dict, Iterable, List, Optional, Sequence, Tuple, Union

from . import _storage as c
from ._library import lib
from ._ports import guarded, keep_raised
from .errors import AutocrmError, Invalid, LimitExceeded, Misuse

Value = Union[None, int, float, str, bytes]

TYPES = ("null", "int", "real", "text", "blob")
OPERATORS = ("true", "false", "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "in",
             "contains", "starts", "related", "search")
BUCKETS = (None, "hour", "day", "week", "month", "quarter", "year")
AGGREGATES = (None, "count", "sum", "min", "max", "avg", "count_distinct")
NO_COLUMN = 2 ** 32 - 1
DEPTH_MAX, WORDS_MAX = 64, 64

_FAILED = -5
# Operators: how many values and children, and whether the column counts. None: any number.
_SHAPES = {"true": (0, 0, 0), "false": (0, 0, 0), "and": (0, None, 0), "or": (0, None, 0),
           "not": (0, 1, 0), "in": (None, 0, 1), "related": (0, 1, 1), "search": (1, 0, 0)}
_LEAF = (1, 0, 1)
_KINDS = {"int": (int,), "real": (float, int), "text": (str,), "blob": (bytes,)}


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    not_null: bool
    references: Optional[str]
    """name of the table whose key it holds"""


@dataclass(frozen=True)
class Index:
    name: str
    columns: Tuple[int, ...]
    unique: bool
    live: bool
    """only rows whose deleted_at is None"""


@dataclass(frozen=True)
class Table:
    """A table; column 0 is its key. Keep rows by the columns' names: a later declaration may have
    them in another order."""
    name: str
    number: int
    columns: Tuple[Column, ...]
    indexes: Tuple[Index, ...]
    deleted_at: Optional[int]
    search: bool
    lean: bool


@dataclass
class Filter:
    """A node of a filter; see the port's header for what each operator means."""
    op: str
    column: int = 0
    values: List[Value] = field(default_factory=list)
    children: List[Filter] = field(default_factory=list)
    related: Optional[Table] = None
    related_column: int = 0


@dataclass
class Join:
    source: int
    column: int
    table: Table


@dataclass
class Expression:
    source: int
    column: int
    aggregate: Optional[str] = None
    bucket: Optional[str] = None
    days: bool = False
    offset_minutes: int = 0


@dataclass
class Query:
    """Rows wanted. `order` holds (index into select, descending); `after` one value for each."""
    table: Table
    where: Filter
    joins: List[Join]
    select: List[Expression]
    group: int
    order: List[Tuple[int, bool]]
    after: Optional[List[Value]]
    limit: int


class Connection:
    """One session's way to the data, used by one thread at a time. Override all."""

    def close(self) -> None:
        """Nobody uses the connection any more."""

    def begin(self, write: bool) -> None:
        """Start a transaction; raise Busy when another one writes."""
        raise NotImplementedError

    def commit(self) -> None:
        """Raise Invalid with reason "reference" when a reference leads nowhere; a commit that
        fails has rolled back."""
        raise NotImplementedError

    def rollback(self) -> None:
        raise NotImplementedError

    def savepoint(self) -> None:
        raise NotImplementedError

    def release(self) -> None:
        raise NotImplementedError

    def rollback_to(self) -> None:
        """Undo what was done since the innermost savepoint, and end it."""
        raise NotImplementedError

    def schema_version(self) -> int:
        raise NotImplementedError

    def set_schema_version(self, version: int) -> None:
        raise NotImplementedError

    def ensure_table(self, table: Table) -> None:
        """Make the table, or add what it lacks."""
        raise NotImplementedError

    def drop_index(self, table: Table, index: str) -> None:
        raise NotImplementedError

    def drop_column(self, table: Table, column: str) -> None:
        raise NotImplementedError

    def insert(self, table: Table, row: List[Value], search: Optional[str]) -> None:
        """Raise Conflict with reason "duplicate" and the index's first column as field when a
        unique index has the values."""
        raise NotImplementedError

    def update(self, table: Table, key: Value, changes: Dict[int, Value],
               search: Optional[str]) -> bool:
        """Set columns (by number) of the row with this key; `search` is its new search text, None
        when that stays. Return whether there was one."""
        raise NotImplementedError

    def remove(self, table: Table, key: Value) -> bool:
        """Return whether there was such a row."""
        raise NotImplementedError

    def lookup(self, table: Table, column: int, value: Value,
               limit: int) -> Iterable[Sequence[Value]]:
        """Rows whose column equals the value, in order of their keys. 0: no limit."""
        raise NotImplementedError

    def query(self, query: Query) -> Iterable[Sequence[Value]]:
        """Rows of the values of `select`."""
        raise NotImplementedError


class Storage:
    """Base of storages."""

    durable = False
    """What was committed survives a crash of the machine"""

    def connect(self) -> Connection:
        """A new Connection."""
        raise NotImplementedError

    def close(self) -> None:
        """The last connection is closed."""


def value_of(cell):
    if cell.type == 1:
        return cell.integer
    if cell.type == 2:
        return cell.real
    if cell.type in (3, 4):
        data = ctypes.string_at(cell.data, cell.size) if cell.size else b""
        return data.decode("utf-8") if cell.type == 3 else data
    return None


def _fill(cell, value):
    """Put a value into a cell; returns what must live as long as it."""
    if value is None:
        cell.type = 0
    elif isinstance(value, (bool, int)):
        cell.type, cell.integer = 1, value
    elif isinstance(value, float):
        cell.type, cell.real = 2, value
    else:
        data = value.encode("utf-8") if isinstance(value, str) else bytes(value)
        cell.type, cell.size = 3 if isinstance(value, str) else 4, len(data)
        cell.data = ctypes.cast(ctypes.c_char_p(data), c_void_p)
        return data
    return None


def _table(raw):
    return Table(
        name=raw.name.decode(), number=raw.number,
        columns=tuple(Column(each.name.decode(), TYPES[each.type], bool(each.flags & 1),
                             each.references[0].name.decode() if each.references else None)
                      for each in raw.columns[:raw.n_columns]),
        indexes=tuple(Index(each.name.decode(), tuple(each.columns[:each.n_columns]),
                            bool(each.flags & 1), bool(each.flags & 2))
                      for each in raw.indexes[:raw.n_indexes]),
        deleted_at=None if raw.deleted_at == NO_COLUMN else raw.deleted_at,
        search=bool(raw.flags & 1), lean=bool(raw.flags & 2))


def _fits(column, value):
    if value is None:
        if column.not_null:
            raise Invalid(f"{column.name} needs a value", reason="required", field=column.name)
    elif not isinstance(value, _KINDS[column.type][0]) or (
            isinstance(value, float) and not math.isfinite(value)):
        raise Invalid(f"the value for {column.name} is not of its type", reason="type",
                      field=column.name)


def _checked_key(column, value):
    _fits(Column(column.name, column.type, True, None), value)


def _refuse(what):
    raise Invalid(what, reason="query")


def _comparable(table, number, values, null=True):
    if number >= len(table.columns):
        _refuse("a column that the table does not have")
    kind = table.columns[number].type
    allowed = (int, float) if kind in ("int", "real") else _KINDS[kind]
    for value in values:
        if not (value is None and null) and not isinstance(value, allowed):
            _refuse(f"{table.columns[number].name} is compared with what is not of its type")


def _check_node(node, table):
    values, children, column = _SHAPES.get(node.op, _LEAF)
    if values not in (None, len(node.values)) or children not in (None, len(node.children)):
        _refuse(f"{node.op} has a wrong number of values or children")
    if column:
        _comparable(table, node.column, node.values, node.op not in ("contains", "starts"))
    if node.op in ("contains", "starts") and table.columns[node.column].type != "text":
        _refuse(f"{node.op} is for texts")
    if node.op == "related":
        if node.related is None or node.related_column >= len(node.related.columns):
            _refuse("related names no column of a table")
    if node.op == "search":
        if not table.search or not isinstance(node.values[0], str):
            _refuse("the table is not searched")
        if len(node.values[0].split(" ")) > WORDS_MAX:
            raise LimitExceeded(f"at most {WORDS_MAX} words in one search", reason="limit")


class _Bridge:
    """A connection as the library calls it: checks of turn and of types, conversions."""

    def __init__(self, connection):
        self.connection = connection
        self.writes = None
        self.depth = 0
        self._tables = {}

    def table(self, address):
        known = self._tables.get(address)
        if known is None:
            known = self._tables[address] = _table(c.Table.from_address(address))
        return known

    def need(self, allowed):
        if not allowed:
            raise Misuse("a call out of turn", reason="transaction")

    def begin(self, write):
        self.need(self.writes is None)
        self.connection.begin(bool(write))
        self.writes = bool(write)
        self.depth = 0

    def commit(self):
        self.need(self.writes is not None)
        self.writes = None
        self.connection.commit()

    def rollback(self):
        if self.writes is not None:
            self.writes = None
            self.connection.rollback()

    def savepoint(self):
        self.need(self.writes)
        self.connection.savepoint()
        self.depth += 1

    def release(self):
        self.need(self.writes and self.depth)
        self.depth -= 1
        self.connection.release()

    def rollback_to(self):
        self.need(self.writes and self.depth)
        self.depth -= 1
        self.connection.rollback_to()

    def schema_version(self, version):
        version[0] = self.connection.schema_version()

    def set_schema_version(self, version):
        self.need(self.writes)
        self.connection.set_schema_version(version)

    def ensure_table(self, table):
        self.need(self.writes)
        self.connection.ensure_table(self.table(table))

    def drop_index(self, table, index):
        self.need(self.writes)
        self.connection.drop_index(self.table(table), index.decode())

    def drop_column(self, table, column):
        self.need(self.writes)
        self.connection.drop_column(self.table(table), column.decode())

    def insert(self, address, cells, search):
        self.need(self.writes)
        table = self.table(address)
        row = [value_of(cell) for cell in cells[:len(table.columns)]]
        for column, value in zip(table.columns, row):
            _fits(column, value)
        _checked_key(table.columns[0], row[0])
        self.connection.insert(table, row, None if search is None else search.decode("utf-8"))

    def update(self, address, key, columns, cells, n, old, new, changed):
        self.need(self.writes)
        table = self.table(address)
        changes = {columns[i]: value_of(cells[i]) for i in range(n)}
        for number, value in changes.items():
            if not 0 < number < len(table.columns):
                _refuse("an update of the key, or of a column that does not exist")
            _fits(table.columns[number], value)
        done = self.connection.update(table, value_of(key[0]), changes,
                                      None if new is None else new.decode("utf-8"))
        if changed:
            changed[0] = int(done)

    def remove(self, address, key, search, changed):
        self.need(self.writes)
        done = self.connection.remove(self.table(address), value_of(key[0]))
        if changed:
            changed[0] = int(done)

    def lookup(self, address, column, value, limit, row, user):
        table = self.table(address)
        wanted = value_of(value[0])
        _comparable(table, column, [wanted], null=False)
        return self._hand_out(self.connection.lookup(table, column, wanted, limit), row, user)

    def query(self, raw, row, user):
        return self._hand_out(self.connection.query(self._query(raw[0])), row, user)

    def _hand_out(self, rows, row, user):
        for values in rows:
            cells = (c.Cell * len(values))()
            alive = [_fill(cell, value) for cell, value in zip(cells, values)]
            answer = row(user, cells, len(values))
            del alive
            if answer:
                return answer if answer < 0 else 0
        return 0

    def _node(self, raw, table, depth):
        if depth > DEPTH_MAX:
            raise LimitExceeded(f"a filter nests at most {DEPTH_MAX} deep", reason="limit")
        if not 0 <= raw.op < len(OPERATORS):
            _refuse("an unknown operator")
        node = Filter(OPERATORS[raw.op], raw.column,
                      [value_of(cell) for cell in raw.values[:raw.n_values]])
        if raw.related:
            node.related = self.table(ctypes.addressof(raw.related[0]))
            node.related_column = raw.related_column
        below = node.related if node.op == "related" else table
        if below is None:
            _refuse("related names no table")
        node.children = [self._node(child, below, depth + 1)
                         for child in raw.children[:raw.n_children]]
        _check_node(node, table)
        return node

    def _query(self, raw):
        table = self.table(ctypes.addressof(raw.table[0]))
        select = [Expression(each.source, each.column, AGGREGATES[each.aggregate],
                             BUCKETS[each.bucket], bool(each.bucket_is_days), each.offset_minutes)
                  for each in raw.select[:raw.n_select]]
        return Query(
            table=table,
            where=self._node(raw.where[0], table, 1) if raw.where else Filter("true"),
            joins=[Join(each.source, each.column, self.table(ctypes.addressof(each.table[0])))
                   for each in raw.joins[:raw.n_joins]],
            select=select or [Expression(0, n) for n in range(len(table.columns))],
            group=raw.n_group,
            order=[(each.expression, bool(each.descending))
                   for each in raw.order[:raw.n_order]],
            after=[value_of(cell) for cell in raw.after[:raw.n_order]] if raw.after else None,
            limit=raw.limit)


def _told(error, out):
    """An error of this package as the library's; any other comes out of the call."""
    code = error.code if isinstance(error, AutocrmError) and error.code else _FAILED
    if not isinstance(error, AutocrmError):
        keep_raised(error)
    if out:
        out[0] = lib.acrm_error_new(
            code, (getattr(error, "reason", "") or "storage").encode(),
            getattr(error, "field", "").encode() or None, str(error).encode("utf-8"))
    return code


class Port:
    """The table of callbacks for a storage, and its live connections."""

    def __init__(self, storage):
        self.storage = storage
        self.ops = c.StorageOps(flags=int(storage.durable))
        self._bridges = {}
        self._last = 0
        for name, prototype in c.CALLS.items():
            setattr(self.ops, name, prototype(self._call(name)))
        self.ops.connect = c.CONNECT(self._connect)
        self.ops.disconnect = guarded(c.DISCONNECT, self._disconnect, None)
        self.ops.destroy = guarded(c.DISCONNECT, lambda _: storage.close(), None)
        self.ops.rollback = guarded(c.DISCONNECT, lambda conn: self._bridges[conn].rollback(),
                                    None)

    def _connect(self, _, out, err):
        try:
            bridge = _Bridge(self.storage.connect())
        except BaseException as error:
            return _told(error, err)
        self._last += 1
        self._bridges[self._last] = bridge
        out[0] = self._last
        return 0

    def _disconnect(self, conn):
        self._bridges.pop(conn).connection.close()

    def _call(self, name):
        def call(conn, *arguments):
            *arguments, err = arguments
            try:
                return getattr(self._bridges[conn], name)(*arguments) or 0
            except BaseException as error:
                return _told(error, err)
        return call
