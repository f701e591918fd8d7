# SPDX-License-Identifier: MIT
"""A storage in Python that keeps everything in dicts: a model for one on your own database.

A state is a map from a table's name to its rows, and rows are maps from the columns' names. A state
that others may look at is never changed: a transaction copies the table that it writes to.

    python3 shelf.py
"""

import datetime as dt
import functools
import threading

import autocrm
from autocrm.storage import Connection, Storage

EPOCH = dt.datetime(1970, 1, 1)


class Shelf(Storage):
    def __init__(self, patience=5.0):
        self.state = {"schema version": 0}
        self.writer = threading.Lock()
        self.patience = patience

    def connect(self):
        return ShelfConnection(self)


class ShelfTable:
    def __init__(self, rows=(), columns=(), indexes=(), references=()):
        self.rows = dict(rows)
        self.columns = list(columns)
        self.indexes = dict(indexes)
        self.references = dict(references)

    def copy(self):
        return ShelfTable(self.rows, self.columns, self.indexes, self.references)


class ShelfConnection(Connection):
    def __init__(self, shelf):
        self.shelf = shelf
        self.state = None
        self.writes = False
        self.saved = []
        self.own = set()

    # Transactions

    def begin(self, write):
        if write and not self.shelf.writer.acquire(timeout=self.shelf.patience):
            raise autocrm.Busy("another one writes", reason="locked", retriable=True)
        self.writes = write
        self.state = dict(self.shelf.state)
        self.saved, self.own = [], set()

    def rollback(self):
        self.state = None
        if self.writes:
            self.writes = False
            self.shelf.writer.release()

    def commit(self):
        try:
            if self.writes:
                self._check_references()
                self.shelf.state = self.state
        finally:
            self.rollback()

    def savepoint(self):
        self.saved.append(dict(self.state))
        self.own = set()

    def release(self):
        self.saved.pop()
        self.own = set()

    def rollback_to(self):
        self.state = self.saved.pop()
        self.own = set()

    def _check_references(self):
        for name, table in self._tables():
            for column, target in table.references.items():
                there = self.state[target].rows if target in self.state else {}
                for row in table.rows.values():
                    if row.get(column) is not None and row[column] not in there:
                        raise autocrm.Invalid(f"{name}.{column} leads nowhere", field=column,
                                              reason="reference")

    def _tables(self):
        return [item for item in self.state.items() if isinstance(item[1], ShelfTable)]

    def _now(self):
        return self.shelf.state if self.state is None else self.state

    def _rows(self, table):
        kept = self._now().get(table.name)
        return kept.rows if kept else {}

    def _written(self, table):
        if table.name not in self.own:
            self.state[table.name] = self.state[table.name].copy()
            self.own.add(table.name)
        return self.state[table.name]

    # Schema

    def schema_version(self):
        return self._now()["schema version"]

    def set_schema_version(self, version):
        self.state["schema version"] = version

    def ensure_table(self, table):
        self.state.setdefault(table.name, ShelfTable())
        kept = self._written(table)
        for column in table.columns:
            if column.name not in kept.columns:
                kept.columns.append(column.name)
                if column.references:
                    kept.references[column.name] = column.references
        for index in table.indexes:
            if index.unique and index.name not in kept.indexes:
                live = table.columns[table.deleted_at].name if index.live else None
                kept.indexes[index.name] = ([table.columns[n].name for n in index.columns], live)
                for key, row in kept.rows.items():
                    self._check_unique(kept, key, row)

    def drop_index(self, table, index):
        self._written(table).indexes.pop(index, None)

    def drop_column(self, table, column):
        kept = self._written(table)
        if column in kept.columns:
            kept.columns.remove(column)
            kept.references.pop(column, None)
            kept.rows = {key: {name: value for name, value in row.items() if name != column}
                         for key, row in kept.rows.items()}

    # Rows

    @staticmethod
    def _check_unique(kept, key, row):
        for columns, live in kept.indexes.values():
            mine = [row.get(name) for name in columns]
            if None in mine or (live and row.get(live) is not None):
                continue
            for other, there in kept.rows.items():
                if other != key and [there.get(name) for name in columns] == mine and not (
                        live and there.get(live) is not None):
                    raise autocrm.Conflict("taken", field=columns[0], reason="duplicate")

    def insert(self, table, row, search):
        kept = self._written(table)
        if row[0] in kept.rows:
            raise autocrm.Conflict("taken", field=table.columns[0].name, reason="duplicate")
        named = {column.name: value for column, value in zip(table.columns, row)}
        for column in kept.columns:
            named.setdefault(column, None)
        self._check_unique(kept, row[0], named)
        kept.rows[row[0]] = {**named, " search": search or ""}

    def update(self, table, key, changes, search):
        kept = self._written(table)
        if key not in kept.rows:
            return False
        row = dict(kept.rows[key])
        row.update({table.columns[number].name: value for number, value in changes.items()})
        if search is not None:
            row[" search"] = search
        self._check_unique(kept, key, row)
        kept.rows[key] = row
        return True

    def remove(self, table, key):
        return self._written(table).rows.pop(key, None) is not None

    def lookup(self, table, column, value, limit):
        name, key = table.columns[column].name, table.columns[0].name
        found = [row for row in self._rows(table).values() if row.get(name) == value]
        found.sort(key=lambda row: row[key])
        return [[row.get(each.name) for each in table.columns]
                for row in (found[:limit] if limit else found)]

    # Queries

    def query(self, query):
        found = []
        for row in list(self._rows(query.table).values()):
            if self._holds(query.where, query.table, row):
                found.append(self._values(query, row))
        if query.group or any(each.aggregate for each in query.select):
            found = grouped(query, found)
        order = functools.cmp_to_key(lambda a, b: ordered(query, a, b))
        found.sort(key=order)
        if query.after is not None:
            found = [row for row in found if beyond(query, row)]
        return found[:query.limit] if query.limit else found

    def _values(self, query, row):
        sources = [(query.table, row)]
        for join in query.joins:
            table, holder = sources[join.source]
            key = holder.get(table.columns[join.column].name)
            sources.append((join.table, self._rows(join.table).get(key, {})))
        values = []
        for each in query.select:
            table, holder = sources[each.source]
            value = holder.get(table.columns[each.column].name)
            values.append(value if each.bucket is None else bucket_start(each, value))
        return values

    def _holds(self, node, table, row):
        if node.op == "and":
            return all(self._holds(child, table, row) for child in node.children)
        if node.op == "or":
            return any(self._holds(child, table, row) for child in node.children)
        if node.op == "not":
            return not self._holds(node.children[0], table, row)
        if node.op in ("true", "false"):
            return node.op == "true"
        if node.op == "search":
            words = row[" search"].split()
            return all(any(word.startswith(wanted) for word in words)
                       for wanted in node.values[0].split())
        value = row.get(table.columns[node.column].name)
        if node.op == "related":
            return self._related(node, value)
        if node.op == "in":
            return value in node.values
        return compares(node.op, value, node.values[0])

    def _related(self, node, value):
        table = node.related
        column = table.columns[node.related_column].name
        deleted = None if table.deleted_at is None else table.columns[table.deleted_at].name
        return value is not None and any(
            row.get(column) == value and not (deleted and row.get(deleted) is not None)
            and self._holds(node.children[0], table, row) for row in self._rows(table).values())


def compares(op, value, wanted):
    if op in ("eq", "ne"):
        return (value == wanted) == (op == "eq")
    if value is None or wanted is None:
        return False
    return {"lt": lambda: value < wanted, "le": lambda: value <= wanted,
            "gt": lambda: value > wanted, "ge": lambda: value >= wanted,
            "contains": lambda: wanted in value,
            "starts": lambda: value.startswith(wanted)}[op]()


def sign(a, b):
    """None sorts first."""
    if a is None or b is None:
        return (a is not None) - (b is not None)
    return (a > b) - (a < b)


def ordered(query, a, b):
    for number, descending in query.order:
        way = sign(a[number], b[number])
        if way:
            return -way if descending else way
    return 0


def beyond(query, row):
    for (number, descending), value in zip(query.order, query.after):
        way = sign(row[number], value)
        if way:
            return (way < 0) == descending
    return False


def bucket_start(each, value):
    if value is None:
        return None
    shift = 0 if each.days else each.offset_minutes * 60_000_000
    try:
        moment = EPOCH + (dt.timedelta(days=value) if each.days else
                          dt.timedelta(microseconds=value + shift))
        start = moment.replace(minute=0, second=0, microsecond=0)
        if each.bucket != "hour":
            start = start.replace(hour=0)
        if each.bucket == "week":
            start -= dt.timedelta(days=start.weekday())
        if each.bucket in ("month", "quarter", "year"):
            start = start.replace(day=1)
        if each.bucket == "quarter":
            start = start.replace(month=(start.month - 1) // 3 * 3 + 1)
        if each.bucket == "year":
            start = start.replace(month=1)
    except OverflowError:
        return None
    since = start - EPOCH
    return since.days if each.days else since // dt.timedelta(microseconds=1) - shift


def reckoned(aggregate, values):
    if aggregate == "count_distinct":
        return len(set(values))
    if not values:
        return None
    if aggregate == "avg":
        return float(sum(values)) / len(values)
    total = {"sum": sum, "min": min, "max": max}[aggregate](values)
    if isinstance(total, int) and abs(total) >= 2 ** 63:
        raise autocrm.LimitExceeded("the sum is too large", reason="overflow")
    return total


def grouped(query, rows):
    groups = {} if query.group else {(): []}
    for row in rows:
        groups.setdefault(tuple(row[:query.group]), []).append(row)
    return [[*key, *(len(rows) if each.aggregate == "count" else
                     reckoned(each.aggregate, [row[n] for row in rows if row[n] is not None])
                     for n, each in enumerate(query.select) if n >= query.group)]
            for key, rows in groups.items()]


if __name__ == "__main__":
    with autocrm.open(Shelf()) as crm:
        north = crm.dealer.create(name="North Cars", code="NORTH")
        ada = crm.customer.create(name="Ada Example", dealer_id=north.id)
        crm.lead.create(customer_id=ada.id, dealer_id=north.id, subject="A small car")
        print(crm.lead.count().count, "lead at", crm.dealer.get(north.id).name)
