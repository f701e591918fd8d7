/* SPDX-License-Identifier: MIT */
/* The inside of a process definition: phases and transitions with what belongs to them. */
#ifndef ACRM_ENGINES_STATECHART_STATECHART_H
#define ACRM_ENGINES_STATECHART_STATECHART_H

#include "autocrm/statechart.h"
#include "base/alloc.h"
#include "base/civil.h"
#include "base/value.h"

enum {
    ACRM__CHART_PHASES_MAX = 200,
    ACRM__CHART_TRANSITIONS_MAX = 1000,
    ACRM__CHART_FAULTS_MAX = 100,
    ACRM__CHART_ACTIONS_MAX = 50,
    ACRM__CHART_NONE = -1
};

/* How long something may take, and what happens then. */
typedef struct acrm__chart_limit {
    const char *after;      /* ISO 8601; NULL: there is no limit */
    acrm__duration span;
    const char *calendar;   /* business time of it; NULL: plain time */
    const char *event;      /* raised */
    const char *escalate;   /* the role told */
    int32_t transition;     /* done; ACRM__CHART_NONE: none */
    const acrm_value *actions;
} acrm__chart_limit;

typedef struct acrm__chart_phase {
    const char *code, *name;
    bool end;
    const char *outcome;
    const acrm_value *entry, *exit; /* lists of actions; NULL: none */
    acrm__chart_limit limit;
    const char *process;            /* runs meanwhile; NULL: none */
    const acrm_value *then;         /* its outcome -> transition, "*" for the others */
} acrm__chart_phase;

typedef struct acrm__chart_transition {
    const char *name, *label;
    bool *from;                 /* one for each phase */
    int32_t to;
    const acrm_value *guard;    /* a filter; NULL: none */
    const acrm_value *roles;    /* list; NULL: anybody */
    const acrm_value *required; /* list of fields; NULL: none */
    const char *four_eyes;      /* not for who took this transition last; NULL: for anybody */
    const acrm_value *actions;
    bool automatic;
} acrm__chart_transition;

struct acrm_statechart {
    acrm__arena *arena;           /* `own`, unless it was made in another one */
    acrm__arena own;
    const acrm_value *definition; /* the whole, copied */
    const char *name, *entity, *key, *calendar;
    int32_t start;
    const acrm_value *roles;      /* who may start one; NULL: anybody */
    const acrm_value *end_when;   /* list of {"when", "outcome", "actions"}; NULL: none */
    acrm__chart_limit limit;      /* of the whole */
    acrm__chart_phase *phases;
    int32_t n_phases;
    acrm__chart_transition *transitions;
    int32_t n_transitions;
    bool has_automatic;
};

/* --- Reading: what the files of the engine share --- */

typedef struct acrm__chart_reader {
    acrm_statechart *chart;
    const acrm_statechart_world *world; /* never NULL */
    acrm_value *faults;
    int32_t status; /* of what ends the reading: memory, the world */
} acrm__chart_reader;

/* Name a fault; always returns false. */
bool acrm__chart_fault(acrm__chart_reader *r, const char *place, const char *reason,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A place below another; "" when memory is short (then r->status says so). */
const char *acrm__chart_place(acrm__chart_reader *r, const char *parent, const char *key);
const char *acrm__chart_place_at(acrm__chart_reader *r, const char *parent, size_t index);

/* As acrm_statechart_new(), in an arena that lives longer: not to be freed alone. */
int32_t acrm__chart_new_in(acrm__arena *arena, const acrm_value *definition,
                           const acrm_statechart_world *world, acrm_statechart **out,
                           acrm_error **err);

int32_t acrm__chart_phase_of(const acrm_statechart *chart, const char *code);
int32_t acrm__chart_transition_of(const acrm_statechart *chart, const char *name);

/* statechart_read.c: the shape; statechart_names.c: what the names mean; statechart_check.c: where
 * the phases lead. */
void acrm__chart_read(acrm__chart_reader *r);
void acrm__chart_names(acrm__chart_reader *r);
void acrm__chart_check(acrm__chart_reader *r);

/* --- Drawing --- */

/* A box: a phase, or what stands on an edge in a layer between (its label, or nothing). */
typedef struct acrm__chart_node {
    int32_t phase;         /* or ACRM__CHART_NONE */
    const char *label;     /* lines separated by \n; "" : nothing */
    int32_t layer, order;
    int32_t width, x;      /* pixels; x of its middle */
} acrm__chart_node;

typedef struct acrm__chart_edge {
    int32_t from, to; /* phases */
    const char *label;
    bool back;        /* against the layers */
    int32_t *nodes;   /* from the upper phase to the lower one */
    int32_t n_nodes;
} acrm__chart_edge;

typedef struct acrm__chart_layout {
    acrm__chart_node *nodes; /* the phases first */
    int32_t n_nodes;
    acrm__chart_edge *edges;
    int32_t n_edges;
    int32_t *heights; /* of each layer */
    int32_t n_layers;
    int32_t width;
} acrm__chart_layout;

/* ACRM_OK, ACRM_E_NOMEM, or ACRM_E_LIMIT for what nobody could read any more. */
int32_t acrm__chart_lay_out(const acrm_statechart *chart, acrm__arena *arena,
                            acrm__chart_layout *out);

#endif
