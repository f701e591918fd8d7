/* SPDX-License-Identifier: MIT */
/*
 * The tables of an entities.def as data. Include in one .c of the module, after defining
 * ACRM__ENTITIES_DEF and ACRM__ENTITIES_NAME (the name of the array of entities).
 */
#define ENTITY(entity, ...) static const acrm__field entity##_fields[] = {
#define FIELD(entity, field, type_, ...) { .name = #field, .type = ACRM__T_##type_, __VA_ARGS__ },
#define END_ENTITY(entity) { .name = NULL } };
#include ACRM__ENTITIES_DEF
#undef ENTITY
#undef FIELD
#undef END_ENTITY

#define ENTITY(entity, ...) { .name = #entity, .fields = entity##_fields, __VA_ARGS__ },
#define FIELD(entity, field, type_, ...)
#define END_ENTITY(entity)
static const acrm__entity_def ACRM__ENTITIES_NAME[] = {
#include ACRM__ENTITIES_DEF
    { .name = NULL }
};
#undef ENTITY
#undef FIELD
#undef END_ENTITY
#undef ACRM__ENTITIES_DEF
#undef ACRM__ENTITIES_NAME
