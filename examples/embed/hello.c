/* SPDX-License-Identifier: MIT */
/* The smallest host: open, create, list. */
#include <autocrm/autocrm.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    acrm_engine *crm;
    acrm_session *me;
    acrm_buf *out;
    const char *ada = "{\"name\":\"Ada Example\",\"contact_points\":"
                      "[{\"channel\":\"phone\",\"value\":\"+39 333 1234567\"}]}";

    if (acrm_open("dealer.db", NULL, &crm, NULL) != ACRM_OK ||
        acrm_session_new(crm, "system", &me, NULL) != ACRM_OK ||
        acrm_call_json(me, "customer.create", ada, strlen(ada), &out, NULL) != ACRM_OK)
        return 1;
    puts(acrm_buf_data(out));
    acrm_buf_free(out);
    acrm_session_free(me);
    acrm_close(crm);
    return 0;
}
