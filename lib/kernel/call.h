/* SPDX-License-Identifier: MIT */
/* What an operation's handler works with: arguments, records, queries, events, timers, result. */
#ifndef ACRM_KERNEL_CALL_H
#define ACRM_KERNEL_CALL_H

#include "autocrm/engine.h"
#include "autocrm/phone.h"
#include "base/error.h"
#include "base/uuid.h"
#include "base/value.h"
#include "kernel/declare.h"


struct acrm__call {
    acrm_session *session;
    const struct acrm__opinfo *info;
    const acrm__entity *entity; /* of a free operation (customer.create), else NULL */
    const acrm_value *args;     /* a map, checked against the operation's parameters */
    acrm__arena *arena;         /* lives until the outermost call ends */
    acrm_value *out;            /* the result, an empty map to fill */
    int64_t now;                /* microseconds UTC: the same for the whole operation */
    acrm_error **err;
    int32_t depth;              /* 0 for the host's own call */
    const struct acrm__opinfo *root; /* the host's own operation, whatever runs within it */
    const void *cause;          /* what a module says led to it: handed on to operations within
                                   and to the reactions to their events */
    bool as_system;             /* row scopes are off: timers, reactions, seeding */
    bool printed;               /* all that is done with the result is to write it as JSON */
};

struct acrm__rec {
    const acrm__entity *entity;
    acrm_cell *cells;        /* one per field, in declaration order */
    const acrm_cell *before; /* as loaded; NULL for a new record */
    uint64_t as_of;          /* of the kernel: the writes of the session until then */
    const acrm_cell *told;   /* of what was touched since: as the audit tells it; else NULL */
};

/* --- Errors. Each returns its code, so that `return acrm__fail(...)` works. --- */
int32_t acrm__fail(acrm__call *call, int32_t code, const char *reason, const char *field,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));
int32_t acrm__nomem(acrm__call *call);

/* --- Arguments, already checked; an absent one has its declared default. --- */
const acrm_value *acrm__arg(const acrm__call *call, const char *name); /* NULL: absent or null */
const char *acrm__arg_text(const acrm__call *call, const char *name);  /* NULL: absent */
int64_t acrm__arg_int(const acrm__call *call, const char *name, int64_t absent);
bool acrm__arg_bool(const acrm__call *call, const char *name, bool absent);
bool acrm__arg_id(const acrm__call *call, const char *name, unsigned char id[16]);
/* A value of INSTANT, DATE, TIME, DURATION: microseconds, days, seconds, seconds. */
bool acrm__arg_time(const acrm__call *call, const char *name, int64_t *out);

/* --- Cells. Text and bytes are borrowed, not copied. --- */
acrm_cell acrm__cell_null(void);
acrm_cell acrm__cell_int(int64_t integer);
acrm_cell acrm__cell_real(double real);
acrm_cell acrm__cell_text(const char *text); /* NULL gives a NULL cell */
acrm_cell acrm__cell_textn(const char *text, size_t len);
acrm_cell acrm__cell_blob(const void *bytes, size_t len);
acrm_cell acrm__cell_id(const unsigned char id[16]); /* NULL gives a NULL cell */
bool acrm__cell_equal(const acrm_cell *a, const acrm_cell *b);

/* --- Records. Field numbers are F_<entity>__<field>. --- */
const acrm__entity *acrm__entity_of(const acrm__call *call, const char *name); /* must exist */
uint32_t acrm__field_of(const acrm__entity *entity, const char *name); /* UINT32_MAX: none */
acrm__rec *acrm__new(acrm__call *call, const char *entity); /* NULL: no memory */
/* Set from a lent cell; text must live as long as the call (copy with acrm__arena_text). */
void acrm__set(acrm__rec *rec, uint32_t field, acrm_cell cell);
bool acrm__is_null(const acrm__rec *rec, uint32_t field);
const char *acrm__text(const acrm__rec *rec, uint32_t field); /* NUL-terminated; NULL when null */
int64_t acrm__int(const acrm__rec *rec, uint32_t field);      /* 0 when null */
const unsigned char *acrm__id(const acrm__rec *rec, uint32_t field); /* NULL when null */
bool acrm__changed(const acrm__rec *rec, uint32_t field); /* against `before`; true in a new one */

/* Load a record this session may see and that is not deleted; NOTFOUND naming `arg` otherwise
 * (arg NULL: "id"). */
int32_t acrm__load(acrm__call *call, const char *entity, const unsigned char id[16],
                   const char *arg, acrm__rec **out);
/* The same by an id argument of the call. */
int32_t acrm__load_arg(acrm__call *call, const char *entity, const char *arg, acrm__rec **out);
/* Whether a record loaded or written in this transaction is still what is stored: nothing wrote it
 * by another way since. False may be said of one that is. */
bool acrm__is_fresh(const acrm__call *call, const acrm__rec *rec);

/* Write. insert gives id (unless the handler set one), version and stamps; update does nothing when
 * nothing changed and raises the version otherwise; remove is the soft delete. Each validates,
 * audits, raises the event <entity>.created / .updated / .deleted, and keeps the search index. */
int32_t acrm__insert(acrm__call *call, acrm__rec *rec);
int32_t acrm__update(acrm__call *call, acrm__rec *rec);
int32_t acrm__remove(acrm__call *call, acrm__rec *rec, const char *reason);
/* As insert, for new records of one entity without search text, ACRM__APPEND_ROWS at most, whose
 * rows are put down together: none of them may break a unique index. */
int32_t acrm__insert_many(acrm__call *call, acrm__rec *const *recs, size_t n);
/* From here to the end of the transaction, audit and events are put down many at a time. */
int32_t acrm__gather(acrm__call *call);
/* Put changed cells down without a trace, for marks of work under way: the next update() of the
 * record tells of them. */
int32_t acrm__touch(acrm__call *call, acrm__rec *rec);
/* Do ahead of a write what it would do to the record: defaults of a new one, hooks, and encrypted
 * values given again put back as they are. *differs: acrm__update() would write something. */
int32_t acrm__derive(acrm__call *call, acrm__rec *rec, bool *differs);
/* Delete the row for good, without audit: for entities with ACRM__NO_AUDIT only. */
int32_t acrm__purge(acrm__call *call, acrm__rec *rec);

/* Put a new row of an entity with ACRM__NO_AUDIT down as it is, with an id of its own unless it has
 * one: no hooks, checks or events. For bulk work on tables that only the module itself writes; the
 * record may be used again for the next row. */
int32_t acrm__append(acrm__call *call, acrm__rec *rec);
/* The same for rows together: n_rows times the entity's fields, of which the system's are filled in
 * here. At most ACRM__APPEND_ROWS at a time. */
enum { ACRM__APPEND_ROWS = 64 };
int32_t acrm__append_many(acrm__call *call, const acrm__entity *entity, acrm_cell *cells,
                          uint32_t n_rows);

/* Set some fields of a row as they are, by its id: no hooks, checks, version, audit or event. For
 * what is computed from other records, whose history is kept elsewhere. *changed (may be NULL):
 * there is such a row. The fields are not searchable, unique or encrypted ones. */
int32_t acrm__amend(acrm__call *call, const acrm__entity *entity, const unsigned char id[16],
                    const uint32_t *fields, const acrm_cell *cells, uint32_t n, bool *changed);

/* --- Queries: conditions on the record's own fields, all of which must hold. --- */
typedef struct acrm__term {
    uint32_t field;
    int32_t op; /* ACRM_FILTER_EQ ... _STARTS */
    acrm_cell value;
} acrm__term;

typedef struct acrm__select {
    const char *entity;
    const acrm__term *terms;
    size_t n_terms;
    const acrm_filter_node *where; /* further condition; NULL: none */
    uint32_t order;                /* field; F_ID (0) is order of creation */
    bool descending;
    uint32_t limit;   /* 0: no limit */
    bool as_system;   /* look past the session's row scope, on purpose */
    bool with_deleted;
} acrm__select;

typedef struct acrm__recs {
    acrm__rec **items;
    size_t count;
} acrm__recs;

int32_t acrm__find(acrm__call *call, const acrm__select *select, acrm__recs *out);
/* The first of them, or NULL. */
int32_t acrm__find_one(acrm__call *call, const acrm__select *select, acrm__rec **out);
int32_t acrm__count(acrm__call *call, const acrm__select *select, int64_t *out);
/* Build AND of terms in the call's arena; NULL when memory is short. */
const acrm_filter_node *acrm__where(acrm__call *call, const acrm__term *terms, size_t n);
/* The condition that a field holds one of n values, which are lent; NULL when memory is short. */
const acrm_filter_node *acrm__where_in(acrm__call *call, uint32_t field, const acrm_cell *values,
                                       size_t n);
/* Parse a JSON filter over an entity; `path` names it in errors ("where"). */
int32_t acrm__filter(acrm__call *call, const acrm__entity *entity, const acrm_value *filter,
                     const char *path, const acrm_filter_node **out);
/* Whether a loaded record satisfies a condition. */
int32_t acrm__matches(acrm__call *call, const acrm__rec *rec, const acrm_filter_node *where,
                      bool *out);
/* Run a raw query of the storage port (reports). Scope is NOT added: build it with
 * acrm__scope(). Tables and columns: kernel/registry.h. */
int32_t acrm__query(acrm__call *call, const acrm_query *query, acrm_row_fn row, void *user);
/* The session's row scope over an entity, as a filter (NULL: everything). */
int32_t acrm__scope(acrm__call *call, const acrm__entity *entity, const acrm_filter_node **out);

/* --- What is made from a record that never changes again, kept by the session under its id. It is
 * lent until the running transaction ends. --- */
typedef void (*acrm__drop_fn)(const acrm_allocator *allocator, void *thing);
void *acrm__cache_find(acrm__call *call, const unsigned char id[16]); /* NULL: make it */
/* Takes the thing, on failure too. */
int32_t acrm__cache_keep(acrm__call *call, const unsigned char id[16], void *thing,
                         acrm__drop_fn drop);
/* The allocator for such things. */
const acrm_allocator *acrm__cache_allocator(const acrm__call *call);

/* --- Result. --- */
/* Render a record (what the session may see of it) into `into`, which becomes a map. */
int32_t acrm__render(acrm__call *call, const acrm__rec *rec, acrm_value *into);
/* Texts of single values, in the call's arena. */
const char *acrm__id_text(acrm__call *call, const unsigned char id[16]);
const char *acrm__instant_text(acrm__call *call, int64_t instant);
const char *acrm__date_text(acrm__call *call, int64_t days);

/* --- Events, timers, other operations. --- */
/* Raise an event about a record; `data` may be NULL and must hold nothing personal. */
int32_t acrm__emit(acrm__call *call, const char *type, const char *entity,
                   const unsigned char id[16], const acrm_value *data);
/* Run the reactions to the events raised so far (the dispatcher does it at the end anyway). */
int32_t acrm__react(acrm__call *call);
/* Whether a pattern names a type: itself, "lead.*" for all that begin so, "*". */
bool acrm__event_fits(const char *pattern, const char *type, size_t len);
/* One timer per (kind, subject): setting it again moves it. */
int32_t acrm__timer_set(acrm__call *call, const char *kind, const char *entity,
                        const unsigned char subject[16], int64_t due_at, const acrm_value *data);
/* See to it that the timer fires by then. One that waits for an earlier time is left as it is: what
 * it does must look whether it is time, and set it anew when it is not. */
int32_t acrm__timer_by(acrm__call *call, const char *kind, const char *entity,
                       const unsigned char subject[16], int64_t due_at);
/* What is declared of a kind; NULL: it is unknown. */
const acrm__timer_kind *acrm__timer_kind_of(const char *kind);
int32_t acrm__timer_cancel(acrm__call *call, const char *kind, const unsigned char subject[16]);
bool acrm__operation_exists(const acrm__call *call, const char *name);
/* Call another operation within this one's transaction. *out lives in the call's arena. */
int32_t acrm__run(acrm__call *call, const char *operation, const acrm_value *args,
                  acrm_value **out);
/* The IANA name of the business's time zone; UTC when the engine was opened without one. */
const char *acrm__business_zone(const acrm__call *call);
/* Days begin and end by the clock of the business: the day number of an instant, of the call's
 * `now`, and the instant at which a day begins (false out of range). */
int32_t acrm__day_of(const acrm__call *call, int64_t us);
int32_t acrm__today(const acrm__call *call);
bool acrm__day_start(const acrm__call *call, int32_t day, int64_t *us);
/* Run a part that may fail alone, with the reactions to its events. When it fails it is undone,
 * *failure says why (transfer full; NULL: it did not) and the result is ACRM_OK; when the machine
 * fails (memory, storage), so does this. */
int32_t acrm__attempt(acrm__call *call, int32_t (*part)(acrm__call *call, void *user), void *user,
                      acrm_error **failure);
/* Run a part as a user, with that user's rights and row scope. */
int32_t acrm__act_as(acrm__call *call, const unsigned char user[16],
                     int32_t (*part)(acrm__call *call, void *data), void *data);
/* Whether who acts may call an operation; acrm__run() itself does not ask. */
bool acrm__may_run(const acrm__call *call, const char *operation);
/* Whether an operation runs as part of taking in many records: an import or create_many. */
bool acrm__is_import(const acrm__call *call);
/* Who acts: the user's id, or NULL (the system or a customer). */
const unsigned char *acrm__actor(const acrm__call *call);
/* Bytes of the stream lent to the session: their number, 0 at its end, or a negative status
 * (ACRM_E_INVALID when none was lent). */
int64_t acrm__read_input(acrm__call *call, void *buf, size_t cap);
/* Whether a place for output was lent to the session; and give it bytes. */
bool acrm__has_output(const acrm__call *call);
int32_t acrm__write_output(acrm__call *call, const void *bytes, size_t len);
/* Progress of long work; ACRM_E_INTERRUPTED when it is to end. */
int32_t acrm__progress(acrm__call *call, const char *what, int64_t done, int64_t total);
/* The time now; call->now is when the call began. While a host's clock that was set back by a
 * minute or less catches up, it is the latest time there was: what is later never seems earlier. */
int64_t acrm__clock(const acrm__call *call);

/* --- The feed of events: kernel/feed.c. All of it lies in the call's arena. --- */
typedef struct acrm__feed_event {
    int64_t seq, at;
    const char *type, *entity, *actor;
    const char *data; /* JSON; NULL: none */
    size_t data_len;
    const unsigned char *record; /* id, or NULL */
    unsigned char id[16];
} acrm__feed_event;
typedef struct acrm__feed_range {
    int64_t after, until;    /* after < seq <= until */
    const acrm_value *types; /* list of patterns; NULL: all */
    const char *entity;      /* NULL: all */
    uint32_t limit;
} acrm__feed_range;
int32_t acrm__feed_head(acrm__call *call, int64_t *out); /* the number of the last event */
int32_t acrm__feed_read(acrm__call *call, const acrm__feed_range *range, acrm__feed_event **items,
                        uint32_t *n);
/* Whether who acts may see an event: all, when no row scope leaves anything out; else those about
 * records that may be got. */
int32_t acrm__feed_sees(acrm__call *call, const acrm__feed_event *event, bool *out);
/* An event's data without the fields that who acts may not see; *out NULL: there is none. */
int32_t acrm__feed_data(acrm__call *call, const acrm__feed_event *event, const acrm_value **out);
/* Put the event into a map as CloudEvents 1.0 has it. */
int32_t acrm__feed_cloud(acrm__call *call, const acrm__feed_event *event, const char *source,
                         acrm_value *item);

/* --- What a session keeps between calls: rules and definitions, parsed. --- */
typedef struct acrm__keep {
    acrm__arena arena;
    void *data; /* NULL: to be filled in anew, in this arena */
    /* Of the kernel: */
    struct acrm__keep *next;
    const char *name;
    const void *registry;
    int64_t mark, epoch;
    bool dirty;
} acrm__keep;

/* `name` is a literal of at most 16 bytes. Content that was outdated meanwhile lives until the next
 * transaction. */
int32_t acrm__keep_open(acrm__call *call, const char *name, acrm__keep **out);
/* What it was made of is being changed in this transaction. */
int32_t acrm__keep_outdate(acrm__call *call, const char *name);

/* --- Ports of the host. --- */
/* As acrm_phone_parse(), by the host's normaliser where it has one. */
int32_t acrm__phone_parse(const acrm__call *call, const char *text, size_t len, const char *region,
                          acrm_phone *out);
const acrm_transport *acrm__transport_at(const acrm__call *call, size_t n); /* NULL past the last */
const acrm_connector *acrm__connector_at(const acrm__call *call, size_t n);
/* What such a port wrote into a text of so many bytes is text only if it is: ends, is UTF-8, has no
 * control characters. */
void acrm__port_text(char *text, size_t size);

/* --- Steps: transactions of an operation with ACRM__OP_STEPS. --- */
int32_t acrm__begin(acrm__call *call);  /* write */
int32_t acrm__commit(acrm__call *call); /* reactions run first */
void acrm__rollback(acrm__call *call);
/* A part that may fail alone: after a failure everything since savepoint() is undone. */
int32_t acrm__savepoint(acrm__call *call);
int32_t acrm__release(acrm__call *call);
int32_t acrm__rollback_to(acrm__call *call);

#endif
