/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A recursive descent over one line. The nodes of a tree lie in one array and
 * are linked by their places in it, in the order of the text.
 */
#include "command/syntax.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

struct reader {
    const char *p;
    struct syntax *out;
    bool bad;
};

static int fail(struct reader *r)
{
    r->bad = true;
    return -1;
}

static int new_arg(struct reader *r)
{
    if (r->out->n == SYNTAX_MAX) {
        return fail(r);
    }
    r->out->v[r->out->n] =
        (struct syntax_arg){.key_spec = -1, .first = -1, .next = -1};
    return r->out->n++;
}

static void skip_blanks(struct reader *r)
{
    r->p += strspn(r->p, " ");
}

/* Up to what ends a word; "..." does. */
static struct bt_slice read_word(struct reader *r)
{
    const char *start = r->p;

    while (*r->p && !strchr(" |()[]@", *r->p) && strncmp(r->p, "...", 3) != 0) {
        r->p++;
    }
    return bt_slice(start, (size_t)(r->p - start));
}

static bool has_small_letter(struct bt_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= 'a' && s.p[i] <= 'z') {
            return true;
        }
    }
    return false;
}

static int read_item(struct reader *r);

/* "@since" and "..." behind something. wrapped: it stood in parentheses without
 * a name. */
static void read_suffix(struct reader *r, struct syntax_arg *a, bool wrapped)
{
    if (*r->p == '@') {
        size_t n = strspn(r->p + 1, "0123456789.");

        if (n > 3 && strncmp(r->p + n - 2, "...", 3) == 0) {
            n -= 3; /* what follows the version */
        }
        a->since = bt_slice(r->p + 1, n);
        r->p += 1 + n;
    }
    if (strncmp(r->p, "...", 3) == 0) {
        a->flags |= SYNTAX_MULTIPLE;
        if (wrapped && a->token.n > 0) {
            a->flags |= SYNTAX_MULTIPLE_TOKEN;
        }
        r->p += 3;
    }
}

/* A chain of items up to what ends it; *n: how many. The first one's place. */
static int read_chain(struct reader *r, int *n)
{
    int first = -1, last = -1;

    *n = 0;
    skip_blanks(r);
    while (!r->bad && *r->p && !strchr("|)]", *r->p)) {
        int i = read_item(r);

        if (r->bad) {
            return -1;
        }
        if (last < 0) {
            first = i;
        } else {
            r->out->v[last].next = i;
        }
        last = i;
        ++*n;
        skip_blanks(r);
    }
    return first;
}

/* "name: " at the start of a group. */
static struct bt_slice read_label(struct reader *r)
{
    size_t n = strcspn(r->p, " |()[]");
    struct bt_slice label = bt_slice(r->p, 0);

    if (n > 1 && r->p[n - 1] == ':') {
        label.n = n - 1;
        r->p += n;
    }
    return label;
}

/* a | b: each one item; what is chained is a group with a name of its own. */
static void read_choice(struct reader *r, struct syntax_arg *a)
{
    int last = a->first, n;

    a->type = SYNTAX_ONEOF;
    while (!r->bad && *r->p == '|') {
        r->p++;
        r->out->v[last].next = read_chain(r, &n);
        if (n != 1) {
            fail(r);
            return;
        }
        last = r->out->v[last].next;
    }
}

/* What is in parentheses or brackets, from behind the first of them. */
static int read_group(struct reader *r, char end)
{
    struct bt_slice label = read_label(r);
    int i, first, n;

    if (label.n == 0) {
        i = read_chain(r, &n);
        if (r->bad || n != 1 || *r->p++ != end) {
            return fail(r);
        }
        return i;
    }
    i = new_arg(r);
    if (i < 0) {
        return i;
    }
    first = read_chain(r, &n);
    if (r->bad || n == 0) {
        return fail(r);
    }
    r->out->v[i].name = label;
    r->out->v[i].type = SYNTAX_BLOCK;
    r->out->v[i].first = first;
    if (*r->p == '|' && n == 1) {
        read_choice(r, &r->out->v[i]);
    }
    return r->bad || *r->p++ != end ? fail(r) : i;
}

/* A word of its own, or one that announces what follows. */
static int read_token(struct reader *r, struct bt_slice word)
{
    const char *equals = memchr(word.p, '=', word.n);
    struct bt_slice name = word;
    int i;

    if (equals) {
        name.n = (size_t)(equals - word.p);
        word = bt_slice(equals + 1, word.n - name.n - 1);
    } else if (*r->p == ' ' &&
               (r->p[1] == '(' || (r->p[1] >= 'a' && r->p[1] <= 'z'))) {
        skip_blanks(r);
        i = read_item(r);
        if (i >= 0) {
            r->out->v[i].token = word;
        }
        return i;
    }
    i = new_arg(r);
    if (i >= 0) {
        r->out->v[i].name = name;
        r->out->v[i].token = word;
        r->out->v[i].type = SYNTAX_TOKEN;
        r->out->v[i].flags = equals ? 0 : SYNTAX_SMALL;
    }
    return i;
}

static int read_argument(struct reader *r, struct bt_slice word)
{
    const char *hash = memchr(word.p, '#', word.n);
    struct syntax_arg *a;
    int i = new_arg(r);

    if (i < 0) {
        return i;
    }
    a = &r->out->v[i];
    if (hash) {
        a->key_spec = hash[1] - '0';
        word.n = (size_t)(hash - word.p);
    }
    a->type = syntax_take_type(&word);
    a->name = word;
    if (a->type == SYNTAX_KEY && !hash) {
        a->key_spec = 0;
    }
    return i;
}

static int read_item(struct reader *r)
{
    bool wrapped = *r->p == '(' || *r->p == '[';
    int i;

    if (wrapped) {
        char end = *r->p++ == '(' ? ')' : ']';

        i = read_group(r, end);
        if (i >= 0 && end == ']') {
            r->out->v[i].flags |= SYNTAX_OPTIONAL;
        }
    } else {
        struct bt_slice word = read_word(r);
        const char *equals = memchr(word.p, '=', word.n);

        if (word.n == 0) {
            return fail(r);
        }
        i = equals || !has_small_letter(word) ? read_token(r, word)
                                              : read_argument(r, word);
    }
    if (i >= 0) {
        read_suffix(r, &r->out->v[i], wrapped);
    }
    return i;
}

int syntax_parse(const char *text, struct syntax *out)
{
    struct reader r = {text, out, false};
    int n;

    out->complexity = "";
    out->n = 0;
    out->first = read_chain(&r, &n);
    return r.bad || *r.p ? -EINVAL : 0;
}
