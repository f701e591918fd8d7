# SPDX-License-Identifier: MIT
"""The structs and callbacks of autocrm/port/storage.h as ctypes see them."""

from ctypes import (CFUNCTYPE, POINTER, Structure, c_char_p, c_double, c_int32, c_int64, c_uint32,
                    c_void_p)

from ._library import Port


class Cell(Structure):
    _fields_ = [("type", c_int32), ("size", c_uint32), ("integer", c_int64), ("real", c_double),
                ("data", c_void_p)]


class Table(Structure):
    pass


class Column(Structure):
    _fields_ = [("name", c_char_p), ("type", c_int32), ("flags", c_uint32),
                ("references", POINTER(Table))]


class Index(Structure):
    _fields_ = [("name", c_char_p), ("columns", POINTER(c_uint32)), ("n_columns", c_uint32),
                ("flags", c_uint32)]


Table._fields_ = [("name", c_char_p), ("number", c_uint32), ("flags", c_uint32),
                  ("columns", POINTER(Column)), ("n_columns", c_uint32), ("deleted_at", c_uint32),
                  ("indexes", POINTER(Index)), ("n_indexes", c_uint32)]


class Node(Structure):
    pass


Node._fields_ = [("op", c_int32), ("column", c_uint32), ("values", POINTER(Cell)),
                 ("n_values", c_uint32), ("n_children", c_uint32), ("children", POINTER(Node)),
                 ("related", POINTER(Table)), ("related_column", c_uint32)]


class Join(Structure):
    _fields_ = [("source", c_uint32), ("column", c_uint32), ("table", POINTER(Table))]


class Expression(Structure):
    _fields_ = [("source", c_uint32), ("column", c_uint32), ("aggregate", c_int32),
                ("bucket", c_int32), ("bucket_is_days", c_int32), ("offset_minutes", c_int32)]


class Order(Structure):
    _fields_ = [("expression", c_uint32), ("descending", c_int32)]


class Query(Structure):
    _fields_ = [("struct_size", c_uint32), ("flags", c_uint32), ("table", POINTER(Table)),
                ("where", POINTER(Node)), ("joins", POINTER(Join)), ("n_joins", c_uint32),
                ("n_select", c_uint32), ("select", POINTER(Expression)), ("n_group", c_uint32),
                ("n_order", c_uint32), ("order", POINTER(Order)), ("after", POINTER(Cell)),
                ("limit", c_uint32)]


_ERR = POINTER(c_void_p)
_CELLS = POINTER(Cell)
_CHANGED = POINTER(c_int32)
ROW = CFUNCTYPE(c_int32, c_void_p, _CELLS, c_uint32)
CONNECT = CFUNCTYPE(c_int32, c_void_p, POINTER(c_void_p), _ERR)
DISCONNECT = CFUNCTYPE(None, c_void_p)


def _call(*arguments):
    return CFUNCTYPE(c_int32, c_void_p, *arguments, _ERR)


# What is called on a connection and answers with a status; the last argument takes the error.
CALLS = {
    "begin": _call(c_int32),
    "commit": _call(),
    "savepoint": _call(),
    "release": _call(),
    "rollback_to": _call(),
    "schema_version": _call(POINTER(c_int64)),
    "set_schema_version": _call(c_int64),
    "ensure_table": _call(c_void_p),
    "drop_index": _call(c_void_p, c_char_p),
    "drop_column": _call(c_void_p, c_char_p),
    "insert": _call(c_void_p, _CELLS, c_char_p),
    "update": _call(c_void_p, _CELLS, POINTER(c_uint32), _CELLS, c_uint32, c_char_p, c_char_p,
                    _CHANGED),
    "remove": _call(c_void_p, _CELLS, c_char_p, _CHANGED),
    "lookup": _call(c_void_p, c_uint32, _CELLS, c_uint32, ROW, c_void_p),
    "query": _call(POINTER(Query), ROW, c_void_p),
}


class StorageOps(Port):
    """Optional callbacks that Python storages do not give stay NULL."""
    _fields_ = [("struct_size", c_uint32), ("flags", c_uint32), ("connect", CONNECT),
                ("disconnect", DISCONNECT), ("destroy", DISCONNECT), ("begin", CALLS["begin"]),
                ("commit", CALLS["commit"]), ("rollback", DISCONNECT),
                ("savepoint", CALLS["savepoint"]), ("release", CALLS["release"]),
                ("rollback_to", CALLS["rollback_to"]), ("change_mark", c_void_p),
                ("schema_version", CALLS["schema_version"]),
                ("set_schema_version", CALLS["set_schema_version"]),
                ("ensure_table", CALLS["ensure_table"]), ("drop_index", CALLS["drop_index"]),
                ("drop_column", CALLS["drop_column"]), ("insert", CALLS["insert"]),
                ("update", CALLS["update"]), ("remove", CALLS["remove"]),
                ("lookup", CALLS["lookup"]), ("query", CALLS["query"]),
                ("interrupt", c_void_p), ("backup", c_void_p), ("check", c_void_p),
                ("statements", c_void_p), ("scrub", c_void_p), ("insert_many", c_void_p)]
