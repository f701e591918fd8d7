/* SPDX-License-Identifier: MIT */
/* A mail built from a message, against one printed whose texts were encoded before. */
#include "bench.h"

#include "mime.h"

#include <stdio.h>

static const char mime_short[] =
    "Dear Ada,\n\nyour E1 Estate is ready at North Cars. Please come until 28 November.\n\n"
    "Inspection: 189.00 EUR\nTyres: 420.50 EUR\n\nYour workshop, Straße 5\n";

typedef struct mails {
    acrm_outgoing message;
    char *head, *body; /* what was built, parted where its text begins */
    example_text out;
} mails;

static void mime_build_all(void *user, long ops)
{
    const example_sender sender = { "info@garage.example", "Garage Rossi", NULL };
    mails *m = user;

    for (long i = 0; i < ops; i++) {
        example_clear(&m->out);
        example_mime(&m->out, &sender, &m->message, 1795255200);
        bench_keep(m->out.data);
    }
}

/* The floor: the same bytes written, with those things put in that differ by mail. */
static void mime_print_all(void *user, long ops)
{
    mails *m = user;
    size_t len = strlen(m->head) + strlen(m->body) + 512;

    for (long i = 0; i < ops; i++) {
        const acrm_outgoing *to = &m->message;
        char *out = malloc(len);
        int n = snprintf(out, len, "To: \"%s\" <%s>\r\nSubject: %s\r\nMessage-ID: <%s"
                         "@garage.example>\r\n%s", to->name, to->to, to->subject, to->key, m->head);
        memcpy(out + n, m->body, strlen(m->body) + 1);
        bench_keep(out);
        free(out);
    }
}

static void mime_compare(bench *b, const char *name, const char *text, int html, double goal)
{
    mails m = { .message = { .struct_size = sizeof m.message, .channel = ACRM_CHANNEL_EMAIL,
                             .attempt = 1, .key = "01890a5d-ac96-774b-bcce-b302099a8057",
                             .to = "ada@example.com", .name = "Ada Bianchi",
                             .subject = "Your car is ready", .body = text, .language = "en",
                             .html = html } };

    mime_build_all(&m, 1);
    char *body = strstr(m.out.data, "\r\n\r\n");
    m.head = strdup(m.out.data);
    m.head[body - m.out.data] = '\0';
    m.body = strdup(body);
    bench_compare(b, &(bench_measure){ .name = name, .size = (long)strlen(text), .goal = goal,
                  .user = &m, .ours = mime_build_all, .baseline = mime_print_all });
    free(m.head);
    free(m.body);
    example_text_free(&m.out);
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv);
    size_t len = sizeof mime_short - 1;
    char *large = malloc(len * 400 + 1);

    for (size_t i = 0; i < 400; i++)
        memcpy(large + i * len, mime_short, len);
    large[len * 400] = '\0';
    mime_compare(&b, "mime.text", mime_short, 0, 0);
    mime_compare(&b, "mime.html", mime_short, 1, 0);
    mime_compare(&b, "mime.large", large, 0, 0);
    free(large);
    return bench_end(&b);
}
