## SPDX-License-Identifier: BSD-2-Clause
## `make acceptance`: tests/acceptance/run.sh and what it calls.
acceptance_scripts = \
	tests/acceptance/01_quickstart.py \
	tests/acceptance/02_redis_benchmark.py \
	tests/acceptance/03_counters.py \
	tests/acceptance/04_many.py \
	tests/acceptance/05_held_worker.py \
	tests/acceptance/06_no_fds.py \
	tests/acceptance/07_slow_readers.py \
	tests/acceptance/08_cost.py \
	tests/acceptance/09_races.py \
	tests/acceptance/10_sanitizers.py \
	tests/acceptance/11_stress.py \
	tests/acceptance/12_sigterm.py \
	tests/acceptance/3.01_differential.py \
	tests/acceptance/3.02_linear.py \
	tests/acceptance/3.03_protocol.py \
	tests/acceptance/3.04_clients.py \
	tests/acceptance/3.06_pubsub.py \
	tests/acceptance/3.05_blocking.py \
	tests/acceptance/3.07_memory.py \
	tests/acceptance/3.08_large.py \
	tests/acceptance/3.09_cost.py \
	tests/acceptance/3.10_random.py \
	tests/acceptance/3.11_expiry.py \
	tests/acceptance/3.12_eviction.py \
	tests/acceptance/3.13_hogs.py \
	tests/acceptance/4.01_stall.py \
	tests/acceptance/4.02_generator.py \
	tests/acceptance/4.03_lies.py \
	tests/acceptance/4.04_workloads.py \
	tests/acceptance/4.05_knee.py \
	tests/acceptance/4.06_page.py \
	tests/acceptance/4.07_crowd.py
EXTRA_DIST += $(acceptance_scripts) tests/acceptance/accept.py \
	tests/acceptance/run.sh

check_PROGRAMS += tests/acceptance/states
tests_acceptance_states_SOURCES = tests/acceptance/states.c
tests_acceptance_states_LDADD = libbaton.la $(LIBS_COMMON)

## Many clients at once, by epoll and timerfd.
if POLLER_EPOLL
check_PROGRAMS += tests/acceptance/crowd
endif
tests_acceptance_crowd_SOURCES = tests/acceptance/crowd.c
