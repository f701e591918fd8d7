/* SPDX-License-Identifier: MIT */
/* The PostgreSQL server of the simulation: made, crashed and started again. */
#include "server.h"

#include "storage/storage.h"

#include <check.h>

#if defined(ACRM_HAVE_POSTGRES)
#include "support/postgres.h"

static postgres_server server;
static char schema[16];

bool server_start(void)
{
    return server.pid || (postgres_find(&server) == 0 && postgres_open(&server) == 0);
}

void server_end(void)
{
    if (server.pid)
        postgres_close(&server);
}

void server_forked(void)
{
    server.admin = NULL; /* its socket is the parent's */
}

void server_schema(char *url, size_t size)
{
    ck_assert_int_eq(postgres_schema(&server, schema, sizeof schema, url, size), 0);
}

void server_drop(void)
{
    postgres_drop(&server, schema);
}

bool server_does(const char *sql)
{
    return postgres_admin(&server, sql) == 0;
}

int32_t server_storage(const acrm_allocator *allocator, const char *url, acrm_storage_ops *ops,
                       void **self, acrm_error **err)
{
    return acrm__postgres_open(allocator, url, 0, ops, self, err);
}

void server_kill_backends(void *unused)
{
    (void)unused;
    postgres_admin(&server, "SELECT pg_terminate_backend(pid,5000) FROM pg_stat_activity"
                            " WHERE pid<>pg_backend_pid() AND backend_type='client backend'");
}

void server_crash(void *unused)
{
    (void)unused;
    postgres_halt(&server, SIGQUIT);
}

void server_run(void)
{
    if (!server.pid)
        ck_assert_int_eq(postgres_run(&server), 0);
}
#else
bool server_start(void)
{
    return false;
}

void server_end(void)
{
}

void server_forked(void)
{
}

void server_schema(char *url, size_t size)
{
    ck_assert_msg(!url || !size, "the library was built without PostgreSQL");
}

void server_drop(void)
{
}

bool server_does(const char *sql)
{
    return sql == NULL;
}

int32_t server_storage(const acrm_allocator *allocator, const char *url, acrm_storage_ops *ops,
                       void **self, acrm_error **err)
{
    return allocator && ops && self && url && err ? ACRM_E_UNSUPPORTED : ACRM_E_MISUSE;
}

void server_kill_backends(void *unused)
{
    (void)unused;
}

void server_crash(void *unused)
{
    (void)unused;
}

void server_run(void)
{
}
#endif
