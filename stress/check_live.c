/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/check_live.c -- the live view by itself: what it shows, how it fits.
 * Plain program: exit status 1 and one line for each check that fails.
 */
#include <string.h>

#include "stress/check.h"
#include "stress/live.h"

static const struct stress_point points[] = {
    {.seconds = 1,
     .requests = 1000,
     .service = {.p50 = 100, .p99 = 1000, .p999 = 10000}},
    {.seconds = 1, .requests = 0},
    {.seconds = 0.5,
     .requests = 1000,
     .service = {.p50 = 200, .p99 = 4000, .p999 = 2500000}},
};

static const struct stress_view view = {.target = "127.0.0.1:6379",
                                        .workload = "cache",
                                        .at = 2.5,
                                        .duration = 60,
                                        .errors = 3,
                                        .connections = 49,
                                        .clients = 50,
                                        .points = points,
                                        .n = 3};

static struct stress_frame frame;

/* The frame, without what erases the rest of each line. */
static const char *drawn(unsigned columns, unsigned rows,
                         const struct stress_view *v)
{
    static char text[sizeof(frame.text) + 1];
    struct stress_look look = {.columns = columns, .rows = rows};
    size_t len = 0;

    stress_live_draw(&frame, &look, v);
    for (size_t i = 0; i < frame.len; i++) {
        if (memcmp(&frame.text[i], "\033[K\r\n", 5) == 0) {
            text[len++] = '\n';
            i += 4;
        } else {
            text[len++] = frame.text[i];
        }
    }
    text[len] = '\0';
    return text;
}

static void shown(unsigned columns, unsigned rows, const struct stress_view *v,
                  const char *want)
{
    const char *got = drawn(columns, rows, v);

    CHECK(strcmp(got, want) == 0);
    if (strcmp(got, want) != 0) {
        printf("%s", got);
    }
}

static void wide(void)
{
    shown(64, 24, &view,
          "127.0.0.1:6379  cache  2 s of 60  closed loop, service times\n"
          "rate              2,000/s               =_#  most 2,000/s\n"
          "p50                200 us               _ :  most 200 us\n"
          "p99               4.00 ms               _ =  most 4.00 ms\n"
          "p99.9              2.50 s               _ #  most 2.50 s\n"
          "errors                  3\n"
          "connections            49  of 50\n");
}

/* An open loop shows response times, and what was not sent in time. */
static void open_loop(void)
{
    struct stress_point p = {
        .seconds = 1, .requests = 5, .response = {.p50 = 7}};
    struct stress_view v = view;

    v.points = &p;
    v.n = 1;
    v.open = true;
    v.rate = 1234567;
    v.late = 2;
    v.dropped = 1;
    v.idle = 9;
    v.requests = 10;
    v.done = 5;
    shown(42, 24, &v,
          "127.0.0.1:6379  cache  2 s of 60  5 of 10\n"
          "rate                5.0/s               #\n"
          "p50                  7 us               _\n"
          "p99                  0 us               _\n"
          "p99.9                0 us               _\n"
          "errors                  3  late 2  droppe\n"
          "connections            49  of 50, 9 idle\n");
}

/* Before anything is known, and on a screen for a fly. */
static void narrow(void)
{
    struct stress_view v = view;

    shown(20, 4, &view,
          "rate        2,000/s\np99         4.00 ms\nerrors            3\n");
    shown(8, 2, &view, "rate   \n");
    v.n = 0;
    shown(30, 3, &v, "rate               -\np99                -\n");
    for (unsigned columns = 0; columns < 300; columns++) {
        for (unsigned rows = 0; rows < 12; rows++) {
            drawn(columns, rows, &view);
            CHECK(frame.n_lines == (rows < 2 ? 1 : rows < 8 ? rows - 1 : 7));
            for (unsigned i = 0; i < frame.n_lines; i++) {
                CHECK(frame.width[i] < (columns < 2 ? 2 : columns));
            }
        }
    }
}

/* Nothing that a name holds moves the cursor; blocks are three bytes wide. */
static void signs(void)
{
    struct stress_look look = {.columns = 200, .rows = 24, .utf8 = true};
    struct stress_view v = view;

    v.target = "a\033[2Jb\xff";
    stress_live_draw(&frame, &look, &v);
    CHECK(memcmp(frame.text, "a?[2Jb?  cache", 14) == 0);
    CHECK(frame.width[1] == 193);
    frame.text[frame.len] = '\0';
    CHECK(strstr(frame.text, "\xe2\x96\x85\xe2\x96\x81\xe2\x96\x88") != NULL);
    CHECK(strstr(frame.text, "\033[0m") == NULL);
    look.colour = true;
    stress_live_draw(&frame, &look, &v);
    frame.text[frame.len] = '\0';
    CHECK(strstr(frame.text, "\033[31m           3\033[0m") != NULL);
    stress_live_note(&frame, &look, "setting keys");
    CHECK(frame.n_lines == 1 && frame.width[0] == 12);
}

int main(void)
{
    wide();
    open_loop();
    narrow();
    signs();
    return check_result();
}
