/* SPDX-License-Identifier: MIT */
/**
 * Process definitions: phases and transitions as data, checked whole before they are used.
 *
 * A definition is a JSON object (docs/processes.md has every key). This part is pure: it reads and
 * checks a definition, tells which transitions lead where and draws it. Running processes over
 * stored records are the operations process.* of an engine.
 */
#ifndef AUTOCRM_STATECHART_H
#define AUTOCRM_STATECHART_H

#include "autocrm/error.h"
#include "autocrm/port/allocator.h"
#include "autocrm/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A checked definition; immutable, may be used by any number of threads at once. */
typedef struct acrm_statechart acrm_statechart;

/**
 * What the names in a definition mean where it is going to be used. Each function is optional: a
 * kind of name without one is not checked. The first five return 1 when there is such a thing, 0
 * when there is none, or a negative ACRM_E_*, which ends the reading. The last two append a map
 * {"field": place, "reason", "message"} to the list @p faults for each fault and return ACRM_OK, or
 * a negative ACRM_E_*. @p place is the JSON pointer (RFC 6901) of what they look at.
 * @since 0.1
 */
typedef struct acrm_statechart_world {
    uint32_t struct_size; /**< sizeof(acrm_statechart_world), as you compiled it */
    void *self;           /**< given to each function */
    int32_t (*entity)(void *self, const char *name);
    int32_t (*field)(void *self, const char *entity, const char *path);
    int32_t (*role)(void *self, const char *name);
    int32_t (*calendar)(void *self, const char *code);
    int32_t (*process)(void *self, const char *code, const char *entity);
    int32_t (*guard)(void *self, const char *entity, const acrm_value *filter, const char *place,
                     acrm_value *faults);
    int32_t (*action)(void *self, const char *entity, const acrm_value *action, const char *place,
                      acrm_value *faults);
} acrm_statechart_world;

/**
 * Read and check a definition. Every fault is named at once, with its place and what to do: names
 * that do not exist or occur twice, phases that nothing leads to, cycles without an exit, no end,
 * automatic transitions that would never stop, limits that contradict each other.
 * @param allocator  (nullable) where the memory comes from; copied; NULL: the C library
 * @param definition the definition, a map; copied
 * @param world      (nullable) what its names are checked against; used during the call only
 * @param[out] out   (transfer full) acrm_statechart_free() it
 * @param[out] err   (transfer full)(optional) `field` is the JSON pointer of the first fault,
 *                   `reason` one of "required", "type", "format", "range", "unknown_key",
 *                   "duplicate", "reference", "unknown_field", "unreachable", "no_end", "no_exit",
 *                   "endless", "contradiction", "limit", or what the world said
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  the definition has faults
 *   ACRM_E_LIMIT    more than 200 phases or 1,000 transitions
 *   ACRM_E_NOMEM    out of memory
 *   ACRM_E_MISUSE   @p definition or @p out is NULL, or the world is of an unknown struct_size
 *   or what a function of the world returned
 * @since 0.1
 */
ACRM_API int32_t acrm_statechart_new(const acrm_allocator *allocator, const acrm_value *definition,
                                     const acrm_statechart_world *world, acrm_statechart **out,
                                     acrm_error **err);

/** Free. @param chart (nullable) @since 0.1 */
ACRM_API void acrm_statechart_free(acrm_statechart *chart);

/** The phase a process starts in. @return (transfer none) its code. Any thread. @since 0.1 */
ACRM_API const char *acrm_statechart_start(const acrm_statechart *chart);
/**
 * The n-th phase in the order of the definition.
 * @return (nullable)(transfer none) its code; NULL past the last. Any thread. @since 0.1
 */
ACRM_API const char *acrm_statechart_phase(const acrm_statechart *chart, size_t n);
/** 1 when a process ends in this phase, else 0. Any thread. @since 0.1 */
ACRM_API int32_t acrm_statechart_is_end(const acrm_statechart *chart, const char *phase);
/**
 * The n-th transition that leaves a phase.
 * @return (nullable)(transfer none) its name; NULL past the last. Any thread. @since 0.1
 */
ACRM_API const char *acrm_statechart_transition(const acrm_statechart *chart, const char *phase,
                                                size_t n);
/**
 * Where a transition leads, whatever its guard and roles say.
 * @param[out] to (transfer none) the phase; untouched on failure
 * @return ACRM_OK, ACRM_E_NOTFOUND (no such transition leaves this phase), ACRM_E_MISUSE (NULL).
 *         Any thread. @since 0.1
 */
ACRM_API int32_t acrm_statechart_step(const acrm_statechart *chart, const char *phase,
                                      const char *transition, const char **to);

/**
 * The definition as a drawing: SVG 1.1 without scripts or outside resources, laid out in layers.
 * @param phase    (nullable) a phase to mark, such as the one a process is in
 * @param[out] out (transfer full)
 * @return ACRM_OK, ACRM_E_LIMIT (more than 1,000 edges, or 3,000 boxes with those that edges
 *         need on their way), ACRM_E_NOMEM, ACRM_E_MISUSE (NULL). Any thread. @since 0.1
 */
ACRM_API int32_t acrm_statechart_svg(const acrm_statechart *chart, const char *phase,
                                     acrm_buf **out);
/**
 * The definition as text for Mermaid (stateDiagram-v2).
 * @param phase    (nullable) a phase to mark
 * @param[out] out (transfer full)
 * @return ACRM_OK, ACRM_E_NOMEM, ACRM_E_MISUSE (NULL). Any thread. @since 0.1
 */
ACRM_API int32_t acrm_statechart_mermaid(const acrm_statechart *chart, const char *phase,
                                         acrm_buf **out);

#ifdef __cplusplus
}
#endif

#endif
