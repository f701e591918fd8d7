/* SPDX-License-Identifier: MIT */
/* Field numbers of the kernel's own entities: F_role__name ... */
#ifndef ACRM_KERNEL_ENTITIES_H
#define ACRM_KERNEL_ENTITIES_H

#include "kernel/declare.h"

#define ACRM__ENTITIES_DEF "kernel/entities.def"
#include "kernel/declare_fields.h"

#endif
