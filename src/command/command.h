/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command/command.h -- what a command is, and what it is given.
 *
 * One row in commands.def and one function make a command. The row drives
 * dispatch, arity, key positions, locking, COMMAND and the documentation.
 *
 * Threads    A command runs on the worker that owns the client.
 * Rules      Commands never lock: execute locked the shards of the command's
 *            keys before (see `keys` and the flags) and commits afterwards.
 */
#ifndef BATON_COMMAND_COMMAND_H
#define BATON_COMMAND_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include <baton/baton.h>

#include "base/slice.h"
#include "db/notify.h"
#include "db/tx.h"
#include "resp/reply.h"

struct batched;
struct call;
typedef void cmd_fn(struct call *call);

enum cmd_flag { /* Redis' flag names where there is one */
    CMD_WRITE = 1 << 0,
    CMD_READONLY = 1 << 1,
    CMD_DENYOOM = 1 << 2,
    CMD_ADMIN = 1 << 3,
    CMD_FAST = 1 << 4,
    CMD_NO_AUTH = 1 << 5, /* allowed before AUTH */
    CMD_LOADING = 1 << 6,
    CMD_STALE = 1 << 7,
    CMD_NOSCRIPT = 1 << 8,
    CMD_LOCKFREE = 1 << 9,  /* ours: one string key, read without the lock */
    CMD_LOCK_ALL = 1 << 10, /* ours: every shard (FLUSHALL) */
    CMD_SLOW = 1 << 11,     /* ours: may take long; leaves the read section */
    CMD_ALLOW_BUSY = 1 << 12,
    CMD_NO_MULTI = 1 << 13,
    CMD_BLOCKING = 1 << 14,
    CMD_PUBSUB = 1 << 15,
    CMD_MOVABLEKEYS = 1 << 16, /* keys.numkeys or keys.more */
    CMD_MAY_REPLICATE = 1 << 17,
    CMD_SKIP_SLOWLOG = 1 << 18,
    CMD_WALKS = 1 << 19, /* ours: goes through the shards itself (KEYS) */
    CMD_BRIEF = 1 << 20, /* ours: fast for any value, though Redis says no */
};

struct cmd_key_list;

/* Where the keys are: a range as in COMMAND, first (0 = none), last (negative:
 * from the end), step; then those behind the argument `numkeys` (0: none),
 * which counts them; then what `more` adds, for what cannot be said otherwise
 * (see cmd_keys_of in command/keys.h, whose result it gives). */
struct cmd_keys {
    int8_t first, last, step;
    int8_t numkeys;
    int (*more)(const struct bt_slice *argv, size_t argc,
                struct cmd_key_list *list);
};

struct command {
    const char *name; /* lower case; "config|get" for a subcommand */
    cmd_fn *fn;       /* NULL: only has subcommands */
    int arity;        /* with the name; negative: at least */
    unsigned flags;
    struct cmd_keys keys;
    const char *key_flags; /* what is done with the keys, Redis' words: "RW
                              update"; one for each key when ';' divides them */
    const char *group;     /* "string", "generic", "connection", "server" */
    const char *acl;       /* ACL categories, space separated, without '@' */
    const char *tips;      /* for clients and proxies, space separated, or "" */
    const char *since, *summary;
    const struct command *sub; /* subcommands, ended by a NULL name */
};

struct session; /* the service's part of a handle: command/session.h */

struct call {
    struct baton_client *client;
    struct session *session;
    struct worker *worker;         /* this worker's context: command/worker.h */
    const struct command *command; /* the subcommand's row when there is one */
    struct bt_slice *argv;         /* argv[0] is the name as it was sent */
    size_t argc;
    const struct batched *ahead; /* what was looked up before: batch.h */
    struct tx *tx;
    struct resp_reply *out;
    bool in_exec;           /* a queued command: must not block */
    uint64_t told;          /* errors of queued commands, which were counted */
    struct db_offer *offer; /* a large argument that may be kept, or NULL */
    bool held;   /* out: not begun, and to be tried again (command/pause.h) */
    bool parked; /* it will be answered later: command/block.h */
};

/* Argument parsing and error texts shared by all families. Each returns false
 * after it has written the error reply. */
bool cmd_int(struct call *c, struct bt_slice s, int64_t *out); /* "ERR value is
    not an integer or out of range" */
/* From min to max; text: what is told of anything else, without "ERR ", or
 * NULL. */
bool cmd_range(struct call *c, struct bt_slice s, int64_t min, int64_t max,
               const char *text, int64_t *out);
/* min or more, which is not negative; what no size can be is the greatest. */
bool cmd_size(struct call *c, struct bt_slice s, int64_t min, const char *text,
              size_t *out);
bool cmd_syntax(struct call *c);     /* writes "ERR syntax error", false */
bool cmd_type_error(struct call *c); /* WRONGTYPE ..., false */
bool cmd_oom(struct call *c);        /* out of memory for this value, false */
/* Too few or too many arguments, where the row does not say it: for the
 * command, and for a subcommand. False. */
bool cmd_arity_error(struct call *c);
bool cmd_sub_error(struct call *c);
#define CMD_TYPE_ERROR                                                         \
    "WRONGTYPE Operation against a key holding the wrong kind of value"
#define CMD_OOM "OOM out of memory for this value"
/* From some size on it is cheaper to hold a value than to copy it. */
#define CMD_REFERENCE_BYTES 16384
/* What is in front of a '|', in capital letters. */
#define CMD_NAME_TEXT 32
void cmd_container_name(const struct command *c, char name[CMD_NAME_TEXT]);
/* Strict decimal 64-bit as Redis' string2ll: no spaces, no "+", no leading
 * 0. */
bool cmd_parse_int(struct bt_slice s, int64_t *out);
/* Redis' glob (stringmatchlen). */
bool cmd_glob(struct bt_slice pattern, struct bt_slice s, bool nocase);

/* A string value as a bulk: small ones are copied, large ones referenced. The
 * entry must be readable (see db/tx.h, Lifetime). */
void cmd_reply_string(struct call *c, const struct db_entry *e);
/* The same for n bytes of it, from `from` on; both inside of the value. */
void cmd_reply_range(struct call *c, const struct db_entry *e, size_t from,
                     size_t n);
/* proto-max-bulk-len as it is now: no string may become longer. */
uint64_t cmd_max_bulk(struct call *c);
/* The reply of a HELP subcommand: "NAME <subcommand> ..." and then the lines,
 * as Redis frames them; lines ends with NULL. */
void cmd_help(struct call *c, const char *const *lines);

/* Nobody will read what is replied from now on, because replies are switched
 * off or the client is closing: a long reply that has no other effect may end
 * here. */
bool cmd_is_unheard(const struct call *c);

/* Around work that takes long and reads no entry without a lock: memory that
 * others gave up is not held back meanwhile. Entries found before are void. */
void cmd_slow_begin(struct call *c);
void cmd_slow_end(struct call *c);

#endif
