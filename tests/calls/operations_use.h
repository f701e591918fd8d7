/* SPDX-License-Identifier: MIT */
/* What a program does with autocrm/operations.h; compiled as C99 and as C++11, and run. */
#include "operations.h"

#include <stdio.h>
#include <stdlib.h>

static int checks, failures;

static void check(const char *what, int truth)
{
    checks++;
    if (!truth) {
        failures++;
        printf("failed: %s\n", what);
    }
}

static const char *text_at(const acrm_value *map, const char *key)
{
    const char *text = acrm_value_text(acrm_value_get(map, key), NULL);

    return text != NULL ? text : "";
}

static void use_operations(acrm_session *session)
{
    acrm_op_customer_create_in create;
    acrm_op_customer_list_in list;
    acrm_op_customer_get_in get;
    acrm_value *ada = NULL, *found = NULL, *where = NULL;
    acrm_error *err = NULL;

    memset(&create, 0, sizeof create);
    create.name = "Ada Example";
    create.city = "Torino";
    check("created", acrm_op_customer_create(session, &create, &ada, NULL) == ACRM_OK);

    memset(&list, 0, sizeof list);
    acrm_value_new(NULL, &where);
    acrm_value_set_map(where);
    acrm_value_set_text(acrm_value_put(where, "city"), "Torino", 6);
    list.where = where;
    list.limit = acrm_give_int(10);
    check("listed", acrm_op_customer_list(session, &list, &found, NULL) == ACRM_OK
                        && acrm_value_count(acrm_value_get(found, "items")) == 1);
    acrm_value_free(found);
    acrm_value_free(where);

    memset(&get, 0, sizeof get);
    get.id = text_at(ada, "id");
    check("got", acrm_op_customer_get(session, &get, &found, NULL) == ACRM_OK
                     && strcmp(text_at(found, "name"), "Ada Example") == 0);
    acrm_value_free(found);

    create.kind = "ghost";
    check("refused", acrm_op_customer_create(session, &create, NULL, &err) == ACRM_E_INVALID
                         && strcmp(acrm_error_field(err), "kind") == 0);
    acrm_error_free(err);
    err = NULL;
    create.kind = "\xff";
    check("not text", acrm_op_customer_create(session, &create, NULL, &err) == ACRM_E_INVALID
                          && strcmp(acrm_error_field(err), "kind") == 0);
    acrm_error_free(err);
    check("nothing given", acrm_op_customer_count(session, NULL, &found, NULL) == ACRM_OK);
    acrm_value_free(found);
    acrm_value_free(ada);
}

int main(void)
{
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;

    check("opened", acrm_open("memory:", NULL, &engine, NULL) == ACRM_OK);
    check("begun", acrm_session_new(engine, "system", &session, NULL) == ACRM_OK);
    use_operations(session);
    acrm_session_free(session);
    acrm_close(engine);
    printf("%d checks, %d failures\n", checks, failures);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
