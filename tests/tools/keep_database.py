#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Keep a database as one revision of the library writes it: tests/data/upgrade/NAME.sql.gz, and
what that revision told of it, NAME.told.gz. Any commit since the first can be kept, or kept again,
with the same bytes: the life that test_coverage.c lives has a clock and randomness of its own.

    tests/tools/keep_database.py COMMIT NAME
"""
import gzip
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What is changed in that revision's test, so that it lives in a file and tells of it.
CHANGES = (
    ('START_TEST(coverage__every_operation_goes_through)',
     '#include <unistd.h>\nSTART_TEST(coverage__every_operation_goes_through)'),
    ('host_open(&h, "memory:", 0, NULL)', 'host_open(&h, getenv("LIFE"), 0, NULL)'),
    ('life_live(&l, rest);',
     'life_live(&l, rest); host_str told = { NULL, 0, 0 }; host_dump(&h, &told);'
     ' fwrite(told.data, 1, told.len, stdout); fflush(stdout); host_close(&h); _exit(0);'),
)


def run(*command, **more):
    subprocess.run(command, check=True, **more)


def live(commit, folder):
    """Live that revision's life in folder/life.db; what it told of it."""
    tree = os.path.join(folder, 'tree')
    run('git', '-C', ROOT, 'worktree', 'add', '-q', '--detach', tree, commit)
    try:
        test = os.path.join(tree, 'tests/scenario/test_coverage.c')
        with open(test, encoding='utf-8') as f:
            text = f.read()
        for old, new in CHANGES:
            if old not in text:
                sys.exit(f'{test} has no {old}: tell keep_database.py what it is now')
            text = text.replace(old, new, 1)
        with open(test, 'w', encoding='utf-8') as f:
            f.write(text)
        build = os.path.join(tree, 'build')
        run('meson', 'setup', build, tree, stdout=subprocess.DEVNULL)
        run('ninja', '-C', build, 'tests/scenario/scenario_coverage', stdout=subprocess.DEVNULL)
        env = dict(os.environ, LIFE=os.path.join(folder, 'life.db'), CK_FORK='no')
        return subprocess.run([os.path.join(build, 'tests/scenario/scenario_coverage')], env=env,
                              check=True, capture_output=True).stdout.decode()
    finally:
        run('git', '-C', ROOT, 'worktree', 'remove', '--force', tree)


def tables_of(db):
    """Each table: its statement, its name, whether it is virtual, whether a virtual one made it."""
    tables = list(db.execute('SELECT sql, name, sql LIKE "CREATE VIRTUAL%" FROM sqlite_schema'
                             ' WHERE type = "table" AND name NOT LIKE "sqlite_%" ORDER BY rowid'))
    makers = tuple(name + '_' for _, name, virtual in tables if virtual)
    tables = [table + (table[1].startswith(makers),) for table in tables]
    return sorted(tables, key=lambda table: table[3]) # those that are made come last


def dump(path):
    """The whole database as SQL, the same for the same rows."""
    db = sqlite3.connect(path)
    out = ['PRAGMA foreign_keys=OFF;', 'BEGIN;']
    for sql, name, virtual, shadow in tables_of(db):
        out.append(f'DELETE FROM "{name}";' if shadow else sql + ';')
        if virtual:
            continue
        columns = [row[1] for row in db.execute(f'PRAGMA table_info("{name}")')]
        quoted = "||','||".join(f'quote("{c}")' for c in columns)
        rows = [row[0] for row in db.execute(f'SELECT {quoted} FROM "{name}" ORDER BY 1')]
        if rows:
            out.append(f'INSERT INTO "{name}" VALUES\n(' + '),\n('.join(rows) + ');')
    for (sql,) in db.execute('SELECT sql FROM sqlite_schema WHERE type NOT IN (\'table\') AND'
                             ' sql IS NOT NULL ORDER BY rowid'):
        out.append(sql + ';')
    for pragma in ('application_id', 'user_version'):
        out.append(f'PRAGMA {pragma}={db.execute("PRAGMA " + pragma).fetchone()[0]};')
    return '\n'.join(out + ['COMMIT;', ''])


def keep(name, kind, text):
    path = os.path.join(ROOT, 'tests/data/upgrade', f'{name}.{kind}.gz')
    with open(path, 'wb') as f, gzip.GzipFile('', 'wb', 9, f, 0) as z:
        z.write(text.encode())
    print(f'{path}: {os.path.getsize(path) // 1024} KiB')


def main():
    if len(sys.argv) != 3 or not re.fullmatch('[0-9a-z_]+', sys.argv[2]):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        told = live(sys.argv[1], folder)
        told = told[told.index('\n', told.index('Running suite')) + 1:]
        told = told[:told.index('\naudit\n') + 1] # those tables are compared as they are
        keep(sys.argv[2], 'sql', dump(os.path.join(folder, 'life.db')))
        keep(sys.argv[2], 'told', told)


main()
