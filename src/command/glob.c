/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Redis' patterns: * ? [abc] [^abc] [a-z] and \ before a literal.
 *
 * A star tries the rest of the pattern at each place of the string. When a
 * later star was reached and the rest behind it failed, an earlier star cannot
 * help either, so only the last star is ever tried again: the work is at most
 * pattern times string, whatever a client sends.
 */
#include "command/command.h"

static unsigned char fold(char ch, bool nocase)
{
    unsigned char u = (unsigned char)ch;

    return nocase && u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

/* A class: *p is behind its '[' and is set to behind its ']' (or the end of the
 * pattern, which closes an open class). */
static bool in_class(const char **p, const char *end, unsigned char ch,
                     bool nocase)
{
    const char *q = *p;
    bool negated = q < end && *q == '^', found = false;

    for (q += negated; q < end && *q != ']'; q++) {
        if (*q == '\\' && end - q >= 2) {
            q++;
            found |= fold(*q, nocase) == ch;
        } else if (end - q >= 3 && q[1] == '-') {
            unsigned char from = fold(q[0], nocase), to = fold(q[2], nocase);

            found |=
                from <= to ? from <= ch && ch <= to : to <= ch && ch <= from;
            q += 2;
        } else {
            found |= fold(*q, nocase) == ch;
        }
    }
    *p = q < end ? q + 1 : end;
    return found != negated;
}

/* One element of the pattern against one character. */
static bool match_one(const char **p, const char *end, char ch, bool nocase)
{
    unsigned char u = fold(ch, nocase);

    switch (**p) {
    case '?':
        ++*p;
        return true;
    case '[':
        ++*p;
        return in_class(p, end, u, nocase);
    case '\\':
        if (end - *p >= 2) {
            ++*p;
        }
        break;
    }
    return fold(*(*p)++, nocase) == u;
}

bool cmd_glob(struct bt_slice pattern, struct bt_slice s, bool nocase)
{
    const char *p = pattern.p, *p_end = pattern.p + pattern.n;
    const char *t = s.p, *t_end = s.p + s.n;
    const char *star = NULL, *from = NULL; /* behind the last star; its text */

    while (t < t_end) {
        if (p < p_end && *p == '*') {
            star = ++p;
            from = t;
        } else if (p < p_end && match_one(&p, p_end, *t, nocase)) {
            t++;
        } else if (star) {
            p = star;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < p_end && *p == '*') {
        p++;
    }
    return p == p_end;
}
