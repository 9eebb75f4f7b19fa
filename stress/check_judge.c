/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/check_judge.c -- what is right and what is wrong, by itself: values,
 * the rule about versions, the judge's names for what is wrong, elements and
 * counters. Plain program: exit status 1 and one line for each check that
 * fails.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "stress/check.h"
#include "stress/clock.h"
#include "stress/judge.h"
#include "stress/proof.h"
#include "stress/worker.h"

/* ---- values and versions ---- */

static struct stress_run run;
static struct stress_worker worker;

static void ledger_new(uint32_t keys, uint32_t writers, uint32_t bytes)
{
    char size[16];

    stress_ledger_fini(&run.ledger[0]);
    run.ledger[0] = (struct stress_ledger){.keys = keys, .writers = writers};
    CHECK(stress_ledger_init(&run.ledger[0], false) == 0);
    sprintf(size, "%u", (unsigned)bytes);
    CHECK(stress_sizes_parse(&run.sizes, size) == 0);
    run.n_load = writers;
    run.id = 99;
}

static void put(char *to, size_t len, uint32_t key, uint32_t version)
{
    struct stress_stamp stamp = {.key = key,
                                 .writer = key % run.n_load,
                                 .version = version,
                                 .family = 's'};

    stress_value_write(to, len, run.id, &stamp);
}

static enum stress_fault value(const char *v, size_t n, uint32_t key,
                               uint32_t floor)
{
    struct stress_slot s = {
        .act = STRESS_GET, .family = 's', .key = key, .version = floor};
    struct stress_reply r = {.type = '$', .text = v, .len = n};
    struct stress_proof proof;

    return stress_examine(&run, &s, &r, &proof);
}

static void values(size_t bytes)
{
    char *v = malloc(bytes), *other = malloc(bytes);
    struct stress_ledger *l = &run.ledger[0];

    ledger_new(10, 3, (uint32_t)bytes);
    CHECK(stress_ledger_send(l, 4) == 1 && stress_ledger_send(l, 4) == 2);
    put(v, bytes, 4, 2);
    CHECK(value(v, bytes, 4, 0) == STRESS_RIGHT);
    CHECK(value(v, bytes, 4, 2) == STRESS_RIGHT);
    CHECK(value(v, bytes, 4, 3) == STRESS_STALE);
    CHECK(value(v, bytes, 5, 0) == STRESS_CROSSED);
    CHECK(value(v, bytes - 1, 4, 0) == STRESS_TORN);
    put(other, bytes, 4, 3);
    CHECK(value(other, bytes, 4, 0) == STRESS_UNEXPECTED);
    for (size_t i = 0; i < bytes; i++) {
        v[i] ^= 1;
        if (value(v, bytes, 4, 0) != STRESS_TORN) {
            CHECK(!"a changed byte passes");
        }
        v[i] ^= 1;
    }
    /* One version, but for the last bytes, which are of the other. */
    put(other, bytes, 4, 1);
    memcpy(other + bytes - 4, v + bytes - 4, 4);
    CHECK(value(other, bytes, 4, 0) == STRESS_TORN);
    free(v);
    free(other);
}

static void versions(void)
{
    struct stress_ledger *l = &run.ledger[0];

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
            .act = s[0] == 'G' ? STRESS_GET : STRESS_SET,
            .family = 's',
            .key = key,
            .version = s[0] == 'G' ? stress_ledger_floor(&run.ledger[0], key,
                                                         UINT32_MAX)
                                   : stress_ledger_send(&run.ledger[0], key)};
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
        put(v, sizeof(v), key, version);
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
        stress_ledger_send(&run.ledger[0], key);
        stress_ledger_prove(&run.ledger[0], key, 1);
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

/* ---- elements and counters ---- */

static void elements(void)
{
    struct stress_items t;

    CHECK(stress_items_init(&t, 2) == 0);
    for (uint32_t i = 1; i <= 20000; i++) {
        CHECK(stress_items_send(&t, 1) == i);
    }
    CHECK(!stress_items_was_sent(&t, 0, 1) && !stress_items_was_sent(&t, 2, 1));
    CHECK(stress_items_was_sent(&t, 1, 20000));
    CHECK(!stress_items_was_sent(&t, 1, 20001));
    for (uint32_t i = 1; i <= 20000; i++) {
        if (i != 7 && i != 4096 && i != 19999) {
            CHECK(stress_items_deliver(&t, 1, i));
        }
    }
    CHECK(!stress_items_deliver(&t, 1, 8));
    CHECK(stress_items_never(&t) == 3);
    stress_items_unknown(&t, 1, 4096);
    CHECK(stress_items_is_unknown(&t, 1, 4096));
    CHECK(!stress_items_is_unknown(&t, 1, 4097));
    CHECK(stress_items_never(&t) == 2);
    atomic_fetch_add(&t.lost_pops, 1);
    CHECK(stress_items_never(&t) == 1);
    CHECK(stress_items_deliver(&t, 1, 7));
    CHECK(stress_items_never(&t) == 0);
    stress_items_fini(&t);
}

static void counters(void)
{
    struct stress_counters c;

    CHECK(stress_counters_init(&c, 3) == 0);
    for (uint32_t i = 1; i <= 10; i++) {
        stress_counter_send(&c, 2);
    }
    for (uint32_t i = 10; i >= 1; i--) {
        stress_counter_saw(&c, 2, i, true);
    }
    CHECK(stress_counter_floor(&c, 2) == 10 &&
          stress_counter_sent(&c, 2) == 10);
    CHECK(!stress_counters_twice(&c));
    stress_counter_send(&c, 2);
    stress_counter_saw(&c, 2, 10, true); /* 10 twice, and 11 never */
    CHECK(stress_counters_twice(&c));
    stress_counter_unknown(&c);
    CHECK(!stress_counters_twice(&c));
    stress_counters_fini(&c);
}

/* ---- two threads ---- */

#define RACE_ITEMS 200000

static struct stress_items raced_items;
static struct stress_counters raced_counters;
static atomic_uint first_ones;

/* Both deliver all elements and read all numbers; each is new to one of them
 * only, and nothing is lost of what either knows. */
static void *racer(void *arg)
{
    const bool *counts = arg; /* one of the two enters its sum */
    unsigned seen_first = 0;

    for (uint32_t i = 1; i <= RACE_ITEMS; i++) {
        seen_first += stress_items_deliver(&raced_items, 0, i);
        stress_counter_saw(&raced_counters, 0, i, *counts);
        if (i % 1000 == 0) {
            stress_items_unknown(&raced_items, 0, i);
        }
    }
    atomic_fetch_add(&first_ones, seen_first);
    return NULL;
}

static void race(void)
{
    bool yes = true, no = false;
    pthread_t other;

    CHECK(stress_items_init(&raced_items, 1) == 0);
    CHECK(stress_counters_init(&raced_counters, 1) == 0);
    for (uint32_t i = 1; i <= RACE_ITEMS; i++) {
        stress_items_send(&raced_items, 0);
        stress_counter_send(&raced_counters, 0);
    }
    CHECK(stress_items_never(&raced_items) == RACE_ITEMS);
    CHECK(pthread_create(&other, NULL, racer, &no) == 0);
    racer(&yes);
    pthread_join(other, NULL);
    CHECK(atomic_load(&first_ones) == RACE_ITEMS);
    CHECK(stress_items_never(&raced_items) == 0);
    CHECK(stress_counter_floor(&raced_counters, 0) == RACE_ITEMS);
    CHECK(!stress_counters_twice(&raced_counters));
    stress_items_fini(&raced_items);
    stress_counters_fini(&raced_counters);
}

int main(void)
{
    values(32);
    values(33);
    values(64);
    values(1000);
    versions();
    judge();
    judge_errors();
    elements();
    counters();
    race();
    stress_ledger_fini(&run.ledger[0]);
    return check_result();
}
