/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/check_units.c -- what baton-stress relies on, by itself: the
 * histogram's error, the parser at every split, the schedule of an open loop, which
 * keys come and how long values are. Plain program: exit status 1 and one
 * line for each check that fails.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stress/arrivals.h"
#include "stress/check.h"
#include "stress/choose.h"
#include "stress/clock.h"
#include "stress/histogram.h"
#include "stress/resp.h"
#include "stress/value.h"

/* ---- histogram ---- */

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Values over nine decades, against exact percentiles. */
static void histogram(void)
{
    enum {
        N = 20000
    };
    static uint64_t v[N];
    static struct stress_histogram a, b, both;
    static const unsigned permille[] = {1, 100, 500, 900, 990, 999, 1000};
    uint64_t seed = 7;
    double worst = 0;

    for (int i = 0; i < N; i++) {
        v[i] = stress_random(&seed) >> (24 + stress_random(&seed) % 30);
        stress_histogram_add(i % 2 ? &a : &b, v[i]);
    }
    stress_histogram_merge(&both, &a);
    stress_histogram_merge(&both, &b);
    qsort(v, N, sizeof(*v), compare_u64);
    for (size_t i = 0; i < sizeof(permille) / sizeof(*permille); i++) {
        double exact = (double)v[N / 1000 * permille[i] - 1];
        double got = stress_histogram_quantile(&both, permille[i] / 1000.0);
        double error = got > exact ? got - exact : exact - got;

        worst = exact > 0 && error / exact > worst ? error / exact : worst;
    }
    CHECK(worst < 0.01);
    CHECK(stress_histogram_count(&both) == N);
    stress_histogram_subtract(&both, &a);
    CHECK(stress_histogram_count(&both) == stress_histogram_count(&b));
    CHECK(stress_histogram_quantile(&both, 0.5) ==
          stress_histogram_quantile(&b, 0.5));
}

static void histogram_ends(void)
{
    static struct stress_histogram h;
    struct stress_summary s;

    stress_histogram_summary(&h, &s);
    CHECK(s.count == 0 && s.p50 == 0 && s.max == 0);
    stress_histogram_add(&h, UINT64_MAX);
    CHECK(stress_histogram_count(&h) == 1);
    memset(&h, 0, sizeof(h));
    stress_histogram_add(&h, 1000);
    stress_histogram_summary(&h, &s);
    CHECK(s.min == 1000 && s.max == 1000 && s.p50 == 1000 && s.p999 == 1000);
    CHECK(s.mean == 1000);
}

/* ---- parser ---- */

/* Offers the text in two parts, split at every place; each time the whole of
 * it must be one reply of that type and that length of text or that number. */
static void whole(const char *text, char type, int64_t integer, size_t len)
{
    size_t n = strlen(text);
    int wrong = 0;

    for (size_t cut = 0; cut < n; cut++) {
        struct stress_parser p;
        struct stress_reply r = {0};
        char *part = malloc(cut + 1), *all = malloc(n);

        stress_parser_init(&p);
        memcpy(part, text, cut);
        memcpy(all, text, n);
        wrong += cut > 0 && stress_parse(&p, part, cut, &r) != 0;
        wrong += stress_parse(&p, all, n, &r) != (ssize_t)n;
        wrong += r.type != type || r.integer != integer || r.len != len;
        free(part);
        free(all);
    }
    if (wrong > 0) {
        printf("parser: %.40s\n", text);
    }
    CHECK(wrong == 0);
}

static void bad(const char *text)
{
    struct stress_parser p;
    struct stress_reply r;

    stress_parser_init(&p);
    if (stress_parse(&p, text, strlen(text), &r) != -EPROTO) {
        printf("parser takes: %.40s\n", text);
        CHECK(0);
    }
    checks++;
}

static void parser(void)
{
    whole("+OK\r\n", '+', 0, 2);
    whole("+\r\n", '+', 0, 0);
    whole("-ERR no\r\n", '-', 0, 6);
    whole(":-12\r\n", ':', -12, 3);
    whole("$5\r\na\r\nbc\r\n", '$', 5, 5);
    whole("$0\r\n\r\n", '$', 0, 0);
    whole("$-1\r\n", '_', -1, 2);
    whole("*-1\r\n", '_', -1, 2);
    whole("_\r\n", '_', 0, 0);
    whole("#t\r\n", '#', 1, 1);
    whole(",1.5e3\r\n", ',', 0, 5);
    whole("(123456789012345678901234567890\r\n", '(', 0, 30);
    whole("=6\r\ntxt:ab\r\n", '=', 6, 6);
    whole("!3\r\nERR\r\n", '!', 3, 3);
    whole("*0\r\n", '*', 0, 1);
    whole("*2\r\n$1\r\na\r\n*2\r\n:1\r\n*1\r\n$-1\r\n", '*', 2, 1);
    whole("%2\r\n+a\r\n:1\r\n+b\r\n~2\r\n#f\r\n_\r\n", '%', 2, 1);
    whole(">2\r\n+message\r\n*0\r\n", '>', 2, 1);
    whole("|1\r\n+ttl\r\n:3\r\n$2\r\nhi\r\n", '$', 2, 2);
    whole("*2\r\n|1\r\n+a\r\n*1\r\n:1\r\n:5\r\n|0\r\n:6\r\n", '*', 2, 1);
    bad("OK\r\n");
    bad("\r\n");
    bad("$x\r\n");
    bad("$-2\r\n");
    bad("$3\r\nabcd\r\n");
    bad("$?\r\n");
    bad("#x\r\n");
    bad("_x\r\n");
    bad("+OK\n");
    bad(":1a\r\n");
    bad(":\r\n");
    bad("*2147483648\r\n:1\r\n");
    bad("$1073741825\r\n");
}

/* As deep as the limit is read, one more is refused. */
static void parser_depth(void)
{
    for (int depth = STRESS_RESP_DEPTH; depth <= STRESS_RESP_DEPTH + 1;
         depth++) {
        char text[4 * (STRESS_RESP_DEPTH + 1) + 8] = "";
        struct stress_parser p;
        struct stress_reply r;
        ssize_t n;

        for (int i = 0; i < depth; i++) {
            strcat(text, "*1\r\n");
        }
        strcat(text, ":1\r\n");
        stress_parser_init(&p);
        n = stress_parse(&p, text, strlen(text), &r);
        CHECK(n ==
              (depth > STRESS_RESP_DEPTH ? -EPROTO : (ssize_t)strlen(text)));
    }
}

/* ---- the schedule ---- */

/* Arrivals of all threads before the end of the second `at`. */
static unsigned arrivals_until(const char *text, unsigned threads, double at)
{
    struct stress_plan p = {.rate = 1000, .seconds = 10};
    unsigned n = 0;

    CHECK(stress_plan_parse(&p, text) == 0);
    for (unsigned i = 0; i < threads; i++) {
        struct stress_arrivals a;
        uint64_t t, last = 0;

        stress_arrivals_init(&a, &p, i, threads, 5);
        while ((t = stress_arrivals_next(&a)) < (uint64_t)(at * 1e9)) {
            CHECK(t >= last);
            last = t;
            n++;
        }
    }
    return n;
}

static void schedule(void)
{
    struct stress_plan p = {0};
    static const char *const bad_plans[] = {
        "",        "even",     "constant:1", "burst",   "burst:0",
        "burst:x", "burst:2x", "ramp",       "step:10", "step:10:1"};
    unsigned n;

    for (size_t i = 0; i < sizeof(bad_plans) / sizeof(*bad_plans); i++) {
        CHECK(stress_plan_parse(&p, bad_plans[i]) == -EINVAL);
    }
    CHECK(arrivals_until("constant", 1, 2) == 2000);
    CHECK(arrivals_until("constant", 3, 2) == 2000);
    n = arrivals_until("poisson", 2, 10);
    CHECK(n > 9600 && n < 10400); /* four deviations of 100 */
    CHECK(arrivals_until("burst:50", 2, 0.02) == 50);
    CHECK(arrivals_until("burst:50", 2, 1) == 1000);
    n = arrivals_until("ramp:100", 2, 10);
    CHECK(n >= 5499 && n <= 5501);
    n = arrivals_until("ramp:100", 2, 5);
    CHECK(n >= 1624 && n <= 1626);
    n = arrivals_until("step:100:10", 2, 10);
    CHECK(n >= 5499 && n <= 5501);
    n = arrivals_until("step:100:10", 1, 2);
    CHECK(n >= 299 && n <= 301);
}

/* ---- popularity ---- */

static uint32_t most_of(const char *text, uint32_t n, uint32_t below)
{
    struct stress_choice c;
    uint64_t random = 3;
    uint32_t seq = 0, hits = 0;

    CHECK(stress_choice_parse(&c, text) == 0);
    stress_choice_prepare(&c, n);
    for (int i = 0; i < 100000; i++) {
        uint32_t key = stress_choice_next(&c, &random, &seq);

        CHECK(key < n);
        hits += key < below;
    }
    return hits;
}

static int about(uint32_t got, double share)
{
    double error = (double)got / 100000 - share;

    return error < 0.01 && error > -0.01;
}

static void popularity(void)
{
    static const char *const bad_ones[] = {
        "", "zipf", "zipf:0", "zipf:x", "hot:1:1", "hot:0.5", "uniform:1"};
    struct stress_choice c;
    double zipf = 0, all = 0;

    for (size_t i = 0; i < sizeof(bad_ones) / sizeof(*bad_ones); i++) {
        CHECK(stress_choice_parse(&c, bad_ones[i]) == -EINVAL);
    }
    CHECK(about(most_of("uniform", 1000, 100), 0.1));
    CHECK(about(most_of("seq", 1000, 100), 0.1));
    CHECK(about(most_of("hot:0.9:0.1", 1000, 100), 0.9));
    CHECK(about(most_of("gauss", 1000, 500), 0.5));
    CHECK(about(most_of("gauss", 1000, 375), 0.159));
    for (int i = 1; i <= 1000; i++) {
        all += pow(i, -0.99);
        zipf += i <= 10 ? pow(i, -0.99) : 0;
    }
    CHECK(about(most_of("zipf:0.99", 1000, 10), zipf / all));
    /* Exactly 1, where the formulas would divide by nothing. */
    CHECK(about(most_of("zipf:1", 2, 1), 2.0 / 3));
    CHECK(most_of("zipf:2", 1, 1) == 100000);
}

static void sizes(void)
{
    static const char *const bad_ones[] = {
        "", "31", "64-", "64-32", "exp:", "64:", "64:0", "64:1,", "x"};
    struct stress_sizes s;
    struct stress_stamp stamp = {.version = 1};
    double sum = 0;
    int long_ones = 0;

    for (size_t i = 0; i < sizeof(bad_ones) / sizeof(*bad_ones); i++) {
        CHECK(stress_sizes_parse(&s, bad_ones[i]) == -EINVAL);
    }
    CHECK(stress_sizes_parse(&s, "100") == 0);
    CHECK(stress_sizes_of(&s, &stamp) == 100);
    CHECK(stress_sizes_parse(&s, "64:3,1000:1") == 0 && s.max == 1000);
    for (stamp.key = 0; stamp.key < 10000; stamp.key++) {
        long_ones += stress_sizes_of(&s, &stamp) == 1000;
    }
    CHECK(long_ones > 2350 && long_ones < 2650);
    CHECK(stress_sizes_parse(&s, "exp:1000") == 0);
    for (stamp.key = 0; stamp.key < 10000; stamp.key++) {
        size_t n = stress_sizes_of(&s, &stamp);

        CHECK(n >= 32 && n <= s.max && n == stress_sizes_of(&s, &stamp));
        sum += (double)n;
    }
    CHECK(sum / 10000 > 950 && sum / 10000 < 1050);
}

int main(void)
{
    histogram();
    histogram_ends();
    parser();
    parser_depth();
    schedule();
    popularity();
    sizes();
    return check_result();
}
