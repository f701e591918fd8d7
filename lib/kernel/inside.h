/* SPDX-License-Identifier: MIT */
/* The inside of engines and sessions, shared by the files of the kernel and the face only. */
#ifndef ACRM_KERNEL_INSIDE_H
#define ACRM_KERNEL_INSIDE_H

#include "autocrm/calendar.h"
#include "autocrm/engine.h"
#include "base/buf.h"
#include "kernel/call.h"
#include "kernel/registry.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    ACRM__SCHEMA_VERSION = 2, /* of the database; raise it when an upgrade needs more than new
                                 tables, columns and indexes */
    ACRM__CALL_DEPTH_MAX = 16,
    ACRM__EVENTS_MAX = 100000, /* one transaction */
    ACRM__ENGINE_MAGIC = 0x61655247,
    ACRM__SESSION_MAGIC = 0x61735347,
    ACRM__CURSOR_MAGIC = 0x61634347,
    ACRM__HASH_BYTES = 32,
    ACRM__KEY_BYTES = 32,
    ACRM__POOL_BYTES = 2048,
    ACRM__WRITTEN_SLOTS = 64
};

/* Tables of the kernel that are not entities: kernel/tables.c. */
enum {
    ACRM__TABLE_META = 0, /* key -> text or bytes */
    ACRM__TABLE_AUDIT,
    ACRM__TABLE_EVENT,
    ACRM__TABLE_SUBJECT_KEY, /* customer -> its sealed data key */
    ACRM__TABLE_IDEMPOTENCY,
    ACRM__TABLE_KEY,         /* what records share, to find them by: kernel/keys.c */
    ACRM__TABLE_IDEMPOTENCY_SUBJECT, /* whose personal data a kept result may hold */
    ACRM__TABLE_BLOB,        /* pieces of the content of attachments, encrypted */
    ACRM__TABLE_COUNT
};
extern const acrm_table acrm__tables[ACRM__TABLE_COUNT];

/* Columns of those tables. */
enum { ACRM__META_KEY = 0, ACRM__META_TEXT, ACRM__META_BYTES, ACRM__META_NUMBER };
enum {
    ACRM__AUDIT_SEQ = 0,
    ACRM__AUDIT_AT,
    ACRM__AUDIT_ACTOR,   /* "system", "user:...", "customer:..." */
    ACRM__AUDIT_OPERATION,
    ACRM__AUDIT_ENTITY,
    ACRM__AUDIT_RECORD,
    ACRM__AUDIT_ACTION,  /* create update delete restore, or the operation's own word */
    ACRM__AUDIT_CHANGES, /* JSON {"field":[before,after]}, not personal */
    ACRM__AUDIT_SUBJECT, /* whose key sealed the next column; NULL: the engine's */
    ACRM__AUDIT_SEALED,  /* the same JSON of the personal fields, encrypted */
    ACRM__AUDIT_REASON,
    ACRM__AUDIT_HASH
};
enum {
    ACRM__EVENT_SEQ = 0,
    ACRM__EVENT_AT,
    ACRM__EVENT_TYPE,
    ACRM__EVENT_ENTITY,
    ACRM__EVENT_RECORD,
    ACRM__EVENT_ACTOR,
    ACRM__EVENT_DATA
};
enum { ACRM__BLOB_NAME = 0, ACRM__BLOB_BYTES };
enum { ACRM__SUBJECT_ID = 0, ACRM__SUBJECT_KEY, ACRM__SUBJECT_ERASED_AT };
enum {
    ACRM__IDEMPOTENCY_ID = 0,
    ACRM__IDEMPOTENCY_AT,
    ACRM__IDEMPOTENCY_OPERATION,
    ACRM__IDEMPOTENCY_ARGS, /* hash of the arguments */
    ACRM__IDEMPOTENCY_RESULT /* NULL: it was erased */
};
enum { ACRM__KEY_ID = 0, ACRM__KEY_RECORD };
enum { ACRM__KEPT_ID = 0, ACRM__KEPT_SUBJECT, ACRM__KEPT_CALL };

struct acrm_engine {
    uint32_t magic;
    atomic_int refs;
    acrm_allocator allocator;
    acrm_clock clock;
    acrm_random random;
    acrm_log log;
    acrm_blobs blobs;               /* create NULL: the database keeps them */
    acrm_phone_normaliser phone;    /* normalise NULL: the library's own engine */
    acrm_storage_ops storage;
    void *storage_self;
    void *spare;                    /* the connection of the opening, for the first session; NULL:
                                       it has it */
    uint32_t flags;
    char *zone;
    acrm_zone *clock_zone;          /* NULL: UTC */
    acrm_transport *transports;     /* names are copies */
    uint32_t n_transports;
    acrm_connector *connectors;
    uint32_t n_connectors;
    pthread_mutex_t lock;           /* guards uuid, pool and spare */
    acrm__registry *_Atomic registry; /* the newest; older ones stay as long as the engine */
    acrm__uuid_state uuid;
    atomic_llong latest;            /* what time it was last, see acrm__clock */
    unsigned char pool[ACRM__POOL_BYTES]; /* random bytes not given out yet */
    uint32_t pool_left;
    atomic_llong access_epoch;      /* raised when roles, users or dealers change */
    unsigned char master_key[ACRM__KEY_BYTES];
    unsigned char blind_key[ACRM__KEY_BYTES];
    unsigned char data_key[ACRM__KEY_BYTES]; /* seals personal data that has no subject */
    unsigned char chain_key[ACRM__KEY_BYTES]; /* signs the head of the audit chain */
};

enum { ACRM__PRINCIPAL_SYSTEM = 0, ACRM__PRINCIPAL_USER, ACRM__PRINCIPAL_CUSTOMER };

enum {
    ACRM__SCOPE_NONE = 0,
    ACRM__SCOPE_OWN,
    ACRM__SCOPE_TEAM,
    ACRM__SCOPE_DEALER,
    ACRM__SCOPE_ALL
};

typedef struct acrm__field_rules acrm__field_rules;

/* Who acts. Lists live in the principal's own arena. */
struct acrm__principal {
    int32_t kind;
    acrm__arena arena;
    unsigned char id[16];        /* of the user or customer */
    const char *text;            /* "user:..." as audited */
    const char *source;          /* as the session was asked for: "token:...", or the same */
    const acrm_value *limits;    /* of the role's permissions only those that fit one of this list
                                    of patterns; NULL: all */
    int64_t ends_at;             /* who it is must be asked anew then; 0: never */
    unsigned char dealer_id[16]; /* the user's own dealer */
    bool has_dealer;
    const acrm_cell *dealer_ids; /* the dealer and all below it */
    uint32_t n_dealer_ids;
    const acrm_cell *team_ids;   /* users of the same team, with oneself */
    uint32_t n_team_ids;
    const acrm_value *role;      /* maps "permissions", "scopes" and "fields"; NULL: all */
    int64_t epoch;               /* engine->access_epoch it was resolved at */
    int64_t shared_epoch;        /* the same as kept in the database, for other processes */
    int64_t mark;                /* change mark at which shared_epoch was read */
    acrm__field_rules *rules;    /* the role's field rules as bits; kernel/access_fields.c */
    bool guarded;                /* there are records that are hidden from it: access_guard.c */
};

typedef struct acrm__chain {
    bool valid; /* read in this transaction, or still true by the change mark */
    bool changed; /* rows were appended since the heads were last kept */
    int64_t mark;
    int64_t audit_seq;
    int64_t event_seq;
    int64_t at; /* of the newest write; 0: not known */
    unsigned char hash[ACRM__HASH_BYTES];
} acrm__chain;

typedef struct acrm__queued_event {
    acrm__event event;
    int32_t depth; /* reactions that led to it, one in another */
    const void *cause;
    struct acrm__queued_event *next;
} acrm__queued_event;

/* What a savepoint must bring back besides the rows. */
typedef struct acrm__mark {
    acrm__chain chain;
    acrm__queued_event *events_tail;
    uint32_t n_events;
    const struct acrm__blob_trace *blobs;
} acrm__mark;

struct acrm_session {
    uint32_t magic;
    atomic_int refs;
    atomic_int in_use;
    atomic_int interrupted;
    acrm_engine *engine;
    const acrm__registry *registry; /* as of the start of the running call */
    void *conn;
    acrm__arena arena;              /* of the running call */
    acrm__principal principal;
    int32_t in_transaction;         /* 0 no, 1 read, 2 write */
    bool held;                      /* the one that reads is of acrm_session_hold() and stays */
    acrm__chain chain;
    acrm__queued_event *events_head, *events_tail;
    uint32_t n_events;
    uint64_t writes;                /* rows written so far */
    uint64_t written[ACRM__WRITTEN_SLOTS]; /* and until a record of the slot was written last */
    acrm__registry *staged;         /* registry that a schema change installs at commit */
    int64_t schema_mark;            /* change mark and instant of the last look at its epoch */
    int64_t schema_looked_at;
    bool outdated;                  /* the running call began on an older schema: begin it anew */
    bool moved_on;                  /* the running call took input or gave output: it cannot be
                                       done again */
    bool access_changed;            /* raise access_epoch at commit */
    acrm__mark marks[ACRM__CALL_DEPTH_MAX]; /* of the open savepoints */
    uint32_t n_marks;
    struct acrm__gather *gather;    /* kernel/gather.c; of the running transaction */
    void *reference_cache;          /* kernel/references.c */
    uint64_t reference_epoch[2];    /* in which its entries hold: within the scope, past it */
    void *subject_cache;            /* kernel/seal.c; of the running transaction */
    struct acrm__cached *cached;    /* kernel/cache.c; from call to call */
    acrm__keep *keeps, *keeps_old;   /* kernel/keep.c */
    struct acrm__blob_trace *blobs; /* kernel/blob.c; of the running transaction */
    acrm_progress_fn progress;
    void *progress_user;
    acrm_read_fn read;
    void *read_user;
    acrm_write_fn write;
    void *write_user;
};

/* kernel/gather.c: rows of a table without search text together */
int32_t acrm__rows_insert(acrm__call *call, const acrm_table *table, const acrm_cell *cells,
                          uint32_t n_rows);
/* One of the audit or the feed, now or with those held back. */
int32_t acrm__trace_insert(acrm__call *call, uint32_t table, const acrm_cell *cells);
int32_t acrm__gather_flush(acrm__call *call);   /* put down what is held back */
void acrm__gather_drop(acrm_session *session);  /* forget it */
void acrm__gather_end(acrm_session *session);   /* forget it and gather no more */
/* kernel/cache.c: drop what was not used lately, or everything. */
void acrm__cache_trim(acrm_session *session, bool all);
/* kernel/upgrade.c. Seeds of entities that have no record; defaults in columns that have none. */
int32_t acrm__upgrade_seeds(acrm__call *call);
int32_t acrm__upgrade_presets(acrm__call *call);

/* kernel/transaction.c */
int32_t acrm__transaction_begin(acrm__call *call, bool write);
int32_t acrm__transaction_commit(acrm__call *call);
void acrm__transaction_rollback(acrm_session *session);

/* kernel/dispatch.c: run an operation by name as a transaction of its own. `out` becomes the
 * result; `finish` (NULL: none) renders it before the commit, so that nothing can fail after it. */
typedef int32_t (*acrm__finish_fn)(void *user, const acrm_value *result);
int32_t acrm__dispatch(acrm_session *session, const char *operation, const acrm_value *args,
                       acrm_value *out, acrm__finish_fn finish, void *user, acrm_error **err);
/* kernel/arguments.c: every argument that breaks the operation's parameters is named. */
int32_t acrm__check_arguments(acrm__call *call);
/* kernel/idempotency.c: the result of an earlier call with this key, or *found false. */
int32_t acrm__idempotency_find(acrm__call *call, const char *key, bool *found);
/* `since`: the last audit entry before the call, to know whom the result may be about. */
int32_t acrm__idempotency_keep(acrm__call *call, const char *key, int64_t since);
/* Erase the results that may hold personal data of a subject; adds their number to *count. */
int32_t acrm__idempotency_erase(acrm__call *call, const unsigned char subject[16],
                                int64_t *count);
/* kernel/session.c: a session of the system, before anybody can be looked up */
int32_t acrm__session_open(acrm_engine *engine, acrm_session **out, acrm_error **err);
/* Sessions live as long as the last handle on them. */
void acrm__session_unref(acrm_session *session);
/* kernel/schema.c */
int32_t acrm__schema_open(acrm_engine *engine, const acrm_keys *keys, acrm_error **err);
/* A call of the kernel's own in a session; `as_system` past all scopes. */
void acrm__call_init(acrm__call *call, acrm_session *session, acrm_error **err);
/* Enter and leave a public function: one thread at a time, no re-entry. */
int32_t acrm__session_enter(acrm_session *session, acrm_error **err);
void acrm__session_leave(acrm_session *session);

/* kernel/audit.c */
typedef struct acrm__audit_entry {
    const acrm__entity *entity; /* NULL: about no record */
    const unsigned char *record;
    const char *action;
    const char *changes;        /* JSON, or NULL */
    const char *personal;       /* JSON of the personal part, sealed before it is kept, or NULL */
    const unsigned char *subject; /* customer whose key seals it, or NULL */
    const char *reason;
} acrm__audit_entry;
int32_t acrm__audit(acrm__call *call, const acrm__audit_entry *entry);
const char *acrm__actor_text(const acrm__call *call); /* "system", "user:...", "customer:..." */
/* Read the heads of the audit chain and the event feed unless they are known. ACRM_E_CORRUPT when
 * they were changed from outside. */
int32_t acrm__chain_load(acrm__call *call);
/* Another process wrote at `at`: the call's time is later, if the clock is behind by little. */
void acrm__clock_after(acrm__call *call, int64_t at);
int32_t acrm__chain_look(acrm__call *call); /* what time the last write was: at opening */
/* Keep the heads, signed, when they changed: every write transaction does it just before its
 * commit, and sets chain.valid to false when it is rolled back. */
int32_t acrm__chain_store(acrm__call *call);
int32_t acrm__chain_start(acrm__call *call); /* of a new database */
/* Operations of the kernel: audit.verify, audit.list, event.list, engine.tick, timer.retry ... */
extern const acrm__module acrm__mod_kernel;
int32_t acrm__audit_verify(acrm__call *call);
int32_t acrm__audit_list(acrm__call *call);
/* kernel/attempt.c: whether it is the machine that failed and not the work itself */
bool acrm__is_outage(int32_t st);
/* kernel/keep.c: at the start of a transaction; when the session ends */
void acrm__keeps_settle(acrm_session *session);
void acrm__keeps_free(acrm_session *session);
/* kernel/events.c */
/* Raise the event of a written record, whose cells until then go with it. */
int32_t acrm__emit_change(acrm__call *call, const char *type, const acrm__rec *rec,
                          const acrm_value *data);
int32_t acrm__event_list(acrm__call *call);
/* kernel/audit_read.c: the audit entries of one record, oldest first, personal part opened as far
 * as the session may see it: the body of <entity>.history. Appends maps {seq, at, actor, operation,
 * entity, action, reason, record, changes} to `items`. */
int32_t acrm__audit_history(acrm__call *call, const acrm__entity *entity,
                            const unsigned char record[16], acrm_value *items);

/* kernel/seal.c: encryption. All sizes include nonce and tag. */
enum { ACRM__SEAL_OVERHEAD = 24 + 16 };
/* The master key of the port (NULL: the one kept in the database), and the keys derived from it.
 * In a new database, inside a write transaction, it also begins the audit chain. */
int32_t acrm__keys_open(acrm__call *call, const acrm_keys *keys);
void acrm__random_bytes(acrm_engine *engine, void *bytes, size_t len);
/* The data key of a customer, made at first use; NOTFOUND once it was erased. */
int32_t acrm__subject_key(acrm__call *call, const unsigned char subject[16], bool make,
                          unsigned char key[ACRM__KEY_BYTES]);
/* Give a customer being created its data key, without looking for an old one. */
int32_t acrm__subject_start(acrm__call *call, const unsigned char subject[16]);
/* Drop it: everything sealed with it is lost for ever. */
int32_t acrm__subject_erase(acrm__call *call, const unsigned char subject[16]);
/* Whether there is a key, which was not dropped. */
int32_t acrm__subject_has_key(acrm__call *call, const unsigned char subject[16], bool *out);
/* Keyed hash of a text, to know it again without keeping it; `purpose` keeps uses apart. */
void acrm__keyed_hash(const acrm_engine *engine, const char *purpose, const void *text, size_t len,
                      unsigned char hash[ACRM__HASH_BYTES]);
/* XChaCha20-Poly1305 into the call's arena. `subject` NULL: the engine's data key. `context` is
 * authenticated with it. */
int32_t acrm__seal(acrm__call *call, const unsigned char *subject, const char *context,
                   const void *plain, size_t len, acrm_cell *out);
/* ACRM_E_NOTFOUND when the subject's key is gone, ACRM_E_CORRUPT when it does not open. */
int32_t acrm__unseal(acrm__call *call, const unsigned char *subject, const char *context,
                     const acrm_cell *sealed, const char **plain, size_t *len);
/* Keyed hash of the normalised text, for look-ups of encrypted fields. */
int32_t acrm__blind(acrm__call *call, const acrm__entity *entity, uint32_t field,
                    const char *text, size_t len, acrm_cell *out);
void acrm__seal_forget(acrm_session *session); /* wipe and drop the session's key cache */

/* kernel/access.c. Principals are found by the module that has `principal` for their word: it is
 * given kind, id and an open arena, checks that there is such a user or customer, and fills in the
 * rest. Of other words the kind is SYSTEM, the id that of the text, and the module goes on with
 * acrm__principal_as(). */
int32_t acrm__principal_load(acrm__call *call, const char *text);
int32_t acrm__principal_as(acrm__call *call, int32_t kind, const unsigned char id[16],
                           acrm__principal *out);
/* Whether a pattern of permissions, "lead.*", fits the name of a right. */
bool acrm__permits(const char *pattern, size_t len, const char *name);
int32_t acrm__principal_refresh(acrm__call *call); /* when roles or users changed meanwhile */
void acrm__principal_free(acrm__principal *principal);
/* Give a principal being found the rights of a role record. */
int32_t acrm__principal_role(acrm__call *call, acrm__principal *principal, const acrm__rec *role);
bool acrm__may_call(const acrm_session *session, const acrm__opinfo *op);
/* Whether a right is granted that is no operation of its own, named like one. */
bool acrm__may(const acrm_session *session, const char *right);
bool acrm__may_see_field(const acrm__call *call, const acrm__entity *entity, uint32_t field);
bool acrm__has_field_rules(const acrm__call *call); /* false: what is not hidden may be seen */
bool acrm__may_write_field(const acrm__call *call, const acrm__entity *entity, uint32_t field);
/* kernel/access_guard.c. With the session's rights: whether anything is hidden from it. */
int32_t acrm__guard_look(acrm__call *call);
/* The condition of what is hidden; *out NULL: nothing. */
int32_t acrm__guard_node(acrm__call *call, const acrm__entity *entity, int32_t depth,
                         const acrm_filter_node **out);
int32_t acrm__guard_hides(acrm__call *call, const acrm__rec *rec, bool *out);
/* Whether a loaded record lies within the session's row scope. */
int32_t acrm__in_scope(acrm__call *call, const acrm__rec *rec, bool *out);
/* Whether the session's row scopes leave nothing out, so that it may read feeds and logs whole. */
bool acrm__sees_all(const acrm__call *call);
/* With session->access_changed: raise the access epoch kept in the database, just before the
 * commit. engine->access_epoch is raised after it. */
int32_t acrm__access_raise(acrm__call *call);
/* kernel/role.c: refuse a role that names no known entity, field or scope. */
int32_t acrm__role_before_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__scope_level(const char *word); /* ACRM__SCOPE_*, or -1 */

/* kernel/timers.c */
int32_t acrm__tick(acrm__call *call); /* the operation engine.tick */
int32_t acrm__timer_retry(acrm__call *call);

/* kernel/info.c */
int32_t acrm__engine_info(acrm__call *call);
const char *acrm__limit_at(size_t n, int64_t *value); /* published limits; NULL past the last */
/* kernel/backup.c */
int32_t acrm__engine_backup(acrm__call *call);
/* Note in the audit, where that can be written, that somebody took all the data. */
int32_t acrm__note_taken(acrm__call *call, const char *action);
int32_t acrm__engine_copy(acrm__call *call); /* kernel/copy.c */
int32_t acrm__engine_check(acrm__call *call);
/* Make the storage forget what was deleted or overwritten; outside transactions. */
int32_t acrm__scrub(acrm__call *call);

/* kernel/custom.c */
int32_t acrm__custom_read(acrm__call *call, acrm__arena *arena, acrm__custom *out);
/* Whether another process, or another session, changed the schema since this call took its
 * registry; the engine then has a new one, for the session to take. */
int32_t acrm__custom_refresh(acrm__call *call, bool *changed);
int32_t acrm__schema_add_entity(acrm__call *call);
int32_t acrm__schema_add_field(acrm__call *call);
int32_t acrm__schema_retire(acrm__call *call);

/* kernel/record.c */
/* A JSON value to a cell of the field's type; on a mismatch appends {field, reason, message} to
 * `faults`. Returns ACRM_OK also then; NOMEM otherwise. */
int32_t acrm__decode(acrm__call *call, const acrm__fieldinfo *field, const acrm_value *value,
                     const char *path, acrm_cell *out, acrm_value *faults);
/* MONEY is decoded to text; this makes it minor units once the record's currency is known. */
int32_t acrm__decode_money(const acrm__entity *entity, uint32_t field, acrm_cell *cells,
                           const char *path, acrm_value *faults);
/* A cell to a JSON value. `currency_digits` for MONEY. */
int32_t acrm__encode(acrm__call *call, const acrm__fieldinfo *field, const acrm_cell *cell,
                     int32_t currency_digits, acrm_value *out);
/* A number of a type that JSON has as text, such as an instant; 0: of another type. There must be
 * room for ACRM__DURATION_SIZE bytes. */
size_t acrm__print_int(const acrm__fieldinfo *field, int64_t n, int32_t digits, char *text);
/* The plain text of an encrypted cell; *plain NULL once its key was dropped. */
int32_t acrm__open_field(acrm__call *call, const acrm__entity *entity, uint32_t field,
                         const acrm_cell *cells, const char **plain, size_t *len);
int32_t acrm__fault(acrm_value *faults, const char *path, const char *reason, const char *format,
                    ...) __attribute__((format(printf, 4, 5)));
/* Minor digits of a MONEY field in this row; 2 when the row has no currency. */
int32_t acrm__money_digits(const acrm__entity *entity, uint32_t field, const acrm_cell *cells);
/* Copy a row lent by the storage into the call's arena. */
acrm_cell *acrm__cells_copy(acrm__arena *arena, const acrm_cell *cells, uint32_t n);

/* kernel/meta.c: small facts kept in the meta table, by a name of at most 16 bytes. */
int32_t acrm__meta_get(acrm__call *call, const char *name, int32_t column, acrm_cell *out);
int32_t acrm__meta_put(acrm__call *call, const char *name, int32_t column, acrm_cell value);
/* The same for one that is known to be there. */
int32_t acrm__meta_change(acrm__call *call, const char *name, int32_t column, acrm_cell value);

/* A decimal's one form: "0.10" and "00.1" are "0.1". False when the text is none. */
bool acrm__decimal_normalise(acrm__call *call, const char *text, size_t len, acrm_cell *out);

/* kernel/references.c */
void acrm__references_forget(acrm_session *session);
/* A change may have taken something out of the scope of who acts. */
void acrm__references_doubt(acrm_session *session);
void acrm__references_free(acrm_session *session);
/* A record that was looked up within the scope of who acts, or past it. */
void acrm__references_see(acrm__call *call, const acrm__rec *rec, bool as_system);
/* A record just made is there: what refers to it need not look for it. */
void acrm__references_remember(acrm__call *call, const acrm__rec *rec);
/* kernel/read.c */
/* A row of any table by its key, in the call's arena; *cells NULL: there is none. */
int32_t acrm__row_by_key(acrm__call *call, const acrm_table *table, const acrm_cell *key,
                         const acrm_cell **cells);
enum { ACRM__DELETED_WITHOUT = 0, ACRM__DELETED_WITH, ACRM__DELETED_ONLY };
acrm__rec *acrm__rec_from_row(acrm__call *call, const acrm__entity *entity,
                              const acrm_cell *cells);
/* AND of two conditions, either of which may be NULL. */
const acrm_filter_node *acrm__and(acrm__call *call, const acrm_filter_node *a,
                                  const acrm_filter_node *b);
/* The condition with the session's row scope and the choice of deleted records added. */
int32_t acrm__where_visible(acrm__call *call, const acrm__entity *entity,
                            const acrm_filter_node *where, int32_t deleted,
                            const acrm_filter_node **out);
/* NULL when there is none that may be seen; deleted ones are found too. */
int32_t acrm__load_any(acrm__call *call, const acrm__entity *entity, const unsigned char id[16],
                       acrm__rec **out);
/* The record that a deleted one was merged into, or NULL. */
const unsigned char *acrm__merged_into(const acrm__rec *rec);
/* NULL when there is none that lives and may be seen; the one that a merged one stands for. */
int32_t acrm__load_or_null(acrm__call *call, const acrm__entity *entity,
                           const unsigned char id[16], acrm__rec **out);
/* kernel/write.c */
/* What a record is found by: its searchable texts, folded; NULL for entities without any. */
int32_t acrm__search_text(acrm__call *call, const acrm__entity *entity, const acrm_cell *cells,
                          const char **out);
int32_t acrm__restore(acrm__call *call, acrm__rec *rec);
/* Write a change of references that follows from another record's merge: audited, without the hooks
 * but `moved`, without checks and event; what is sealed for the old subject is sealed for the new
 * one. */
int32_t acrm__repoint(acrm__call *call, acrm__rec *rec);
/* Write a record whose personal values were taken out: without hooks and checks, which would judge
 * what is no longer there; audited as `action` without those values. */
int32_t acrm__write_blanked(acrm__call *call, acrm__rec *rec, const char *action);
/* kernel/blank.c: take the personal values out of a record: null, or a placeholder where one is
 * required. *n: fields that held something. */
int32_t acrm__blank(acrm__call *call, acrm__rec *rec, uint32_t *n);
/* Seal the encrypted fields with a key of the record's own, before its subject's is dropped. */
int32_t acrm__seal_apart(acrm__call *call, acrm__rec *rec);
/* kernel/engine.c: a fresh record id */
acrm_engine *acrm__engine_ref(acrm_engine *engine);
/* The storage that acrm_open() takes for a place; flags of storage/storage.h. */
int32_t acrm__storage_open(const acrm_allocator *allocator, const char *where, uint32_t flags,
                           acrm_storage_ops *ops, void **self, acrm_error **err);
void acrm__engine_uuid(acrm_engine *engine, int64_t now, unsigned char id[16]);
int32_t acrm__check_references(acrm__call *call, const acrm__rec *rec, acrm_value *faults);

#endif
