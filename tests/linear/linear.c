/* SPDX-License-Identifier: BSD-2-Clause
 *
 * linear/linear -- records histories of concurrent clients of a server, and says
 * of each whether it is linearizable.
 *
 * usage: linear -s SOCKET [-n HISTORIES] [-c CLIENTS] [-o OPERATIONS] [-S SEED]
 *               [-m PARTS]
 *
 * PARTS: s strings, w WATCH and EXEC, l lists; those that the server lacks are
 * left out and named. Keys are named after the seed, so a seed needs a server
 * that has not seen it. Exit status: 0 all are, 1 one is not (it is printed), 2
 * something else is wrong.
 */
#include "client.h"
#include "record.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static unsigned parts_of(const char *letters)
{
    return (strchr(letters, 's') ? MIX_STRINGS : 0) |
           (strchr(letters, 'w') ? MIX_WATCH : 0) |
           (strchr(letters, 'l') ? MIX_LISTS : 0);
}

/* What of it the server can do. */
static unsigned parts_there(const struct plan *plan)
{
    static struct client c;
    unsigned mix = plan->mix;

    client_connect(&c, plan->path);
    if (!client_knows(&c, "WATCH") || !client_knows(&c, "EXEC")) {
        mix &= ~(unsigned)MIX_WATCH;
    }
    if (!client_knows(&c, "LPUSH") || !client_knows(&c, "BLPOP")) {
        mix &= ~(unsigned)MIX_LISTS;
    }
    close(c.fd);
    return mix;
}

static void arguments(struct plan *plan, unsigned *histories, int argc,
                      char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "s:n:c:o:S:m:")) >= 0) {
        switch (option) {
        case 's':
            plan->path = optarg;
            break;
        case 'n':
            *histories = (unsigned)atoi(optarg);
            break;
        case 'c':
            plan->clients = atoi(optarg);
            break;
        case 'o':
            plan->ops = atoi(optarg);
            break;
        case 'S':
            plan->seed = strtoull(optarg, NULL, 10);
            break;
        case 'm':
            plan->mix = parts_of(optarg);
            break;
        default:
            exit(2);
        }
    }
    if (plan->path == NULL || plan->mix == 0) {
        fprintf(stderr, "linear: -s SOCKET is needed, and parts to do\n");
        exit(2);
    }
}

struct sum {
    unsigned done, bad, undecided;
    size_t ops, overlaps;
};

static void judge(struct sum *sum, const struct op *ops, size_t count)
{
    size_t reached = 0;
    enum verdict verdict = history_check(ops, count, &reached);

    sum->done++;
    sum->ops += count;
    sum->overlaps += history_overlaps(ops, count);
    if (verdict == LINEAR) {
        return;
    }
    sum->bad += verdict == NOT_LINEAR;
    sum->undecided += verdict == UNDECIDED;
    printf("# history %u %s: at best %zu of %zu operations are explained\n",
           sum->done,
           verdict == NOT_LINEAR ? "is not linearizable" : "is not decided",
           reached, count);
    history_print(stdout, ops, count);
}

int main(int argc, char **argv)
{
    static struct op ops[OPS_MAX];
    struct plan plan = {.clients = 8,
                        .ops = 15,
                        .seed =
                            (uint64_t)time(NULL) * 100000 + (uint64_t)getpid(),
                        .mix = MIX_STRINGS | MIX_WATCH | MIX_LISTS};
    unsigned histories = 100, wanted;
    struct sum sum = {0};
    struct recorder *r;

    arguments(&plan, &histories, argc, argv);
    wanted = plan.mix;
    plan.mix = parts_there(&plan);
    r = record_start(&plan);
    while (sum.done < histories && sum.bad == 0) {
        judge(&sum, ops, record_history(r, ops));
    }
    record_stop(r);
    printf("histories=%u operations=%zu overlapping=%zu not_linearizable=%u "
           "undecided=%u clients=%d seed=%llu strings=%d watch=%d lists=%d\n",
           sum.done, sum.ops, sum.overlaps, sum.bad, sum.undecided,
           plan.clients, (unsigned long long)plan.seed,
           (plan.mix & MIX_STRINGS) != 0, (plan.mix & MIX_WATCH) != 0,
           (plan.mix & MIX_LISTS) != 0);
    if (plan.mix != wanted) {
        printf("# the server lacks some of the commands\n");
    }
    return sum.bad || sum.undecided ? 1 : 0;
}
