/* SPDX-License-Identifier: MIT */
/* Fuzzes the iCalendar writer: parts of the input, split at 0, are the texts of one event. */
#include "autocrm/ical.h"
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

enum { FUZZ_TEXTS = 7 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lines of at most 75 octets that end with CRLF, no other control character, no cut character. */
static void fuzz_lines(const char *text, size_t len)
{
    size_t line = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\r') {
            fuzz_check(i + 1 < len && text[i + 1] == '\n' && line > 0 && line <= 75);
            fuzz_check(i + 3 >= len || ((unsigned char)text[i + 3] & 0xc0) != 0x80);
            i++;
            line = 0;
            continue;
        }
        fuzz_check((c >= 0x20 && c != 0x7f) || c == '\t');
        line++;
    }
    fuzz_check(line == 0);
}

/* No text of the event begins a component or a property of its own. */
static void fuzz_structure(const char *text, size_t len)
{
    size_t components = 0;

    for (size_t i = 0; i + 7 < len; i++)
        components += memcmp(text + i, "\nBEGIN:", 7) == 0;
    fuzz_check(components == 2); /* VEVENT and its VALARM */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char nothing[] = "";
    const char *texts[FUZZ_TEXTS];
    acrm_ical_person person = { .name = NULL };
    acrm_ical_event event = { .struct_size = sizeof event, .alarm = 1, .start = 1 };
    acrm_ical_calendar calendar = { .struct_size = sizeof calendar, .events = &event,
                                    .events_count = 1 };
    acrm_buf *out = NULL;
    char *copy = malloc(size + 1), *at = copy;

    if (!copy)
        return 0;
    memcpy(copy, data, size);
    copy[size] = '\0';
    for (int i = 0; i < FUZZ_TEXTS; i++) {
        texts[i] = at < copy + size ? at : nothing;
        at += at < copy + size ? strlen(at) + 1 : 0;
    }
    event.uid = texts[0];
    event.summary = texts[1];
    event.description = texts[2];
    event.location = texts[3];
    calendar.name = texts[4];
    person = (acrm_ical_person){ .name = texts[5], .email = texts[6] };
    event.attendees = &person;
    event.attendees_count = *texts[6] != '\0';
    event.organizer = *texts[6] ? &person : NULL;
    if (acrm_ical_write(&calendar, NULL, &out, NULL) == ACRM_OK) {
        fuzz_lines(acrm_buf_data(out), acrm_buf_len(out));
        fuzz_structure(acrm_buf_data(out), acrm_buf_len(out));
        acrm_buf_free(out);
    }
    free(copy);
    return 0;
}
