/* SPDX-License-Identifier: MIT */
/**
 * Service levels: what was promised to whom by when, and whether it was kept. Pure computing.
 *
 * The clocks of one subject (a case, a lead, an order) are told what happens to it, in order, and
 * say when each promise falls due. Nothing is accumulated: every clock is computed from its start,
 * the pauses and the terms in force, so that the same happenings always give the same answer, and a
 * change of priority, terms or calendar moves what is still open from its original start.
 *
 * Instants and amounts of time are microseconds, as in autocrm/calendar.h.
 */
#ifndef AUTOCRM_SLA_H
#define AUTOCRM_SLA_H

#include "autocrm/calendar.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The clocks. */
enum {
    ACRM_SLA_FIRST_RESPONSE = 1, /**< from creation to the first reply */
    ACRM_SLA_NEXT_RESPONSE = 2,  /**< one for each later message of the customer, to the reply */
    ACRM_SLA_UPDATE = 3,         /**< from one reply to the next: how long nobody was told anything;
                                      begins with the first reply when that is promised */
    ACRM_SLA_RESOLUTION = 4,     /**< from creation until resolved */
    ACRM_SLA_CLOCKS = 4
};

/** No instant: not stopped, not due, not breached. */
#define ACRM_SLA_NONE INT64_MIN

/** What can happen to a subject. */
enum {
    ACRM_SLA_CREATED = 1,  /**< first of all, once: terms, priority */
    ACRM_SLA_MESSAGE = 2,  /**< the customer wrote or called: key */
    ACRM_SLA_REPLY = 3,    /**< the customer was answered */
    ACRM_SLA_TOUCH = 4,    /**< somebody worked on it without telling the customer */
    ACRM_SLA_PAUSED = 5,   /**< a stop point begins: key, clocks, until */
    ACRM_SLA_RESUMED = 6,  /**< it ends: key; 0: all of them */
    ACRM_SLA_PRIORITY = 7, /**< priority */
    ACRM_SLA_TERMS = 8,    /**< terms and the priority within them: policy or calendar changed */
    ACRM_SLA_RESOLVED = 9, /**< stops every clock that is open */
    ACRM_SLA_REOPENED = 10,
    ACRM_SLA_CLOSED = 11,  /**< as resolved, when it was not; else nothing */
    ACRM_SLA_FIRED = 12    /**< marks were announced, and stay so: clocks (one), cycle, key, fired,
                                until (when it was breached, with bit 0) */
};

/** What reopening does. */
enum {
    ACRM_SLA_CONTINUE = 1, /**< the resolution clock goes on; the time between counts as a pause */
    ACRM_SLA_RESTART = 2,  /**< resolution begins anew, in the next cycle */
    ACRM_SLA_NEW_CYCLE = 3 /**< all begins anew, the first response too */
};

/** States of a clock. */
enum {
    ACRM_SLA_ACTIVE = 1,
    ACRM_SLA_STOPPED = 2, /**< it stands still at a stop point */
    ACRM_SLA_MET = 3,
    ACRM_SLA_MISSED = 4
};

/** Limits. */
enum {
    ACRM_SLA_UNUSED = -1,
    ACRM_SLA_MARKS_MAX = 62,      /**< of a target */
    ACRM_SLA_PRIORITIES_MAX = 64, /**< of terms */
    ACRM_SLA_ENTRIES_MAX = 100000 /**< clocks, and as many pauses, of a subject */
};

/**
 * Something to do before or after a target is used up: it is reached when the time used is
 * @c share_bp ten-thousandths of the target plus @c offset. A warning at four fifths is 8000 and 0,
 * one an hour before 10000 and minus an hour; an escalation half an hour after the breach is 10000
 * and half an hour.
 * @since 0.1
 */
typedef struct acrm_sla_mark {
    int32_t share_bp; /**< 0..10000; ACRM_SLA_UNUSED: there is no such mark */
    int64_t offset;   /**< may be negative */
} acrm_sla_mark;

/** What is promised by one clock. @since 0.1 */
typedef struct acrm_sla_target {
    int64_t amount;           /**< above 0; 0: nothing is promised */
    int32_t around_the_clock; /**< 1: all time counts, 0: business time */
    const acrm_sla_mark *marks;
    size_t marks_count;
} acrm_sla_target;

/**
 * What is promised. Set struct_size. Lent to the clocks until they are freed.
 * @since 0.1
 */
typedef struct acrm_sla_terms {
    uint32_t struct_size;
    int32_t reopen;                 /**< ACRM_SLA_CONTINUE, _RESTART or _NEW_CYCLE */
    const acrm_calendar *calendar;  /**< what business time is */
    const acrm_sla_target *targets; /**< for each priority in turn, ACRM_SLA_CLOCKS of them */
    size_t priorities_count;        /**< 1..64 */
    int64_t neglect_after;          /**< business time without any work on it; 0: never */
} acrm_sla_terms;

/** Something that happened. Set struct_size; members not named at its kind are 0. @since 0.1 */
typedef struct acrm_sla_happening {
    uint32_t struct_size;
    int32_t kind; /**< ACRM_SLA_CREATED ... */
    int64_t at;
    const acrm_sla_terms *terms;
    int32_t priority; /**< 0.. */
    int32_t clocks;   /**< sum of 1 << ACRM_SLA_FIRST_RESPONSE ...: those that stand still */
    int64_t key;      /**< number of the message or of the pause, above 0 */
    int64_t until;    /**< a pause ends by itself; ACRM_SLA_NONE: only when resumed */
    int32_t cycle;
    int64_t fired;
} acrm_sla_happening;

/**
 * A clock as it stands. Set struct_size.
 * @since 0.1
 */
typedef struct acrm_sla_clock {
    uint32_t struct_size;
    int32_t clock;  /**< ACRM_SLA_FIRST_RESPONSE ... */
    int32_t cycle;  /**< from 1 */
    int32_t state;  /**< ACRM_SLA_ACTIVE ... */
    int64_t key;    /**< of the message; of an update the number of spans before it; else 0 */
    int64_t start;
    int64_t stop;   /**< or ACRM_SLA_NONE */
    int64_t target; /**< 0: nothing is promised */
    int64_t due;    /**< or ACRM_SLA_NONE: nothing is promised, or it stands still until resumed */
    int64_t elapsed;  /**< time used, of the kind that the target counts */
    int64_t paused;   /**< time of that kind in which it stood still */
    int64_t left;     /**< target less elapsed: negative when overdrawn; 0 without a target */
    int64_t breached; /**< when the promise was broken, or ACRM_SLA_NONE; never taken back */
    int64_t fired;    /**< bit 0: breached; bit n: the n-th mark, from 1, was reached */
} acrm_sla_clock;

/** The subject as a whole. Set struct_size. @since 0.1 */
typedef struct acrm_sla_summary {
    uint32_t struct_size;
    int32_t open;       /**< 1: not resolved */
    int32_t paused;     /**< 1: a stop point is in force */
    int32_t cycle;      /**< from 1 */
    int64_t touched;    /**< last work on it */
    int64_t neglected;  /**< since when nobody worked on it for too long, or ACRM_SLA_NONE */
    int64_t next;       /**< ask again then: something is reached, or a pause ends; or NONE */
} acrm_sla_summary;

/** The clocks of one subject; used by one thread at a time. */
typedef struct acrm_sla acrm_sla;

/**
 * Whether terms are sound: targets and marks in their ranges, and no response promised later than
 * the resolution of the same priority.
 * @param[out] issue  (optional) the fault; row is the priority
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL or a wrong struct_size, ACRM_E_INVALID
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_sla_check(const acrm_sla_terms *terms, acrm_issue *issue);

/**
 * Clocks that know of nothing yet.
 * @param allocator  (optional) where the memory comes from; copied
 * @param[out] out   (transfer full) free with acrm_sla_free()
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL, ACRM_E_NOMEM
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_sla_new(const acrm_allocator *allocator, acrm_sla **out);

/** Free. @param sla (optional) @since 0.1 */
ACRM_API void acrm_sla_free(acrm_sla *sla);

/**
 * Tell what happened. What makes no difference (a reply when nothing is open, a second pause of the
 * same key) is taken and does nothing.
 * @param happening   read only during the call, but its terms are lent
 * @param[out] issue  (optional) the fault
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE   a NULL or a wrong struct_size
 *   ACRM_E_INVALID  before what happened last, or a member out of its range
 *   ACRM_E_LIMIT    more than ACRM_SLA_ENTRIES_MAX
 *   ACRM_E_NOMEM    the clocks may only be freed now
 * @since 0.1
 */
ACRM_API int32_t acrm_sla_happen(acrm_sla *sla, const acrm_sla_happening *happening,
                                 acrm_issue *issue);

/**
 * Let time pass: what is reached before @p now fires. A promise kept at the very instant it falls
 * due is kept, so something is reached only behind its instant.
 * @return ACRM_OK, ACRM_E_MISUSE, or ACRM_E_INVALID for an instant before what happened last
 * @since 0.1
 */
ACRM_API int32_t acrm_sla_advance(acrm_sla *sla, int64_t now);

/** Number of clocks, in the order they began. @since 0.1 */
ACRM_API size_t acrm_sla_count(const acrm_sla *sla);

/**
 * A clock as it stands at an instant.
 * @param now        not before what happened last
 * @param[out] out   struct_size set by the caller
 * @return ACRM_OK, ACRM_E_MISUSE, or ACRM_E_NOTFOUND for a number beyond the last
 * @since 0.1
 */
ACRM_API int32_t acrm_sla_clock_at(acrm_sla *sla, size_t n, int64_t now, acrm_sla_clock *out);

/**
 * The subject as a whole.
 * @param[out] out  struct_size set by the caller
 * @return ACRM_OK, or ACRM_E_MISUSE
 * @since 0.1
 */
ACRM_API int32_t acrm_sla_summarise(acrm_sla *sla, int64_t now, acrm_sla_summary *out);

#ifdef __cplusplus
}
#endif

#endif
