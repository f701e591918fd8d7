/* SPDX-License-Identifier: MIT */
/* Any bytes as a delivery status notification: what is told of it fits, and is visible ASCII. */
#include "engines/dsn/dsn.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void visible(const char *text, size_t size)
{
    size_t len = strnlen(text, size);

    if (len == size)
        abort();
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] == 0x7f)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    acrm__dsn dsn;
    size_t n = acrm__dsn_parse((const char *)data, size, &dsn);

    if (n != dsn.n_recipients || n > ACRM__DSN_RECIPIENTS_MAX)
        abort();
    for (size_t i = 0; i < n; i++) {
        const acrm__dsn_recipient *r = &dsn.recipients[i];
        visible(r->address, sizeof r->address);
        if (!r->address[0] || r->action < 0 || r->action > ACRM__DSN_RELAYED ||
            (r->status[0] != 0 && r->status[0] != 2 && r->status[0] != 4 && r->status[0] != 5) ||
            r->status[1] > 999 || r->status[2] > 999)
            abort();
    }
    visible(dsn.envelope, sizeof dsn.envelope);
    visible(dsn.message_id, sizeof dsn.message_id);
    return 0;
}
