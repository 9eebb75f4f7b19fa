/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/tree.c -- looks into a tree of JSON nodes.
 */
#include "stress/tree.h"

#include <stdlib.h>
#include <string.h>

/* Not deeper than what was read (tree_read.c). */
void stress_node_free(struct stress_node **vp)
{
    struct stress_node *v = *vp;

    *vp = NULL;
    while (v) {
        struct stress_node *next = v->next;

        stress_node_free(&v->first);
        free(v->text);
        free(v->name);
        free(v);
        v = next;
    }
}

/* ---- Looking things up ---- */

const struct stress_node *stress_node_at(const struct stress_node *v,
                                         const char *path)
{
    while (v && *path) {
        size_t n = strcspn(path, ".");
        const struct stress_node *m =
            v->kind == STRESS_NODE_OBJECT ? v->first : NULL;

        while (m && (strncmp(m->name, path, n) != 0 || m->name[n])) {
            m = m->next;
        }
        v = m;
        path += n + (path[n] == '.');
    }
    return v;
}

double stress_node_number(const struct stress_node *v, const char *path,
                          double otherwise)
{
    v = stress_node_at(v, path);
    return v && (v->kind == STRESS_NODE_NUMBER || v->kind == STRESS_NODE_BOOL)
               ? v->number
               : otherwise;
}

const char *stress_node_text(const struct stress_node *v, const char *path,
                             const char *otherwise)
{
    v = stress_node_at(v, path);
    return v && v->kind == STRESS_NODE_TEXT ? v->text : otherwise;
}
