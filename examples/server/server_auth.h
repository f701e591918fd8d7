/* SPDX-License-Identifier: MIT */
/* Who asks: from a request to a principal. */
#ifndef AUTOCRM_SERVER_AUTH_H
#define AUTOCRM_SERVER_AUTH_H

#include "server.h"

/*
 * Sets r->principal ("user:UUID", "customer:UUID", "system") and returns true; or replies (401,
 * 403, 429) and returns false. r->route is known; its `operation` is NULL for paths of the server's
 * own. Runs on the thread that polls connections: a look-up is fine, nothing longer. Routes marked
 * `open` are not asked about.
 */
bool server_auth(server_request *r);

/* Whether `options` name a way to know who asks. Tells on stderr what is wrong. */
bool server_auth_check(const server *s);

#endif
