/* SPDX-License-Identifier: MIT */
/* Any bytes as a feed of another sales system: each row has an outcome, and the same feed again
 * changes nothing. */
#include "autocrm/autocrm.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct feed {
    const char *head;
    const uint8_t *data;
    size_t size;
} feed;

static int64_t feed_read(void *user, void *dst, size_t cap)
{
    feed *f = user;
    size_t n = strlen(f->head);

    if (n > 0) {
        n = n < cap ? n : cap;
        memcpy(dst, f->head, n);
        f->head += n;
        return (int64_t)n;
    }
    n = f->size < cap ? f->size : cap;
    if (n > 0)
        memcpy(dst, f->data, n);
    f->data += n;
    f->size -= n;
    return (int64_t)n;
}

static int64_t applied(acrm_session *session, const uint8_t *data, size_t size)
{
    static const char *const keys[] = { "applied", "repeat", "waiting", "conflict", "rejected" };
    feed f = { "{\"format\":\"autocrm.sync/1\"}\n", data, size };
    acrm_value *args = NULL, *out = NULL;
    int64_t sum = 0;

    acrm_session_set_input(session, feed_read, &f);
    if (acrm_value_parse(NULL, "{\"source\":\"m\"}", 14, &args, NULL) != ACRM_OK ||
        acrm_call(session, "sync.import", args, &out, NULL) != ACRM_OK)
        abort();
    for (size_t i = 0; i < 5; i++)
        sum += acrm_value_int(acrm_value_get(out, keys[i]));
    if (sum != acrm_value_int(acrm_value_get(out, "rows")))
        abort();
    sum = acrm_value_int(acrm_value_get(out, "applied"));
    acrm_value_free(args);
    acrm_value_free(out);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char source[] = "{\"code\":\"m\"}";
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;

    if (acrm_open("memory:", NULL, &engine, NULL) != ACRM_OK ||
        acrm_session_new(engine, "system", &session, NULL) != ACRM_OK ||
        acrm_call_json(session, "sync_source.create", source, strlen(source), NULL, NULL) !=
            ACRM_OK)
        abort();
    (void)applied(session, data, size);
    if (applied(session, data, size) != 0)
        abort();
    acrm_session_free(session);
    acrm_close(engine);
    return 0;
}
