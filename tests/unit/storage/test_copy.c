/* SPDX-License-Identifier: MIT */
/*
 * engine.copy is whole or not at all: ended or killed on the way it leaves a place that it can be
 * begun again in, and what arrives otherwise than it left is noticed.
 */
#include "simulation/server.h"
#include "support/office.h"
#include "support/suite.h"

#include <signal.h>
#include <sys/wait.h>

enum { CUSTOMERS = 400, TO_FILE = 0, TO_SERVER = 1, PLACES = 2 };

static office from;
static char place[256];

static void copy_fill(void)
{
    static char json[CUSTOMERS * 40 + 40];
    size_t len = (size_t)snprintf(json, sizeof json, "{\"records\":[");

    for (int i = 0; i < CUSTOMERS; i++)
        len += (size_t)snprintf(json + len, sizeof json - len, "%s{\"name\":\"C%d\"}", i ? "," : "",
                                i);
    snprintf(json + len, sizeof json - len, "]}");
    for (int i = 0; i < 2; i++)
        acrm_value_free(office_call(&from, "customer.create_many", json));
    acrm_value_free(office_call(&from, "schema.add_field", "{\"entity\":\"customer\",\"name\":"
                                "\"x_shoe\",\"type\":\"int\",\"help\":\"Shoes\"}"));
}

static void copy_forget(void)
{
    char side[300];
    static const char *const sides[] = { "", "-wal", "-shm" };

    for (size_t i = 0; i < 3; i++) {
        snprintf(side, sizeof side, "%s%s", place, sides[i]);
        unlink(side);
    }
}

/* False: there is no server. */
static bool copy_setup(int to)
{
    if (to == TO_SERVER && !server_start())
        return false;
    office_open(&from, OFFICE_SQLITE);
    copy_fill();
    if (to == TO_SERVER)
        server_schema(place, sizeof place);
    else
        snprintf(place, sizeof place, "/tmp/acrm_copy_%ld.db", (long)getpid());
    copy_forget();
    return true;
}

static void copy_teardown(int to)
{
    office_close(&from);
    copy_forget();
    if (to == TO_SERVER)
        server_drop();
}

static int32_t copy_to(acrm_session *session, const char *to, acrm_error **err)
{
    char json[400];
    int len = snprintf(json, sizeof json, "{\"to\":\"%s\"}", to);

    return acrm_call_json(session, "engine.copy", json, (size_t)len, NULL, err);
}

/* All that counts and the chain's hash, as text. */
static char *copy_told(acrm_session *session)
{
    acrm_buf *info = NULL, *chain = NULL;
    char *out = NULL;

    ck_assert_int_eq(acrm_call_json(session, "engine.info", "{\"counts\":true}", 15, &info, NULL),
                     ACRM_OK);
    ck_assert_int_eq(acrm_call_json(session, "audit.verify", "{}", 2, &chain, NULL), ACRM_OK);
    const char *counts = strstr(acrm_buf_data(info), "\"counts\"");
    ck_assert_ptr_nonnull(counts);
    size_t size = strlen(counts) + acrm_buf_len(chain) + 1;
    out = malloc(size);
    snprintf(out, size, "%s%s", counts, acrm_buf_data(chain));
    acrm_buf_free(info);
    acrm_buf_free(chain);
    return out;
}

/* The whole database is there; and from there it comes back as it was. */
static void copy_check(void)
{
    acrm_engine *there = NULL, *back = NULL;
    acrm_session *s = NULL, *b = NULL;
    acrm_error *err = NULL;
    int32_t st = copy_to(from.session, place, &err);

    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_json(err));
    ck_assert_int_eq(acrm_open(place, NULL, &there, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(there, "system", &s, &err), ACRM_OK);
    char *told = copy_told(from.session), *same = copy_told(s);
    ck_assert_str_eq(told, same);
    free(told);
    free(same);
    char path[64];
    snprintf(path, sizeof path, "/tmp/acrm_back_%ld.db", (long)getpid());
    unlink(path);
    ck_assert_int_eq(copy_to(s, path, &err), ACRM_OK);
    ck_assert_int_eq(acrm_open(path, NULL, &back, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(back, "system", &b, &err), ACRM_OK);
    told = copy_told(s);
    same = copy_told(b);
    ck_assert_str_eq(told, same);
    free(told);
    free(same);
    acrm_session_free(b);
    acrm_close(back);
    acrm_session_free(s);
    acrm_close(there);
    unlink(path);
}

static int32_t copy_stop(void *user, const char *what, int64_t done, int64_t total)
{
    (void)user;
    (void)total;
    return strcmp(what, "copy") == 0 && done > 0;
}

START_TEST(copy__ended_on_the_way_is_begun_again)
{
    acrm_error *err = NULL;

    if (!copy_setup(_i))
        return;
    acrm_session_set_progress(from.session, copy_stop, NULL);
    ck_assert_int_eq(copy_to(from.session, place, &err), ACRM_E_INTERRUPTED);
    acrm_error_free(err);
    acrm_session_set_progress(from.session, NULL, NULL);
    copy_check();
    copy_teardown(_i);
}
END_TEST

static int32_t copy_die(void *user, const char *what, int64_t done, int64_t total)
{
    if (copy_stop(user, what, done, total))
        kill(getpid(), SIGKILL);
    return 0;
}

START_TEST(copy__killed_on_the_way_is_begun_again)
{
    int status = 0;

    if (!copy_setup(_i))
        return;
    pid_t child = fork();
    if (child == 0) { /* an engine of its own: nothing open goes over a fork */
        acrm_engine *engine = NULL;
        acrm_session *session = NULL;
        server_forked();
        if (acrm_open(from.path, NULL, &engine, NULL) == ACRM_OK &&
            acrm_session_new(engine, "system", &session, NULL) == ACRM_OK) {
            acrm_session_set_progress(session, copy_die, NULL);
            (void)copy_to(session, place, NULL);
        }
        _exit(1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    copy_check();
    copy_teardown(_i);
}
END_TEST

/* A server on which somebody has seen to it that names are written otherwise. */
START_TEST(copy__notices_what_arrives_otherwise)
{
    static const char meddle[] =
        "CREATE FUNCTION public.otherwise() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN NEW.name='Somebody';RETURN NEW;END$$;"
        "CREATE FUNCTION public.meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN"
        " IF to_regclass('customer') IS NOT NULL AND NOT EXISTS(SELECT 1 FROM pg_trigger WHERE"
        " tgrelid=to_regclass('customer')::oid AND tgname='otherwise') THEN"
        " EXECUTE 'CREATE TRIGGER otherwise BEFORE INSERT ON customer FOR EACH ROW EXECUTE"
        " FUNCTION public.otherwise()';END IF;END$$;"
        "CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('CREATE TABLE')"
        " EXECUTE FUNCTION public.meddle()";
    acrm_error *err = NULL;

    if (!copy_setup(TO_SERVER))
        return;
    ck_assert(server_does(meddle));
    int32_t st = copy_to(from.session, place, &err);
    ck_assert_msg(st == ACRM_E_CORRUPT, "%s", acrm_error_json(err));
    ck_assert_str_eq(acrm_error_reason(err), "checksum");
    acrm_error_free(err);
    ck_assert(server_does("DROP EVENT TRIGGER meddle;"
                          "DROP FUNCTION public.meddle,public.otherwise"));
    copy_check(); /* nothing was kept of it */
    copy_teardown(TO_SERVER);
}
END_TEST

static Suite *copy_suite(void)
{
    Suite *suite = suite_create("copy");
    TCase *tc = tcase_create("copy");

    tcase_add_loop_test(tc, copy__ended_on_the_way_is_begun_again, 0, PLACES);
    tcase_add_loop_test(tc, copy__killed_on_the_way_is_begun_again, 0, PLACES);
    tcase_add_test(tc, copy__notices_what_arrives_otherwise);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(copy_suite());

    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    server_end();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
