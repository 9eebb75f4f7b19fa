/* SPDX-License-Identifier: BSD-2-Clause */
#include "stress/chart.h"

#include <math.h>
#include <string.h>

#define TICKS_MAX 24

/* A size of the drawing: the wide one and the one for small windows. */
struct frame {
    const char *class_name;
    double width, height, left, right, top, bottom;
    unsigned x_ticks;
};

static const struct frame frames[] = {{"wide", 760, 300, 64, 16, 12, 48, 8},
                                      {"narrow", 340, 260, 52, 10, 10, 46, 4}};

struct range {
    double from, to;
    bool log;
};

struct drawing {
    FILE *f;
    const struct stress_chart *chart;
    const struct frame *frame;
    struct range x, y;
};

/* ---- Text ---- */

void stress_html_text(FILE *f, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", f);
            break;
        case '>':
            fputs("&gt;", f);
            break;
        case '&':
            fputs("&amp;", f);
            break;
        case '"':
            fputs("&quot;", f);
            break;
        default:
            fputc(*text, f);
        }
    }
}

static void scaled(char *text, size_t size, double v, const char *unit)
{
    int digits = fabs(v - round(v)) <= 1e-9 * fabs(v) ? 0
                 : fabs(v) < 10                       ? 2
                                                      : 1;

    snprintf(text, size, "%.*f%s", digits, v, unit);
}

static void time_text(char *text, size_t size, double us)
{
    if (us >= 1e6) {
        scaled(text, size, us / 1e6, " s");
    } else if (us >= 1e3) {
        scaled(text, size, us / 1e3, " ms");
    } else {
        scaled(text, size, us, " \302\265s");
    }
}

static void count_text(char *text, size_t size, double v)
{
    if (v >= 1e6) {
        scaled(text, size, v / 1e6, "M");
    } else if (v >= 1e3) {
        scaled(text, size, v / 1e3, "k");
    } else {
        scaled(text, size, v, "");
    }
}

void stress_unit_text(char *text, size_t size, enum stress_unit unit, double v)
{
    switch (unit) {
    case STRESS_UNIT_US:
        time_text(text, size, v);
        break;
    case STRESS_UNIT_SECONDS:
        scaled(text, size, v, " s");
        break;
    case STRESS_UNIT_NINES:
        snprintf(text, size, "%.*f%%", v > 2 ? (int)(v + 0.5) - 2 : 0,
                 100 - 100 * pow(10, -v));
        break;
    case STRESS_UNIT_PART:
        scaled(text, size, v, "");
        break;
    default:
        count_text(text, size, v);
    }
}

/* ---- Axes ---- */

static struct range range_of(const struct stress_chart *c,
                             const struct stress_axis *axis, int which)
{
    struct range r = {INFINITY, -INFINITY, axis->log};

    for (size_t i = 0; i < c->n_lines; i++) {
        for (size_t k = 0; k < c->lines[i].n; k++) {
            double v = c->lines[i].points[k][which];

            if (!r.log || v > 0) {
                r.from = v < r.from ? v : r.from;
                r.to = v > r.to ? v : r.to;
            }
        }
    }
    if (r.to < r.from) {
        r.from = r.to = 1;
    }
    if (r.log) {
        r.from = pow(10, floor(log10(r.from) * 3 + 1e-9) / 3);
        r.to = pow(10, ceil(log10(r.to) * 3 - 1e-9) / 3);
        r.to = r.to > r.from ? r.to : r.from * 10;
        return r;
    }
    r.from = r.from > 0 ? 0 : r.from;
    r.to = r.to > r.from ? r.to : r.from + 1;
    return r;
}

static double place(const struct range *r, double v)
{
    if (r->log) {
        v = v > r->from ? v : r->from;
        return log(v / r->from) / log(r->to / r->from);
    }
    return (v - r->from) / (r->to - r->from);
}

static size_t log_ticks(const struct range *r, double *ticks)
{
    static const double steps[] = {1, 2, 5};
    bool all = r->to / r->from < 50;
    size_t n = 0;

    for (double d = pow(10, floor(log10(r->from))); d <= r->to; d *= 10) {
        for (int i = 0; i < (all ? 3 : 1); i++) {
            double v = d * steps[i];

            if (v >= r->from * 0.999 && v <= r->to * 1.001 && n < TICKS_MAX) {
                ticks[n++] = v;
            }
        }
    }
    return n;
}

static size_t linear_ticks(const struct range *r, unsigned wanted,
                           double *ticks)
{
    double raw = (r->to - r->from) / wanted;
    double step = pow(10, floor(log10(raw)));
    size_t n = 0;

    step *= raw / step > 5 ? 10 : raw / step > 2 ? 5 : raw / step > 1 ? 2 : 1;
    for (double v = ceil(r->from / step) * step;
         v <= r->to + step / 1000 && n < TICKS_MAX; v += step) {
        ticks[n++] = v;
    }
    return n;
}

static double x_at(const struct drawing *d, double v)
{
    const struct frame *f = d->frame;

    return f->left + place(&d->x, v) * (f->width - f->left - f->right);
}

static double y_at(const struct drawing *d, double v)
{
    const struct frame *f = d->frame;

    return f->height - f->bottom -
           place(&d->y, v) * (f->height - f->top - f->bottom);
}

static void draw_x(const struct drawing *d)
{
    const struct frame *fr = d->frame;
    double ticks[TICKS_MAX], low = fr->height - fr->bottom;
    unsigned wanted = d->chart->x.unit == STRESS_UNIT_NINES ? 6 : fr->x_ticks;
    size_t n =
        d->x.log ? log_ticks(&d->x, ticks) : linear_ticks(&d->x, wanted, ticks);
    /* Labels of a narrow drawing must not run into each other. */
    size_t skip =
        n > fr->x_ticks + 1 ? (n + fr->x_ticks) / (fr->x_ticks + 1) : 1;
    char text[32];

    for (size_t i = 0; i < n; i++) {
        double x = x_at(d, ticks[i]);

        fprintf(d->f,
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" "
                "y1=\"%.1f\" y2=\"%.1f\"/>",
                x, x, fr->top, low);
        if (i % skip == 0) {
            bool last = x > fr->width - fr->right - 12;

            stress_unit_text(text, sizeof text, d->chart->x.unit, ticks[i]);
            fprintf(d->f,
                    "<text x=\"%.1f\" y=\"%.1f\" "
                    "text-anchor=\"%s\">%s</text>",
                    x, low + 20, last ? "end" : "middle", text);
        }
    }
    fprintf(d->f,
            "<text class=\"axis\" x=\"%.1f\" y=\"%.1f\" "
            "text-anchor=\"middle\">",
            (fr->left + fr->width - fr->right) / 2, fr->height - 6);
    stress_html_text(d->f, d->chart->x.title);
    fprintf(d->f, "</text>\n");
}

static void draw_y(const struct drawing *d)
{
    const struct frame *fr = d->frame;
    double ticks[TICKS_MAX];
    size_t n =
        d->y.log ? log_ticks(&d->y, ticks) : linear_ticks(&d->y, 5, ticks);
    char text[32];

    for (size_t i = 0; i < n; i++) {
        double y = y_at(d, ticks[i]);

        stress_unit_text(text, sizeof text, d->chart->y.unit, ticks[i]);
        fprintf(d->f,
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" "
                "y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s"
                "</text>",
                fr->left, fr->width - fr->right, y, y, fr->left - 6, y + 4,
                text);
    }
    fprintf(d->f, "\n");
}

/* ---- Lines ---- */

static void draw_line(const struct drawing *d, const struct stress_line *l)
{
    double low = d->frame->height - d->frame->bottom;

    if (l->n == 0) {
        return;
    }
    if (l->area) {
        fprintf(d->f, "<path class=\"area c%u\" d=\"M%.1f %.1f", l->colour,
                x_at(d, l->points[0][0]), low);
        for (size_t i = 0; i < l->n; i++) {
            fprintf(d->f, "L%.1f %.1f", x_at(d, l->points[i][0]),
                    y_at(d, l->points[i][1]));
        }
        fprintf(d->f, "L%.1f %.1fZ\"/>\n", x_at(d, l->points[l->n - 1][0]),
                low);
    }
    if (l->n == 1) {
        fprintf(d->f,
                "<circle class=\"dot c%u\" r=\"3\" cx=\"%.1f\" "
                "cy=\"%.1f\"/>",
                l->colour, x_at(d, l->points[0][0]), y_at(d, l->points[0][1]));
        return;
    }
    fprintf(d->f, "<polyline class=\"line c%u%s\" points=\"", l->colour,
            l->dashed ? " dashed" : "");
    for (size_t i = 0; i < l->n; i++) {
        fprintf(d->f, "%.1f,%.1f ", x_at(d, l->points[i][0]),
                y_at(d, l->points[i][1]));
    }
    fprintf(d->f, "\"/>\n");
}

static void draw(FILE *f, const struct stress_chart *c, const struct frame *fr)
{
    struct drawing d = {f, c, fr, range_of(c, &c->x, 0), range_of(c, &c->y, 1)};

    fprintf(f,
            "<svg class=\"%s\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
            "aria-label=\"",
            fr->class_name, fr->width, fr->height);
    stress_html_text(f, c->title);
    fprintf(f, "\">\n");
    draw_x(&d);
    draw_y(&d);
    for (size_t i = 0; i < c->n_lines; i++) {
        draw_line(&d, &c->lines[i]);
    }
    fprintf(f, "</svg>\n");
}

static void legend(FILE *f, const struct stress_chart *c)
{
    fprintf(f, "<ul class=\"legend\">");
    for (size_t i = 0; i < c->n_lines; i++) {
        const struct stress_line *l = &c->lines[i];

        if (l->n > 0) {
            fprintf(f, "<li><span class=\"key c%u%s\"></span>", l->colour,
                    l->dashed ? " dashed" : "");
            stress_html_text(f, l->name);
            fprintf(f, "</li>");
        }
    }
    fprintf(f, "</ul>\n");
}

void stress_chart_write(FILE *f, const struct stress_chart *c)
{
    size_t points = 0;

    for (size_t i = 0; i < c->n_lines; i++) {
        points += c->lines[i].n;
    }
    if (points == 0) {
        return;
    }
    fprintf(f, "<figure>\n<figcaption><h2>");
    stress_html_text(f, c->title);
    fprintf(f, "</h2><p>");
    stress_html_text(f, c->note);
    fprintf(f, "</p></figcaption>\n");
    legend(f, c);
    fprintf(f, "<p class=\"unit\">");
    stress_html_text(f, c->y.title);
    fprintf(f, "</p>\n");
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        draw(f, c, &frames[i]);
    }
    fprintf(f, "</figure>\n");
}
