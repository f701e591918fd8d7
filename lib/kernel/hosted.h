/* SPDX-License-Identifier: MIT */
/* Ports of which a host gives several: transports and connectors. */
#ifndef ACRM_KERNEL_HOSTED_H
#define ACRM_KERNEL_HOSTED_H

#include "autocrm/engine.h"

#include <stdbool.h>
#include <stddef.h>

/* Take in a struct of the caller's age: refuse one older than the first release or with parts set
 * that this version does not know; zero what it lacks. */
bool acrm__take_in(void *dst, size_t dst_size, const void *src, size_t min_size);

#define ACRM__TAKE_IN(dst, src)                                                                    \
    (!(src) || acrm__take_in((dst), sizeof *(dst), (src), sizeof *(dst)))

/* Take the transports and connectors of the options into the engine. */
int32_t acrm__hosted_take(acrm_engine *engine, const acrm_options *o, acrm_error **err);
void acrm__hosted_free(acrm_engine *engine);

#endif
