/* SPDX-License-Identifier: MIT */
/* A person whose every personal field, of every entity that has some, holds a word of its own, and
 * a search for those words in files and in answers. */
#ifndef TESTS_UNIT_PRIVACY_PERSON_H
#define TESTS_UNIT_PRIVACY_PERSON_H

#include "support/under.h"
#include "unit/integration/source.h"
#include "unit/sales/sales_world.h"

#include <stdlib.h>

/* The words are letters and digits only, so that folding for search changes nothing. */
#define WORD "qzmark"
#define PERSON_FILE "cXptYXJrZmlsZQ==" /* "qzmarkfile" */

typedef struct person {
    sales_world w;
    char dealer[37], user[37], id[37], twin[37], lead[37];
} person;

static inline char *person_slurp(const char *path, size_t *len)
{
    FILE *in = fopen(path, "rb");
    char *data = NULL;

    *len = 0;
    if (!in)
        return NULL;
    for (size_t cap = 1 << 16;; cap *= 2) {
        data = realloc(data, cap);
        *len += fread(data + *len, 1, cap - *len, in);
        if (*len < cap)
            break;
    }
    fclose(in);
    return data;
}

static inline int person_count(const char *data, size_t len, const char *word)
{
    size_t n = strlen(word);
    int count = 0;

    for (const char *p = data; data && (p = memchr(p, word[0], len - (size_t)(p - data))) != NULL;
         p++) {
        if (len - (size_t)(p - data) < n)
            break;
        count += memcmp(p, word, n) == 0;
    }
    return count;
}

static const char *const person_words[] = { WORD, "9121112233", "0499912345" };

/* The same in all rows of a server's database. Its files keep bytes until it vacuums. */
static inline int person_in_dump(const char *path)
{
    char command[256], line[65536];
    int count = 0;

    under_dump(path, command);
    FILE *dump = popen(command, "r");
    ck_assert_ptr_nonnull(dump);
    while (fgets(line, sizeof line, dump))
        for (size_t k = 0; k < 3; k++)
            count += person_count(line, strlen(line), person_words[k]);
    ck_assert_int_eq(pclose(dump), 0);
    return count;
}

/* Occurrences of the person's words in the database's files. */
static inline int person_in_files(const char *path)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    int count = 0;

    if (under_server())
        return person_in_dump(path);

    for (size_t i = 0; i < 3; i++) {
        char name[128];
        size_t len;
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        char *data = person_slurp(name, &len);
        for (size_t k = 0; k < 3; k++)
            count += person_count(data, len, person_words[k]);
        free(data);
    }
    return count;
}

/* Occurrences in all that the library gives out: records, deleted ones too, audit and events. */
static inline int person_in_answers(const sales_world *w)
{
    acrm_buf *text = NULL;
    acrm_value *registry = NULL;
    int count = 0;

    ck_assert_int_eq(acrm_describe(w->engine, "registry", &text, NULL), ACRM_OK);
    acrm_error *fault = NULL;
    int32_t parsed = acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &registry,
                                      &fault);
    ck_assert_msg(parsed == ACRM_OK, "%s", acrm_error_json(fault));
    acrm_buf_free(text);
    const acrm_value *entities = acrm_value_get(registry, "entities");
    for (size_t i = 0; i < acrm_value_count(entities) + 2; i++) {
        char operation[80];
        const char *args = "{\"deleted\":\"with\",\"limit\":500}";
        const char *name = sales_text(acrm_value_at(entities, i), "name");
        snprintf(operation, sizeof operation, "%s.list", name);
        if (i >= acrm_value_count(entities)) {
            snprintf(operation, sizeof operation, "%s",
                     i == acrm_value_count(entities) ? "audit.list" : "event.list");
            args = "{\"limit\":1000}";
        }
        acrm_error *err = NULL;
        int32_t st = acrm_call_json(w->system, operation, args, strlen(args), &text, &err);
        ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
        count += person_count(acrm_buf_data(text), acrm_buf_len(text), WORD);
        count += person_count(acrm_buf_data(text), acrm_buf_len(text), "9121112233");
        count += person_count(acrm_buf_data(text), acrm_buf_len(text), "0499912345");
        acrm_buf_free(text);
    }
    acrm_value_free(registry);
    return count;
}

/* Raw input of a row that made nobody: it names the person all the same. */
static inline void person_import(person *p)
{
    static const char csv[] = "name,phone,email,level\r\n"
                              WORD "raw,0912 111 22 33," WORD "raw@example.org,NOLEVEL\r\n"
                              "Call 912-111-2233 please,,,NOLEVEL\r\n" /* known to nobody */
                              "Another,+989130000000,other@example.org,NOLEVEL\r\n";
    source in = { .text = csv, .len = sizeof csv - 1 };

    acrm_session_set_input(p->w.system, source_read, &in);
    sales_do(p->w.system, "import.run", "{'source':'fair.csv','country':'IR'}");
    acrm_session_set_input(p->w.system, NULL, NULL);
}

/* A second record of the person, which is merged into the first. */
static inline void person_twin(person *p)
{
    sales_create(p->w.system, "customer.create", p->twin,
                 "{'name':'" WORD "twin','notes':'" WORD "twinnotes','dealer_id':'%s',"
                 "'contact_points':[{'channel':'email','value':'" WORD "twin@example.org'}]}",
                 p->dealer);
    sales_do(p->w.system, "customer.update", "{'id':'%s','notes':'" WORD "twinmore',"
             "'last_write_wins':true}", p->twin);
    sales_do(p->w.system, "customer.merge", "{'id':'%s','others':['%s']}", p->id, p->twin);
}

static inline void person_custom(person *p)
{
    sales_do(p->w.system, "schema.add_field", "{'entity':'customer','name':'x_secret',"
             "'type':'text','help':'Secret','personal':true,'searchable':true}");
    sales_do(p->w.system, "schema.add_field", "{'entity':'activity','name':'x_mood',"
             "'type':'json','help':'Mood','personal':true}");
    sales_do(p->w.system, "schema.add_entity", "{'name':'x_pet','help':'A pet',"
             "'customer_field':'x_owner_id','fields':[{'name':'x_owner_id','type':'ref',"
             "'target':'customer','help':'Whose'},{'name':'x_name','type':'text','help':'Name',"
             "'personal':true,'required':true}]}");
    sales_do(p->w.system, "schema.add_entity", "{'name':'x_toy','help':'A toy of a pet',"
             "'via_field':'x_pet_id','fields':[{'name':'x_pet_id','type':'ref',"
             "'target':'x_pet','help':'Whose','indexed':true},{'name':'x_name','type':'text',"
             "'help':'Name','personal':true,'unique':true,'required':true}]}");
}

static inline void person_records(person *p)
{
    acrm_session *s = p->w.system;
    char id[37], pet[37];

    sales_create(s, "lead.submit", p->lead,
                 "{'customer_id':'%s','lead':{'subject':'" WORD "leadsubject','comments':'" WORD
                 "comments','level':'A'}}", p->id);
    sales_do(s, "lead.assign", "{'id':'%s','user_id':'%s','force':true}", p->lead, p->user);
    sales_do(s, "lead.contact", "{'id':'%s','notes':'" WORD "said'}", p->lead);
    sales_create(s, "interaction.create", id,
                 "{'customer_id':'%s','at':'2026-11-21T09:00:00Z','channel':'phone','subject':'"
                 WORD "isubject','body':'" WORD "ibody'}", p->id);
    sales_create(s, "activity.create", id,
                 "{'customer_id':'%s','subject':'" WORD "asubject','notes':'" WORD "anotes',"
                 "'x_mood':{'now':'" WORD "mood'},'due_at':'2026-11-24T09:00:00Z'}", p->id);
    sales_create(s, "activity.create", id, /* about nobody at first */
                 "{'lead_id':'%s','subject':'" WORD "early','due_at':'2026-11-24T09:00:00Z'}",
                 p->lead);
    acrm_value *pipelines = sales_call(s, "pipeline.list", "{}");
    sales_create(s, "opportunity.create", id,
                 "{'customer_id':'%s','name':'" WORD "deal','pipeline_id':'%s'}", p->id,
                 sales_text(pipelines, "items.0.id"));
    acrm_value_free(pipelines);
    sales_create(s, "x_pet.create", pet, "{'x_owner_id':'%s','x_name':'" WORD "pet'}", p->id);
    sales_create(s, "x_toy.create", id, "{'x_pet_id':'%s','x_name':'" WORD "toy'}", pet);
    sales_create(s, "note.create", id, "{'subject_entity':'customer','subject_id':'%s','title':'"
                 WORD "title','text':'" WORD "text'}", p->id);
}

/* What the modules about care, consent, files and ties keep of a person. */
static inline void person_more(person *p)
{
    acrm_session *s = p->w.system;
    char other[37];

    sales_do(s, "case_type.create", "{'code':'complaint','name':'Complaint','kind':'complaint',"
             "'callback_after':'PT1H'}");
    acrm_value *found = sales_call(s, "case.open", "{'type':'complaint','customer_id':'%s',"
                                   "'subject':'" WORD "casesubject','description':'" WORD
                                   "casetext'}", p->id);
    sales_do(s, "case.message", "{'id':'%s','body':'" WORD "casesaid'}",
             sales_text(found, "case.id"));
    acrm_value_free(found);
    sales_do(s, "consent_purpose.create", "{'code':'club','name':'Club'}");
    sales_do(s, "consent.give", "{'customer_id':'%s','purpose':'club','proof':'" WORD "proof'}",
             p->id);
    sales_do(s, "contact_suppression.create", "{'customer_id':'%s','cause':'unsubscribed',"
             "'remark':'" WORD "remark'}", p->id);
    sales_do(s, "attachment.add", "{'id':'%s','file_name':'" WORD "scan.txt','title':'" WORD
             "scan','data':'" PERSON_FILE "'}", p->id);
    sales_create(s, "customer.create", other, "{'name':'A friend'}");
    found = sales_call(s, "relationship_type.list", "{}");
    sales_do(s, "relationship.create", "{'from_id':'%s','to_id':'%s','type_id':'%s','notes':'"
             WORD "ties'}", p->id, other, sales_text(found, "items.0.id"));
    acrm_value_free(found);
    sales_do(s, "household.create", "{'name':'" WORD "home','head_id':'%s'}", p->id);
}

static inline void person_make(person *p, int storage)
{
    *p = (person){ .w = sales_new(storage) };
    acrm_session *s = p->w.system;

    sales_create(s, "dealer.create", p->dealer, "{'name':'North','code':'N'}");
    acrm_value *roles = sales_call(s, "role.list", "{'where':{'name':'salesperson'}}");
    sales_create(s, "user.create", p->user, "{'name':'Sara','login':'sara','dealer_id':'%s',"
                 "'role_id':'%s','takes_leads':true}", p->dealer, sales_text(roles, "items.0.id"));
    acrm_value_free(roles);
    person_custom(p);
    sales_create(s, "customer.create", p->id,
                 "{'name':'" WORD "old','title':'" WORD "title','given_name':'" WORD "given',"
                 "'family_name':'" WORD "family','also_known_as':'" WORD "alias',"
                 "'national_id':'0499912345','tax_id':'" WORD
                 "tax','birth_date':'1980-01-02','city':'" WORD "city','notes':'" WORD
                 "notes','x_secret':'" WORD "secret','dealer_id':'%s','country':'IR',"
                 "'idempotency_key':'first','contact_points':["
                 "{'channel':'phone','value':'+98 912 111 2233'},"
                 "{'channel':'email','value':'" WORD "@example.org'},"
                 "{'channel':'address','value':'" WORD "street 7'}]}", p->dealer);
    sales_do(s, "customer.update", "{'id':'%s','name':'" WORD "new','x_secret':'" WORD
             "secrettwo','last_write_wins':true}", p->id);
    person_records(p);
    person_more(p);
    person_twin(p);
    person_import(p);
}

#endif
