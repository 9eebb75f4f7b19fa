/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/zpack.h"

#include <errno.h>
#include <string.h>

#include "base/check.h"
#include "type/pack_code.h"

#define WHOLE_MAX ((double)(INT64_MAX / 2)) /* no double above has a fraction */
#define BROKEN    (1 + sizeof(double))      /* bytes of one with a fraction */

/* ---- Scores ---- */

static void code_score(struct pack_coded *c, double score, char buf[BROKEN])
{
    if (score >= -WHOLE_MAX && score <= WHOLE_MAX &&
        (double)(int64_t)score == score) {
        pack_code_int(c, (int64_t)score);
        return;
    }
    buf[0] = '\0';
    memcpy(buf + 1, &score, sizeof score);
    pack_code(c, bt_slice(buf, BROKEN));
}

/* at: of the score itself. */
static inline double score_at(const struct pack *p, uint32_t at)
{
    const unsigned char *b = &p->b[at];
    double score;

    if (pack_is_int(b)) {
        return (double)pack_int_at(b);
    }
    bt_assert(pack_size_at(b) == 1 + BROKEN);
    memcpy(&score, b + 2, sizeof score);
    return score;
}

uint32_t zpack_get(const struct pack *p, uint32_t at, double *score)
{
    uint32_t place = pack_after(p, at), next = pack_after(p, place);

    *score = score_at(p, place);
    return next < p->used ? next : PACK_NONE;
}

/* ---- Searching ---- */

uint32_t zpack_find(const struct pack *p, struct bt_slice member)
{
    return pack_find(p, pack_first(p), member, 1);
}

/* Is the pair of these two places in front of the point? */
static inline bool is_before(const struct pack *p, uint32_t member,
                             uint32_t score, const struct zpoint *point)
{
    char buf[PACK_TEXT];

    if (!point->lex) {
        double is = score_at(p, score);

        if (is != point->score) {
            return is < point->score;
        }
    }
    return zpoint_follows_member(point, pack_text(p, member, buf));
}

/* From the pair at `at` on, the first that is not in front of the point, or
 * p->used. *n: how many were passed. */
static inline uint32_t go_forth(const struct pack *p, uint32_t at,
                                const struct zpoint *point, size_t *n)
{
    for (*n = 0; at < p->used; ++*n) {
        uint32_t score = pack_after(p, at);

        if (!is_before(p, at, score, point)) {
            break;
        }
        at = pack_after(p, score);
    }
    return at;
}

/* The same when the pair at `at`, or the end, is not in front of the point. */
static uint32_t go_back(const struct pack *p, uint32_t at,
                        const struct zpoint *point)
{
    while (at > 0) {
        uint32_t score = pack_before(p, at), member = pack_before(p, score);

        if (is_before(p, member, score, point)) {
            break;
        }
        at = member;
    }
    return at;
}

size_t zpack_before(const struct pack *p, const struct zpoint *point,
                    uint32_t *at)
{
    size_t n;

    *at = go_forth(p, 0, point, &n);
    if (*at == p->used) {
        *at = PACK_NONE;
    }
    return n;
}

uint32_t zpack_at(const struct pack *p, size_t rank)
{
    return rank < pack_count(p) / 2 ? pack_index(p, (int64_t)rank * 2)
                                    : PACK_NONE;
}

uint32_t zpack_prev(const struct pack *p, uint32_t at)
{
    at = pack_prev(p, at);
    return at == PACK_NONE ? at : pack_prev(p, at);
}

/* ---- Changing ---- */

/* A member and its score. False: too long for any pack. */
static bool code_pair(struct pack_coded c[2], struct bt_slice member,
                      double score, char buf[BROKEN])
{
    if (member.n > PACK_MAX) {
        return false;
    }
    pack_code(&c[0], member);
    code_score(&c[1], score, buf);
    return true;
}

/* In front of what is at `at`. */
static int insert_at(struct pack **pp, uint32_t at, struct bt_slice member,
                     double score)
{
    struct pack_coded c[2];
    char buf[BROKEN];

    return code_pair(c, member, score, buf) ? pack_put(pp, at, 0, c, 2)
                                            : -EFBIG;
}

/* From the end: many sets grow there. */
int zpack_insert(struct pack **pp, struct bt_slice member, double score)
{
    struct zpoint point = {.score = score, .member = member};

    return insert_at(pp, go_back(*pp, (*pp)->used, &point), member, score);
}

int zpack_append(struct pack **pp, struct bt_slice member, double score)
{
    return insert_at(pp, (*pp)->used, member, score);
}

int zpack_move(struct pack **pp, uint32_t at, struct bt_slice member,
               double score)
{
    struct zpoint point = {.score = score, .member = member};
    uint32_t place = pack_after(*pp, at), end = pack_after(*pp, place), to;
    struct pack_coded c[2];
    char buf[BROKEN];
    size_t n;

    to = score < score_at(*pp, place) ? go_back(*pp, at, &point)
                                      : go_forth(*pp, end, &point, &n);
    return code_pair(c, member, score, buf)
               ? pack_put_away(pp, at, end - at, to, c, 2)
               : -EFBIG;
}

void zpack_remove(struct pack **pp, uint32_t at, uint32_t n)
{
    pack_remove(pp, at, 2 * n);
}
