/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/workload.c -- what is asked of the server, and how often.
 */
#include "stress/workload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress/command.h"

#define TEXT_MAX 65536

int stress_family_index(char family)
{
    const char *at = family != '\0' ? strchr("shz", family) : NULL;

    return at != NULL ? (int)(at - "shz") : -1;
}

bool stress_workload_uses(const struct stress_workload *w, char family)
{
    for (unsigned i = 0; i < w->n_ops; i++) {
        if (w->op[i].family == family) {
            return true;
        }
    }
    return false;
}

/* ---- lines ---- */

static unsigned split(char *line, char **words)
{
    char *rest = NULL;
    unsigned n = 0;

    for (char *word = strtok_r(line, " \t\r", &rest);
         word != NULL && n < STRESS_WORDS_MAX;
         word = strtok_r(NULL, " \t\r", &rest)) {
        words[n++] = word;
    }
    return n;
}

static bool percent(const char *s, double *out)
{
    char *end;

    *out = strtod(s, &end) / 100;
    return end != s && strcmp(end, "%") == 0 && *out > 0 && *out < 1;
}

static bool count(const char *s, uint32_t least, uint32_t *out)
{
    char *end;
    unsigned long v = strtoul(s, &end, 10);

    *out = (uint32_t)v;
    return *s >= '0' && *s <= '9' && *end == '\0' && v >= least && v <= 1000000;
}

static const char *add_op(struct stress_workload *w, uint32_t weight,
                          char **words, unsigned n)
{
    struct stress_op *op = &w->op[w->n_ops];
    const char *wrong;

    if (w->n_ops == STRESS_OPS) {
        return "too many commands";
    }
    if (n == 0) {
        return "no command behind the weight";
    }
    w->n_ops++;
    op->weight = weight;
    wrong = stress_command_init(op, words, n, w);
    w->weights += weight;
    return wrong;
}

static const char *line(struct stress_workload *w, char **words, unsigned n)
{
    const char *wrong;
    uint32_t weight;

    if (n == 0 || words[0][0] == '#') {
        return NULL;
    }
    if (n == 2 && strcmp(words[0], "subscribe") == 0) {
        return percent(words[1], &w->subscribers) ? NULL : "subscribe wants N%";
    }
    if (n == 2 && strcmp(words[0], "lists") == 0) {
        return count(words[1], 1, &w->lists) ? NULL : "lists wants a number";
    }
    if (n == 2 && strcmp(words[0], "channels") == 0) {
        return count(words[1], 1, &w->channels) ? NULL
                                                : "channels wants a number";
    }
    if (n > 2 && strcmp(words[0], "consume") == 0) {
        if (!percent(words[1], &w->consumers)) {
            return "consume wants N% and a command";
        }
        w->consume = (int)w->n_ops;
        wrong = add_op(w, 0, words + 2, n - 2);
        return wrong != NULL || w->op[w->consume].act == STRESS_POP
                   ? wrong
                   : "consume wants one of LPOP RPOP BLPOP BRPOP {key}";
    }
    if (!count(words[0], 0, &weight)) {
        return "begins with no weight";
    }
    return add_op(w, weight, words + 1, n - 1);
}

static int parse(struct stress_workload *w, const char *text)
{
    char *copy = malloc(strlen(text) + 1), *rest = copy;
    const char *wrong = NULL;
    char *words[STRESS_WORDS_MAX];

    if (copy == NULL) {
        return -ENOMEM;
    }
    strcpy(copy, text);
    for (unsigned number = 1; rest != NULL && wrong == NULL; number++) {
        char *here = rest;

        rest = strchr(rest, '\n');
        if (rest != NULL) {
            *rest++ = '\0';
        }
        wrong = line(w, words, split(here, words));
        if (wrong != NULL) {
            fprintf(stderr, "baton-stress: workload %s, line %u: %s\n", w->name,
                    number, wrong);
        }
    }
    free(copy);
    return wrong == NULL ? 0 : -EINVAL;
}

/* ---- what follows ---- */

/* Keys are filled by the first command that sets them; one is added where a
 * workload only reads. */
static const char *find_fill(struct stress_workload *w, char family,
                             enum stress_act act, const char *text)
{
    char copy[64], *words[8];
    int *fill = &w->fill[stress_family_index(family)];
    bool used = false;

    for (unsigned i = 0; i < w->n_ops; i++) {
        if (w->op[i].act == act) {
            *fill = *fill < 0 ? (int)i : *fill;
        }
        used =
            used || (w->op[i].family == family && w->op[i].act != STRESS_PLAIN);
    }
    if (*fill >= 0 || !used) {
        return NULL;
    }
    snprintf(copy, sizeof(copy), "%s", text);
    *fill = (int)w->n_ops;
    return add_op(w, 0, words, split(copy, words));
}

static const char *find_parts(struct stress_workload *w)
{
    bool push[2] = {false, false}, pop[2] = {false, false};

    for (unsigned i = 0; i < w->n_ops; i++) {
        struct stress_op *op = &w->op[i];

        if (op->act == STRESS_PUSH) {
            push[op->left] = true;
        }
        if (op->act == STRESS_POP) {
            pop[op->left] = true;
            if (op->blocking && (int)i != w->consume) {
                return "a blocking command is for consumers (consume N% ...)";
            }
        }
    }
    w->fifo = push[0] != push[1] && pop[0] != pop[1] && push[0] != pop[0];
    return NULL;
}

/* HGET names its field; the HSET may stand in a later line. */
static const char *find_fields(struct stress_workload *w)
{
    for (unsigned i = 0; i < w->n_ops; i++) {
        struct stress_op *op = &w->op[i];
        bool found = op->act != STRESS_HGET;

        for (unsigned f = 0; f < w->n_fields && !found; f++) {
            char word[48];

            snprintf(word, sizeof(word), "\r\n%s\r\n", w->fields[f]);
            op->part = (uint8_t)f;
            found = strstr(op->bytes, word) != NULL;
        }
        if (!found) {
            return "HGET names a field that no HSET sets";
        }
    }
    return NULL;
}

static int derive(struct stress_workload *w)
{
    const char *wrong = find_fill(w, 's', STRESS_SET, "SET {key} {value}");

    wrong =
        wrong ? wrong : find_fill(w, 'h', STRESS_HSET, "HSET {key} f {value}");
    wrong = wrong
                ? wrong
                : find_fill(w, 'z', STRESS_ZADD, "ZADD {key} {score} {member}");
    wrong = wrong ? wrong : find_parts(w);
    wrong = wrong ? wrong : find_fields(w);
    if (wrong == NULL && w->weights == 0) {
        wrong = "no command has a weight";
    }
    if (wrong == NULL && w->subscribers + w->consumers >= 1) {
        wrong = "no connections are left for the commands";
    }
    if (wrong != NULL) {
        fprintf(stderr, "baton-stress: workload %s: %s\n", w->name, wrong);
    }
    return wrong == NULL ? 0 : -EINVAL;
}

static int read_file(struct stress_workload *w, const char *path)
{
    FILE *f = fopen(path, "r");
    size_t n;

    if (f == NULL) {
        int rc = -errno;

        fprintf(stderr,
                "baton-stress: --workload %s: neither a file nor one of cache "
                "session queue pubsub counter zset mixed\n",
                path);
        return rc;
    }
    w->text = calloc(1, TEXT_MAX + 1);
    n = w->text != NULL ? fread(w->text, 1, TEXT_MAX, f) : 0;
    fclose(f);
    if (w->text == NULL || n == TEXT_MAX || memchr(w->text, '\0', n) != NULL) {
        fprintf(stderr, "baton-stress: workload %s: no text, or too long\n",
                path);
        return -EINVAL;
    }
    return 0;
}

int stress_workload_init(struct stress_workload *w, const char *name,
                         const struct stress_workload_hints *hints)
{
    char text[256], expiry[64] = "";
    int rc = 0;

    *w = (struct stress_workload){
        .name = name, .consume = -1, .fill = {-1, -1, -1}};
    if (hints->ttl > 0) {
        snprintf(expiry, sizeof(expiry), " PX %.0f", hints->ttl * 1000);
    }
    if (name == NULL || strcmp(name, "cache") == 0) {
        w->name = name != NULL ? name : "get-set";
        snprintf(text, sizeof(text), "%u GET {key}\n%u SET {key} {value}%s\n",
                 (unsigned)hints->get_weight, (unsigned)hints->set_weight,
                 expiry);
        w->ttl = hints->ttl;
        rc = parse(w, text);
    } else if (stress_preset(name) != NULL) {
        rc = parse(w, stress_preset(name));
    } else {
        rc = read_file(w, name);
        rc = rc < 0 ? rc : parse(w, w->text);
    }
    return rc < 0 ? rc : derive(w);
}

void stress_workload_fini(struct stress_workload *w)
{
    for (unsigned i = 0; i < w->n_ops; i++) {
        free(w->op[i].bytes);
    }
    free(w->text);
    *w = (struct stress_workload){0};
}
