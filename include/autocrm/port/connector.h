/* SPDX-License-Identifier: MIT */
/**
 * Connector port: how the library asks other systems: a bank, a valuation, a maker's
 * specifications, a telephone exchange, a sales system. It opens no socket; each request that is
 * due is handed to the connector of that name, outside of any transaction, and the answer is kept
 * (the operation connector.request, the entity connector_request; docs/connectors.md).
 *
 * autocrm/conformance.h runs a host's own connector through what is promised here.
 */
#ifndef AUTOCRM_PORT_CONNECTOR_H
#define AUTOCRM_PORT_CONNECTOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Flags of a connector. */
enum {
    /** A request asked twice under the same key has its effect once. Without it, a process that is
     * killed between asking and keeping the answer asks twice. */
    ACRM_CONNECTOR_DEDUPES = 1
};

/** What is asked. All texts are UTF-8 and lent for the call. @since 0.1 */
typedef struct acrm_connector_request {
    uint32_t struct_size;
    int32_t attempt;     /**< 1 for the first */
    const char *key;     /**< the request's id: the same in every attempt */
    const char *name;    /**< what is wanted, such as "valuation"; at most 64 bytes */
    const char *body;    /**< its arguments: a JSON object, NUL behind it */
    size_t body_len;     /**< bytes of the body */
    uint32_t timeout_ms; /**< the answer is wanted within so long; the connector sees to it */
    uint32_t reserved;   /**< 0 */
} acrm_connector_request;

/** What came of asking. */
enum {
    ACRM_ASKED_TEMPORARY = 0, /**< not now: it is asked again later */
    ACRM_ASKED_ANSWERED = 1,  /**< the body is the answer */
    ACRM_ASKED_REFUSED = 2,   /**< understood, and the answer is no; a body may say more */
    ACRM_ASKED_PERMANENT = 3  /**< never as it is: the request is wrong, or nobody knows it */
};

/** Filled in by ask; zeroed before, but for `to` and `write`. @since 0.1 */
typedef struct acrm_connector_answer {
    uint32_t struct_size;
    int32_t outcome;      /**< ACRM_ASKED_... */
    int32_t retry_after;  /**< of TEMPORARY: seconds, 0 when nothing is known */
    int32_t code;         /**< the other side's number for it, such as HTTP's 503; 0: none */
    char reference[128];  /**< the other side's name for the request */
    char reason[128];     /**< a word or line for people; no personal data */
    void *to;             /**< of the library: handed to write */
    /** Of the library: give it so many bytes of the answer's body, one JSON value in all, in as
     * many pieces as are convenient; nothing written is null. Returns 0, ACRM_E_LIMIT when the
     * body is longer than answer_max, ACRM_E_NOMEM. */
    int32_t (*write)(void *to, const void *bytes, size_t size);
} acrm_connector_answer;

/**
 * A connector. Set struct_size; the library copies the struct.
 * @since 0.1
 */
typedef struct acrm_connector {
    uint32_t struct_size;
    uint32_t flags;      /**< ACRM_CONNECTOR_... */
    const char *name;    /**< unique among the engine's, at most 32 bytes; copied */
    uint32_t timeout_ms; /**< of a request at most an hour; 0: 30 seconds */
    uint32_t answer_max; /**< bytes of an answer's body, at most 16 MiB; 0: 1 MiB */
    void *self;          /**< handed to the function */
    /** Ask, and wait for the answer. Called within engine.tick, on its thread, without a
     * transaction, from several threads when several tick; it may block for timeout_ms, and may
     * not use the session that ticks. Anything but 0 is taken as TEMPORARY. */
    int32_t (*ask)(void *self, const acrm_connector_request *request,
                   acrm_connector_answer *answer);
} acrm_connector;

#ifdef __cplusplus
}
#endif

#endif
