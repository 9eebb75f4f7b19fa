/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/tree.h -- reads JSON into a tree of values.
 *
 * Purpose    For `baton-stress report`, which reads what --json wrote.
 * Threads    any; a tree belongs to one thread.
 * Limits     64 levels deep; numbers are doubles. Text is kept as UTF-8.
 * Source     RFC 8259
 */
#ifndef STRESS_TREE_H
#define STRESS_TREE_H

#include <stdbool.h>
#include <stddef.h>

enum stress_node_kind {
    STRESS_NODE_NULL,
    STRESS_NODE_BOOL,
    STRESS_NODE_NUMBER,
    STRESS_NODE_TEXT,
    STRESS_NODE_ARRAY,
    STRESS_NODE_OBJECT
};

struct stress_node {
    enum stress_node_kind kind;
    double number; /* also of a bool: 0 or 1 */
    char *text;
    char *name; /* of a member of an object */
    size_t n;   /* of an array or object */
    struct stress_node *first, *next;
};

/* NULL: not JSON, or out of memory; `error` says what, and where. */
struct stress_node *stress_node_read(const char *p, size_t n, char *error,
                                     size_t size);
void stress_node_free(struct stress_node **v);

/* By a path of names, "latency.response_us.p99"; NULL: there is none, or v is
 * NULL. */
const struct stress_node *stress_node_at(const struct stress_node *v,
                                         const char *path);
/* The same, of that kind, else what is given. */
double stress_node_number(const struct stress_node *v, const char *path,
                          double otherwise);
const char *stress_node_text(const struct stress_node *v, const char *path,
                             const char *otherwise);

#endif
