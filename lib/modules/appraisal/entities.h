/* SPDX-License-Identifier: MIT */
/* Field numbers of the entities of this module: F_<entity>__<field>. */
#ifndef ACRM_MODULES_APPRAISAL_ENTITIES_H
#define ACRM_MODULES_APPRAISAL_ENTITIES_H

#include "kernel/declare.h"

#define ACRM__ENTITIES_DEF "modules/appraisal/entities.def"
#include "kernel/declare_fields.h"

#endif
