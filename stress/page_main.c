/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/page_main.c -- the words of `baton-stress report`, and --fail-if.
 */
#include "stress/page.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONDITIONS_MAX 16
#define FILE_MAX_BYTES (256u << 20)

static const char usage[] =
    "usage: baton-stress report RESULT.json... [-o PAGE.html]\n"
    "                           [--fail-if CONDITION]...\n"
    "Makes one page of up to 8 results of --json; without -o nothing is "
    "written.\n"
    "CONDITION compares each later result with the first: p50, p90, p99, "
    "p999,\n"
    "max, mean, rate or cpu, then > or <, then a change in percent:\n"
    "  --fail-if 'p99>+10%' --fail-if 'rate<-5%'     exit status 1 when one "
    "holds\n";

/* ---- Conditions ---- */

struct condition {
    char what[16];
    char sign; /* > or < */
    double percent;
};

static const char *parse(const char *text, struct condition *c)
{
    size_t n = strcspn(text, "<>");
    char *end;

    if (n == 0 || n >= sizeof c->what || !text[n]) {
        return "expected a name, then > or <, then a percentage";
    }
    memcpy(c->what, text, n);
    c->what[n] = 0;
    c->sign = text[n];
    c->percent = strtod(text + n + 1, &end);
    if (end == text + n + 1 || strcmp(end, "%") != 0 || !isfinite(c->percent)) {
        return "expected a percentage such as +10%";
    }
    return NULL;
}

static double figure(const struct stress_node *result, const char *what)
{
    static const char *const kinds[] = {"response_us", "service_us"};
    char path[64];
    double v = NAN;

    if (strcmp(what, "rate") == 0) {
        return stress_node_number(result, "rate", NAN);
    }
    if (strcmp(what, "cpu") == 0) {
        return stress_node_number(result, "server.cpu_us_per_request", NAN);
    }
    for (size_t i = 0; i < 2 && isnan(v); i++) {
        snprintf(path, sizeof path, "latency.%s.%s", kinds[i], what);
        v = stress_node_number(result, path, NAN);
    }
    return v;
}

int stress_page_fails(const struct stress_page *page, const char *text,
                      char *error, size_t size)
{
    struct condition c;
    const char *wrong = parse(text, &c);
    double base = wrong ? NAN : figure(page->runs[0].result, c.what);
    int failed = 0;

    if (wrong || isnan(base)) {
        snprintf(error, size, "%s", wrong ? wrong : "there is no such figure");
        return -1;
    }
    for (size_t i = 1; i < page->n; i++) {
        double now = figure(page->runs[i].result, c.what);
        double change = 100 * (now - base) / base;

        if (isnan(now) ||
            (c.sign == '>' ? change > c.percent : change < c.percent)) {
            printf("%s: %s went from %.1f to %.1f (%+.1f %%), %s\n",
                   page->runs[i].name, c.what, base, now, change, text);
            failed++;
        }
    }
    return failed;
}

/* ---- Files ---- */

/* *n is zero before. */
static char *read_all(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *p = NULL;

    for (size_t room = 65536; f; room *= 2) {
        char *more = realloc(p, room);

        if (!more || room > FILE_MAX_BYTES) {
            free(more ? more : p);
            fclose(f);
            errno = more ? EFBIG : ENOMEM;
            return NULL;
        }
        p = more;
        *n += fread(p + *n, 1, room - *n, f);
        if (*n < room) {
            break;
        }
    }
    if (f && ferror(f)) {
        free(p);
        p = NULL;
    }
    if (f) {
        fclose(f);
    }
    return p;
}

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "baton-stress: %s: %s\n", what, why);
    return -1;
}

static int add_run(struct stress_page *page, const char *path)
{
    struct stress_page_run *run = &page->runs[page->n];
    const char *slash = strrchr(path, '/');
    char error[128];
    size_t n = 0;
    char *text;

    if (page->n == STRESS_PAGE_RUNS) {
        return complain(path, "too many results (8 at most)");
    }
    text = read_all(path, &n);
    if (!text) {
        return complain(path, strerror(errno));
    }
    run->name = slash ? slash + 1 : path;
    run->result = stress_node_read(text, n, error, sizeof error);
    free(text);
    if (!run->result) {
        return complain(path, error);
    }
    page->n++;
    if (strcmp(stress_node_text(run->result, "program", ""), "baton-stress") ||
        stress_node_number(run->result, "schema", 0) != 1) {
        return complain(path, "no result of baton-stress that I know");
    }
    return 0;
}

static int write_page(const struct stress_page *page, const char *path)
{
    FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    bool bad;

    if (!f) {
        return complain(path, strerror(errno));
    }
    stress_page_write(f, page);
    bad = fflush(f) != 0 || ferror(f);
    if (f != stdout) {
        bad |= fclose(f) != 0;
    }
    return bad ? complain(path, strerror(errno)) : 0;
}

/* ---- All of it ---- */

struct words {
    const char *out;
    const char *conditions[CONDITIONS_MAX];
    size_t n_conditions;
};

static int take_words(struct stress_page *page, struct words *w, int argc,
                      char **argv)
{
    for (int i = 0; i < argc; i++) {
        bool is_out = strcmp(argv[i], "-o") == 0;

        if (is_out || strcmp(argv[i], "--fail-if") == 0) {
            if (i + 1 == argc) {
                return complain(argv[i], "needs an argument");
            }
            if (is_out) {
                w->out = argv[++i];
            } else if (w->n_conditions < CONDITIONS_MAX) {
                w->conditions[w->n_conditions++] = argv[++i];
            } else {
                return complain(argv[i], "too many conditions");
            }
        } else if (argv[i][0] == '-' && argv[i][1]) {
            return complain(argv[i], "unknown option");
        } else if (add_run(page, argv[i]) < 0) {
            return -1;
        }
    }
    return page->n > 0 ? 0 : complain("report", "no result given");
}

static int judge(const struct stress_page *page, const struct words *w)
{
    int status = 0;

    for (size_t i = 0; i < w->n_conditions; i++) {
        char error[128];
        int failed =
            stress_page_fails(page, w->conditions[i], error, sizeof error);

        if (failed < 0) {
            complain(w->conditions[i], error);
            return 2;
        }
        status |= failed > 0;
    }
    return status;
}

int stress_page_main(int argc, char **argv)
{
    struct stress_page page = {0};
    struct words w = {0};
    int status = 2;

    if (argc > 0 && (strcmp(argv[0], "--help") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    if (take_words(&page, &w, argc, argv) < 0) {
        fputs(usage, stderr);
    } else {
        status = judge(&page, &w);
        if (w.out && write_page(&page, w.out) < 0) {
            status = 2;
        }
    }
    for (size_t i = 0; i < page.n; i++) {
        stress_node_free(&page.runs[i].result);
    }
    return status;
}
