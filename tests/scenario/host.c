/* SPDX-License-Identifier: MIT */
/* A host of the library for the scenario tests. */
#include "host.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t host_now(void *self)
{
    return ((host *)self)->now;
}

static void host_fill(void *self, void *bytes, size_t len)
{
    host *h = self;
    unsigned char *to = bytes;

    for (size_t i = 0; i < len; i++) {
        h->seed = h->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        to[i] = (unsigned char)(h->seed >> 33);
    }
}

static int64_t host_read(void *user, void *dst, size_t cap)
{
    host *h = user;
    size_t left = h->input_len - h->input_at;
    size_t n = left < cap ? left : cap;

    if (h->input_piece && n > h->input_piece)
        n = h->input_piece;
    if (n)
        memcpy(dst, h->input + h->input_at, n);
    h->input_at += n;
    return (int64_t)n;
}

void host_init(host *h)
{
    *h = (host){ .now = HOST_START, .seed = 1 };
    h->clock = (acrm_clock){ .struct_size = sizeof h->clock, .self = h, .now = host_now };
    h->random = (acrm_random){ .struct_size = sizeof h->random, .self = h, .fill = host_fill };
    h->allocator = alloc_fail_port(&h->memory);
}

static int32_t host_begin(host *h, int32_t st, acrm_error **err)
{
    if (st == ACRM_OK)
        st = acrm_session_new(h->engine, "system", &h->session, err);
    if (st == ACRM_OK)
        acrm_session_set_input(h->session, host_read, h);
    else
        host_close(h);
    return st;
}

static acrm_options host_options(const host *h, uint32_t flags)
{
    return (acrm_options){ .struct_size = sizeof(acrm_options), .flags = flags,
                           .allocator = &h->allocator, .clock = &h->clock, .random = &h->random };
}

int32_t host_open(host *h, const char *where, uint32_t flags, acrm_error **err)
{
    const acrm_options options = host_options(h, flags);

    return host_begin(h, acrm_open(where, &options, &h->engine, err), err);
}

int32_t host_open_storage(host *h, const acrm_storage_ops *ops, void *self, acrm_error **err)
{
    const acrm_options options = host_options(h, 0);

    return host_begin(h, acrm_open_storage(ops, self, &options, &h->engine, err), err);
}

void host_close(host *h)
{
    acrm_session_free(h->session);
    acrm_close(h->engine);
    h->session = NULL;
    h->engine = NULL;
}

void host_input(host *h, const char *text, size_t len)
{
    h->input = text;
    h->input_len = len;
    h->input_at = 0;
}

void host_lend(host *h)
{
    acrm_session_set_input(h->session, host_read, h);
}

int32_t host_try(acrm_session *session, const char *operation, const char *args, acrm_buf **out,
                 acrm_error **err)
{
    size_t len = strlen(args);
    char *json = malloc(len + 1);

    ck_assert_ptr_nonnull(json);
    for (size_t i = 0; i <= len; i++)
        json[i] = args[i] == '\'' ? '"' : args[i];
    int32_t st = acrm_call_json(session, operation, json, len, out, err);
    free(json);
    return st;
}

acrm_value *host_call(acrm_session *session, const char *operation, const char *args)
{
    acrm_value *value = NULL;
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    int32_t st = host_try(session, operation, args, &out, &err);
    ck_assert_msg(st == ACRM_OK, "%s %s: %s", operation, args, acrm_error_json(err));
    st = acrm_value_parse(NULL, acrm_buf_data(out), acrm_buf_len(out), &value, &err);
    ck_assert_msg(st == ACRM_OK, "%s: the result is no JSON: %s", operation, acrm_error_json(err));
    acrm_buf_free(out);
    return value;
}

static const acrm_value *host_at(const acrm_value *value, const char *path)
{
    char step[64];

    while (*path) {
        size_t n = strcspn(path, ".");
        snprintf(step, sizeof step, "%.*s", (int)n, path);
        value = acrm_value_type(value) == ACRM_LIST
                    ? acrm_value_at(value, (size_t)strtoul(step, NULL, 10))
                    : acrm_value_get(value, step);
        path += path[n] ? n + 1 : n;
    }
    return value;
}

const char *host_text(const acrm_value *value, const char *path)
{
    const char *text = acrm_value_text(host_at(value, path), NULL);

    return text ? text : "";
}

int64_t host_int(const acrm_value *value, const char *path)
{
    return acrm_value_int(host_at(value, path));
}

int64_t host_count(acrm_session *session, const char *entity, const char *where)
{
    char operation[80];
    char args[512];

    snprintf(operation, sizeof operation, "%s.count", entity);
    snprintf(args, sizeof args, "{'where':%s}", where);
    acrm_value *out = host_call(session, operation, args);
    int64_t count = host_int(out, "count");
    acrm_value_free(out);
    return count;
}

int64_t host_verify(acrm_session *session)
{
    acrm_value *out = host_call(session, "audit.verify", "{}");
    ck_assert_msg(acrm_value_bool(acrm_value_get(out, "ok")), "the audit chain: %s",
                  host_text(out, "message"));
    int64_t entries = host_int(out, "entries");
    acrm_value_free(out);
    out = host_call(session, "engine.check", "{}");
    ck_assert_msg(acrm_value_bool(acrm_value_get(out, "ok")), "the storage: %s",
                  host_text(out, "storage"));
    acrm_value_free(out);
    return entries;
}

void host_str_add(host_str *text, const char *data, size_t len)
{
    if (text->cap - text->len <= len) {
        text->cap = (text->len + len + 1) * 2;
        text->data = realloc(text->data, text->cap);
        ck_assert_ptr_nonnull(text->data);
    }
    memcpy(text->data + text->len, data, len);
    text->len += len;
    text->data[text->len] = '\0';
}

void host_str_puts(host_str *text, const char *line)
{
    host_str_add(text, line, strlen(line));
    host_str_add(text, "\n", 1);
}

void host_same(const host_str *a, const host_str *b)
{
    const char *p = a->data;
    const char *q = b->data;

    while (*p && *q) {
        size_t n = strcspn(p, "\n");
        size_t m = strcspn(q, "\n");
        ck_assert_msg(n == m && memcmp(p, q, n) == 0, "%.*s\nand\n%.*s", (int)n, p, (int)m, q);
        p += n + 1;
        q += m + 1;
    }
    ck_assert_int_eq(*p, *q);
}

/* All pages of a list. `text` says whether "next" is text or a number. */
static void host_dump_list(host *h, const char *operation, const char *more, host_str *out)
{
    char after[4096] = "";
    char args[4600];

    for (;;) {
        snprintf(args, sizeof args, "{'limit':1000%s%s}", more, after);
        acrm_value *page = host_call(h->session, operation, args);
        acrm_value *items = acrm_value_get(page, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++) {
            acrm_buf *line = NULL;
            ck_assert_int_eq(acrm_value_print(acrm_value_at(items, i), 0, &line), ACRM_OK);
            host_str_puts(out, acrm_buf_data(line));
            acrm_buf_free(line);
        }
        const acrm_value *next = acrm_value_get(page, "next");
        if (acrm_value_type(next) == ACRM_TEXT)
            snprintf(after, sizeof after, ",'after':'%s'", acrm_value_text(next, NULL));
        else
            snprintf(after, sizeof after, ",'after':%lld", (long long)acrm_value_int(next));
        bool end = acrm_value_type(next) == ACRM_NULL;
        acrm_value_free(page);
        if (end)
            return;
    }
}

void host_dump(host *h, host_str *out)
{
    acrm_buf *text = NULL;
    acrm_value *described = NULL;
    char operation[80];

    ck_assert_int_eq(acrm_describe(h->engine, "entities", &text, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &described,
                                      NULL), ACRM_OK);
    acrm_buf_free(text);
    const acrm_value *entities = acrm_value_get(described, "entities");
    for (size_t i = 0; i < acrm_value_count(entities); i++) {
        const char *name = host_text(acrm_value_at(entities, i), "name");
        host_str_puts(out, name);
        snprintf(operation, sizeof operation, "%s.list", name);
        host_dump_list(h, operation, ",'deleted':'with'", out);
    }
    acrm_value_free(described);
    host_str_puts(out, "audit");
    host_dump_list(h, "audit.list", "", out);
    host_str_puts(out, "events");
    host_dump_list(h, "event.list", "", out);
}

void host_path(char path[64], const char *name)
{
    snprintf(path, 64, "/tmp/acrm-%.30s-%ld.db", name, (long)getpid());
    host_remove(path);
}

void host_remove(const char *path)
{
    char side[80];

    unlink(path);
    snprintf(side, sizeof side, "%s-wal", path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", path);
    unlink(side);
}

/* --- Lives --- */

static void host_sleep(int64_t us)
{
    struct timespec t = { (time_t)(us / 1000000), (long)(us % 1000000) * 1000 };

    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        continue;
}

void host_leave_check(int keep)
{
    int nowhere = open("/dev/null", O_RDWR);

    for (int fd = 3; fd < 64; fd++)
        if (fd != keep && fd != nowhere && fcntl(fd, F_GETFD) >= 0)
            dup2(nowhere, fd);
}

int host_life(void (*live)(void *user, int told), void *user, int64_t life_us)
{
    int told[2], status = 0, count = 0;
    char seen[4096];

    ck_assert_int_eq(pipe(told), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        host_leave_check(told[1]);
        live(user, told[1]);
        _exit(0);
    }
    close(told[1]);
    if (life_us >= 0) {
        host_sleep(life_us);
        kill(child, SIGKILL);
    }
    for (ssize_t n; (n = read(told[0], seen, sizeof seen)) > 0;)
        count += (int)n;
    close(told[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "a life failed");
    return WIFEXITED(status) ? -1 : count;
}

int host_lives(void (*live)(void *user, int told), host_stage *stage, long kills, int64_t span_us,
               int64_t (*below)(int64_t n))
{
    int killed = 0, done = 0;

    while (killed < kills && done >= 0) {
        stage->run = killed + 1;
        done = host_life(live, stage, 5000 + below(span_us));
        if (done >= 0) {
            stage->from += done;
            killed++;
        }
    }
    stage->run = 1000;
    if (done >= 0)
        ck_assert_int_eq(host_life(live, stage, -1), -1);
    return killed;
}
