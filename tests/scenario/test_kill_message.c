/* SPDX-License-Identifier: MIT */
/*
 * A process is killed (SIGKILL) at random moments while it sends. No message is lost; one that was
 * handed over when its process ended is handed over again under the same key, and no other is.
 */
#include "host.h"
#include "support/suite.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGES = 400, RUNS_MAX = 60, KEY = 36, BATCH = 64 };

static char path[64];
static int64_t now;
static int tell = -1;

static int64_t kill_now(void *self)
{
    (void)self;
    return now;
}

/* The other side: it knows what it was handed, whatever becomes of the process. */
static int32_t kill_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    (void)self;
    if (write(tell, message->key, KEY) != KEY)
        _exit(1);
    sent->outcome = ACRM_SENT_ACCEPTED;
    return 0;
}

static acrm_session *kill_open(acrm_engine **engine)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = kill_now };
    const acrm_transport transport = { .struct_size = sizeof transport, .name = "test",
                                       .channels = ACRM_CHANNEL_SMS, .submit = kill_submit };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .flags = ACRM_OPEN_SYNC_NORMAL, .transports = &transport,
                                   .n_transports = 1 };
    acrm_session *session = NULL;

    if (acrm_open(path, &options, engine, NULL) != ACRM_OK ||
        acrm_session_new(*engine, "system", &session, NULL) != ACRM_OK)
        return NULL;
    return session;
}

static void kill_order(void)
{
    acrm_engine *engine = NULL;
    acrm_session *s = kill_open(&engine);
    char args[200];

    ck_assert_ptr_nonnull(s);
    for (int i = 0; i < MESSAGES; i++) {
        snprintf(args, sizeof args, "{'name':'Customer %d','contact_points':[{'channel':'phone',"
                 "'value':'+3933320%05d'}]}", i, i);
        acrm_value_free(host_call(s, "customer.create", args));
    }
    acrm_value_free(host_call(s, "message_template.create", "{'code':'hi','channel':'sms',"
                              "'language':'en','purpose':'service','body':'Hi {{name}}'}"));
    acrm_value_free(host_call(s, "message.send_many", "{'run':'hi','channel':'sms',"
                              "'template':'hi','where':{}}"));
    acrm_session_free(s);
    acrm_close(engine);
}

/* Send in a child that is killed after a while (0: is not). Whether it came to the end before. */
static bool kill_sending(long after_us, char (*keys)[KEY + 1], int *n)
{
    const struct timespec wait = { 0, after_us * 1000 };
    int pipes[2], status = 0;

    ck_assert_int_eq(pipe(pipes), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        acrm_engine *engine = NULL;
        tell = pipes[1];
        host_leave_check(tell);
        acrm_session *s = kill_open(&engine);
        _exit(s && host_try(s, "engine.tick", "{}", NULL, NULL) == ACRM_OK ? 0 : 1);
    }
    close(pipes[1]);
    if (after_us > 0) {
        nanosleep(&wait, NULL);
        kill(child, SIGKILL);
    }
    for (;;) { /* KEY bytes are written as one */
        ssize_t got = read(pipes[0], keys[*n], KEY);
        if (got <= 0)
            break;
        ck_assert_int_eq(got, KEY);
        keys[(*n)++][KEY] = '\0';
    }
    close(pipes[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(!WIFEXITED(status) || WEXITSTATUS(status) == 0, "sending failed");
    return WIFEXITED(status);
}

static int kill_compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

START_TEST(kill__no_message_is_lost_and_few_go_twice)
{
    static char keys[RUNS_MAX * MESSAGES][KEY + 1];
    int n = 0, killed = 0, different = 0;
    long after_us = 1000;
    acrm_engine *engine = NULL;

    host_path(path, "kill_message");
    now = HOST_START;
    kill_order();
    for (int run = 0; run < RUNS_MAX && !kill_sending(after_us, keys, &n); run++) {
        killed++;
        after_us += 1500; /* it must come to an end, however slow the machine is */
        now += 16 * 60 * HOST_SECOND; /* marks of the dead have run out */
    }
    now += 16 * 60 * HOST_SECOND;
    ck_assert(kill_sending(0, keys, &n));
    acrm_session *s = kill_open(&engine);
    ck_assert_int_eq(host_count(s, "message", "{'status':'sent'}"), MESSAGES);
    host_verify(s);
    acrm_session_free(s);
    acrm_close(engine);
    qsort(keys, (size_t)n, sizeof keys[0], kill_compare);
    for (int i = 0; i < n; i++)
        different += i == 0 || strcmp(keys[i - 1], keys[i]) != 0;
    ck_assert_int_eq(different, MESSAGES);
    ck_assert_msg(n - different <= killed * BATCH, "%d went twice in %d kills", n - different,
                  killed);
    ck_assert_int_gt(killed, 0);
    host_remove(path);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("kill_message");
    TCase *c = tcase_create("kill");

    tcase_set_timeout(c, 120);
    tcase_add_test(c, kill__no_message_is_lost_and_few_go_twice);
    suite_add_tcase(s, c);
    return s;
}

ACRM_TEST_MAIN(suite)
