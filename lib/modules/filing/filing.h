/* SPDX-License-Identifier: MIT */
/* The pieces of the module filing. */
#ifndef ACRM_MODULES_FILING_FILING_H
#define ACRM_MODULES_FILING_FILING_H

#include "kernel/call.h"

/* subject.c: the record that something is filed with. */
typedef struct acrm__filed {
    acrm__rec *record;
    acrm_cell customer; /* that it is, or belongs to; NULL cell: none */
    acrm_cell dealer;   /* the same */
} acrm__filed;

/* Find it, if the session may see it. `entity_arg` and `id_arg` are the names for errors. */
int32_t acrm__filing_subject(acrm__call *call, const char *entity, const char *entity_arg,
                             const unsigned char id[16], const char *id_arg, acrm__filed *out);
/* The same by the arguments entity and id. */
int32_t acrm__filing_subject_arg(acrm__call *call, acrm__filed *out);

/* tag.c */
int32_t acrm__filing_tag_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__filing_tag_add(acrm__call *call);
int32_t acrm__filing_tag_remove(acrm__call *call);
int32_t acrm__filing_tag_list_for(acrm__call *call);
int32_t acrm__filing_tag_records(acrm__call *call);

/* note.c */
int32_t acrm__filing_note_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

#endif
