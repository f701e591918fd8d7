/* SPDX-License-Identifier: MIT */
/* The pieces of the module process. */
#ifndef ACRM_MODULES_PROCESS_PROCESS_H
#define ACRM_MODULES_PROCESS_PROCESS_H

#include "engines/statechart/statechart.h"
#include "kernel/call.h"
#include "kernel/inside.h"

/* --- paths.c: names like "customer.dealer.name", and templates of arguments --- */

/* What a template may speak of. */
typedef struct acrm__scene {
    const acrm__entity *entity; /* of the record; NULL: about none */
    const acrm__rec *record;    /* NULL while it is only checked */
    const acrm_cell *before;    /* the record's cells before the change; NULL: none */
    const acrm__rec *instance;  /* of a process; NULL: none */
    const acrm_value *event;    /* {"type", "entity", "record", "data"}; NULL: none */
} acrm__scene;

/* The field at the end of a path, which must not be hidden or encrypted; NULL: there is none. */
const acrm__fieldinfo *acrm__path_field(const acrm__call *call, const acrm__entity *entity,
                                        const char *path);
/* The value there; null when something on the way is missing. */
int32_t acrm__path_value(acrm__call *call, const acrm__rec *rec, const char *path,
                         acrm_value *out);
bool acrm__is_template(const acrm_value *value);
/* The text of what is wrong with a template, or NULL. */
const char *acrm__template_fault(acrm__call *call, const acrm__scene *scene,
                                 const acrm_value *value);
/* Arguments with their templates filled in. */
int32_t acrm__template_fill(acrm__call *call, const acrm__scene *scene, const acrm_value *from,
                            acrm_value *to);

/* --- action.c: lists of {"operation", "args"} --- */

/* Append a fault for everything wrong with one action. */
int32_t acrm__action_check(acrm__call *call, const acrm__scene *scene, const acrm_value *action,
                           const char *place, acrm_value *faults);
/* The same for a list of them. */
int32_t acrm__actions_check(acrm__call *call, const acrm__scene *scene, const acrm_value *actions,
                            const char *place, acrm_value *faults);
/* Run them in order; *done counts them (NULL: nobody does). The rights are the call's own. */
int32_t acrm__actions_run(acrm__call *call, const acrm__scene *scene, const acrm_value *actions,
                          int64_t *done);

/* --- world.c: what names of a definition mean in this database --- */

acrm_statechart_world acrm__process_world(acrm__call *call);
/* A calendar by its name; NULL: there is none. */
int32_t acrm__calendar_find(acrm__call *call, const char *name, acrm__rec **out);
/* Append what is wrong with a filter, places as JSON pointers. */
int32_t acrm__filter_faults(acrm__call *call, const acrm__entity *entity, const acrm_value *filter,
                            const char *place, acrm_value *faults);

/* --- ask.c --- */

/* Whether a condition (NULL: none) holds of a record. */
int32_t acrm__holds(acrm__call *call, const acrm__rec *rec, const acrm_value *condition, bool *out);

/* --- definition.c --- */

/* A definition that was stored, parsed once a session. */
int32_t acrm__process_chart(acrm__call *call, const unsigned char definition[16],
                            const acrm_statechart **out);
/* Whether changes of an entity's records may move processes. */
int32_t acrm__process_watches(acrm__call *call, const char *entity, bool *out);
/* The revision asked for: by id, by code and revision, or the active one of a code. */
int32_t acrm__process_find(acrm__call *call, const char *code, int64_t revision, acrm__rec **out);
/* The same, refused when it is not in use. */
int32_t acrm__process_find_active(acrm__call *call, const char *code, int64_t revision,
                                  acrm__rec **out);
/* A definition that was given, checked, or when none was the stored one of argument code. */
int32_t acrm__process_given(acrm__call *call, const acrm_value *given,
                            const acrm_statechart **out);
int32_t acrm__process_load(acrm__call *call);
int32_t acrm__process_activate(acrm__call *call);
int32_t acrm__process_retire(acrm__call *call);
int32_t acrm__process_check(acrm__call *call);
int32_t acrm__process_diagram(acrm__call *call);

#endif
