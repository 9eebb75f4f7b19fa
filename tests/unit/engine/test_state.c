/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The written state machines. The edges are listed here once more, from
 * doc/STATES.md, so that neither table can change alone.
 */
#include <criterion/criterion.h>

#include "handle/handle.h"
#include "handle/state.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct edge {
    const char *from, *to;
};

static const struct edge client_edges[] = {
    {"accepted", "queued"}, {"accepted", "closing"}, {"queued", "idle"},
    {"queued", "closing"},  {"idle", "serving"},     {"idle", "moving"},
    {"idle", "closing"},    {"serving", "idle"},     {"serving", "blocked"},
    {"serving", "closing"}, {"blocked", "serving"},  {"blocked", "moving"},
    {"blocked", "closing"}, {"moving", "idle"},      {"moving", "blocked"},
    {"moving", "closing"},  {"closing", "closed"},
};

static const struct edge server_edges[] = {
    {"starting", "listening"}, {"starting", "stopped"},
    {"listening", "starved"},  {"starved", "listening"},
    {"listening", "draining"}, {"starved", "draining"},
    {"draining", "stopped"},
};

#define N(a) (sizeof(a) / sizeof(a)[0])

static bool listed(const struct edge *e, size_t n, const char *from,
                   const char *to)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(e[i].from, from) == 0 && strcmp(e[i].to, to) == 0) {
            return true;
        }
    }
    return false;
}

Test(state, names_are_different_words)
{
    for (int a = 0; a < BATON_N_STATES; a++) {
        const char *name = baton_state_name((enum baton_state)a);

        cr_expect_gt(strlen(name), 3);
        for (int b = 0; b < a; b++) {
            cr_expect_str_neq(name, baton_state_name((enum baton_state)b));
        }
    }
    cr_expect_str_eq(baton_state_name(BATON_N_STATES), "?");
    cr_expect_str_eq(baton_state_name((enum baton_state) - 1), "?");
    cr_expect_str_eq(
        baton_server_state_name((enum baton_server_state)(BATON_STOPPED + 1)),
        "?");
}

Test(state, client_edges_and_no_others)
{
    unsigned n = 0;

    for (int a = 0; a < BATON_N_STATES; a++) {
        for (int b = 0; b < BATON_N_STATES; b++) {
            enum baton_state from = (enum baton_state)a;
            enum baton_state to = (enum baton_state)b;
            bool want = listed(client_edges, N(client_edges),
                               baton_state_name(from), baton_state_name(to));

            cr_expect_eq(bt_state_edge(from, to), want, "%s -> %s",
                         baton_state_name(from), baton_state_name(to));
            n += want;
        }
        cr_expect_not(bt_state_edge(BATON_N_STATES, (enum baton_state)a));
    }
    cr_expect_eq(n, N(client_edges), "each edge has two states that exist");
}

Test(state, server_edges_and_no_others)
{
    unsigned n = 0;

    for (int a = BATON_STARTING; a <= BATON_STOPPED; a++) {
        for (int b = BATON_STARTING; b <= BATON_STOPPED; b++) {
            enum baton_server_state from = (enum baton_server_state)a;
            enum baton_server_state to = (enum baton_server_state)b;
            bool want = listed(server_edges, N(server_edges),
                               baton_server_state_name(from),
                               baton_server_state_name(to));

            cr_expect_eq(bt_server_edge(from, to), want, "%s -> %s",
                         baton_server_state_name(from),
                         baton_server_state_name(to));
            n += want;
        }
    }
    cr_expect_eq(n, N(server_edges));
}

/* The table is not only written, it is asked at each change. */
static struct baton_client *client_in(enum baton_state state)
{
    static struct baton_client c;

    atomic_store(&c.state, (uint8_t)state);
    return &c;
}

Test(state, a_change_along_an_edge)
{
    struct baton_client *c = client_in(BATON_ACCEPTED);

    bt_handle_set_state(c, BATON_QUEUED);
    cr_expect_eq(bt_state(c), BATON_QUEUED);
}

Test(state, a_change_without_an_edge, .signal = SIGABRT)
{
    bt_handle_set_state(client_in(BATON_CLOSED), BATON_IDLE);
}

Test(state, never_closed_without_closing, .signal = SIGABRT)
{
    bt_handle_set_state(client_in(BATON_IDLE), BATON_CLOSED);
}

/* ---- doc/STATES.md ---- */

static char *read_doc(void)
{
    const char *top = getenv("top_srcdir");
    char path[512];
    char *text = calloc(1, 65536);
    FILE *f;

    snprintf(path, sizeof path, "%s/doc/STATES.md", top ? top : ".");
    f = fopen(path, "r");
    cr_assert(f, "%s", path);
    cr_assert_gt(fread(text, 1, 65535, f), 0);
    fclose(f);
    return text;
}

/* The rows "| from | event | to | ..." below a heading; their number. */
static size_t rows_below(const char *heading, struct edge *e, size_t room)
{
    char *doc = read_doc(), *p = strstr(doc, heading), *end, *line, *rest;
    size_t n = 0;

    cr_assert(p, "%s", heading);
    p += strlen(heading);
    end = strstr(p, "\n## ");
    if (end) {
        *end = '\0';
    }
    for (line = strtok_r(p, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        char *cell, *from = strtok_r(line, "|", &cell), *to;

        strtok_r(NULL, "|", &cell);
        to = strtok_r(NULL, "|", &cell);
        if (to && *from == ' ' && strcmp(from, " from ") != 0) {
            cr_assert_lt(n, room);
            from[strlen(from) - 1] = to[strlen(to) - 1] = '\0';
            e[n++] = (struct edge){strdup(from + 1), strdup(to + 1)};
        }
    }
    free(doc);
    return n;
}

/* One row for each edge, and one for the beginning: none is missing, and there
 * is none too many. */
static void same_edges(const char *heading, const struct edge *e, size_t n,
                       const char *first)
{
    struct edge rows[64];
    size_t n_rows = rows_below(heading, rows, 64);

    cr_expect_eq(n_rows, n + 1);
    cr_expect(listed(rows, n_rows, "-", first));
    for (size_t i = 0; i < n; i++) {
        cr_expect(listed(rows, n_rows, e[i].from, e[i].to), "%s -> %s",
                  e[i].from, e[i].to);
    }
    for (size_t i = 0; i < n_rows; i++) {
        free((void *)rows[i].from);
        free((void *)rows[i].to);
    }
}

Test(state, the_paper_has_the_same_edges)
{
    same_edges("\n## The edges of a client\n", client_edges, N(client_edges),
               "accepted");
    same_edges("\n## The edges of the server\n", server_edges, N(server_edges),
               "starting");
}
