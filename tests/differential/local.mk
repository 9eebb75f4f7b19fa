## SPDX-License-Identifier: BSD-2-Clause
## The differential tester: batond against redis-server; see family.py. A family
## is one line here.
differential_tests = \
	tests/differential/planted.py \
	tests/differential/mixed.py \
	tests/differential/storm.py \
	tests/differential/family_bitmap.py \
	tests/differential/family_blocking.py \
	tests/differential/family_generic.py \
	tests/differential/family_hash.py \
	tests/differential/family_list.py \
	tests/differential/family_server.py \
	tests/differential/family_string.py \
	tests/differential/family_pubsub.py \
	tests/differential/family_set.py \
	tests/differential/family_sort.py \
	tests/differential/family_tx.py \
	tests/differential/family_zset.py tests/differential/family_zwait.py

if HAVE_PYTHON
TESTS += $(differential_tests)
endif
EXTRA_DIST += $(differential_tests) tests/differential/compare.py \
	tests/differential/dump.py \
	tests/differential/differences.py tests/differential/engine.py \
	tests/differential/family.py tests/differential/gen.py \
	tests/differential/run.py tests/differential/tap.py \
	tests/differential/waits.py tests/differential/wire.py

if HAVE_PYTHON
TESTS += tests/differential/family_events.py
endif
EXTRA_DIST += tests/differential/family_events.py
