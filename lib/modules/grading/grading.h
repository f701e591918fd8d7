/* SPDX-License-Identifier: MIT */
/*
 * The pieces of the module grading. Customers are computed in batches, each in order of their ids:
 * the records of every source are read in the same order and added up as they pass, so that one
 * customer and a million are computed by the same code, and memory is that of one batch.
 */
#ifndef ACRM_MODULES_GRADING_GRADING_H
#define ACRM_MODULES_GRADING_GRADING_H

#include "autocrm/scoring.h"
#include "kernel/call.h"
#include "modules/grading/entities.h"

enum {
    ACRM__GRADING_BATCH = 4096,   /* customers that a simulation looks at together */
    ACRM__GRADING_LISTED = 256,   /* customers of one step of a tick */
    ACRM__GRADING_SCHEMES_MAX = 16,
    ACRM__GRADING_CYCLES_MAX = 200,
    ACRM__GRADING_DEALERS = 6,    /* of a customer that are told apart */
    ACRM__GRADING_CHANNELS = 7,
    ACRM__GRADING_NO_DAY = INT32_MIN
};

/* --- Numbers of a profile, by which schemes grade --- */

enum {
    P_LIFETIME_VALUE = 0,
    P_LIFETIME_MARGIN,
    P_RECENT_VALUE,
    P_COMPLAINT_COST,
    P_UNCOUNTED,
    P_PURCHASES,
    P_FIRST_PURCHASE_ON,
    P_LAST_PURCHASE_ON,
    P_VISITS,
    P_LAST_VISIT_ON,
    P_LEADS,
    P_LAST_LEAD_ON,
    P_CONTACTS,
    P_LAST_CONTACT_ON,
    P_ACTIVITIES,
    P_COMPLAINTS,
    P_OPEN_COMPLAINTS,
    P_LAST_COMPLAINT_ON,
    P_VEHICLES,
    P_CONSENTS,
    P_FREQUENCY,
    P_LAST_SEEN_ON,
    P_REGULAR,
    P_NEXT_SERVICE_ON,
    P_REPURCHASE_ON,
    P_COUNT
};

typedef struct acrm__number_def {
    uint32_t field; /* of customer_profile */
    int32_t type;   /* ACRM_SCORING_INT ... */
} acrm__number_def;
extern const acrm__number_def acrm__profile_numbers[P_COUNT];

/* Words of the enums, in their order. */
enum { ACRM__STATE_NEW = 0, ACRM__STATE_ACTIVE, ACRM__STATE_PASSIVE, ACRM__STATE_LOST };
enum { ACRM__SERVICE_TIME = 0, ACRM__SERVICE_MILEAGE };
enum {
    ACRM__REPURCHASE_INTERVAL = 0,
    ACRM__REPURCHASE_AGE,
    ACRM__REPURCHASE_CYCLE,
    ACRM__REPURCHASE_CONTRACT,
    ACRM__REPURCHASE_MILEAGE
};

/* --- Policy and schemes in force: policy.c, kept by the session --- */

typedef struct acrm__model_cycle {
    const char *make, *model; /* model NULL: all of the make */
    int64_t months;
} acrm__model_cycle;

typedef struct acrm__policy {
    bool active;
    const char *currency;
    int32_t digits;
    int64_t active_days, lost_days, frequency_days, regular_min, service_days, service_km,
        km_per_year, repurchase_months, replace_km;
    acrm__model_cycle cycles[ACRM__GRADING_CYCLES_MAX];
    uint32_t n_cycles;
} acrm__policy;

typedef struct acrm__scheme {
    unsigned char id[16];
    const char *kind;
    int64_t revision;
    bool main; /* its grade is shown by the customer's record */
    bool cut[ACRM_SCORING_AXES_MAX];
    int64_t cuts[ACRM_SCORING_AXES_MAX][ACRM_SCORING_PARTS_MAX - 1];
} acrm__scheme;

typedef struct acrm__grading {
    acrm__policy policy;
    acrm__scheme schemes[ACRM__GRADING_SCHEMES_MAX];
    uint32_t n_schemes;
} acrm__grading;

int32_t acrm__grading_open(acrm__call *call, const acrm__grading **out);
int32_t acrm__grading_outdate(acrm__call *call);
int32_t acrm__policy_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

/* --- A batch of customers --- */

typedef struct acrm__dealer_tally {
    unsigned char id[16];
    int32_t n, last;
} acrm__dealer_tally;

typedef struct acrm__person {
    unsigned char id[16];
    unsigned char dealer[16]; /* who looks after them; then: where they go */
    bool has_dealer;
    bool hidden;              /* their data may be kept and not used, or they refused */
    bool refused;             /* their last word about the purpose profiling */
    bool found;               /* there is such a customer */
    char grade[17];           /* as the customer's record shows it; empty: none */
    int64_t values[P_COUNT];
    unsigned char present[P_COUNT];
    int32_t state, service_by, repurchase_by; /* -1: none */
    const char *channel;
    unsigned char service_vehicle[16], repurchase_vehicle[16];
    bool has_service_vehicle, has_repurchase_vehicle;
    int32_t next_on;          /* the first later day on which time alone changes something */
    bool stored, changed;     /* there is a row; what it says is no longer true */
    unsigned char row[16];
    int32_t state_was;
    int64_t due_was;          /* INT64_MIN: not */
    int32_t changed_on;       /* day of its last change */
    /* While records pass: */
    acrm__dealer_tally dealers[ACRM__GRADING_DEALERS];
    uint32_t channels[ACRM__GRADING_CHANNELS];
    int32_t window_first;     /* the first day within frequency_days */
} acrm__person;

typedef struct acrm__batch {
    acrm__call *call;
    const acrm__grading *grading;
    const acrm__policy *policy;
    int32_t today;
    acrm__person *people; /* in order of their ids */
    uint32_t n;
    bool listed;          /* as a list; else all from after `low` to the last */
    unsigned char low[16];
    acrm_cell *ids;
    acrm_value *service, *repurchase; /* lists of reasons, or NULL */
    int64_t *events;      /* how many more may be raised; NULL: no limit */
    int32_t which;        /* ACRM__SCHEMES_ALL ... */
    int64_t changed, moved;
} acrm__batch;

/* Schemes that a batch is graded by: those in quantiles wait until all profiles are there. */
enum { ACRM__SCHEMES_ALL = 0, ACRM__SCHEMES_FIXED, ACRM__SCHEMES_QUANTILES };

/* batch.c: whom it is about. Room for max; range: the customers that follow `after`. */
int32_t acrm__batch_range(acrm__call *call, acrm__batch *batch, const unsigned char after[16],
                          uint32_t max);
int32_t acrm__batch_list(acrm__call *call, acrm__batch *batch, const unsigned char (*ids)[16],
                         uint32_t n);
/* Rows of a table about the batch, in order of their field `customer`, which is the first of
 * select; extra conditions may follow. */
int32_t acrm__batch_query(acrm__batch *batch, const acrm__entity *entity, acrm_query *query,
                          const acrm__term *terms, size_t n_terms, const acrm_filter_node *where,
                          acrm_row_fn row, void *user);
/* Whose a row is, as they pass in order; *at is where the last one was. NULL: nobody's. */
acrm__person *acrm__batch_at(acrm__batch *batch, uint32_t *at, const acrm_cell *id);
/* Profiles of all of it, in memory only: sources.c, profile.c. */
int32_t acrm__batch_gather(acrm__batch *batch);
void acrm__profile_finish(acrm__batch *batch, acrm__person *person);
/* Its row from the field currency on. */
enum { ACRM__PROFILE_CELLS = F_customer_profile__due_at - F_customer_profile__currency + 1 };
void acrm__profile_cells(const acrm__batch *batch, const acrm__person *person, acrm_cell *cells);
const char *acrm__profile_state_name(int32_t state);
/* A day on which something is expected, with what makes it so. */
void acrm__profile_expect(acrm__batch *batch, acrm__person *person, bool service, int32_t by,
                          int64_t day, const unsigned char *vehicle);
/* Compute, grade, write what changed: store.c. */
int32_t acrm__batch_compute(acrm__batch *batch);
int32_t acrm__batch_store(acrm__batch *batch);
int32_t acrm__batch_grades(acrm__batch *batch);
/* Profiles as they are kept, instead: store.c. */
int32_t acrm__batch_load(acrm__batch *batch);
/* Write when the profiles of such a batch are due again. */
int32_t acrm__batch_due(acrm__batch *batch);
/* grade.c */
int32_t acrm__batch_grade(acrm__batch *batch, const acrm__scheme *scheme);
int32_t acrm__grade_end(acrm__call *call, const unsigned char customer[16], bool purge);

/* --- Schemes: scheme.c --- */

int32_t acrm__scheme_scoring(acrm__call *call, const unsigned char id[16],
                             const acrm_scoring **out);
/* Compile a definition, with the filters of its rules checked. The caller frees it. */
int32_t acrm__scheme_compile(acrm__call *call, const acrm_value *definition, const char **kind,
                             acrm_scoring **out);
int32_t acrm__scheme_parse(acrm__call *call, const acrm__rec *rec, uint32_t field,
                           acrm_value **out);
int32_t acrm__grade_load(acrm__call *call);
int32_t acrm__grade_check(acrm__call *call);
int32_t acrm__grade_activate(acrm__call *call);
int32_t acrm__grade_retire(acrm__call *call);

/* grade_facts.c: what a scheme is asked with. */
typedef struct acrm__grade_ask {
    const acrm__scheme *scheme;
    const acrm_scoring *scoring;
    unsigned char *conditions; /* for each person, n_conditions in turn */
    uint32_t n_conditions;
    struct acrm__grade_row *rows; /* one a person */
    bool ready;                /* its quantiles are cut */
} acrm__grade_ask;

typedef struct acrm__grade_row {
    unsigned char id[16], scheme[16];
    bool found, manual;
    char grade[17];
    int64_t score;
    int32_t below_since;
    char by_hand[17];          /* a grade given by hand */
    bool floor;
    int32_t by_hand_until;     /* ACRM__GRADING_NO_DAY: no end */
} acrm__grade_row;

int32_t acrm__grade_prepare(acrm__batch *batch, const acrm__scheme *scheme,
                            const acrm_scoring *scoring, acrm__grade_ask *ask);
/* The answer, what was given by hand put over it; facts are lent from `person` and `ask`. */
int32_t acrm__grade_answer(acrm__batch *batch, const acrm__grade_ask *ask, uint32_t person,
                           acrm_scoring_facts *facts, acrm_scoring_result *out);

/* cuts.c: where the quantiles of a scheme lie in the profiles as they are kept. */
int32_t acrm__scheme_cuts(acrm__call *call, const acrm_scoring *scoring, acrm__scheme *scheme);
bool acrm__scheme_in_quantiles(const acrm_scoring *scoring);
bool acrm__scheme_is_cut(const acrm_scoring *scoring, const acrm__scheme *scheme);

/* --- When: mark.c, run.c --- */

int32_t acrm__profile_mark(acrm__call *call, const unsigned char customer[16]);
int32_t acrm__mark_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__mark_customer(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__mark_vehicle(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__mark_event(acrm__call *call, const acrm__event *event);
int32_t acrm__mark_merged(acrm__call *call, const acrm__event *event);
int32_t acrm__mark_erasing(acrm__call *call, const acrm__event *event);
int32_t acrm__grading_tick(acrm__call *call);
int32_t acrm__grade_run(acrm__call *call);

/* explain.c, simulate.c, override.c */
int32_t acrm__customer_profile(acrm__call *call);
int32_t acrm__grade_explain(acrm__call *call);
int32_t acrm__grade_simulate(acrm__call *call);
int32_t acrm__grade_set(acrm__call *call);
int32_t acrm__grade_release(acrm__call *call);
int32_t acrm__grade_refresh(acrm__call *call);

#endif
