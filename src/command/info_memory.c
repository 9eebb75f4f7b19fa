/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The Memory section of INFO: the process as the system sees it, the allocator
 * as it sees itself where it does, and the data as the database counts it.
 */
#include "command/info.h"

#include "command/process.h"

#include <inttypes.h>
#include <string.h>

uint64_t info_peak(struct service *s, uint64_t used)
{
    uint64_t old = atomic_load(&s->peak_memory);

    while (old < used &&
           !atomic_compare_exchange_weak(&s->peak_memory, &old, used)) {
        continue;
    }
    return old < used ? used : old;
}

static double ratio(uint64_t a, uint64_t b)
{
    return b > 0 ? (double)a / (double)b : 0;
}

static void allocator(struct info *i, const struct process_memory *m)
{
    info_add(i, "allocator_frag_ratio:%.2f\r\n", ratio(m->active, m->used));
    info_add(i, "allocator_frag_bytes:%" PRIu64 "\r\n", m->active - m->used);
    info_add(i, "allocator_rss_ratio:%.2f\r\n", ratio(m->rss, m->active));
    info_add(i, "allocator_rss_bytes:%" PRId64 "\r\n",
             (int64_t)(m->rss - m->active));
    info_add(i, "rss_overhead_ratio:1.00\r\nrss_overhead_bytes:0\r\n");
    info_add(i, "mem_fragmentation_ratio:%.2f\r\n", ratio(m->rss, m->used));
    info_add(i, "mem_fragmentation_bytes:%" PRId64 "\r\n",
             (int64_t)(m->rss - m->used));
}

/* There are none. */
static void scripts(struct info *i)
{
    static const char *const none[] = {
        "used_memory_scripts_eval", "number_of_cached_scripts",
        "number_of_functions",      "number_of_libraries",
        "used_memory_vm_functions", NULL};

    info_add(i, "used_memory_lua:0\r\nused_memory_vm_eval:0\r\n"
                "used_memory_lua_human:0B\r\n");
    info_add_zeroes(i, none);
    info_add_bytes(i, "used_memory_vm_total", 0);
    info_add(i, "used_memory_functions:0\r\n");
    info_add_bytes(i, "used_memory_scripts", 0);
}

void info_memory(struct info *i)
{
    static const char *const none[] = {"mem_not_counted_for_evict",
                                       "mem_replication_backlog",
                                       "mem_total_replication_buffers",
                                       "mem_clients_slaves",
                                       "mem_clients_normal",
                                       "mem_cluster_links",
                                       "mem_aof_buffer",
                                       NULL};
    struct process_memory m;
    struct db_stats d;
    char limit[32], policy[64];
    uint64_t top, dataset;

    process_memory(&m);
    db_stats(i->service->db, &d);
    info_option(i, "maxmemory", limit, sizeof limit);
    info_option(i, "maxmemory-policy", policy, sizeof policy);
    top = info_peak(i->service, m.used);
    dataset = d.used_bytes < m.used ? d.used_bytes : m.used;
    info_add_bytes(i, "used_memory", m.used);
    info_add_bytes(i, "used_memory_rss", m.rss);
    info_add_bytes(i, "used_memory_peak", top);
    info_add(i, "used_memory_peak_perc:%.2f%%\r\n", 100 * ratio(m.used, top));
    info_add(i, "used_memory_overhead:%" PRIu64 "\r\n", m.used - dataset);
    info_add(i, "used_memory_startup:%" PRIu64 "\r\n",
             i->service->startup_memory);
    info_add(i, "used_memory_dataset:%" PRIu64 "\r\n", dataset);
    info_add(i, "used_memory_dataset_perc:%.2f%%\r\n",
             100 * ratio(dataset, m.used));
    info_add(i, "allocator_allocated:%" PRIu64 "\r\n", m.used);
    info_add(i, "allocator_active:%" PRIu64 "\r\n", m.active);
    info_add(i, "allocator_resident:%" PRIu64 "\r\n", m.rss);
    info_add_bytes(i, "total_system_memory", m.system);
    scripts(i);
    info_add_bytes(i, "maxmemory", strtoull(limit, NULL, 10));
    info_add(i, "maxmemory_policy:%s\r\n", *policy ? policy : "noeviction");
    allocator(i, &m);
    info_add_zeroes(i, none);
    info_add(i, "mem_allocator:%s\r\n", m.allocator);
    info_add(i, "active_defrag_running:0\r\n");
    info_add(i, "lazyfree_pending_objects:%d\r\n",
             (int)db_lazy_pending(i->service->db));
    info_add(i, "lazyfreed_objects:0\r\n");
}
