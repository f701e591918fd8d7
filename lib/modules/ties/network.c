/* SPDX-License-Identifier: MIT */
/* customer.network: the people and companies around a customer, two steps at most. */
#include "modules/ties/entities.h"
#include "modules/ties/ties.h"

#include <string.h>

enum { NETWORK_NODES_MAX = 200, NETWORK_EDGES_MAX = 1000 };

typedef struct network {
    acrm__call *call;
    acrm__rec *nodes[NETWORK_NODES_MAX];
    int32_t steps[NETWORK_NODES_MAX];
    int32_t n_nodes, n_edges;
    bool cut; /* there was more than is shown */
    acrm_value *edges;
} network;

static int32_t network_find(const network *net, const acrm__rec *customer)
{
    for (int32_t i = 0; i < net->n_nodes; i++)
        if (memcmp(acrm__id(net->nodes[i], F_ID), acrm__id(customer, F_ID), 16) == 0)
            return i;
    return -1;
}

static bool network_add(network *net, acrm__rec *customer, int32_t steps)
{
    if (network_find(net, customer) >= 0)
        return true;
    if (net->n_nodes == NETWORK_NODES_MAX) {
        net->cut = true;
        return false;
    }
    net->nodes[net->n_nodes] = customer;
    net->steps[net->n_nodes++] = steps;
    return true;
}

/* Each tie is met from both of its ends; the end met first tells it. */
static int32_t network_edge(network *net, int32_t from, const acrm__rec *to, const char *role,
                            const char *kind)
{
    int32_t known = network_find(net, to);

    if (known >= 0 && known < from)
        return ACRM_OK;
    if (net->n_edges++ >= NETWORK_EDGES_MAX) {
        net->cut = true;
        return ACRM_OK;
    }
    acrm_value *edge = acrm__add_map(net->edges);
    bool ok = edge && acrm__put_text(edge, "kind", kind) &&
              acrm__put_text(edge, "from",
                             acrm__id_text(net->call, acrm__id(net->nodes[from], F_ID))) &&
              acrm__put_text(edge, "to", acrm__id_text(net->call, acrm__id(to, F_ID))) &&
              acrm__put_text(edge, "role", role);
    return ok ? ACRM_OK : acrm__nomem(net->call);
}

static int32_t network_ties(network *net, int32_t node, bool further)
{
    acrm__ties ties;
    int32_t st = acrm__ties_of(net->call, acrm__id(net->nodes[node], F_ID), false, &ties);

    for (size_t i = 0; st == ACRM_OK && i < ties.count; i++) {
        const acrm__tie *tie = &ties.items[i];
        bool known = network_find(net, tie->other) >= 0;
        if (known || (further && network_add(net, tie->other, net->steps[node] + 1)))
            st = network_edge(net, node, tie->other, tie->role, "relationship");
    }
    return st;
}

static int32_t network_household(network *net, int32_t node, const acrm__rec *household,
                                 bool further)
{
    const acrm__term term = { F_household_member__household_id, ACRM_FILTER_EQ,
                              household->cells[F_ID] };
    acrm__recs members;
    int32_t st = acrm__find(net->call, &(acrm__select){ .entity = "household_member",
        .terms = &term, .n_terms = 1 }, &members);

    /* The head stands beside the members. */
    for (size_t i = 0; st == ACRM_OK && i <= members.count; i++) {
        const acrm__rec *member = i < members.count ? members.items[i] : NULL;
        const unsigned char *id = member ? acrm__id(member, F_household_member__customer_id)
                                         : acrm__id(household, F_household__head_id);
        acrm__rec *customer = NULL;
        st = acrm__load_or_null(net->call, acrm__entity_of(net->call, "customer"), id, &customer);
        if (st != ACRM_OK || !customer || network_find(net, customer) == node)
            continue;
        bool known = network_find(net, customer) >= 0;
        if (known || (further && network_add(net, customer, net->steps[node] + 1)))
            st = network_edge(net, node, customer,
                              member ? acrm__text(member, F_household_member__role) : "head",
                              "household");
    }
    return st;
}

static int32_t network_households(network *net, int32_t node, bool further)
{
    acrm__recs households;
    int32_t st = acrm__ties_households(net->call, acrm__id(net->nodes[node], F_ID), &households);

    for (size_t i = 0; st == ACRM_OK && i < households.count; i++)
        st = network_household(net, node, households.items[i], further);
    return st;
}

static int32_t network_put(network *net)
{
    acrm_value *nodes = acrm__put_list(net->call->out, "customers");
    int32_t st = nodes ? ACRM_OK : acrm__nomem(net->call);

    for (int32_t i = 0; st == ACRM_OK && i < net->n_nodes; i++) {
        acrm_value *node = acrm__add_map(nodes);
        if (!node || !acrm__put_int(node, "steps", net->steps[i]))
            return acrm__nomem(net->call);
        st = acrm__ties_put_customer(net->call, net->nodes[i], node);
    }
    if (st == ACRM_OK && !acrm__put_bool(net->call->out, "cut", net->cut))
        st = acrm__nomem(net->call);
    return st;
}

int32_t acrm__ties_network(acrm__call *call)
{
    network *net = acrm__arena_zero(call->arena, sizeof *net);
    int64_t most = acrm__arg_int(call, "steps", 2);
    acrm__rec *customer = NULL;

    if (!net)
        return acrm__nomem(call);
    net->call = call;
    net->edges = acrm__put_list(call->out, "ties");
    int32_t st = net->edges ? acrm__load_arg(call, "customer", "id", &customer)
                            : acrm__nomem(call);
    if (st == ACRM_OK)
        (void)network_add(net, customer, 0);
    /* The list grows while it is walked; those at the last step only show ties to known ones. */
    for (int32_t i = 0; st == ACRM_OK && i < net->n_nodes; i++) {
        bool further = net->steps[i] < most;
        st = network_ties(net, i, further);
        if (st == ACRM_OK)
            st = network_households(net, i, further);
    }
    return st == ACRM_OK ? network_put(net) : st;
}
