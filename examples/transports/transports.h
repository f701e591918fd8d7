/* SPDX-License-Identifier: MIT */
/*
 * Example transports (autocrm/port/transport.h): a console, a folder to print and fax from, mail by
 * SMTP, HTTP requests, any SMS gateway that speaks HTTP. A host compiles in those it uses, or
 * takes them all through example_outbox.
 */
#ifndef AUTOCRM_EXAMPLES_TRANSPORTS_H
#define AUTOCRM_EXAMPLES_TRANSPORTS_H

#include <autocrm/autocrm.h>

#include <stdbool.h>
#include <stdio.h>

/* Why something cannot be used, in a sentence for people. */
typedef struct example_fault {
    char text[512];
} example_fault;
/* text.c: always false. */
__attribute__((format(printf, 2, 3))) bool example_wrong(example_fault *fault, const char *format,
                                                         ...);

/* channels.c: the bit of a channel's word, 0: there is no such channel; and the word of a bit. */
uint32_t example_channel(const char *word, size_t len);
const char *example_channel_word(uint32_t bit);

/* --- console.c --- */

/* Every channel; each message is written to a stream in a few lines. It sends a message again when
 * it is handed over again: a terminal cannot know. */
acrm_transport example_console(FILE *out);

/* --- spool.c --- */

typedef struct example_spool_options {
    const char *folder;  /* made if it is not there */
    const char *country; /* (nullable) the sender's, two letters: letters within it do not name it,
                          * and its window envelopes tell where the address stands */
    const char *sender;  /* (nullable) one line above the address */
} example_spool_options;

/*
 * Every channel; each message is a file KEY.txt or KEY.html in a folder, written whole under
 * another name first, so that one handed over twice is there once. Letters and faxes are HTML pages
 * of A4, ready to print; example_spool_close() merges those of a run into one file. What a run that
 * was killed left behind is merged when the folder is opened next.
 */
typedef struct example_spool example_spool;
/* NULL: see the fault. One process at a time uses a folder. */
example_spool *example_spool_open(const example_spool_options *options, example_fault *fault);
acrm_transport example_spool_transport(example_spool *spool);
/* Merges and frees. The file to print in `merged` (of `size` bytes), "" when there were neither
 * letters nor faxes. 0, or -1 when it cannot be written: the next opening tries again. */
int example_spool_close(example_spool *spool, char *merged, size_t size);

/* --- smtp.c, http.c, sms.c: with libcurl --- */

enum {
    EXAMPLE_TLS_REQUIRE = 0, /* a server without TLS, or with a wrong certificate, gets nothing */
    EXAMPLE_TLS_NONE = 1     /* for a server on the same machine */
};

/* Texts are copied. */
typedef struct example_smtp_options {
    const char *url;       /* smtp://host:587 (STARTTLS) or smtps://host:465 */
    const char *user, *password; /* (nullable) both or none */
    const char *from;      /* the address that mails come from */
    const char *from_name; /* (nullable) */
    const char *reply_to;  /* (nullable) */
    const char *copy_to;   /* (nullable) a second recipient of each mail, whom nobody sees */
    const char *ca_file;   /* (nullable) certificates to trust; NULL: the system's */
    int tls;               /* EXAMPLE_TLS_... */
    long timeout_ms;       /* of a whole mail; 0: 60 seconds */
} example_smtp_options;

typedef struct example_smtp example_smtp;
example_smtp *example_smtp_open(const example_smtp_options *options, example_fault *fault);
acrm_transport example_smtp_transport(example_smtp *smtp);
void example_smtp_close(example_smtp *smtp);

typedef struct example_http_options {
    const char *url;     /* (nullable) where messages for push, messenger and portal are posted as
                          * JSON; NULL: webhooks alone, whose URL is in the message */
    const char *ca_file; /* (nullable) */
    const char *token;   /* (nullable) sent as "Authorization: Bearer", to `url` alone */
    bool private_too;    /* webhooks may go to addresses of this machine and its network */
    long timeout_ms;     /* of a whole request; 0: 15 seconds */
} example_http_options;

/* No redirect is followed, of an answer at most 64 KiB are read. */
typedef struct example_http example_http;
example_http *example_http_open(const example_http_options *options, example_fault *fault);
acrm_transport example_http_transport(example_http *http);
void example_http_close(example_http *http);

/* A gateway told in JSON: see docs/transports.md. `folder` is where the files it names are. */
typedef struct example_sms example_sms;
example_sms *example_sms_open(const acrm_value *gateway, const char *folder,
                              example_fault *fault);
acrm_transport example_sms_transport(example_sms *sms);
void example_sms_close(example_sms *sms);

/* --- outbox.c: transports by what people write --- */

enum { EXAMPLE_OUTBOX_MAX = 16 };

/* Begins as zero. */
typedef struct example_outbox {
    acrm_transport transports[EXAMPLE_OUTBOX_MAX]; /* for acrm_options */
    char names[EXAMPLE_OUTBOX_MAX][33];
    void *owned[EXAMPLE_OUTBOX_MAX];
    uint32_t kinds[EXAMPLE_OUTBOX_MAX];
    uint32_t n;
} example_outbox;

/* "[CHANNEL,...=]HOW" with HOW one of the forms in docs/transports.md. `console`: the stream that
 * "console" means. */
bool example_outbox_add(example_outbox *outbox, const char *words, FILE *console,
                        example_fault *fault);
/* After the engine is closed. `told` is called for each file to print, and with a NULL for one that
 * could not be written. */
void example_outbox_close(example_outbox *outbox, void (*told)(void *user, const char *file),
                          void *user);

#endif
