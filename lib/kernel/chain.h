/* SPDX-License-Identifier: MIT */
/* What the audit's files share about the chain and its rows. */
#ifndef ACRM_KERNEL_CHAIN_H
#define ACRM_KERNEL_CHAIN_H

#include "kernel/inside.h"

enum { ACRM__AUDIT_COLUMNS = ACRM__AUDIT_HASH + 1 };

/* Eight bytes, least significant first. */
void acrm__chain_put_int(unsigned char out[8], int64_t n);
/* The kept heads; *intact is false when there are none or their signature is wrong. */
int32_t acrm__chain_read(acrm__call *call, acrm__chain *out, bool *intact);
/* The hash of an entry, over the one before and all its other cells. */
void acrm__chain_hash(const unsigned char before[ACRM__HASH_BYTES], const acrm_cell *cells,
                      unsigned char out[ACRM__HASH_BYTES]);
/* What the personal part of an entry is sealed for. */
const char *acrm__audit_context(acrm__call *call, int64_t seq);

#endif
