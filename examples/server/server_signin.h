/* SPDX-License-Identifier: MIT */
/* Signing in over HTTP: cookies of pages, bearer tokens of programs. */
#ifndef AUTOCRM_SERVER_SIGNIN_H
#define AUTOCRM_SERVER_SIGNIN_H

#include "server.h"

enum { SIGNIN_TOKEN_MAX = 128 };

/* What a request carries. */
typedef struct signin_ticket {
    char token[SIGNIN_TOKEN_MAX]; /* "" : nothing */
    bool cookie;                  /* else the Authorization header */
} signin_ticket;

/* false: more than one, or one that cannot be ours. */
bool signin_ticket_read(const server_request *r, signin_ticket *out);
/* Who that is. With a cookie, writes must carry its X-CSRF-Token. */
bool signin_known(server_request *r, const signin_ticket *ticket);

/* POST /signin, /signin/code, /signin/reset, /signout, /signout/everywhere; GET /me. */
void signin_in(server_request *r);
void signin_code(server_request *r);
void signin_reset(server_request *r);
void signin_out(server_request *r);
void signin_out_everywhere(server_request *r);
void signin_me(server_request *r);

#endif
