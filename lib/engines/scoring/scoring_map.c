/* SPDX-License-Identifier: MIT */
/* From bands to grades: every cell of the grid that the axes make leads to exactly one. */
#include "engines/scoring/scoring_internal.h"

#include <string.h>

enum { MAP_ENTRIES_MAX = 200, MAP_NONE = 255 };

uint32_t acrm__scoring_cell(const acrm_scoring *s, const int32_t *bands)
{
    uint32_t cell = 0;

    for (uint32_t a = 0; a < s->n_axes; a++)
        cell = cell * s->axes[a].bands.n + (uint32_t)bands[a];
    return cell;
}

static uint32_t map_cells(const acrm_scoring *s)
{
    uint32_t n = 1;

    for (uint32_t a = 0; a < s->n_axes; a++)
        n *= s->axes[a].bands.n;
    return n;
}

/* "value high, engagement low". */
static const char *map_cell_text(acrm__scoring_reader *r, uint32_t cell)
{
    const acrm_scoring *s = r->s;
    const char *text = "";

    for (uint32_t a = s->n_axes; text && a-- > 0; cell /= s->axes[a].bands.n)
        text = acrm__arena_format(&r->s->arena, "%s %s%s%s", s->axes[a].name,
                                  s->axes[a].bands.items[cell % s->axes[a].bands.n].name,
                                  *text ? ", " : "", text);
    if (!text)
        r->status = ACRM_E_NOMEM;
    return text ? text : "";
}

/* Which bands of an axis an entry names, as bits; without a member all of them. */
static bool map_bands(acrm__scoring_reader *r, const acrm_value *entry, const char *place,
                      const acrm__score_axis *axis, uint32_t *bits)
{
    const acrm_value *list = acrm_value_get(entry, axis->name);
    const char *at = acrm__scoring_place(r, place, axis->name);
    bool ok = true;

    *bits = list ? 0 : UINT32_MAX;
    if (list && acrm_value_type(list) != ACRM_LIST)
        return acrm__scoring_fault(r, at, "type", "expected a list of bands");
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const char *name = acrm_value_text(acrm_value_at(list, i), NULL);
        int32_t band = name ? acrm__scoring_band_named(&axis->bands, name) : -1;
        if (band < 0)
            ok = acrm__scoring_fault(r, acrm__scoring_place_at(r, at, i), "unknown",
                                     "the axis %s has no band %.64s", axis->name,
                                     name ? name : "of that kind");
        else
            *bits |= 1U << band;
    }
    return ok;
}

static bool map_holds(const acrm_scoring *s, uint32_t cell, const uint32_t *bits)
{
    for (uint32_t a = s->n_axes; a-- > 0; cell /= s->axes[a].bands.n)
        if (!(bits[a] >> cell % s->axes[a].bands.n & 1))
            return false;
    return true;
}

static void map_entry(acrm__scoring_reader *r, const acrm_value *entry, const char *place,
                      unsigned char *owner, unsigned char number)
{
    acrm_scoring *s = r->s;
    uint32_t bits[ACRM_SCORING_AXES_MAX];
    const char *keys = "grade";
    bool ok = true;

    for (uint32_t a = 0; keys && a < s->n_axes; a++)
        keys = acrm__arena_format(&s->arena, "%s|%s", keys, s->axes[a].name);
    if (!keys) {
        r->status = ACRM_E_NOMEM;
        return;
    }
    if (!acrm__scoring_object(r, entry, place, keys))
        return;
    const char *name = acrm__scoring_name(r, entry, place, "grade");
    int32_t grade = acrm_scoring_grade_of(s, name);
    if (name && grade < 0)
        ok = acrm__scoring_fault(r, acrm__scoring_place(r, place, "grade"), "unknown",
                                 "%s is not among the grades", name);
    for (uint32_t a = 0; a < s->n_axes; a++)
        ok = map_bands(r, entry, place, &s->axes[a], &bits[a]) && ok;
    for (uint32_t c = 0, n = map_cells(s); ok && grade >= 0 && c < n; c++) {
        if (!map_holds(s, c, bits))
            continue;
        if (owner[c] != MAP_NONE)
            ok = acrm__scoring_fault(r, place, "overlap", "%s leads to a grade by /map/%d already",
                                     map_cell_text(r, c), owner[c]);
        owner[c] = number;
        s->map[c] = (unsigned char)grade;
    }
}

/* What no entry names goes to `other`, or is a gap. */
static void map_rest(acrm__scoring_reader *r, const acrm_value *definition,
                     const unsigned char *owner)
{
    acrm_scoring *s = r->s;
    const acrm_value *other = acrm_value_get(definition, "other");
    const char *name = acrm_value_text(other, NULL);
    int32_t grade = acrm_scoring_grade_of(s, name);

    if (other && grade < 0) {
        acrm__scoring_fault(r, "/other", "unknown", "%.64s is not among the grades",
                            name ? name : "it");
        return;
    }
    for (uint32_t c = 0, n = map_cells(s); c < n; c++) {
        if (owner[c] != MAP_NONE)
            continue;
        if (!other)
            acrm__scoring_fault(r, "/map", "gap",
                                "%s leads to no grade; name it, or give the rest a grade as other",
                                map_cell_text(r, c));
        s->map[c] = (unsigned char)(other ? grade : 0);
    }
}

/* Without a map, the bands of the only axis are called like the grades. */
static void map_by_name(acrm__scoring_reader *r)
{
    const acrm__score_bands *bands = &r->s->axes[0].bands;

    if (r->s->n_axes > 1) {
        acrm__scoring_fault(r, "/map", "required", "say which bands lead to which grade");
        return;
    }
    for (uint32_t b = 0; b < bands->n; b++) {
        int32_t grade = acrm_scoring_grade_of(r->s, bands->items[b].name);
        if (grade < 0) {
            const char *at = acrm__arena_format(&r->s->arena, "/axes/0/bands/%u/name",
                                                (unsigned)b);
            acrm__scoring_fault(r, at ? at : "", "unknown",
                                "%s is not among the grades; call the bands like grades, or give "
                                "a map", bands->items[b].name);
        }
        r->s->map[b] = (unsigned char)grade;
    }
}

void acrm__scoring_map(acrm__scoring_reader *r, const acrm_value *definition)
{
    uint32_t n = map_cells(r->s);
    unsigned char *owner = acrm__arena_alloc(&r->s->arena, n);

    r->s->map = acrm__arena_alloc(&r->s->arena, n);
    if (!r->s->map || !owner) {
        r->status = ACRM_E_NOMEM;
        return;
    }
    if (!acrm_value_get(definition, "map")) {
        map_by_name(r);
        return;
    }
    const acrm_value *map = acrm__scoring_list(r, definition, "", "map", MAP_ENTRIES_MAX);
    if (!map)
        return;
    memset(owner, MAP_NONE, n);
    for (size_t i = 0; i < acrm_value_count(map); i++)
        map_entry(r, acrm_value_at(map, i), acrm__scoring_place_at(r, "/map", i), owner,
                  (unsigned char)i);
    if (acrm_value_count(r->faults) == 0)
        map_rest(r, definition, owner);
}
