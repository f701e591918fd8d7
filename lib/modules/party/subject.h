/* SPDX-License-Identifier: MIT */
/* A person or company as it is compared: names read, contact values normalised, keys made. */
#ifndef ACRM_MODULES_PARTY_SUBJECT_H
#define ACRM_MODULES_PARTY_SUBJECT_H

#include "autocrm/match.h"
#include "kernel/call.h"

enum {
    ACRM__SUBJECT_NAMES = 2,     /* name, also_known_as */
    ACRM__SUBJECT_CONTACTS = 16, /* that are looked at */
    ACRM__SUBJECT_KEYS = 40
};

typedef struct acrm__subject_contact {
    const char *channel;
    const char *value; /* in the form in which equal ones are equal */
} acrm__subject_contact;

typedef struct acrm__subject {
    const acrm__rec *rec; /* of customer; national_id and tax_id count by their blind indexes */
    acrm_match_name names[ACRM__SUBJECT_NAMES];
    int32_t n_names;
    acrm__subject_contact contacts[ACRM__SUBJECT_CONTACTS];
    int32_t n_contacts;
} acrm__subject;

/* The subject of a customer's record, without its contact points. */
void acrm__subject_of(const acrm__rec *rec, acrm__subject *out);
/* With them, in the call's arena. *out NULL: there is no such customer, or it is deleted, or
 * (unless as_system) not this session's to see. */
int32_t acrm__subject_load(acrm__call *call, const unsigned char id[16], bool as_system,
                           acrm__subject **out);
void acrm__subject_contact_add(acrm__subject *subject, const char *channel, const char *value);
/* Keys that records of the same person share. Returns their number. */
size_t acrm__subject_keys(const acrm__subject *subject, uint64_t keys[ACRM__SUBJECT_KEYS]);
/* The key of one contact value; false: contact points of this channel have none. */
bool acrm__subject_contact_key(const char *channel, const char *value, uint64_t *key);

/* match.c: contact points as they are given, normalised. */
int32_t acrm__party_match_contacts(acrm__call *call, const acrm_value *points,
                                   const char *country, acrm__subject *subject);
/* match_key.c: the subject of a record that is being written, its identifiers not yet sealed. */
int32_t acrm__party_subject_written(acrm__call *call, const acrm__rec *rec, acrm__subject **out);
/* The keys of customers and contact points as they are written. */
int32_t acrm__party_customer_keys(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__party_contact_point_keys(acrm__call *call, acrm__rec *rec,
                                       const acrm__rec *before);

#endif
