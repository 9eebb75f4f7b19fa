/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/page.c -- the page around the charts.
 */
#include "stress/page.h"

#include <math.h>
#include <string.h>

#include "stress/chart.h"

static const char style[] =
    ":root{--back:#fff;--ink:#1d2430;--soft:#5b6472;--grid:#e3e6ea;"
    "--good:#12713f;--bad:#b3261e;"
    "--c0:#1f6feb;--c1:#c2410c;--c2:#15803d;--c3:#9333ea;--c4:#b45309;"
    "--c5:#0e7490;--c6:#be185d;--c7:#57534e}\n"
    "@media(prefers-color-scheme:dark){:root{--back:#12161c;--ink:#e6e9ee;"
    "--soft:#9aa4b2;--grid:#2b323c;--good:#4ade80;--bad:#ff8a80;"
    "--c0:#6cb0ff;--c1:#ff9d5c;--c2:#5bd68a;--c3:#c99bff;--c4:#f2c14e;"
    "--c5:#57d3e6;--c6:#ff8fc0;--c7:#c3bdb6}}\n"
    "@media print{:root{--back:#fff;--ink:#000;--soft:#444;--grid:#ccc;"
    "--good:#12713f;--bad:#b3261e;--c0:#1f6feb;--c1:#c2410c;--c2:#15803d;"
    "--c3:#9333ea;--c4:#b45309;--c5:#0e7490;--c6:#be185d;--c7:#57534e}"
    "figure{break-inside:avoid}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:1.2rem;max-width:60rem;background:var(--back);"
    "color:var(--ink);font:15px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.1rem;margin:0}\n"
    "p{margin:.2rem 0;color:var(--soft)}\n"
    "figure{margin:2rem 0}svg{width:100%;height:auto;display:block}\n"
    "svg.narrow{display:none}\n"
    "@media(max-width:560px){svg.wide{display:none}svg.narrow{display:block}"
    "body{padding:.8rem}}\n"
    "svg text{font-size:12px;fill:var(--soft)}.grid{stroke:var(--grid)}\n"
    ".line{fill:none;stroke:currentColor;stroke-width:1.8;"
    "stroke-linejoin:round}.dashed{stroke-dasharray:5 4}\n"
    ".area{fill:currentColor;opacity:.18}.dot{fill:currentColor}\n"
    ".unit{font-size:12px}\n"
    ".legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;"
    "margin:.3rem 0;padding:0;font-size:13px}\n"
    ".legend li{overflow-wrap:anywhere}\n"
    ".key{display:inline-block;width:1.6em;margin-right:.4em;"
    "vertical-align:middle;border-top:3px solid currentColor}"
    ".key.dashed{border-top-style:dashed}\n"
    ".c0{color:var(--c0)}.c1{color:var(--c1)}.c2{color:var(--c2)}"
    ".c3{color:var(--c3)}.c4{color:var(--c4)}.c5{color:var(--c5)}"
    ".c6{color:var(--c6)}.c7{color:var(--c7)}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;"
    "font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.3rem .4rem;text-align:right;"
    "border-bottom:1px solid var(--grid);white-space:nowrap}\n"
    "th:first-child,td:first-child{text-align:left;"
    "white-space:normal;overflow-wrap:anywhere;min-width:9rem}"
    "th{font-weight:600;color:var(--soft)}\n"
    ".good{color:var(--good)}.bad{color:var(--bad);font-weight:600}\n";

/* ---- The table ---- */

static void cell(FILE *f, enum stress_unit unit, double v)
{
    char text[32] = "\342\200\223";

    if (!isnan(v)) {
        stress_unit_text(text, sizeof text, unit, v);
    }
    fprintf(f, "<td>%s</td>", text);
}

static const char *const latencies[] = {"p50", "p90", "p99", "p999", "max"};

static void latency_cells(FILE *f, const struct stress_node *result)
{
    bool open = stress_node_at(result, "latency.response_us.p50") != NULL;
    char path[64];

    fprintf(f, "<td>%s</td>", open ? "response" : "service");
    for (size_t i = 0; i < sizeof latencies / sizeof latencies[0]; i++) {
        snprintf(path, sizeof path, "latency.%s_us.%s",
                 open ? "response" : "service", latencies[i]);
        cell(f, STRESS_UNIT_US, stress_node_number(result, path, NAN));
    }
}

static void row(FILE *f, const struct stress_page_run *run, size_t i)
{
    const struct stress_node *r = run->result;
    bool ok = stress_node_number(r, "ok", 0) != 0;

    fprintf(f, "<tr><td><span class=\"key c%zu\"></span>", i);
    stress_html_text(f, run->name);
    fprintf(f, "</td><td class=\"%s\">", ok ? "good" : "bad");
    stress_html_text(f, stress_node_text(r, "verdict", "?"));
    fprintf(f, "</td>");
    cell(f, STRESS_UNIT_COUNT, stress_node_number(r, "rate", NAN));
    latency_cells(f, r);
    cell(f, STRESS_UNIT_US,
         stress_node_number(r, "server.cpu_us_per_request", NAN));
    fprintf(f, "</tr>\n");
}

static void table(FILE *f, const struct stress_page *page)
{
    fprintf(f, "<div class=\"scroll\"><table>\n<tr><th>run</th><th>verdict</th>"
               "<th>requests/s</th><th>latency</th><th>p50</th><th>p90</th>"
               "<th>p99</th><th>p99.9</th><th>max</th>"
               "<th>CPU/request</th></tr>\n");
    for (size_t i = 0; i < page->n; i++) {
        row(f, &page->runs[i], i);
    }
    fprintf(f, "</table></div>\n");
}

/* ---- What was run, and what was wrong ---- */

static void words(FILE *f, const struct stress_node *list)
{
    for (const struct stress_node *w = list ? list->first : NULL; w;
         w = w->next) {
        fputc(' ', f);
        stress_html_text(f, w->text ? w->text : "");
    }
}

static void about(FILE *f, const struct stress_page_run *run)
{
    const struct stress_node *faults = stress_node_at(run->result, "faults");
    const char *warning =
        stress_node_text(run->result, "generator.warning", NULL);

    fprintf(f, "<p>");
    stress_html_text(f, run->name);
    fprintf(f, ": ");
    stress_html_text(f, stress_node_text(run->result, "began", ""));
    fprintf(f, ", <code>baton-stress");
    words(f, stress_node_at(run->result, "options"));
    fprintf(f, "</code></p>\n");
    if (warning) {
        fprintf(f, "<p class=\"bad\">");
        stress_html_text(f, warning);
        fprintf(f, "</p>\n");
    }
    for (const struct stress_node *x = faults ? faults->first : NULL; x;
         x = x->next) {
        if (x->kind == STRESS_NODE_NUMBER && x->number > 0) {
            fprintf(f, "<p class=\"bad\">%s: %.0f</p>\n", x->name, x->number);
        }
    }
}

void stress_page_write(FILE *f, const struct stress_page *page)
{
    fprintf(f, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
               "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
               "content=\"width=device-width,initial-scale=1\">\n"
               "<meta name=\"color-scheme\" content=\"light dark\">\n"
               "<title>baton-stress: ");
    stress_html_text(f, page->runs[0].name);
    fprintf(f,
            "%s</title>\n<style>\n%s</style>\n</head>\n<body>\n"
            "<h1>baton-stress</h1>\n",
            page->n > 1 ? " and others" : "", style);
    table(f, page);
    for (size_t i = 0; i < page->n; i++) {
        about(f, &page->runs[i]);
    }
    if (stress_page_charts(f, page) != 0) {
        fprintf(f, "<p class=\"bad\">There was no memory for a chart.</p>\n");
    }
    fprintf(f, "</body>\n</html>\n");
}
