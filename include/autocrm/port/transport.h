/* SPDX-License-Identifier: MIT */
/**
 * Transport port: how messages leave. The library opens no socket; it hands each message that is
 * due to a transport of the host's, outside of any transaction, and keeps what came of it.
 *
 * What happens later (delivered, bounced, answered) the host tells by the operations
 * message.receipt and message.receive.
 *
 * autocrm/conformance.h runs a host's own transport through what is promised here.
 */
#ifndef AUTOCRM_PORT_TRANSPORT_H
#define AUTOCRM_PORT_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Channels: bits of acrm_transport.channels. */
enum {
    ACRM_CHANNEL_SMS = 1,
    ACRM_CHANNEL_EMAIL = 2,
    ACRM_CHANNEL_FAX = 4,
    ACRM_CHANNEL_LETTER = 8,
    ACRM_CHANNEL_PHONE = 16, /**< a call to make */
    ACRM_CHANNEL_PUSH = 32,
    ACRM_CHANNEL_MESSENGER = 64,
    ACRM_CHANNEL_PORTAL = 128, /**< a customer portal of the host's */
    ACRM_CHANNEL_WEBHOOK = 256 /**< an HTTP request: `to` is the URL */
};

/** Flags of a transport. */
enum {
    /** A message handed over twice with the same key is sent once. Without it, a process that is
     * killed between handing over and keeping the outcome sends a message twice. */
    ACRM_TRANSPORT_DEDUPES = 1
};

/** A file that goes with a message, lent for the call. Its layout stays. @since 0.1 */
typedef struct acrm_outgoing_file {
    const char *name;       /**< on one line, without folders */
    const char *media_type; /**< such as application/pdf */
    const void *data;
    size_t size;
} acrm_outgoing_file;

/** A header of a request, lent for the call. Its layout stays. @since 0.1 */
typedef struct acrm_outgoing_header {
    const char *name;
    const char *value; /**< on one line */
} acrm_outgoing_header;

/** A message to send. All texts are UTF-8 and lent for the call; `name`, `subject` and `language`
 * are NULL when there is none. @since 0.1 */
typedef struct acrm_outgoing {
    uint32_t struct_size;
    int32_t channel;      /**< ACRM_CHANNEL_... */
    int32_t html;         /**< 1: body is HTML; 0: plain text */
    int32_t attempt;      /**< 1 for the first */
    const char *key;      /**< the message's id: the same in every attempt */
    const char *to;       /**< number, address or token, as the channel has it; one line, but a
                           *   postal address may have several */
    const char *name;     /**< (nullable) the recipient's, on one line */
    const char *subject;  /**< (nullable) on one line */
    const char *body;
    const char *language; /**< (nullable) BCP 47 tag */
    const char *text;     /**< (nullable) of an HTML body: the same in plain text */
    const char *unsubscribe; /**< (nullable) https URL by which the recipient is taken off at once
                              *   (RFC 8058) */
    const char *country;  /**< (nullable) of a postal address: ISO 3166-1, two letters */
    const acrm_outgoing_file *files;     /**< (nullable) */
    const acrm_outgoing_header *headers; /**< (nullable) of a webhook */
    uint32_t n_files;
    uint32_t n_headers;
} acrm_outgoing;

/** What came of handing over. */
enum {
    ACRM_SENT_RETRY = 0,       /**< not now: it is handed over again later */
    ACRM_SENT_ACCEPTED = 1,    /**< on its way */
    ACRM_SENT_DELIVERED = 2,   /**< arrived for certain */
    ACRM_SENT_REFUSED = 3,     /**< never as it is: its content, size, account */
    ACRM_SENT_BAD_ADDRESS = 4  /**< there is no such recipient: the address is marked */
};

/** Filled in by submit; zeroed before. @since 0.1 */
typedef struct acrm_sent {
    uint32_t struct_size;
    int32_t outcome;      /**< ACRM_SENT_... */
    int32_t retry_after;  /**< of RETRY: seconds, 0 when nothing is known */
    int32_t code;         /**< the other side's number for it, such as HTTP's 410; 0: none */
    char reference[128];  /**< the other side's name for the message, by which receipts come */
    char reason[128];     /**< a word or line for people; no personal data */
} acrm_sent;

/**
 * A transport. Set struct_size; the library copies the struct.
 * @since 0.1
 */
typedef struct acrm_transport {
    uint32_t struct_size;
    uint32_t flags;      /**< ACRM_TRANSPORT_... */
    const char *name;    /**< unique among the engine's, at most 32 bytes; copied */
    uint32_t channels;   /**< bits of ACRM_CHANNEL_... */
    uint32_t body_max;   /**< bytes of a body it takes; 0: any. Longer ones are refused */
    uint32_t rate;       /**< messages in any rate_window seconds at most; 0: no limit */
    uint32_t rate_window; /**< seconds; 0: one */
    void *self;          /**< handed to the functions */
    /** Hand over one message. Called within engine.tick, on its thread, without a transaction; it
     * may block, and may not use the session that ticks. Anything but 0 is taken as RETRY. */
    int32_t (*submit)(void *self, const acrm_outgoing *message, acrm_sent *sent);
    uint32_t files_max;  /**< bytes that the files of a message may have in all; 0: it takes none */
    uint32_t reserved;   /**< 0 */
} acrm_transport;

#ifdef __cplusplus
}
#endif

#endif
