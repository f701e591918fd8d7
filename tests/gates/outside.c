/* SPDX-License-Identifier: MIT */
/* A program outside the tree, built against the installed library alone. */
#include <autocrm/autocrm.h>
#include <autocrm/calendar.h>
#include <autocrm/finance.h>
#include <autocrm/vin.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    static const char args[] = "{\"name\":\"North Motors\",\"code\":\"N1\"}";
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;
    acrm_buf *out = NULL;
    acrm_error *err = NULL;
    int32_t st = acrm_open("memory:", NULL, &engine, &err);

    if (st == ACRM_OK)
        st = acrm_session_new(engine, "system", &session, &err);
    if (st == ACRM_OK)
        st = acrm_call_json(session, "dealer.create", args, strlen(args), &out, &err);
    if (st == ACRM_OK)
        printf("%s %s\n", acrm_version(), (const char *)acrm_buf_data(out));
    else
        fprintf(stderr, "%s\n", acrm_error_json(err));
    acrm_buf_free(out);
    acrm_error_free(err);
    acrm_session_free(session);
    acrm_close(engine);
    return st == ACRM_OK ? 0 : 1;
}
