/* SPDX-License-Identifier: MIT */
/**
 * Engines, sessions and calls: the way into the library.
 *
 * An engine is an open database with its registry and ports; it is shared by threads. A session
 * is somebody acting on it; it is used by one thread at a time, different sessions in parallel.
 * A session keeps its engine alive, a cursor its session: handles may be freed in any order.
 * Neither may be used across fork().
 */
#ifndef AUTOCRM_ENGINE_H
#define AUTOCRM_ENGINE_H

#include "autocrm/port/blob.h"
#include "autocrm/port/clock.h"
#include "autocrm/port/connector.h"
#include "autocrm/port/keys.h"
#include "autocrm/port/log.h"
#include "autocrm/port/phone.h"
#include "autocrm/port/storage.h"
#include "autocrm/port/transport.h"
#include "autocrm/value.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct acrm_engine acrm_engine;
typedef struct acrm_session acrm_session;
typedef struct acrm_cursor acrm_cursor;

/** Flags of acrm_options. */
enum {
    ACRM_OPEN_READONLY = 1,    /**< never write; an older schema is then an error */
    ACRM_OPEN_NO_CREATE = 2,   /**< a missing database is an error */
    ACRM_OPEN_SYNC_NORMAL = 4, /**< commits survive a killed process, not a power cut */
    ACRM_OPEN_NO_UPGRADE = 8   /**< a database of an older schema is an error, not upgraded */
};

/** How to open. Zero means the default everywhere; set struct_size. The structs pointed at are
 * copied. */
typedef struct acrm_options {
    uint32_t struct_size;
    uint32_t flags; /**< ACRM_OPEN_* */
    /* 0.1 */
    const acrm_allocator *allocator;
    const acrm_clock *clock;
    const acrm_random *random;
    const acrm_log *log;
    const acrm_keys *keys;
    const char *zone; /**< IANA name of the business's time zone; NULL: UTC */
    const acrm_blobs *blobs; /**< where attachments are kept; NULL: in the database */
    const acrm_transport *transports; /**< (nullable) by which engine.tick sends messages */
    uint32_t n_transports;            /**< at most 32; of a channel's, the first one is used */
    const acrm_phone_normaliser *phone; /**< (nullable) asked before the library about numbers */
    const acrm_connector *connectors; /**< (nullable) other systems that engine.tick asks */
    uint32_t n_connectors;            /**< at most 32 */
} acrm_options;

/**
 * Open a database, creating or upgrading it as needed.
 * @param where    a file path, "memory:" for rows in memory, "sqlite:PATH", or the address of a
 *                 PostgreSQL database, postgres://user@host:port/database, as libpq takes it
 * @param options  (nullable)
 * @param[out] out (transfer full) the engine
 * @param[out] err (transfer full)(optional)
 * @return ACRM_OK, or ACRM_E_NOTFOUND (no such file), ACRM_E_CORRUPT (damaged or foreign file),
 *         ACRM_E_VERSION (written by a newer version), ACRM_E_READONLY, ACRM_E_BUSY, ACRM_E_FULL,
 *         ACRM_E_STORE, ACRM_E_INVALID (option), ACRM_E_NOMEM, ACRM_E_MISUSE
 * @since 0.1
 */
ACRM_API int32_t acrm_open(const char *where, const acrm_options *options, acrm_engine **out,
                           acrm_error **err);
/**
 * The same on a storage of the host's own (autocrm/port/storage.h).
 * @param ops  copied
 * @param self (transfer full) handed to ops; ops->destroy frees it, on failure too
 * @since 0.1
 */
ACRM_API int32_t acrm_open_storage(const acrm_storage_ops *ops, void *self,
                                   const acrm_options *options, acrm_engine **out,
                                   acrm_error **err);
/** Give the engine up; it ends with its last session. @param engine (nullable) @since 0.1 */
ACRM_API void acrm_close(acrm_engine *engine);

/**
 * Act as somebody.
 * @param principal "system" (the host itself: everything allowed), "user:UUID" or "customer:UUID";
 *                  "signin:UUID" or "token:UUID" as signin.check gave it: whoever that is, while it
 *                  lasts and within its scopes
 * @param[out] out  (transfer full)
 * @return ACRM_OK, ACRM_E_NOTFOUND (no such active user or customer), ACRM_E_INVALID,
 *         ACRM_E_DENIED (the sign-in or token has ended), ACRM_E_STORE, ACRM_E_NOMEM, ACRM_E_MISUSE
 * @since 0.1
 */
ACRM_API int32_t acrm_session_new(acrm_engine *engine, const char *principal, acrm_session **out,
                                  acrm_error **err);
/**
 * Act as somebody else from the next call on: for hosts that keep sessions for whoever asks next,
 * since opening one takes milliseconds. Cursors of the session go on as that one too.
 * @param principal as of acrm_session_new()
 * @return as acrm_session_new(); on failure the session acts as who it did
 * @since 0.1
 */
ACRM_API int32_t acrm_session_set_principal(acrm_session *session, const char *principal,
                                            acrm_error **err);
/**
 * Hold what the session reads at one state: whatever others write meanwhile, all its reading
 * operations from now on see the database as it is now, until it is let go. For reports made of
 * several calls. Schema and rights are those of that state too. Hold it for a short while only: a
 * database in memory makes writers wait for it, a file cannot give back the space of changes that
 * it still sees.
 * @param on 1; again, at the state of then; 0 to let go
 * @return ACRM_OK, ACRM_E_BUSY, ACRM_E_STORE, ACRM_E_NOMEM, ACRM_E_INTERRUPTED, ACRM_E_MISUSE; on
 *         failure nothing is held. While it is, operations that write, and
 *         acrm_session_set_principal(), fail with ACRM_E_MISUSE
 * @since 0.1
 */
ACRM_API int32_t acrm_session_hold(acrm_session *session, int32_t on, acrm_error **err);
/** End a session. @param session (nullable) @since 0.1 */
ACRM_API void acrm_session_free(acrm_session *session);

/**
 * Run one operation, wholly or not at all.
 * @param operation its name, e.g. "lead.assign"; see acrm_describe()
 * @param args      (nullable) a map with the arguments; only read
 * @param[out] out  (transfer full)(optional) the result; acrm_value_free() it
 * @param[out] err  (transfer full)(optional)
 * @return ACRM_OK, or
 *   ACRM_E_NOTFOUND    no such operation, or no such record that this session may see
 *   ACRM_E_INVALID     the arguments break their schema or a rule; every failing field is named
 *   ACRM_E_CONFLICT    stale version, or a value that must be unique is taken
 *   ACRM_E_DENIED      the session's role lacks the permission
 *   ACRM_E_LIMIT       a published limit was exceeded
 *   ACRM_E_BUSY, ACRM_E_STORE, ACRM_E_READONLY, ACRM_E_FULL, ACRM_E_CORRUPT  the storage failed
 *   ACRM_E_INTERRUPTED acrm_interrupt() or the progress callback ended it
 *   ACRM_E_NOMEM, ACRM_E_MISUSE
 *   On any failure nothing was written (an operation that is described as "in steps" keeps its
 *   finished steps).
 * @since 0.1
 */
ACRM_API int32_t acrm_call(acrm_session *session, const char *operation, const acrm_value *args,
                           acrm_value **out, acrm_error **err);
/**
 * The same with JSON text.
 * @param json     UTF-8 JSON object with the arguments; need not end in NUL; NULL: none
 * @param json_len its length in bytes
 * @param[out] out (transfer full)(optional) the result as one line of JSON
 * @since 0.1
 */
ACRM_API int32_t acrm_call_json(acrm_session *session, const char *operation, const char *json,
                                size_t json_len, acrm_buf **out, acrm_error **err);

/**
 * End the session's running call, and those to come until acrm_interrupt(session, 0). The only
 * function that may be called from another thread, or from a signal handler, while the session
 * is in use.
 * @param on 1 or 0
 * @since 0.1
 */
ACRM_API void acrm_interrupt(acrm_session *session, int32_t on);

/** Told how far long work is. @return 0 to go on, anything else ends it (ACRM_E_INTERRUPTED) */
typedef int32_t (*acrm_progress_fn)(void *user, const char *what, int64_t done, int64_t total);
/**
 * Be told of the progress of long operations (import, backup, verify, tick). The callback runs
 * inside the call, on its thread, and may not use the session.
 * @param progress (nullable)
 * @since 0.1
 */
ACRM_API void acrm_session_set_progress(acrm_session *session, acrm_progress_fn progress,
                                        void *user);
/** Supplies input: copy at most cap bytes to dst. @return their number, 0 at the end, negative
 * ACRM_E_* to fail */
typedef int64_t (*acrm_read_fn)(void *user, void *dst, size_t cap);
/**
 * Lend the session a byte stream for operations that read one (import.run).
 * @param read (nullable)
 * @since 0.1
 */
ACRM_API void acrm_session_set_input(acrm_session *session, acrm_read_fn read, void *user);
/** Takes output: len bytes. @return 0, or a negative ACRM_E_* to fail */
typedef int32_t (*acrm_write_fn)(void *user, const void *bytes, size_t len);
/**
 * Lend the session a place for operations that give out bytes (attachment.read). The callback runs
 * inside the call, on its thread, and may not use the session. When the call fails, what it was
 * given is a beginning only.
 * @param write (nullable)
 * @since 0.1
 */
ACRM_API void acrm_session_set_output(acrm_session *session, acrm_write_fn write, void *user);

/**
 * Walk a list without holding it: records come one by one, pages are fetched as needed.
 * @param operation a list operation, e.g. "lead.list"
 * @param args      (nullable) its arguments; "limit" is the page size
 * @param[out] out  (transfer full)
 * @since 0.1
 */
ACRM_API int32_t acrm_cursor_new(acrm_session *session, const char *operation,
                                 const acrm_value *args, acrm_cursor **out, acrm_error **err);
/**
 * The next record.
 * @param[out] item (transfer none) lives until the next call on this cursor; NULL at the end
 * @return ACRM_OK, or as acrm_call()
 * @since 0.1
 */
ACRM_API int32_t acrm_cursor_next(acrm_cursor *cursor, const acrm_value **item, acrm_error **err);
/** End a walk. @param cursor (nullable) @since 0.1 */
ACRM_API void acrm_cursor_free(acrm_cursor *cursor);

/**
 * The registry as JSON: entities with fields, operations with JSON Schema for parameters and
 * results, status codes, limits. docs/reference/index.md says more.
 * @param what     "registry", or a part of it: "entities", "operations", "names" (no more of both
 *                 than a menu shows), or a noun such as "lead" (its entity and operations, without
 *                 the definitions they refer to); or "openapi". NULL: "registry"
 * @param[out] out (transfer full)
 * @return ACRM_OK, ACRM_E_NOTFOUND (no such description), ACRM_E_NOMEM, ACRM_E_MISUSE
 * @since 0.1
 */
ACRM_API int32_t acrm_describe(acrm_engine *engine, const char *what, acrm_buf **out,
                               acrm_error **err);

/** Storage statements this session has executed, to watch the cost of an operation; -1 when the
 * storage does not count. @since 0.1 */
ACRM_API int64_t acrm_session_statements(const acrm_session *session);

#ifdef __cplusplus
}
#endif

#endif
