/* SPDX-License-Identifier: BSD-2-Clause */
#include "type/zpack.h"

#include <string.h>

#include "base/check.h"
#include "base/decimal.h"

#define WHOLE_MAX ((double)(INT64_MAX / 2)) /* no double above has a fraction */

/* ---- Scores ---- */

static struct bt_slice score_text(double score, char buf[PACK_TEXT])
{
    if (score >= -WHOLE_MAX && score <= WHOLE_MAX &&
        (double)(int64_t)score == score) {
        return bt_slice(buf, bt_decimal_write(buf, (int64_t)score));
    }
    buf[0] = '\0';
    memcpy(buf + 1, &score, sizeof score);
    return bt_slice(buf, 1 + sizeof score);
}

/* at: of the score itself. */
static double score_at(const struct pack *p, uint32_t at)
{
    struct pack_value v;
    double score;

    pack_get(p, at, &v);
    if (!v.p) {
        return (double)v.i;
    }
    bt_assert(v.n == 1 + sizeof score);
    memcpy(&score, v.p + 1, sizeof score);
    return score;
}

double zpack_score(const struct pack *p, uint32_t at)
{
    return score_at(p, pack_next(p, at));
}

/* ---- Searching ---- */

uint32_t zpack_find(const struct pack *p, struct bt_slice member)
{
    return pack_find(p, pack_first(p), member, 1);
}

size_t zpack_before(const struct pack *p, const struct zpoint *point,
                    uint32_t *at)
{
    size_t n = 0;

    for (*at = pack_first(p); *at != PACK_NONE; n++) {
        uint32_t score_place = pack_next(p, *at);

        if (!point->lex) {
            double score = score_at(p, score_place);

            if (score < point->score) {
                *at = pack_next(p, score_place);
                continue;
            }
            if (score > point->score) {
                break;
            }
        }
        if (point->member.p) {
            char buf[PACK_TEXT];

            if (!zpoint_follows_member(point, pack_text(p, *at, buf))) {
                break;
            }
        } else if (!point->after) {
            break;
        }
        *at = pack_next(p, score_place);
    }
    return n;
}

uint32_t zpack_at(const struct pack *p, size_t rank)
{
    return rank < pack_count(p) / 2 ? pack_index(p, (int64_t)rank * 2)
                                    : PACK_NONE;
}

uint32_t zpack_next(const struct pack *p, uint32_t at)
{
    return pack_next(p, pack_next(p, at));
}

uint32_t zpack_prev(const struct pack *p, uint32_t at)
{
    at = pack_prev(p, at);
    return at == PACK_NONE ? at : pack_prev(p, at);
}

/* ---- Changing ---- */

/* In front of what is at `at`. */
static int insert_at(struct pack **pp, uint32_t at, struct bt_slice member,
                     double score)
{
    char buf[PACK_TEXT];
    struct bt_slice text = score_text(score, buf);
    uint32_t first = at == PACK_NONE ? (*pp)->used : at;
    int r = pack_insert(pp, at, text);

    if (r != 0) {
        return r;
    }
    r = pack_insert(pp, first, member);
    if (r != 0) {
        pack_remove(pp, first, 1);
    }
    return r;
}

int zpack_insert(struct pack **pp, struct bt_slice member, double score)
{
    struct zpoint point = {.score = score, .member = member};
    uint32_t at;

    zpack_before(*pp, &point, &at);
    return insert_at(pp, at, member, score);
}

int zpack_append(struct pack **pp, struct bt_slice member, double score)
{
    return insert_at(pp, PACK_NONE, member, score);
}

/* May the member at `at` have this score where it stands? */
static bool stays(const struct pack *p, uint32_t at, struct bt_slice member,
                  double score)
{
    uint32_t prev = zpack_prev(p, at), next = zpack_next(p, at);
    char buf[PACK_TEXT];

    if (prev != PACK_NONE) {
        double s = zpack_score(p, prev);

        if (s > score || (s == score && zmember_compare(pack_text(p, prev, buf),
                                                        member) > 0)) {
            return false;
        }
    }
    if (next != PACK_NONE) {
        double s = zpack_score(p, next);

        return s > score ||
               (s == score &&
                zmember_compare(pack_text(p, next, buf), member) > 0);
    }
    return true;
}

/* The new one is made before the old one goes, so that nothing is lost when
 * there is no memory. */
int zpack_move(struct pack **pp, uint32_t at, struct bt_slice member,
               double score)
{
    struct zpoint point = {.score = score, .member = member};
    uint32_t rest = (*pp)->used - at, to;
    char buf[PACK_TEXT];
    int r;

    if (stays(*pp, at, member, score)) {
        return pack_replace(pp, pack_next(*pp, at), score_text(score, buf));
    }
    zpack_before(*pp, &point, &to);
    r = insert_at(pp, to, member, score);
    if (r == 0) {
        pack_remove(pp, to <= at ? (*pp)->used - rest : at, 2);
    }
    return r;
}

void zpack_remove(struct pack **pp, uint32_t at, uint32_t n)
{
    pack_remove(pp, at, 2 * n);
}
