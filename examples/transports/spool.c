/* SPDX-License-Identifier: MIT */
/* A transport that puts messages into a folder: letters and faxes ready to print. */
#include "transports.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SPOOL_PATH = 1024, SPOOL_KEY = 36 };

struct example_spool {
    char folder[SPOOL_PATH];
    char (*pages)[SPOOL_KEY + 1]; /* keys of the letters and faxes of this run */
    size_t n, cap;
};

static const char spool_head[] =
    "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Letters</title><style>\n"
    "@page { size: A4; margin: 20mm; }\n"
    ".letter { page-break-after: always; font: 11pt/1.4 serif; }\n"
    ".address { margin: 25mm 0 20mm; white-space: pre-line; unicode-bidi: plaintext; }\n"
    ".text { white-space: pre-line; unicode-bidi: plaintext; }\n"
    "</style></head><body>\n";

static void spool_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

static void spool_page(FILE *out, const acrm_outgoing *message)
{
    fputs("<div class=\"letter\">\n<div class=\"address\">", out);
    if (message->name) {
        spool_escaped(out, message->name);
        fputc('\n', out);
    }
    spool_escaped(out, message->to);
    fputs("</div>\n", out);
    if (message->subject) {
        fputs("<h1>", out);
        spool_escaped(out, message->subject);
        fputs("</h1>\n", out);
    }
    if (message->html) {
        fputs(message->body, out);
    } else {
        fputs("<div class=\"text\">", out);
        spool_escaped(out, message->body);
        fputs("</div>", out);
    }
    fputs("\n</div>\n", out);
}

static void spool_plain(FILE *out, const acrm_outgoing *message)
{
    fprintf(out, "To: %s\n", message->to);
    if (message->subject)
        fprintf(out, "Subject: %s\n", message->subject);
    fprintf(out, "\n%s\n", message->body);
}

static bool spool_keep(example_spool *spool, const char *key)
{
    if (spool->n == spool->cap) {
        size_t cap = spool->cap ? spool->cap * 2 : 64;
        void *grown = realloc(spool->pages, cap * sizeof *spool->pages);
        if (!grown)
            return false;
        spool->pages = grown;
        spool->cap = cap;
    }
    memcpy(spool->pages[spool->n++], key, SPOOL_KEY + 1);
    return true;
}

static bool spool_write(const example_spool *spool, const acrm_outgoing *message, bool page)
{
    char part[SPOOL_PATH + 64], path[SPOOL_PATH + 64];

    snprintf(part, sizeof part, "%s/%s.part", spool->folder, message->key);
    snprintf(path, sizeof path, "%s/%s.%s", spool->folder, message->key,
             page || message->html ? "html" : "txt");
    FILE *out = fopen(part, "w");
    if (!out)
        return false;
    if (page)
        spool_page(out, message);
    else
        spool_plain(out, message);
    bool ok = !ferror(out) && fflush(out) == 0 && fsync(fileno(out)) == 0;
    ok = fclose(out) == 0 && ok;
    if (!ok || rename(part, path) != 0) {
        unlink(part);
        return false;
    }
    return true;
}

static int32_t spool_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    example_spool *spool = self;
    bool page = message->channel == ACRM_CHANNEL_LETTER || message->channel == ACRM_CHANNEL_FAX;
    bool ok = strlen(message->key) == SPOOL_KEY && spool_write(spool, message, page) &&
              (!page || spool_keep(spool, message->key));

    sent->outcome = ok ? ACRM_SENT_ACCEPTED : ACRM_SENT_RETRY;
    snprintf(ok ? sent->reference : sent->reason, sizeof sent->reason, "%s",
             ok ? message->key : "cannot write to the folder");
    return 0;
}

example_spool *example_spool_open(const char *folder)
{
    example_spool *spool = calloc(1, sizeof *spool);

    if (!spool || strlen(folder) >= sizeof spool->folder ||
        (mkdir(folder, 0700) != 0 && errno != EEXIST) || access(folder, W_OK) != 0) {
        free(spool);
        return NULL;
    }
    memcpy(spool->folder, folder, strlen(folder) + 1);
    return spool;
}

acrm_transport example_spool_transport(example_spool *spool)
{
    return (acrm_transport){ .struct_size = sizeof(acrm_transport),
                             .flags = ACRM_TRANSPORT_DEDUPES,
                             .name = "spool",
                             .channels = ACRM_CHANNEL_SMS | ACRM_CHANNEL_EMAIL | ACRM_CHANNEL_FAX |
                                         ACRM_CHANNEL_LETTER | ACRM_CHANNEL_PHONE |
                                         ACRM_CHANNEL_PUSH | ACRM_CHANNEL_MESSENGER,
                             .self = spool,
                             .submit = spool_submit };
}

static bool spool_append(FILE *out, const char *path)
{
    char block[4096];
    FILE *in = fopen(path, "r");
    size_t n;

    if (!in)
        return false;
    while ((n = fread(block, 1, sizeof block, in)) > 0)
        fwrite(block, 1, n, out);
    bool ok = !ferror(in);
    fclose(in);
    return ok;
}

/* The run is named by its first letter: keys grow with time. */
static bool spool_merge(const example_spool *spool, char *merged, size_t size)
{
    char path[SPOOL_PATH + 64];
    bool ok = true;

    snprintf(merged, size, "%s/run-%s.html", spool->folder, spool->pages[0]);
    FILE *out = fopen(merged, "w");
    if (!out)
        return false;
    fputs(spool_head, out);
    for (size_t i = 0; i < spool->n && ok; i++) {
        snprintf(path, sizeof path, "%s/%s.html", spool->folder, spool->pages[i]);
        ok = spool_append(out, path);
    }
    fputs("</body></html>\n", out);
    ok = !ferror(out) && ok;
    return fclose(out) == 0 && ok;
}

int example_spool_close(example_spool *spool, char *merged, size_t size)
{
    bool ok = true;

    merged[0] = '\0';
    if (spool->n > 0)
        ok = spool_merge(spool, merged, size);
    free(spool->pages);
    free(spool);
    return ok ? 0 : -1;
}
