/* SPDX-License-Identifier: MIT */
/*
 * People with known duplicates, made from a seed: who a record is of is known, since it was made
 * so. Families share numbers and surnames, namesakes share names, twins share birthdays; duplicates
 * are of the same person typed again: in another script or spelling, with names turned round, left
 * out or shortened, with slips of the fingers, other or missing numbers. Nothing here uses the
 * library.
 */
#ifndef TESTS_UNIT_PARTY_PEOPLE_H
#define TESTS_UNIT_PARTY_PEOPLE_H

#include "unit/party/people_names.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { PEOPLE_PERSIAN, PEOPLE_ITALIAN, PEOPLE_RUSSIAN, PEOPLE_CHINESE, PEOPLE_ENGLISH,
       PEOPLE_LANGUAGES };
enum { PEOPLE_TEXT = 160 };

/* One record as it would be typed in. */
typedef struct people_record {
    int person; /* whose it is: the label */
    int language;
    char name[PEOPLE_TEXT];
    char alias[PEOPLE_TEXT];      /* "": none */
    char phone[32];               /* as typed; "": not told */
    char email[64];
    char born[40];                /* YYYY-MM-DD */
    char city[32];
} people_record;

/* A person, before anybody types. */
typedef struct people_person {
    int language;
    int given, family;
    bool woman;
    long number; /* of the phone */
    int mail;
    int year, month, day;
    int city;
    bool has_mail, has_born;
} people_person;

typedef struct people_random {
    uint64_t state;
} people_random;

static inline uint64_t people_next(people_random *r)
{
    uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static inline int people_below(people_random *r, int n)
{
    return (int)(people_next(r) % (uint64_t)n);
}

static inline bool people_chance(people_random *r, int percent)
{
    return people_below(r, 100) < percent;
}

static const struct {
    const people_name *given, *family;
    const char *prefix; /* of phone numbers */
    const char *cities[4];
    const char *titles[3];
} people_languages[PEOPLE_LANGUAGES] = {
    { people_persian_given, people_persian_family, "+98912",
      { "تهران", "شیراز", "اصفهان", "تبریز" }, { "آقای", "دکتر", "مهندس" } },
    { people_italian_given, people_italian_family, "+39347",
      { "Milano", "Torino", "Napoli", "Roma" }, { "Dott.", "Sig.", "Ing." } },
    { people_russian_given, people_russian_family, "+7916",
      { "Москва", "Казань", "Самара", "Пермь" }, { "г-н", "доктор", "Dr" } },
    { people_chinese_given, people_chinese_family, "+861380",
      { "北京", "上海", "广州", "成都" }, { "Mr", "Ms", "Dr" } },
    { people_english_given, people_english_family, "+44777",
      { "London", "Leeds", "Bristol", "York" }, { "Mr", "Mrs", "Dr" } },
};

/* --- People --- */

static inline people_person people_stranger(people_random *r, int serial)
{
    people_person p = { .language = people_below(r, PEOPLE_LANGUAGES) };

    p.given = people_below(r, PEOPLE_NAMES);
    p.family = people_below(r, PEOPLE_NAMES);
    p.woman = p.given >= 13; /* the lists begin with men */
    p.number = 1000000 + (long)(people_next(r) % 8999999);
    p.mail = serial;
    p.year = 1940 + people_below(r, 64);
    p.month = 1 + people_below(r, 12);
    p.day = 1 + people_below(r, 28);
    p.city = people_below(r, 4);
    p.has_mail = people_chance(r, 70);
    p.has_born = people_chance(r, 85);
    return p;
}

/* Of the same house: surname, city, and often the number or the family's address. */
static inline people_person people_relative(people_random *r, const people_person *of, int serial)
{
    people_person p = people_stranger(r, serial);

    p.language = of->language;
    p.family = of->family;
    p.city = of->city;
    if (p.given == of->given && !people_chance(r, 10)) /* a son may have his father's name */
        p.given = (p.given + 7) % PEOPLE_NAMES;
    p.woman = p.given >= 13;
    if (people_chance(r, 45))
        p.number = of->number;
    if (people_chance(r, 12))
        p.mail = of->mail;
    if (people_chance(r, 4) && p.given != of->given) { /* twins */
        p.year = of->year;
        p.month = of->month;
        p.day = of->day;
    }
    return p;
}

/* --- Typing --- */

static inline size_t people_points(const char *text, size_t starts[PEOPLE_TEXT])
{
    size_t n = 0;

    for (size_t i = 0; text[i]; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            starts[n++] = i;
    starts[n] = strlen(text);
    return n;
}

/* One slip of the fingers, in a word of at least four letters: a letter left out, doubled, taken
 * for its neighbour in the text, or two swapped. */
static inline void people_slip(people_random *r, char text[PEOPLE_TEXT])
{
    size_t starts[PEOPLE_TEXT];
    size_t n = people_points(text, starts);
    char out[2 * PEOPLE_TEXT];

    if (n < 4)
        return;
    size_t at = 1 + (size_t)people_below(r, (int)n - 2);
    size_t a = starts[at], b = starts[at + 1], c = starts[at + 2 <= n ? at + 2 : n];
    switch (people_below(r, 4)) {
    case 0: /* left out */
        snprintf(out, sizeof out, "%.*s%s", (int)a, text, text + b);
        break;
    case 1: /* doubled */
        snprintf(out, sizeof out, "%.*s%.*s%s", (int)b, text, (int)(b - a), text + a, text + b);
        break;
    case 2: /* swapped with the next */
        snprintf(out, sizeof out, "%.*s%.*s%.*s%s", (int)a, text, (int)(c - b), text + b,
                 (int)(b - a), text + a, text + c);
        break;
    default: /* another letter of the word in its place */
        snprintf(out, sizeof out, "%.*s%.*s%s", (int)a, text,
                 (int)(starts[at] - starts[at - 1]), text + starts[at - 1], text + b);
        break;
    }
    snprintf(text, PEOPLE_TEXT, "%.*s", PEOPLE_TEXT - 1, out);
}

static inline int people_form_count(const people_name *name)
{
    int n = 0;

    while (n < PEOPLE_FORMS && name->forms[n])
        n++;
    return n;
}

enum { PEOPLE_LATIN, PEOPLE_CYRILLIC, PEOPLE_OTHER_SCRIPT };

static inline int people_script(const char *text)
{
    unsigned char c = (unsigned char)text[0];

    return c < 0x80 ? PEOPLE_LATIN : c == 0xD0 || c == 0xD1 ? PEOPLE_CYRILLIC
                                                            : PEOPLE_OTHER_SCRIPT;
}

/* A form of the family name in the script of the given name, if there is one. */
static inline const char *people_form(people_random *r, const people_name *name, int script,
                                      bool any_form)
{
    int n = people_form_count(name), first = people_below(r, n);

    for (int i = 0; i < n; i++) {
        const char *form = name->forms[any_form ? (first + i) % n : i];
        if (people_script(form) == script)
            return form;
    }
    return NULL;
}

/* A woman's surname: Ivanova; as it is written in Persian it has the ending too. */
static inline void people_ending(const people_person *p, char family[PEOPLE_TEXT])
{
    static const char *const endings[] = { "a", "а", "ا" };
    size_t len = strlen(family);

    if (p->language == PEOPLE_RUSSIAN && p->woman)
        snprintf(family + len, PEOPLE_TEXT - len, "%s", endings[people_script(family)]);
}

/* The words of the name in one script; false: there are none in it. */
static inline bool people_words(people_random *r, const people_person *p, int script, bool any_form,
                                char given[PEOPLE_TEXT], char family[PEOPLE_TEXT])
{
    const char *x = people_form(r, &people_languages[p->language].given[p->given], script,
                                any_form);
    const char *y = people_form(r, &people_languages[p->language].family[p->family], script,
                                any_form);

    if (!x || !y)
        return false;
    snprintf(given, PEOPLE_TEXT, "%s", x);
    snprintf(family, PEOPLE_TEXT, "%s", y);
    people_ending(p, family);
    return true;
}

static inline void people_join(people_record *out, bool chinese, bool family_first,
                               const char *given, const char *family)
{
    const char *space = chinese ? "" : " ";

    if (family_first || chinese)
        snprintf(out->name, sizeof out->name, "%.70s%s%.70s", family, space, given);
    else
        snprintf(out->name, sizeof out->name, "%.70s%s%.70s", given, space, family);
}

static inline void people_contacts(const people_person *p, people_record *out)
{
    snprintf(out->phone, sizeof out->phone, "%s%07ld", people_languages[p->language].prefix,
             p->number);
    if (p->has_mail)
        snprintf(out->email, sizeof out->email, "user%d@example.com", p->mail);
    if (p->has_born)
        snprintf(out->born, sizeof out->born, "%04d-%02d-%02d", p->year, p->month, p->day);
    snprintf(out->city, sizeof out->city, "%s", people_languages[p->language].cities[p->city]);
}

/* As it was typed first: at home, in full. Half of the Chinese have their transcription with it. */
static inline people_record people_first(people_random *r, const people_person *p, int person)
{
    people_record out = { .person = person, .language = p->language };
    char given[PEOPLE_TEXT], family[PEOPLE_TEXT];
    int home = p->language == PEOPLE_RUSSIAN ? PEOPLE_CYRILLIC
               : p->language == PEOPLE_PERSIAN || p->language == PEOPLE_CHINESE
                   ? PEOPLE_OTHER_SCRIPT : PEOPLE_LATIN;

    (void)people_words(r, p, home, false, given, family);
    people_join(&out, p->language == PEOPLE_CHINESE, false, given, family);
    if (p->language == PEOPLE_CHINESE && people_chance(r, 50) &&
        people_words(r, p, PEOPLE_LATIN, false, given, family))
        snprintf(out.alias, sizeof out.alias, "%.70s %.70s", given, family);
    people_contacts(p, &out);
    return out;
}

static inline void people_type_name(people_random *r, const people_person *p, people_record *out)
{
    char given[PEOPLE_TEXT], family[PEOPLE_TEXT], whole[PEOPLE_TEXT];
    bool chinese = p->language == PEOPLE_CHINESE;
    bool other = !chinese && people_chance(r, 30); /* in another script or spelling */

    /* A Chinese name in Latin letters can be known again by its transcription alone. */
    if (chinese && out->alias[0] && people_chance(r, 40)) {
        (void)people_words(r, p, PEOPLE_LATIN, true, given, family);
        people_join(out, false, people_chance(r, 50), given, family);
        out->alias[0] = '\0';
        return;
    }
    out->alias[0] = '\0';
    if (!other || !people_words(r, p, people_below(r, 3), true, given, family))
        (void)people_words(r, p, people_script(out->name), people_chance(r, 40), given, family);
    if (people_chance(r, 12))
        people_slip(r, people_chance(r, 50) ? given : family);
    if (people_chance(r, 4) && !chinese) { /* an initial */
        size_t starts[PEOPLE_TEXT];
        (void)people_points(given, starts);
        snprintf(given + starts[1], PEOPLE_TEXT - starts[1], ".");
    }
    people_join(out, chinese, people_chance(r, 25), given, family);
    if (chinese && people_chance(r, 15))
        snprintf(out->name, sizeof out->name, "%.70s %.70s", given, family);
    if (!chinese && people_chance(r, 8)) {
        snprintf(whole, sizeof whole, "%.20s %.130s",
                 people_languages[p->language].titles[people_below(r, 3)], out->name);
        snprintf(out->name, sizeof out->name, "%s", whole);
    }
    if (people_chance(r, 5))
        for (char *c = out->name; *c; c++)
            if (*c >= 'a' && *c <= 'z')
                *c = (char)(*c - 'a' + 'A');
}

static inline void people_type_phone(people_random *r, people_record *out)
{
    int chance = people_below(r, 100);
    size_t len = strlen(out->phone);
    char *last = &out->phone[len - 4];
    char spaced[32];

    if (chance < 6) {
        out->phone[0] = '\0';
    } else if (chance < 10) { /* another number by now */
        for (size_t i = 6; i < len; i++)
            out->phone[i] = (char)('0' + people_below(r, 10));
    } else if (chance < 14) { /* a slip */
        char c = last[0];
        last[0] = last[1];
        last[1] = c;
    } else if (chance < 40) {
        snprintf(spaced, sizeof spaced, "%.*s (%.3s) %.12s", (int)(len - 7), out->phone,
                 out->phone + len - 7, out->phone + len - 4);
        snprintf(out->phone, sizeof out->phone, "%s", spaced);
    }
}

static inline void people_type_born(people_random *r, const people_person *p, people_record *out)
{
    int chance = people_below(r, 100);

    if (!p->has_born || chance < 12)
        out->born[0] = '\0';
    else if (chance < 15 && p->day <= 12) /* day and month turned round */
        snprintf(out->born, sizeof out->born, "%04d-%02d-%02d", p->year, p->day, p->month);
    else if (chance < 18) /* a digit wrong */
        out->born[3] = out->born[3] == '9' ? '8' : (char)(out->born[3] + 1);
}

/* The same person typed in again. */
static inline people_record people_again(people_random *r, const people_person *p,
                                         const people_record *first)
{
    people_record out = *first;

    people_type_name(r, p, &out);
    people_type_phone(r, &out);
    people_type_born(r, p, &out);
    if (people_chance(r, 20))
        out.email[0] = '\0';
    else if (out.email[0] && people_chance(r, 8)) /* an address at work */
        snprintf(out.email, sizeof out.email, "work%d@example.org", p->mail);
    if (people_chance(r, 15))
        out.city[0] = '\0';
    else if (people_chance(r, 4)) /* moved */
        snprintf(out.city, sizeof out.city, "%s",
                 people_languages[p->language].cities[people_below(r, 4)]);
    return out;
}

/* --- All of them --- */

enum { PEOPLE_MAX = 4000 };

/* Fills `out` with `n` records; returns how many people they are of. */
static inline int people_make(uint64_t seed, people_record *out, int n)
{
    static people_person people[PEOPLE_MAX];
    people_random r = { seed };
    int persons = 0;

    for (int i = 0; i < n;) {
        people_person *p = &people[persons];
        *p = persons > 10 && people_chance(&r, 25)
                 ? people_relative(&r, &people[persons - 1 - people_below(&r, 10)], persons)
                 : people_stranger(&r, persons);
        int first = i;
        out[i++] = people_first(&r, p, persons);
        for (int more = people_below(&r, 100); more < 45 && i < n; more += 30)
            out[i++] = people_again(&r, p, &out[first]);
        persons++;
    }
    return persons;
}

#endif
