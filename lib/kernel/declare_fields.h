/* SPDX-License-Identifier: MIT */
/*
 * Compile-time field numbers from a module's entities.def: F_<entity>__<field>. Define
 * ACRM__ENTITIES_DEF as the path of the file before including this one; no include guard, since
 * each module includes it once.
 *
 * An entities.def is a list of
 *     ENTITY(lead, .label = "subject", .help = "...")
 *         FIELD(lead, level, ENUM, .choices = "O|H|A|B|C", .help = "...")
 *     END_ENTITY(lead)
 */
#define ENTITY(entity, ...) enum { F_##entity##__before = F_SYSTEM_COUNT - 1,
#define FIELD(entity, field, type_, ...) F_##entity##__##field,
#define END_ENTITY(entity) F_##entity##__count };
#include ACRM__ENTITIES_DEF
#undef ENTITY
#undef FIELD
#undef END_ENTITY
#undef ACRM__ENTITIES_DEF
