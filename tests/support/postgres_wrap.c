/* SPDX-License-Identifier: MIT */
/*
 * Stands in for acrm_open() (by the linker's --wrap), so that tests written for memory and files
 * run on PostgreSQL when AUTOCRM_TEST_DB=postgres is in the environment: each memory, and each file
 * not there yet, is an empty database of a server that is started with the first one, or that
 * AUTOCRM_TEST_SERVER names (its folder). What a file would hold is the database's name.
 *
 * Making all the tables takes half a second, so it is done once, for a database that others are
 * copied from; and one that nobody has open any more is emptied and used again.
 */
#include "autocrm/autocrm.h"
#include "kernel/declare.h"
#include "storage/storage.h"
#include "support/postgres.h"

#include <stdbool.h>
#include <stddef.h>

enum { WRAP_PLACES = 32, WRAP_WAIT = 100 };

#define WRAP_FOLDER "AUTOCRM_TEST_SERVER"
#define WRAP_MARK "autocrm test database "

int32_t __real_acrm_open(const char *where, const acrm_options *options, acrm_engine **out,
                         acrm_error **err);
int32_t __wrap_acrm_open(const char *where, const acrm_options *options, acrm_engine **out,
                         acrm_error **err);

typedef struct wrap_place {
    char name[32];  /* of the database */
    char file[160]; /* that it stands for; "": for a memory */
    PGconn *admin;
    int engines;    /* that have it open */
} wrap_place;

typedef struct wrap_storage {
    acrm_storage_ops ops;
    void *self;
    wrap_place *place; /* NULL: of another process */
} wrap_storage;

static postgres_server wrap_server;
static wrap_place wrap_places[WRAP_PLACES];
static int wrap_n_places, wrap_made;
static char wrap_first[32]; /* the database that others are copied from */
static char wrap_shape[32]; /* of its tables, as they were made */
static pid_t wrap_pid;

static void wrap_need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "PostgreSQL for tests: %s\n", what);
    abort();
}

static void wrap_url(const char *database, char url[256])
{
    snprintf(url, 256, "postgres://postgres@/%s?host=%s", database, wrap_server.folder);
}

/* The one value of an answer, as text. */
static void wrap_ask(PGconn *conn, const char *sql, char out[32])
{
    PGresult *result = PQexec(conn, sql);

    wrap_need(PQresultStatus(result) == PGRES_TUPLES_OK, PQerrorMessage(conn));
    snprintf(out, 32, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
}

static void wrap_do(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);

    wrap_need(PQresultStatus(result) == PGRES_COMMAND_OK, PQerrorMessage(conn));
    PQclear(result);
}

static void wrap_admin(const char *sql, const char *name)
{
    char text[128];

    snprintf(text, sizeof text, sql, name);
    wrap_do(wrap_server.admin, text);
}

static PGconn *wrap_connect(const char *database)
{
    char url[256];

    wrap_url(database, url);
    PGconn *conn = PQconnectdb(url);
    wrap_need(PQstatus(conn) == CONNECTION_OK, PQerrorMessage(conn));
    PQsetNoticeReceiver(conn, postgres_silent, NULL);
    return conn;
}

/* As it was before it was opened first, but for the tables, which are there. */
static void wrap_empty(PGconn *conn)
{
    wrap_do(conn,
            "SET session_replication_role=replica;" /* references are not looked at */
            "DO $$DECLARE t text;BEGIN FOR t IN SELECT oid::regclass FROM pg_class"
            " WHERE relkind='r' AND relnamespace='public'::regnamespace"
            " AND relname<>'acrm_store' AND pg_relation_size(oid)>0"
            " LOOP EXECUTE 'DELETE FROM '||t;END LOOP;END$$;"
            "UPDATE acrm_store SET version=0,writes=0");
}

static void wrap_look_at_shape(PGconn *conn, char out[32])
{
    wrap_ask(conn, "SELECT count(*)||'/'||count(DISTINCT c.oid) FROM pg_attribute a JOIN pg_class c"
                   " ON c.oid=a.attrelid WHERE c.relnamespace='public'::regnamespace", out);
}

/* Tests of the kernel have few modules, of their own. */
static bool wrap_all_modules(void)
{
    int n = 0;

    while (acrm__modules[n])
        n++;
    return n > 10;
}

static void wrap_make_first(void)
{
    acrm_engine *engine = NULL;
    char url[256], sql[128], there[32];

    snprintf(wrap_first, sizeof wrap_first, "first%ld", wrap_all_modules() ? 0 : (long)getpid());
    snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_database WHERE datname='%s'", wrap_first);
    wrap_ask(wrap_server.admin, sql, there);
    if (*there == '0') {
        wrap_admin("CREATE DATABASE %.31s", wrap_first);
        wrap_url(wrap_first, url);
        wrap_need(__real_acrm_open(url, NULL, &engine, NULL) == ACRM_OK, "it does not open");
        acrm_close(engine);
    }
    PGconn *conn = wrap_connect(wrap_first);
    if (*there == '0')
        wrap_empty(conn);
    wrap_look_at_shape(conn, wrap_shape);
    PQfinish(conn);
}

static void wrap_end(void)
{
    if (wrap_pid != getpid())
        return;
    for (int i = 0; i < wrap_n_places; i++) {
        PQfinish(wrap_places[i].admin);
        if (!wrap_server.pid)
            wrap_admin("DROP DATABASE %.31s WITH (FORCE)", wrap_places[i].name);
    }
    if (wrap_server.pid)
        postgres_close(&wrap_server);
    else
        PQfinish(wrap_server.admin);
}

static void wrap_begin(void)
{
    const char *folder = getenv(WRAP_FOLDER);
    bool forked = wrap_pid != 0;

    if (wrap_pid == getpid())
        return;
    wrap_pid = getpid();
    wrap_n_places = wrap_made = 0; /* those are the parent's */
    wrap_server.pid = 0;
    if (folder) {
        snprintf(wrap_server.folder, sizeof wrap_server.folder, "%s", folder);
        wrap_server.admin = wrap_connect("postgres");
    } else {
        if (postgres_find(&wrap_server) != 0)
            _exit(77); /* none is installed: the test is skipped */
        wrap_need(postgres_open(&wrap_server) == 0, "the server does not start");
        setenv(WRAP_FOLDER, wrap_server.folder, 1);
    }
    if (!forked)
        atexit(wrap_end);
    wrap_make_first();
}

/* --- Databases --- */

static void wrap_copy(wrap_place *place)
{
    char sql[128];

    snprintf(place->name, sizeof place->name, "test%ld_%d", (long)getpid(), wrap_made++);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY", place->name,
             wrap_first);
    wrap_do(wrap_server.admin, sql);
    place->admin = wrap_connect(place->name);
}

/* The name of the database that a file stands for; false: it stands for none. */
static bool wrap_read(const char *path, char name[32])
{
    char line[sizeof WRAP_MARK + 32] = "";
    FILE *file = fopen(path, "r");
    size_t mark = strlen(WRAP_MARK);

    if (!file)
        return false;
    bool is = fgets(line, sizeof line, file) && strncmp(line, WRAP_MARK, mark) == 0;
    fclose(file);
    if (is)
        snprintf(name, 32, "%.31s", line + mark);
    return is;
}

/* Whether anybody may still come back to it. */
static bool wrap_in_use(const wrap_place *place)
{
    char name[32];

    if (place->engines > 0)
        return true;
    if (place->file[0] && wrap_read(place->file, name) && strcmp(name, place->name) == 0)
        return true;
    for (int i = 0; i < WRAP_WAIT; i++) { /* a connection that was closed takes a moment to go */
        wrap_ask(place->admin, "SELECT count(*) FROM pg_stat_activity WHERE"
                               " datname=current_database() AND pid<>pg_backend_pid()", name);
        if (*name == '0')
            return false;
        postgres_nap();
    }
    return true;
}

static wrap_place *wrap_free_place(void)
{
    char shape[32];

    for (int i = 0; i < wrap_n_places; i++) {
        wrap_place *place = &wrap_places[i];
        if (wrap_in_use(place))
            continue;
        wrap_look_at_shape(place->admin, shape);
        if (strcmp(shape, wrap_shape) == 0) {
            wrap_empty(place->admin);
            return place;
        }
        PQfinish(place->admin);
        wrap_admin("DROP DATABASE %.31s", place->name);
        wrap_copy(place);
        return place;
    }
    wrap_need(wrap_n_places < WRAP_PLACES, "too many databases at once");
    wrap_copy(&wrap_places[wrap_n_places]);
    return &wrap_places[wrap_n_places++];
}

/* That of a memory or of a file, which is made with it when it is new. */
static wrap_place *wrap_find(const char *where, char name[32])
{
    if (strcmp(where, "memory:") != 0 && wrap_read(where, name)) {
        for (int i = 0; i < wrap_n_places; i++)
            if (strcmp(wrap_places[i].name, name) == 0)
                return &wrap_places[i];
        return NULL;
    }
    wrap_place *place = wrap_free_place();
    snprintf(name, 32, "%s", place->name);
    snprintf(place->file, sizeof place->file, "%s", strcmp(where, "memory:") == 0 ? "" : where);
    FILE *file = place->file[0] ? fopen(place->file, "w") : NULL;
    if (file) {
        fprintf(file, "%s%s", WRAP_MARK, name);
        fclose(file);
    }
    return place;
}

/* --- The storage, which tells when it is no longer open --- */

static int32_t wrap_storage_connect(void *self, void **conn, acrm_error **err)
{
    wrap_storage *s = self;

    return s->ops.connect(s->self, conn, err);
}

static void wrap_storage_destroy(void *self)
{
    wrap_storage *s = self;

    s->ops.destroy(s->self);
    if (s->place)
        s->place->engines--;
    free(s);
}

static int32_t wrap_open(const char *where, uint32_t flags, const acrm_options *options,
                         acrm_engine **out, acrm_error **err)
{
    const uint32_t given = (flags & ACRM_OPEN_READONLY ? ACRM__SQLITE_READONLY : 0) |
                           (flags & ACRM_OPEN_NO_CREATE ? ACRM__SQLITE_NO_CREATE : 0) |
                           (flags & ACRM_OPEN_SYNC_NORMAL ? ACRM__SQLITE_SYNC_NORMAL : 0);
    char name[32], url[256];

    wrap_begin();
    wrap_place *place = wrap_find(where, name);
    wrap_url(name, url);
    wrap_storage *s = calloc(1, sizeof *s);
    wrap_need(s != NULL, "no memory");
    s->place = place;
    int32_t st = acrm__postgres_open(options ? options->allocator : NULL, url, given, &s->ops,
                                     &s->self, err);
    if (st != ACRM_OK) {
        free(s);
        return st;
    }
    acrm_storage_ops ops = s->ops;
    ops.connect = wrap_storage_connect;
    ops.destroy = wrap_storage_destroy;
    if (place)
        place->engines++;
    return acrm_open_storage(&ops, s, options, out, err);
}

int32_t __wrap_acrm_open(const char *where, const acrm_options *options, acrm_engine **out,
                         acrm_error **err)
{
    const char *wanted = getenv("AUTOCRM_TEST_DB");
    uint32_t flags = options && options->struct_size > offsetof(acrm_options, allocator)
                         ? options->flags : 0;
    char name[32];

    if (!wanted || strcmp(wanted, "postgres") != 0 || !where || !out)
        return __real_acrm_open(where, options, out, err);
    bool memory = strcmp(where, "memory:") == 0;
    bool fresh = !memory && access(where, F_OK) != 0;
    /* Other places, files that are none of ours, and those that must be there are left alone. */
    if (!memory && (strchr(where, ':') || (!fresh && !wrap_read(where, name)) ||
                    (fresh && flags & (ACRM_OPEN_READONLY | ACRM_OPEN_NO_CREATE))))
        return __real_acrm_open(where, options, out, err);
    return wrap_open(where, flags, options, out, err);
}
