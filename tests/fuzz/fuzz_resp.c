/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target for the request parser: whatever pieces a stream arrives in, the
 * same requests and the same error come out. The first byte of the input picks
 * the limits, the next two seed the sizes of the pieces, the rest is the stream.
 * Each call gets its bytes in memory of exactly their size, so that the address
 * sanitizer sees a read too far.
 *
 *     clang-14 -g -O1 -std=gnu11 -D_GNU_SOURCE -Iinclude -Isrc \
 *         -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_resp.c \
 *         src/resp/parse.c src/resp/scan.c src/base/split.c src/base/check.c \
 *         src/base/buf.c -o fuzz_resp
 *     ./fuzz_resp -dict=tests/fuzz/resp.dict new-corpus tests/fuzz/corpus
 */
#include "base/buf.h"
#include "base/check.h"
#include "resp/parse.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct resp_limits all_limits[] = {
    {RESP_MAX_BULK, RESP_MAX_INLINE, RESP_MAX_ARGS, false},
    {RESP_MAX_BULK, RESP_MAX_INLINE, RESP_MAX_ARGS, true},
    {60, 24, 14, false},
    {20000, 24, 12, true},
};

struct reader {
    const struct resp_limits *limits;
    struct resp_partial *partial;
    struct resp_request req;
    struct bt_buf seen; /* what came out, in a form to be compared */
    size_t want;        /* from the last RESP_MORE */
    bool failed;
};

static void note(struct bt_buf *seen, const void *p, size_t n)
{
    bt_ok(bt_buf_add(seen, &n, sizeof n));
    bt_ok(bt_buf_add(seen, p, n));
}

static void note_result(struct reader *r, enum resp_status status)
{
    note(&r->seen, &status, sizeof status);
    if (status == RESP_ERROR) {
        note(&r->seen, r->req.error, strlen(r->req.error));
        return;
    }
    note(&r->seen, &r->req.consumed, sizeof r->req.consumed);
    for (size_t i = 0; i < r->req.argc; i++) {
        note(&r->seen, r->req.argv[i].p, r->req.argv[i].n);
    }
}

/* One call on a copy of exactly n bytes. How many were consumed. */
static size_t step(struct reader *r, const char *p, size_t n,
                   enum resp_status *status)
{
    char *copy = malloc(n > 0 ? n : 1);

    bt_assert(copy);
    memcpy(copy, p, n);
    *status = resp_parse(&r->partial, n > 0 ? copy : copy + 1, n, r->limits,
                         &r->req, &r->want);
    if (*status != RESP_MORE) {
        bt_assert(!r->partial);
        note_result(r, *status);
    }
    free(copy);
    bt_assert(*status != RESP_OK || r->req.argc > 0);
    if (*status == RESP_OK || *status == RESP_EMPTY) {
        bt_assert(r->req.consumed > 0 && r->req.consumed <= n);
        return r->req.consumed;
    }
    r->failed = *status == RESP_ERROR;
    return 0;
}

static void finish(struct reader *r)
{
    resp_partial_free(&r->partial);
    resp_request_fini(&r->req);
}

static void parse_whole(struct reader *r, const char *p, size_t n)
{
    enum resp_status status = RESP_OK;

    while (status == RESP_OK || status == RESP_EMPTY) {
        size_t k = step(r, p, n, &status);

        p += k;
        n -= k;
    }
    finish(r);
}

/* The first `have` bytes of a request are known; each round adds a piece. */
static void parse_pieces(struct reader *r, const char *p, size_t n,
                         uint32_t seed)
{
    size_t have = 0, before = 0, longest = (size_t)1 << seed % 13;
    bool waiting = false;

    while (!r->failed) {
        enum resp_status status;
        size_t k = step(r, p, have, &status);

        /* What was said to be missing at least must be missing indeed. */
        bt_assert(!waiting || status == RESP_MORE || have - before >= r->want);
        p += k;
        n -= k;
        have -= k;
        waiting = status == RESP_MORE;
        if (!waiting) {
            continue;
        }
        bt_assert(r->want > 0);
        if (have == n) {
            break;
        }
        before = have;
        seed = seed * 1103515245u + 12345u;
        k = 1 + (seed >> 16) % longest;
        have = k < n - have ? have + k : n;
    }
    finish(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct reader whole = {0}, pieces = {0};

    if (n < 3) {
        return 0;
    }
    whole.limits = pieces.limits = &all_limits[data[0] & 3];
    parse_whole(&whole, (const char *)data + 3, n - 3);
    parse_pieces(&pieces, (const char *)data + 3, n - 3,
                 (uint32_t)(data[1] << 8 | data[2]));
    bt_assert(whole.seen.n == pieces.seen.n);
    bt_assert(whole.seen.n == 0 ||
              memcmp(whole.seen.p, pieces.seen.p, whole.seen.n) == 0);
    bt_buf_fini(&whole.seen);
    bt_buf_fini(&pieces.seen);
    return 0;
}
