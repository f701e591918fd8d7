/* SPDX-License-Identifier: MIT */
/*
 * Stands in for acrm_open() (by the linker's --wrap), so that tests written for memory and files
 * run on PostgreSQL when AUTOCRM_TEST_DB=postgres is in the environment: each memory, and each file
 * not there yet, is a new schema of a server that is started with the first one. What a file would
 * hold is the schema's name.
 */
#include "autocrm/autocrm.h"
#include "support/postgres.h"

int32_t __real_acrm_open(const char *where, const acrm_options *options, acrm_engine **out,
                         acrm_error **err);
int32_t __wrap_acrm_open(const char *where, const acrm_options *options, acrm_engine **out,
                         acrm_error **err);

static postgres_server wrap_server;

static void wrap_end(void)
{
    postgres_close(&wrap_server);
}

static void wrap_begin(void)
{
    if (wrap_server.pid)
        return;
    if (postgres_find(&wrap_server) != 0)
        _exit(77); /* none is installed: the test is skipped */
    atexit(wrap_end);
    if (postgres_open(&wrap_server) != 0)
        abort();
}

/* The schema that a file stands for; made with it when it is new. */
static void wrap_schema(const char *where, char *name, size_t size)
{
    char url[256];
    FILE *file = strcmp(where, "memory:") == 0 ? NULL : fopen(where, "r");

    if (file) {
        if (!fgets(name, (int)size, file))
            abort();
        fclose(file);
        return;
    }
    if (postgres_schema(&wrap_server, name, size, url, sizeof url) != 0)
        abort();
    file = strcmp(where, "memory:") == 0 ? NULL : fopen(where, "w");
    if (file) {
        fputs(name, file);
        fclose(file);
    }
}

int32_t __wrap_acrm_open(const char *where, const acrm_options *options, acrm_engine **out,
                         acrm_error **err)
{
    const char *wanted = getenv("AUTOCRM_TEST_DB");
    char name[16], url[256];

    if (!wanted || strcmp(wanted, "postgres") != 0)
        return __real_acrm_open(where, options, out, err);
    wrap_begin();
    wrap_schema(where, name, sizeof name);
    postgres_url(&wrap_server, name, NULL, url, sizeof url);
    return __real_acrm_open(url, options, out, err);
}
