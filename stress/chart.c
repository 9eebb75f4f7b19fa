/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stress/chart.c -- lines over axes, as an SVG inside a page.
 */
#include "stress/chart.h"

#include <math.h>
#include <string.h>

#include "stress/axis.h"

/* Of a label: rather too much than too little. */
#define LETTER_WIDTH 7.5

/* A size of the drawing: the wide one and the one for small windows. */
struct frame {
    const char *class_name;
    double width, height, left, right, top, bottom;
    unsigned x_ticks;
};

static const struct frame frames[] = {{"wide", 760, 300, 64, 16, 12, 48, 8},
                                      {"narrow", 340, 260, 52, 10, 10, 46, 4}};

struct drawing {
    FILE *f;
    const struct stress_chart *chart;
    const struct frame *frame;
    struct stress_range x, y;
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

/* ---- Axes ---- */

static double x_at(const struct drawing *d, double v)
{
    const struct frame *f = d->frame;

    return f->left +
           stress_range_place(&d->x, v) * (f->width - f->left - f->right);
}

static double y_at(const struct drawing *d, double v)
{
    const struct frame *f = d->frame;

    return f->height - f->bottom -
           stress_range_place(&d->y, v) * (f->height - f->top - f->bottom);
}

static void draw_x(const struct drawing *d)
{
    const struct frame *fr = d->frame;
    double ticks[STRESS_TICKS_MAX], low = fr->height - fr->bottom;
    unsigned wanted = d->chart->x.unit == STRESS_UNIT_NINES ? 6 : fr->x_ticks;
    size_t n = stress_range_ticks(&d->x, wanted, ticks);
    /* Labels of a narrow drawing must not run into each other. */
    size_t skip =
        n > fr->x_ticks + 1 ? (n + fr->x_ticks) / (fr->x_ticks + 1) : 1;
    double taken = -INFINITY; /* by the label before */
    char text[32];

    for (size_t i = 0; i < n; i++) {
        double x = x_at(d, ticks[i]);

        fprintf(d->f,
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" "
                "y1=\"%.1f\" y2=\"%.1f\"/>",
                x, x, fr->top, low);
        if (i % skip == 0) {
            bool last = x > fr->width - fr->right - 12;
            double wide, from;

            stress_unit_text(text, sizeof text, d->chart->x.unit, ticks[i]);
            wide = LETTER_WIDTH * (double)strlen(text);
            from = last ? x - wide : x - wide / 2;
            if (from < taken) {
                continue;
            }
            taken = from + wide + LETTER_WIDTH;
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
    double ticks[STRESS_TICKS_MAX];
    size_t n = stress_range_ticks(&d->y, 5, ticks);
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
    struct drawing d = {f, c, fr, stress_range_of(c, &c->x, 0),
                        stress_range_of(c, &c->y, 1)};

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
