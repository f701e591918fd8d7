/* SPDX-License-Identifier: MIT */
/* Engines: opening, the ports with their defaults, and the end. */
#include "base/error.h"
#include "kernel/hosted.h"
#include "kernel/inside.h"
#include "storage/storage.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

/* --- Default ports --- */

static int64_t engine_system_now(void *self)
{
    struct timespec t = { 0 };

    (void)self;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void engine_system_random(void *self, void *bytes, size_t len)
{
    (void)self;
    randombytes_buf(bytes, len);
}

static bool engine_blobs_whole(const acrm_blobs *taken, const acrm_blobs *given)
{
    return !given || (taken->create && taken->append && taken->commit && taken->abort_ &&
                      taken->read && taken->remove);
}

static int32_t engine_ports(acrm_engine *engine, const acrm_options *o, acrm_error **err)
{
    engine->clock = (acrm_clock){ .now = engine_system_now };
    engine->random = (acrm_random){ .fill = engine_system_random };
    if (!ACRM__TAKE_IN(&engine->clock, o->clock) || !engine->clock.now ||
        !ACRM__TAKE_IN(&engine->random, o->random) || !engine->random.fill ||
        !ACRM__TAKE_IN(&engine->log, o->log) || !ACRM__TAKE_IN(&engine->blobs, o->blobs) ||
        !engine_blobs_whole(&engine->blobs, o->blobs) || !ACRM__TAKE_IN(&engine->phone, o->phone) ||
        (o->phone && !engine->phone.normalise))
        return acrm__error(err, ACRM_E_INVALID, "struct_size", "options",
                           "a port in the options has a wrong struct_size or no function");
    return ACRM_OK;
}

/* --- Life --- */

acrm_engine *acrm__engine_ref(acrm_engine *engine)
{
    atomic_fetch_add(&engine->refs, 1);
    return engine;
}

/* Random bytes, fetched many at a time: each fetch is a system call. What was given out is wiped.
 * The engine's lock is held. */
static void engine_draw(acrm_engine *engine, unsigned char *to, size_t len)
{
    while (len > 0) {
        if (engine->pool_left == 0) {
            engine->random.fill(engine->random.self, engine->pool, sizeof engine->pool);
            engine->pool_left = sizeof engine->pool;
        }
        size_t n = len < engine->pool_left ? len : engine->pool_left;
        engine->pool_left -= (uint32_t)n;
        memcpy(to, engine->pool + engine->pool_left, n);
        sodium_memzero(engine->pool + engine->pool_left, n);
        to += n;
        len -= n;
    }
}

void acrm__random_bytes(acrm_engine *engine, void *bytes, size_t len)
{
    pthread_mutex_lock(&engine->lock);
    engine_draw(engine, bytes, len);
    pthread_mutex_unlock(&engine->lock);
}

void acrm__engine_uuid(acrm_engine *engine, int64_t now, unsigned char id[16])
{
    unsigned char random[10];

    pthread_mutex_lock(&engine->lock);
    engine_draw(engine, random, sizeof random);
    acrm__uuid made = acrm__uuid_v7(&engine->uuid, now, random);
    pthread_mutex_unlock(&engine->lock);
    memcpy(id, made.bytes, sizeof made.bytes);
}

/* What the host leaves to the library, or tells that no text could hold, the library judges. */
int32_t acrm__phone_parse(const acrm__call *call, const char *text, size_t len, const char *region,
                          acrm_phone *out)
{
    const acrm_phone_normaliser *port = &call->session->engine->phone;
    acrm_phone told = { .struct_size = sizeof told };
    int32_t st = port->normalise ? port->normalise(port->self, text, len, region, &told)
                                 : ACRM_E_UNSUPPORTED;

    if (st == ACRM_E_UNSUPPORTED)
        return acrm_phone_parse(text, len, region, out);
    if (st == ACRM_OK && !memchr(told.e164, '\0', sizeof told.e164))
        return ACRM_E_INVALID;
    if (st == ACRM_OK)
        *out = told;
    return st;
}

void acrm_close(acrm_engine *engine)
{
    if (!engine || engine->magic != ACRM__ENGINE_MAGIC || atomic_fetch_sub(&engine->refs, 1) != 1)
        return;
    if (engine->spare)
        engine->storage.disconnect(engine->spare);
    if (engine->storage.destroy)
        engine->storage.destroy(engine->storage_self);
    acrm__registry_free(engine->registry);
    sodium_memzero(engine->master_key, sizeof engine->master_key);
    sodium_memzero(engine->blind_key, sizeof engine->blind_key);
    sodium_memzero(engine->data_key, sizeof engine->data_key);
    sodium_memzero(engine->pool, sizeof engine->pool);
    sodium_memzero(engine->chain_key, sizeof engine->chain_key);
    pthread_mutex_destroy(&engine->lock);
    engine->magic = 0;
    acrm_allocator allocator = engine->allocator;
    acrm_zone_free(engine->clock_zone);
    if (engine->phone.destroy)
        engine->phone.destroy(engine->phone.self);
    acrm__hosted_free(engine);
    if (engine->zone)
        acrm__free(&allocator, engine->zone, strlen(engine->zone) + 1);
    acrm__free(&allocator, engine, sizeof *engine);
}

static int32_t engine_zone(acrm_engine *engine, const char *zone, acrm_error **err)
{
    size_t size = strlen(zone) + 1;

    engine->zone = acrm__alloc(&engine->allocator, size);
    if (!engine->zone)
        return acrm__error_nomem(err);
    memcpy(engine->zone, zone, size);
    if (strcmp(zone, "UTC") == 0)
        return ACRM_OK;
    int32_t st = acrm_zone_load(zone, NULL, &engine->allocator, &engine->clock_zone, NULL);
    if (st == ACRM_E_NOMEM)
        return acrm__error_nomem(err);
    if (st != ACRM_OK)
        return acrm__error(err, ACRM_E_INVALID, "zone", "zone",
                           "there is no time zone %.64s on this machine: give an IANA name such "
                           "as Asia/Tehran", zone);
    return ACRM_OK;
}

static int32_t engine_new(const acrm_options *o, const acrm_storage_ops *ops, void *self,
                          acrm_engine **out, acrm_error **err)
{
    acrm_allocator allocator = acrm__allocator(o->allocator);
    acrm_engine *engine = acrm__alloc_zero(&allocator, sizeof *engine);

    if (!engine) {
        if (ops->destroy)
            ops->destroy(self);
        return acrm__error_nomem(err);
    }
    engine->magic = ACRM__ENGINE_MAGIC;
    engine->allocator = allocator;
    engine->storage = *ops;
    engine->storage_self = self;
    engine->flags = o->flags;
    atomic_init(&engine->refs, 1);
    pthread_mutex_init(&engine->lock, NULL);
    int32_t st = engine_zone(engine, o->zone ? o->zone : "UTC", err);
    if (st == ACRM_OK)
        st = engine_ports(engine, o, err);
    if (st == ACRM_OK)
        st = acrm__hosted_take(engine, o, err);
    acrm__registry *registry = NULL;
    if (st == ACRM_OK)
        st = acrm__registry_build(&allocator, NULL, NULL, &registry, err);
    engine->registry = registry;
    if (st == ACRM_OK)
        st = acrm__schema_open(engine, o->keys, err);
    if (st != ACRM_OK) {
        acrm_close(engine);
        return st;
    }
    *out = engine;
    return ACRM_OK;
}

static int32_t engine_options(const acrm_options *options, acrm_options *out, acrm_error **err)
{
    memset(out, 0, sizeof *out);
    if (sodium_init() < 0)
        return acrm__error(err, ACRM_E_UNSUPPORTED, "random", NULL,
                           "the system's random generator cannot be used");
    if (!options)
        return ACRM_OK;
    if (!acrm__take_in(out, sizeof *out, options, offsetof(acrm_options, connectors)) ||
        out->flags & ~(uint32_t)(ACRM_OPEN_READONLY | ACRM_OPEN_NO_CREATE | ACRM_OPEN_SYNC_NORMAL |
                                 ACRM_OPEN_NO_UPGRADE))
        return acrm__error(err, ACRM_E_INVALID, "struct_size", "options",
                           "the options have a wrong struct_size or unknown flags");
    return ACRM_OK;
}

int32_t acrm_open_storage(const acrm_storage_ops *ops, void *self, const acrm_options *options,
                          acrm_engine **out, acrm_error **err)
{
    acrm_storage_ops taken;
    acrm_options o;

    if (!ops || !out)
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL, "storage and out are needed");
    if (!ACRM__TAKE_IN(&taken, ops))
        return acrm__error(err, ACRM_E_INVALID, "struct_size", "storage",
                           "the storage port has a wrong struct_size");
    int32_t st = engine_options(options, &o, err);
    if (st != ACRM_OK) {
        if (taken.destroy)
            taken.destroy(self);
        return st;
    }
    return engine_new(&o, &taken, self, out, err);
}

int32_t acrm__storage_open(const acrm_allocator *allocator, const char *where, uint32_t flags,
                           acrm_storage_ops *ops, void **self, acrm_error **err)
{
    const char *scheme_end = strstr(where, "://");

    if (strcmp(where, "memory:") == 0)
        return acrm__memory_open(allocator, ops, self, err);
    if (strncmp(where, "sqlite:", 7) == 0)
        return acrm__sqlite_open(allocator, where + 7, flags, ops, self, err);
#if defined(ACRM_HAVE_POSTGRES)
    if (strncmp(where, "postgres://", 11) == 0 || strncmp(where, "postgresql://", 13) == 0)
        return acrm__postgres_open(allocator, where, flags, ops, self, err);
#endif
    if (scheme_end) /* the rest may hold a password */
        return acrm__error(err, ACRM_E_UNSUPPORTED, "storage", NULL,
                           "this build has no storage for %.*s addresses",
                           scheme_end - where < 40 ? (int)(scheme_end - where) : 40, where);
    return acrm__sqlite_open(allocator, where, flags, ops, self, err);
}

int32_t acrm_open(const char *where, const acrm_options *options, acrm_engine **out,
                  acrm_error **err)
{
    acrm_storage_ops ops;
    acrm_options o;
    void *self = NULL;
    uint32_t flags = 0;

    if (!where || !out)
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL, "a place and out are needed");
    int32_t st = engine_options(options, &o, err);
    if (st != ACRM_OK)
        return st;
    if (o.flags & ACRM_OPEN_READONLY)
        flags |= ACRM__SQLITE_READONLY;
    if (o.flags & ACRM_OPEN_NO_CREATE)
        flags |= ACRM__SQLITE_NO_CREATE;
    if (o.flags & ACRM_OPEN_SYNC_NORMAL)
        flags |= ACRM__SQLITE_SYNC_NORMAL;
    st = acrm__storage_open(o.allocator, where, flags, &ops, &self, err);
    return st == ACRM_OK ? engine_new(&o, &ops, self, out, err) : st;
}
