/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/check_units.c -- what baton-stress relies on, by itself: the
 * histogram's error, the parser at every split, the rule about versions, and
 * the judge's names for what is wrong. Plain program: exit status 1 and one
 * line for each check that fails.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stress/arrivals.h"
#include "stress/clock.h"
#include "stress/histogram.h"
#include "stress/judge.h"
#include "stress/resp.h"
#include "stress/verify.h"
#include "stress/worker.h"

static int failed, checks;

#define CHECK(x) check((x), #x, __LINE__)

static void check(int ok, const char *what, int line)
{
    checks++;
    if (!ok) {
        failed++;
        printf("check_units.c:%d: %s\n", line, what);
    }
}

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

/* ---- values and versions ---- */

static struct stress_run run;
static struct stress_worker worker;

static void ledger_new(uint32_t keys, uint32_t writers, size_t bytes)
{
    stress_ledger_fini(&run.ledger);
    run.ledger = (struct stress_ledger){
        .keys = keys, .writers = writers, .value_bytes = bytes, .run = 99};
    CHECK(stress_ledger_init(&run.ledger) == 0);
}

static enum stress_fault value(const char *v, size_t n, uint32_t key,
                               uint32_t floor)
{
    uint32_t version;

    return stress_value_check(&run.ledger, v, n, key, floor, &version);
}

static void values(size_t bytes)
{
    char *v = malloc(bytes), *other = malloc(bytes);
    struct stress_ledger *l = &run.ledger;

    ledger_new(10, 3, bytes);
    CHECK(stress_ledger_send(l, 4) == 1 && stress_ledger_send(l, 4) == 2);
    stress_value_write(l, v, 4, 2);
    CHECK(value(v, bytes, 4, 0) == STRESS_RIGHT);
    CHECK(value(v, bytes, 4, 2) == STRESS_RIGHT);
    CHECK(value(v, bytes, 4, 3) == STRESS_STALE);
    CHECK(value(v, bytes, 5, 0) == STRESS_CROSSED);
    CHECK(value(v, bytes - 1, 4, 0) == STRESS_TORN);
    stress_value_write(l, other, 4, 3);
    CHECK(value(other, bytes, 4, 0) == STRESS_UNEXPECTED);
    for (size_t i = 0; i < bytes; i++) {
        v[i] ^= 1;
        if (value(v, bytes, 4, 0) != STRESS_TORN) {
            CHECK(!"a changed byte passes");
        }
        v[i] ^= 1;
    }
    /* One version, but for the last bytes, which are of the other. */
    stress_value_write(l, other, 4, 1);
    memcpy(other + bytes - 4, v + bytes - 4, 4);
    CHECK(value(other, bytes, 4, 0) == STRESS_TORN);
    free(v);
    free(other);
}

static void versions(void)
{
    struct stress_ledger *l = &run.ledger;

    ledger_new(10, 3, 32);
    CHECK(stress_ledger_floor(l, 4, 0) == 0);
    stress_ledger_send(l, 4);
    stress_ledger_send(l, 4);
    CHECK(stress_ledger_floor(l, 4, 0) == 0);
    /* Its writer (4 % 3) sees what it sent. */
    CHECK(stress_ledger_floor(l, 4, 1) == 2);
    stress_ledger_prove(l, 4, 2);
    stress_ledger_prove(l, 4, 1);
    CHECK(stress_ledger_floor(l, 4, 0) == 2);
    stress_ledger_void(l, 4);
    stress_ledger_send(l, 4);
    stress_ledger_prove(l, 4, 3);
    CHECK(stress_ledger_floor(l, 4, 0) == 0);
    CHECK(stress_ledger_floor(l, 4, 1) == 0);
}

/* ---- the judge ---- */

static struct stress_client client;
static struct stress_slot window[8];

/* A batch in flight, written as "G4 S1 G5"; SETs send a new version. */
static void ask(const char *batch)
{
    client = (struct stress_client){.window = window, .room = 8, .fd = -1};

    for (const char *s = batch; *s != '\0'; s += s[2] == ' ' ? 3 : 2) {
        uint32_t key = (uint32_t)(s[1] - '0');

        window[client.tail++] = (struct stress_slot){
            .request = s[0] == 'G' ? STRESS_GET : STRESS_SET,
            .key = key,
            .version = s[0] == 'G'
                           ? stress_ledger_floor(&run.ledger, key, UINT32_MAX)
                           : stress_ledger_send(&run.ledger, key)};
    }
}

/* So many of the requests have their answer. */
static uint32_t done(void)
{
    return client.head + client.n_early;
}

static int reply(const char *kind, uint32_t key, uint32_t version)
{
    char v[32];
    struct stress_reply r = {
        .type = *kind, .text = kind + 1, .len = strlen(kind + 1)};

    if (*kind == '$') {
        stress_value_write(&run.ledger, v, key, version);
        r.text = v;
        r.len = sizeof(v);
    }
    return stress_judge(&client, &worker, &r, stress_now());
}

/* The faults counted since the last call, as "2 crossed 1 torn". */
static int faults(const char *expected)
{
    char text[200] = "";

    for (int i = 1; i < STRESS_N_FAULTS; i++) {
        uint64_t n = stress_tally_faults(&worker.tally, (enum stress_fault)i);

        if (n > 0) {
            sprintf(text + strlen(text), "%s%llu %s", *text ? " " : "",
                    (unsigned long long)n,
                    stress_fault_name((enum stress_fault)i));
        }
    }
    memset(&worker.tally, 0, sizeof(worker.tally));
    if (strcmp(text, expected) != 0) {
        printf("judge: \"%s\", not \"%s\"\n", text, expected);
    }
    return strcmp(text, expected) == 0;
}

static void judge_setup(void)
{
    ledger_new(10, 1, 32);
    worker.run = &run;
    worker.phase = STRESS_RUN;
    for (uint32_t key = 0; key < 10; key++) {
        stress_ledger_send(&run.ledger, key);
        stress_ledger_prove(&run.ledger, key, 1);
    }
}

static void judge(void)
{
    judge_setup();
    ask("G1 S7 G3");
    reply("$", 1, 1), reply("+OK", 0, 0), reply("$", 3, 1);
    CHECK(faults("") && done() == 3);
    ask("G1 G2 G3"); /* two change places */
    reply("$", 2, 1), reply("$", 1, 1), reply("$", 3, 1);
    CHECK(faults("1 reordered") && done() == 3);
    ask("G1 G2 G3"); /* another's value, of the same batch */
    reply("$", 2, 1), reply("$", 2, 1), reply("$", 3, 1);
    CHECK(faults("1 crossed") && done() == 3);
    ask("G1 G2 G3"); /* another's value, of elsewhere */
    reply("$", 9, 1), reply("$", 2, 1), reply("$", 3, 1);
    CHECK(faults("1 crossed") && done() == 3);
    ask("G1 G2 G3"); /* the first reply never comes */
    reply("$", 2, 1), reply("$", 3, 1);
    CHECK(faults("") && done() == 2);
    CHECK(stress_judge_abandon(&client, &worker) == 1);
    ask("S1 G2");
    reply("$", 2, 1), reply("+OK", 0, 0);
    CHECK(faults("1 reordered") && done() == 2);
    ask("G1"); /* version 2 was acknowledged above */
    reply("$", 1, 1);
    CHECK(faults("1 stale"));
    ask("G1");
    reply("_", 0, 0);
    CHECK(faults("1 lost"));
    ask("G1");
    reply("+OK", 0, 0);
    CHECK(faults("1 unexpected"));
    CHECK(reply("+OK", 0, 0) == 0); /* nobody asked */
    CHECK(faults("1 unexpected"));
}

static void judge_errors(void)
{
    judge_setup();
    ask("S1 G1");
    window[1].version = 2; /* as a writer that sees its own SET */
    reply("-OOM", 0, 0), reply("$", 1, 1);
    CHECK(faults("") && done() == 2);
    ask("G1"); /* and from then on any version will do */
    reply("_", 0, 0);
    CHECK(faults(""));
    ask("G2");
    CHECK(reply("-ERR x", 0, 0) == 1);
    CHECK(stress_tally_get(&worker.tally, STRESS_REPLY_ERRORS) == 1);
    CHECK(strcmp(worker.tally.text[0].text, "ERR x") == 0);
    CHECK(faults(""));
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

int main(void)
{
    schedule();
    histogram();
    histogram_ends();
    parser();
    parser_depth();
    values(32);
    values(33);
    values(64);
    values(1000);
    versions();
    judge();
    judge_errors();
    stress_ledger_fini(&run.ledger);
    printf("%d checks, %d failed\n", checks, failed);
    return failed > 0;
}
