## SPDX-License-Identifier: BSD-2-Clause
## Tests that talk to a running batond; see tests/README.md.
protocol_tests = \
	tests/protocol/connection.py tests/protocol/hello.py \
	tests/protocol/client.py tests/protocol/client_kill.py \
	tests/protocol/server.py tests/protocol/info.py \
	tests/protocol/info_baton.py tests/protocol/command.py \
	tests/protocol/config.py tests/protocol/debug.py \
	tests/protocol/strings.py tests/protocol/strings_num.py \
	tests/protocol/keys.py tests/protocol/list.py tests/protocol/expire.py \
	tests/protocol/hash.py tests/protocol/set.py tests/protocol/sort.py \
	tests/protocol/zset.py tests/protocol/zset_range.py \
	tests/protocol/zset_more.py \
	tests/protocol/zset_wait.py \
	tests/protocol/databases.py \
	tests/protocol/bitmap.py tests/protocol/blocking.py \
	tests/protocol/in_place.py \
	tests/protocol/scan.py tests/protocol/inline.py \
	tests/protocol/bounds.py tests/protocol/client_python.py \
	tests/protocol/docs.py tests/protocol/maxmemory.py \
	tests/protocol/multi.py tests/protocol/multi_watch.py \
	tests/protocol/multi_race.py \
	tests/protocol/acl.py tests/protocol/acl_users.py \
	tests/protocol/acl_channels.py tests/protocol/redis_cli.py \
	tests/protocol/watching.py tests/protocol/clients.py \
	tests/protocol/memory.py tests/protocol/rewrite.py \
	tests/protocol/pubsub.py tests/protocol/pubsub_client.py \
	tests/protocol/pubsub_race.py \
	tests/protocol/notify.py \
	tests/protocol/pipeline.py tests/protocol/atomic.py \
	tests/protocol/turns.py \
	tests/protocol/stress_report.py \
	tests/protocol/stress_verify.py

if HAVE_PYTHON
TESTS += $(protocol_tests)
endif
EXTRA_DIST += $(protocol_tests) tests/support/baton_test.py \
	tests/support/acl_support.py tests/support/admin_support.py \
	tests/support/pubsub_support.py \
	tests/support/liar.py tests/support/waiter.py tests/support/zset_support.py
