/* SPDX-License-Identifier: MIT */
/* What the files about custom entities and fields share. */
#ifndef ACRM_KERNEL_CUSTOM_H
#define ACRM_KERNEL_CUSTOM_H

#include "kernel/inside.h"

int32_t acrm__custom_type(const char *name); /* ACRM__T_*; 0 when a custom field has no such type */
int32_t acrm__custom_check_name(acrm__call *call, const char *name);
/* The description of a field into a record of custom_field. With `strict`, a key that means nothing
 * is refused. */
int32_t acrm__custom_describe(acrm__call *call, const acrm_value *spec, bool strict,
                              acrm__rec *rec);
int32_t acrm__custom_check_field(acrm__call *call, const acrm__rec *rec);

#endif
