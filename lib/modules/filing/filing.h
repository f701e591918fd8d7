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

/* file_name.c: a name that every file system takes. NULL: it is; else a code, and *what tells. */
const char *acrm__filing_name_fault(const char *name, size_t len, const char **what);

/* media_type.c */
enum { ACRM__MEDIA_LOOK = 512 }; /* bytes of a content that tell its type */
/* The type of a content by its first bytes, the type it was said to be (NULL: nothing) and its
 * name; NULL: it is not what it was said to be. *sniffed: what it looks like, or NULL. */
const char *acrm__filing_media_type(const char *said, const char *name,
                                    const unsigned char *bytes, size_t len,
                                    const char **sniffed);
bool acrm__filing_media_valid(const char *type);

/* attachment.c */
int32_t acrm__filing_attachment_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__filing_limit_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__filing_attachment_read(acrm__call *call);
int32_t acrm__filing_attachment_verify(acrm__call *call);
int32_t acrm__filing_attachment_remove(acrm__call *call);
/* A reaction to customer.erased. */
int32_t acrm__filing_customer_erased(acrm__call *call, const acrm__event *event);

/* upload.c */
int32_t acrm__filing_attachment_add(acrm__call *call);

#endif
