/* SPDX-License-Identifier: MIT */
/*
 * A transport that puts messages into a folder: letters and faxes ready to print.
 *
 *   waiting/KEY.letter.html   pages of the run that goes on
 *   run-KEY.parts/            pages of a run that is being merged; KEY is that of its first page
 *   run-KEY.html, .txt        the merged pages, and the list of them
 *   letters/KEY.letter.html   pages that were merged: by these a second handing over is known
 *   KEY.txt, KEY.html         messages of other channels
 *
 * Each step is one rename, so that a process may be killed between any two of them: what it left is
 * found and finished when the folder is opened next.
 */
#include "letter.h"
#include "transports.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SPOOL_KEY_MAX = 64 };

struct example_spool {
    char *folder, *country, *sender;
    int lock;
};

/* --- Files --- */

/* FOLDER/a/b; free() it, NULL when memory is short. */
static char *spool_path(const example_spool *spool, const char *a, const char *b)
{
    example_text path = { 0 };

    example_putf(&path, "%s/%s%s%s", spool->folder, a, b ? "/" : "", b ? b : "");
    if (path.failed)
        example_text_free(&path);
    return path.data;
}

static bool spool_exists(const example_spool *spool, const char *a, const char *b)
{
    char *path = spool_path(spool, a, b);
    bool there = path && access(path, F_OK) == 0;

    free(path);
    return there;
}

static bool spool_folder(const example_spool *spool, const char *name)
{
    char *path = spool_path(spool, name, NULL);
    bool ok = path && (mkdir(path, 0700) == 0 || errno == EEXIST);

    free(path);
    return ok;
}

static bool spool_move(const example_spool *spool, const char *from_folder, const char *from,
                       const char *to_folder, const char *to)
{
    char *old = spool_path(spool, from_folder, from), *new = spool_path(spool, to_folder, to);
    bool ok = old && new && rename(old, new) == 0;

    free(old);
    free(new);
    return ok;
}

/* A rename is safe once its folder is. */
static bool spool_sync(const example_spool *spool)
{
    int file = open(spool->folder, O_RDONLY);
    bool ok = file >= 0 && fsync(file) == 0;

    if (file >= 0)
        close(file);
    return ok;
}

/* A file is written under this name first. */
static const char spool_part[] = ".part";

static FILE *spool_part_open(const example_spool *spool)
{
    char *path = spool_path(spool, spool_part, NULL);
    FILE *out = path ? fopen(path, "w") : NULL;

    free(path);
    return out;
}

/* It is whole: give it its name. */
static bool spool_part_keep(const example_spool *spool, FILE *out, const char *folder,
                            const char *name)
{
    bool ok = !ferror(out) && fflush(out) == 0 && fsync(fileno(out)) == 0;

    ok = fclose(out) == 0 && ok;
    return ok && spool_move(spool, spool_part, NULL, folder, name);
}

static bool spool_write(const example_spool *spool, const char *folder, const char *name,
                        const example_text *text)
{
    FILE *out = text->failed ? NULL : spool_part_open(spool);

    if (out && text->len > 0)
        fwrite(text->data, 1, text->len, out);
    return out && spool_part_keep(spool, out, folder, name);
}

/* --- Taking messages --- */

/* A key that is a name of a file, and nothing else. */
static bool spool_key(const char *key)
{
    size_t len = strlen(key);

    return len > 0 && len <= SPOOL_KEY_MAX &&
           strspn(key, EXAMPLE_LETTERS "-_") == len;
}

static bool spool_take_page(example_spool *spool, const acrm_outgoing *message)
{
    example_text page = { 0 };
    char name[SPOOL_KEY_MAX + 16];

    snprintf(name, sizeof name, "%s.%s.html", message->key,
             message->channel == ACRM_CHANNEL_FAX ? "fax" : "letter");
    bool ok = spool_exists(spool, "waiting", name) || spool_exists(spool, "letters", name);
    if (!ok) {
        example_letter_page(&page, message, spool->sender, spool->country);
        ok = spool_folder(spool, "waiting") && spool_write(spool, "waiting", name, &page);
    }
    example_text_free(&page);
    return ok;
}

static bool spool_take_text(example_spool *spool, const acrm_outgoing *message)
{
    example_text text = { 0 };
    char name[SPOOL_KEY_MAX + 16];

    snprintf(name, sizeof name, "%s.%s", message->key, message->html ? "html" : "txt");
    example_putf(&text, "To: %s\n", message->to);
    if (message->subject)
        example_putf(&text, "Subject: %s\n", message->subject);
    example_putf(&text, "\n%s\n", message->body);
    bool ok = spool_exists(spool, name, NULL) || spool_write(spool, name, NULL, &text);
    example_text_free(&text);
    return ok;
}

static int32_t spool_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    example_spool *spool = self;
    bool page = message->channel == ACRM_CHANNEL_LETTER || message->channel == ACRM_CHANNEL_FAX;

    if (!spool_key(message->key))
        return -1;
    if (page && message->html && !example_letter_closed(message->body)) {
        sent->outcome = ACRM_SENT_REFUSED;
        snprintf(sent->reason, sizeof sent->reason, "its HTML is no piece of a page: something is "
                 "not closed, or does not belong into a letter");
        return 0;
    }
    bool ok = page ? spool_take_page(spool, message) : spool_take_text(spool, message);
    sent->outcome = ok ? ACRM_SENT_ACCEPTED : ACRM_SENT_RETRY;
    snprintf(ok ? sent->reference : sent->reason, sizeof sent->reason, "%s",
             ok ? message->key : "cannot write to the folder");
    return 0;
}

/* --- Merging --- */

typedef struct spool_names {
    char **items;
    size_t n, cap;
    bool failed;
} spool_names;

static void spool_names_free(spool_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->items[i]);
    free(names->items);
}

static void spool_names_add(spool_names *names, const char *name)
{
    if (names->n == names->cap) {
        size_t cap = names->cap ? names->cap * 2 : 64;
        char **grown = realloc(names->items, cap * sizeof *grown);
        if (!grown) {
            names->failed = true;
            return;
        }
        names->items = grown;
        names->cap = cap;
    }
    names->items[names->n] = strdup(name);
    names->failed = names->failed || !names->items[names->n];
    names->n += names->items[names->n] != NULL;
}

static int spool_compare(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

/* Names in a folder (NULL: the spool's own) that end so, sorted: keys grow with time. */
static bool spool_list(const example_spool *spool, const char *folder, const char *end,
                       spool_names *names)
{
    char *path = folder ? spool_path(spool, folder, NULL) : NULL;
    DIR *dir = opendir(folder ? (path ? path : "") : spool->folder);
    const struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name), tail = strlen(end);
        if (len > tail && strcmp(entry->d_name + len - tail, end) == 0)
            spool_names_add(names, entry->d_name);
    }
    if (dir)
        closedir(dir);
    free(path);
    if (names->n > 1)
        qsort(names->items, names->n, sizeof *names->items, spool_compare);
    return dir && !names->failed;
}

/* The pages of a run as one file. */
static bool spool_print(const example_spool *spool, const char *parts, const spool_names *pages,
                        const char *name)
{
    example_text text = { 0 };
    FILE *out = spool_part_open(spool);
    bool ok = out != NULL;

    example_letter_head(&text, spool->country);
    for (size_t i = 0; i < pages->n && ok; i++) {
        char *path = spool_path(spool, parts, pages->items[i]);
        ok = path && example_read_file(path, SIZE_MAX / 2, &text) &&
             fwrite(text.data, 1, text.len, out) == text.len;
        free(path);
        example_clear(&text);
    }
    example_letter_foot(&text);
    ok = ok && !text.failed && fwrite(text.data, 1, text.len, out) == text.len;
    if (ok)
        ok = spool_part_keep(spool, out, name, NULL) && spool_sync(spool);
    else if (out)
        fclose(out);
    example_text_free(&text);
    return ok;
}

/* What is in a run: the number of the letter, its kind, the message's id. */
static bool spool_print_list(const example_spool *spool, const spool_names *pages,
                             const char *name)
{
    example_text list = { 0 };

    for (size_t i = 0; i < pages->n; i++) {
        const char *page = pages->items[i];
        size_t key = strcspn(page, ".");
        example_putf(&list, "%zu\t%s\t%.*s\n", i + 1,
                     strcmp(page + key, ".fax.html") == 0 ? "fax" : "letter", (int)key, page);
    }
    bool ok = spool_write(spool, name, NULL, &list);
    example_text_free(&list);
    return ok;
}

/* Finish the run whose pages are in a folder called run-KEY.parts. */
static bool spool_finish(const example_spool *spool, const char *parts)
{
    char list[SPOOL_KEY_MAX + 16], merged[SPOOL_KEY_MAX + 16];
    int stem = (int)(strlen(parts) - strlen(".parts"));
    spool_names pages = { NULL, 0, 0, false };
    bool ok = strlen(parts) < sizeof list && spool_list(spool, parts, ".html", &pages) &&
              spool_folder(spool, "letters");

    snprintf(list, sizeof list, "%.*s.txt", stem, parts);
    snprintf(merged, sizeof merged, "%.*s.html", stem, parts);
    if (ok && !spool_exists(spool, merged, NULL))
        ok = spool_print_list(spool, &pages, list) && spool_print(spool, parts, &pages, merged);
    for (size_t i = 0; ok && i < pages.n; i++)
        ok = spool_move(spool, parts, pages.items[i], "letters", pages.items[i]);
    char *path = ok ? spool_path(spool, parts, NULL) : NULL;
    ok = path && rmdir(path) == 0;
    free(path);
    spool_names_free(&pages);
    return ok;
}

/* What waits becomes a run. Its name in `run`, "" when nothing waits. */
static bool spool_begin(const example_spool *spool, char *run, size_t size)
{
    spool_names pages = { NULL, 0, 0, false };
    char parts[SPOOL_KEY_MAX + 16];
    bool ok = true;

    run[0] = '\0';
    if (spool_exists(spool, "waiting", NULL))
        ok = spool_list(spool, "waiting", ".html", &pages);
    if (ok && pages.n > 0) {
        snprintf(run, size, "run-%.*s", (int)strcspn(pages.items[0], "."), pages.items[0]);
        snprintf(parts, sizeof parts, "%.*s.parts", SPOOL_KEY_MAX + 4, run);
        ok = spool_move(spool, "waiting", NULL, parts, NULL) && spool_finish(spool, parts);
    }
    spool_names_free(&pages);
    return ok;
}

/* --- Opening and closing --- */

static void spool_free(example_spool *spool)
{
    if (!spool)
        return;
    if (spool->lock >= 0)
        close(spool->lock);
    free(spool->folder);
    free(spool->country);
    free(spool->sender);
    free(spool);
}

static bool spool_open(example_spool *spool, example_fault *fault)
{
    spool_names left = { NULL, 0, 0, false };
    bool ok = true;

    if (mkdir(spool->folder, 0700) != 0 && errno != EEXIST)
        return example_wrong(fault, "cannot make the folder %.200s: %s", spool->folder,
                             strerror(errno));
    char *path = spool_path(spool, ".lock", NULL);
    spool->lock = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    free(path);
    if (spool->lock < 0)
        return example_wrong(fault, "cannot write to the folder %.200s: %s", spool->folder,
                             strerror(errno));
    if (flock(spool->lock, LOCK_EX | LOCK_NB) != 0)
        return example_wrong(fault, "another process writes to the folder %.200s now",
                             spool->folder);
    ok = spool_list(spool, NULL, ".parts", &left);
    for (size_t i = 0; ok && i < left.n; i++)
        ok = spool_finish(spool, left.items[i]);
    spool_names_free(&left);
    return ok || example_wrong(fault, "cannot finish a run in the folder %.200s: %s",
                               spool->folder, strerror(errno));
}

example_spool *example_spool_open(const example_spool_options *options, example_fault *fault)
{
    example_spool *spool = calloc(1, sizeof *spool);

    if (spool) {
        *spool = (example_spool){ .lock = -1, .folder = strdup(options->folder),
                                  .country = options->country ? strdup(options->country) : NULL,
                                  .sender = options->sender ? strdup(options->sender) : NULL };
        if (spool->folder && !spool->country == !options->country &&
            !spool->sender == !options->sender) {
            if (spool_open(spool, fault))
                return spool;
            spool_free(spool);
            return NULL;
        }
    }
    spool_free(spool);
    example_wrong(fault, "there is no memory left");
    return NULL;
}

acrm_transport example_spool_transport(example_spool *spool)
{
    return (acrm_transport){ .struct_size = sizeof(acrm_transport),
                             .flags = ACRM_TRANSPORT_DEDUPES,
                             .name = "spool",
                             .channels = ACRM_CHANNEL_SMS | ACRM_CHANNEL_EMAIL | ACRM_CHANNEL_FAX |
                                         ACRM_CHANNEL_LETTER | ACRM_CHANNEL_PHONE |
                                         ACRM_CHANNEL_PUSH | ACRM_CHANNEL_MESSENGER |
                                         ACRM_CHANNEL_PORTAL,
                             .self = spool,
                             .submit = spool_submit };
}

int example_spool_close(example_spool *spool, char *merged, size_t size)
{
    char run[SPOOL_KEY_MAX + 8];
    bool ok = spool_begin(spool, run, sizeof run);

    merged[0] = '\0';
    if (run[0])
        snprintf(merged, size, "%s/%s.html", spool->folder, run);
    spool_free(spool);
    return ok ? 0 : -1;
}
