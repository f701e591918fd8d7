/* SPDX-License-Identifier: MIT */
/* A host with ports of its own: clock, randomness, memory, key and log. With a clock and randomness
 * that repeat, two runs make the same database, record for record. */
#include <autocrm/autocrm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct host {
    int64_t now;     /* microseconds since 1970 */
    uint64_t chance; /* state of a generator that is good for examples alone */
    size_t bytes, peak;
} host;

static int64_t host_now(void *self)
{
    return ((host *)self)->now;
}

static void host_random(void *self, void *bytes, size_t len)
{
    host *h = self;
    unsigned char *at = bytes;

    for (size_t i = 0; i < len; i++) {
        h->chance = h->chance * 6364136223846793005u + 1442695040888963407u;
        at[i] = (unsigned char)(h->chance >> 56);
    }
}

static void *host_resize(void *self, void *ptr, size_t old_size, size_t new_size)
{
    host *h = self;
    void *block = NULL;

    if (new_size == 0)
        free(ptr);
    else if (!(block = realloc(ptr, new_size)))
        return NULL;
    h->bytes = h->bytes - old_size + new_size;
    if (h->bytes > h->peak)
        h->peak = h->bytes;
    return block;
}

static int32_t host_key(void *self, unsigned char key[32])
{
    (void)self;
    memset(key, 7, 32); /* a real host asks a key store */
    return ACRM_OK;
}

static void host_log(void *self, int32_t level, const char *line)
{
    (void)self;
    fprintf(stderr, "log %d: %s\n", (int)level, line);
}

static int call(acrm_session *me, const char *operation, const char *args)
{
    acrm_buf *out = NULL;
    acrm_error *error = NULL;
    int32_t status = acrm_call_json(me, operation, args, strlen(args), &out, &error);

    if (status == ACRM_OK)
        printf("%s\n", acrm_buf_data(out));
    else
        fprintf(stderr, "%s: %s\n", operation, acrm_error_message(error));
    acrm_buf_free(out);
    acrm_error_free(error);
    return status == ACRM_OK ? 0 : 1;
}

int main(void)
{
    host h = { .now = INT64_C(1772438400000000), .chance = 42 }; /* 2026-03-02T08:00:00Z */
    acrm_allocator allocator = { .struct_size = sizeof allocator, .self = &h,
                                 .resize = host_resize };
    acrm_clock clock = { .struct_size = sizeof clock, .self = &h, .now = host_now };
    acrm_random chance = { .struct_size = sizeof chance, .self = &h, .fill = host_random };
    acrm_keys keys = { .struct_size = sizeof keys, .self = &h, .get = host_key };
    acrm_log log = { .struct_size = sizeof log, .self = &h, .level = ACRM_LOG_WARNING,
                     .write = host_log };
    acrm_options options = { .struct_size = sizeof options, .allocator = &allocator,
                             .clock = &clock, .random = &chance, .keys = &keys, .log = &log,
                             .zone = "Asia/Tehran" };
    acrm_engine *crm = NULL;
    acrm_session *me = NULL;
    acrm_error *error = NULL;
    int failed = 1;

    if (acrm_open("memory:", &options, &crm, &error) != ACRM_OK ||
        acrm_session_new(crm, "system", &me, &error) != ACRM_OK) {
        fprintf(stderr, "%s\n", acrm_error_message(error));
        acrm_error_free(error);
        acrm_close(crm);
        return 1;
    }
    failed = call(me, "customer.create", "{\"name\":\"Sample Customer\"}");
    h.now += INT64_C(86400000000); /* the next day */
    failed += call(me, "lead.submit", "{\"customer\":{\"name\":\"Second Customer\"},"
                                      "\"lead\":{\"model\":\"City\"},\"source\":\"web\"}");
    failed += call(me, "engine.tick", "{}");
    failed += call(me, "lead.list", "{\"fields\":[\"model\",\"received_at\"]}");
    acrm_session_free(me);
    acrm_close(crm);
    fprintf(stderr, "%s given back, at most %zu KiB\n", h.bytes == 0 ? "all memory" : "NOT all",
            h.peak / 1024);
    return failed || h.bytes != 0;
}
