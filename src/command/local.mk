## SPDX-License-Identifier: BSD-2-Clause
command_sources = \
	src/command/command.h src/command/commands.def src/command/commands.h \
	src/command/rows/bitmap.def \
	src/command/rows/connection.def \
	src/command/rows/list.def \
	src/command/rows/server.def \
	src/command/rows/string.def \
	src/command/rows/generic.def \
	src/command/rows/hash.def src/command/rows/set.def \
	src/command/rows/pubsub.def src/command/rows/zset.def \
	src/command/rows/transaction.def \
	src/command/keys.c src/command/keys.h \
	src/command/options.h \
	src/command/float.c src/command/float.h \
	src/command/scan.c src/command/scan.h \
	src/command/block.c src/command/block.h \
	src/command/block_new.c src/command/block_parts.h \
	src/command/args.c src/command/glob.c \
	src/command/batch.c src/command/batch.h \
	src/command/table.c src/command/table.h \
	src/command/execute.c src/command/execute.h \
	src/command/gate.c src/command/gate.h \
	src/command/locks.c src/command/locks.h \
	src/command/notify.c \
	src/command/pubsub.c src/command/pubsub.h src/command/pubsub_info.c \
	src/command/topic.c src/command/topic.h src/command/topic_deliver.c \
	src/command/topic_member.c src/command/topic_parts.h \
	src/command/topic_publish.c src/command/topic_queue.c \
	src/command/multi.c src/command/multi.h \
	src/command/queue.c src/command/queue.h \
	src/command/helper.c src/command/helper.h \
	src/command/room.c src/command/room.h \
	src/command/process.c src/command/process.h \
	src/command/serve.c src/command/serve.h \
	src/command/service.c src/command/service.h \
	src/command/session.c src/command/session.h \
	src/command/stats.c src/command/stats.h \
	src/command/histogram.c src/command/histogram.h \
	src/command/latency.c src/command/latency.h \
	src/command/pause.c src/command/pause.h \
	src/command/acl.c src/command/acl.h src/command/acl_ask.c \
	src/command/acl_clients.c src/command/acl_command.c \
	src/command/acl_commands.c src/command/acl_judge.c \
	src/command/acl_log.c src/command/acl_options.c \
	src/command/acl_password.c src/command/acl_rule.c \
	src/command/acl_session.c src/command/acl_text.c \
	src/command/acl_user.c src/command/acl_user.h \
	src/command/acl_user_parts.h \
	src/command/rows/acl.def \
	src/command/slowlog.c src/command/slowlog.h \
	src/command/timing.c src/command/timing.h \
	src/command/worker.h

## connection and server
command_sources += \
	src/command/client.c src/command/client.h src/command/client_kill.c \
	src/command/client_line.c src/command/client_list.c \
	src/command/command.c src/command/command_docs.c \
	src/command/command_getkeys.c \
	src/command/command_list.c src/command/syntax.c \
	src/command/syntax.def src/command/syntax.h \
	src/command/syntax_table.c \
	src/command/config.c src/command/connection.c \
	src/command/debug.c src/command/info.c src/command/info.h \
	src/command/info_baton.c src/command/info_memory.c \
	src/command/info_redis.c src/command/server.c \
	src/command/absent.c src/command/memory.c

## strings and keys
command_sources += \
	src/command/key.c src/command/key.h src/command/key_copy.c \
	src/command/key_expire.c \
	src/command/key_object.c src/command/key_scan.c \
	src/command/string.c src/command/string.h src/command/string_num.c \
	src/command/string_range.c src/command/string_set.c

## lists
command_sources += \
	src/command/list.c src/command/list.h src/command/list_block.c \
	src/command/list_element.c src/command/list_move.c \
	src/command/list_pop.c \
	src/command/list_range.c

## hashes and sets
command_sources += \
	src/command/hash.c src/command/hash.h src/command/hash_num.c \
	src/command/hash_read.c src/command/pick.c src/command/pick.h \
	src/command/set.c src/command/set.h src/command/set_combine.c \
	src/command/set_combine.h src/command/set_random.c \
	src/command/set_read.c \
	src/command/set_several.c

## sorted sets
command_sources += \
	src/command/score.c src/command/score.h \
	src/command/zset.c src/command/zset.h src/command/zset_add.c \
	src/command/zset_combine.c src/command/zset_combine.h \
	src/command/zset_input.c src/command/zset_input.h \
	src/command/zset_pick.c src/command/zset_wait.c \
	src/command/zset_pop.c src/command/zset_pop.h \
	src/command/zset_range.c src/command/zset_range.h \
	src/command/zset_read.c src/command/zset_several.c

## all collections
command_sources += \
	src/command/mpop.c src/command/mpop.h \
	src/command/sort.c src/command/sort.h src/command/sort_items.c \
	src/command/sort_order.c src/command/sort_pattern.c

## bits
command_sources += \
	src/command/bit.c src/command/bit.h src/command/bit_count.c \
	src/command/bit_field.c src/command/string_lcs.c
