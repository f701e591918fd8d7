/* SPDX-License-Identifier: MIT */
/*
 * Delivery status notifications of mail (RFC 3464): who did not get what, and whether that is for
 * good. The whole mail is given as text; its parts need not be taken apart, since the fields have
 * names of their own. Pure; nothing is kept beyond the sizes below.
 */
#ifndef ACRM_ENGINES_DSN_DSN_H
#define ACRM_ENGINES_DSN_DSN_H

#include <stddef.h>
#include <stdint.h>

enum { ACRM__DSN_RECIPIENTS_MAX = 32, ACRM__DSN_ADDRESS = 321, ACRM__DSN_ID = 201 };

enum {
    ACRM__DSN_UNKNOWN = 0,
    ACRM__DSN_FAILED,
    ACRM__DSN_DELAYED, /* it is still tried */
    ACRM__DSN_DELIVERED,
    ACRM__DSN_RELAYED  /* also: expanded; nothing is told from there on */
};

typedef struct acrm__dsn_recipient {
    char address[ACRM__DSN_ADDRESS]; /* as it was given first, else the final one */
    int32_t action;                  /* ACRM__DSN_... */
    int32_t status[3];               /* 5, 1, 1; zeros: none was told */
} acrm__dsn_recipient;

typedef struct acrm__dsn {
    acrm__dsn_recipient recipients[ACRM__DSN_RECIPIENTS_MAX];
    size_t n_recipients;
    char envelope[ACRM__DSN_ID];   /* the sender's name for the delivery; "" */
    char message_id[ACRM__DSN_ID]; /* of the mail that came back, without <>; "" */
} acrm__dsn;

/* The number of recipients; 0: this is no such notification. */
size_t acrm__dsn_parse(const char *text, size_t len, acrm__dsn *out);

#endif
