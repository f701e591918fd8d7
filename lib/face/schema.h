/* SPDX-License-Identifier: MIT */
/* JSON Schema 2020-12 of entities, parameters and results, and the HTTP route of an operation. */
#ifndef ACRM_FACE_SCHEMA_H
#define ACRM_FACE_SCHEMA_H

#include "face/out.h"
#include "kernel/inside.h"

/* `refs` is where the entities' schemas are: "#/$defs/" or "#/components/schemas/". */
typedef struct acrm__schemas {
    const acrm__registry *registry;
    const char *refs;
    acrm__arena *arena;
    acrm__str *out;
} acrm__schemas;

/* How much of an operation's parameters: all, or without the one that is in the path. */
void acrm__schema_parameters(const acrm__schemas *s, const char *key, const acrm__opinfo *op,
                             const char *without);
void acrm__schema_result(const acrm__schemas *s, const char *key, const acrm__opinfo *op);
/* Members <entity>, <entity>_input and filter of the object that is open. */
void acrm__schema_definitions(const acrm__schemas *s);

/* One parameter by number, for those who list them: free operations with fields at top level have
 * those too. NULL past the last. */
typedef struct acrm__parameter {
    const char *name;
    bool required;
    bool scalar; /* one JSON string, number or boolean */
    const acrm__fieldinfo *field; /* NULL: a reserved option of writes, text or bool */
} acrm__parameter;
bool acrm__parameter_at(const acrm__registry *r, const acrm__opinfo *op, uint32_t n,
                        acrm__parameter *out);
void acrm__schema_parameter(const acrm__schemas *s, const char *key, const acrm__opinfo *op,
                            const acrm__parameter *parameter);

/* face/route.c */
typedef struct acrm__route {
    const char *method; /* GET, POST, PATCH, DELETE */
    const char *path;   /* "/v1/leads/{id}/assign" */
    const char *id;     /* the parameter that {id} stands for, or NULL */
} acrm__route;
/* ACRM_OK or NOMEM. */
int32_t acrm__route_of(const acrm__registry *r, const acrm__opinfo *op, acrm__arena *arena,
                       acrm__route *out);

#endif
