## SPDX-License-Identifier: BSD-2-Clause
## baton-stress uses nothing of src/ and include/: its own include path has
## neither.
bin_PROGRAMS += baton-stress
stress_cppflags = -I$(top_srcdir)
stress_core = \
	stress/arrivals.c stress/arrivals.h \
	stress/choose.c stress/choose.h \
	stress/clock.h \
	stress/command.c stress/command.h \
	stress/counter.c stress/counter.h \
	stress/gate.h \
	stress/histogram.c stress/histogram.h \
	stress/items.c stress/items.h \
	stress/judge.c stress/judge.h \
	stress/listener.c stress/listener.h \
	stress/preset.c \
	stress/proof.c stress/proof.h \
	stress/resp.c stress/resp.h \
	stress/run.h \
	stress/tally.c stress/tally.h \
	stress/value.c stress/value.h \
	stress/verify.c stress/verify.h \
	stress/workload.c stress/workload.h
baton_stress_SOURCES = $(stress_core) \
	stress/audit.c stress/audit.h \
	stress/axis.c stress/axis.h \
	stress/bait.c stress/bait.h \
	stress/chart.c stress/chart.h \
	stress/client.c stress/client.h \
	stress/fairness.c stress/fairness.h \
	stress/fault.c stress/fault.h \
	stress/frame.c stress/frame.h \
	stress/gate.c \
	stress/herd.c stress/herd.h \
	stress/inquire.c stress/inquire.h \
	stress/json.c stress/json.h \
	stress/life.c stress/life.h \
	stress/live.c stress/live.h \
	stress/load.c stress/load.h \
	stress/loop.h \
	stress/main.c \
	stress/net.c stress/net.h \
	stress/option_value.c stress/option_value.h \
	stress/options.c stress/options.h \
	stress/page.c stress/page.h stress/page_charts.c stress/page_main.c \
	stress/progress.c stress/progress.h \
	stress/receive.c \
	stress/report.c stress/report.h stress/report_counts.c \
	stress/report_json.c stress/report_parts.h stress/report_text.c \
	stress/request.c stress/request.h \
	stress/rogues.c stress/rogues.h \
	stress/run.c \
	stress/schedule.c stress/schedule.h \
	stress/screen.c stress/screen.h \
	stress/series.c stress/series.h \
	stress/sweep.c stress/sweep.h \
	stress/sync.c stress/sync.h \
	stress/trial.c stress/trial.h \
	stress/transfer.c stress/transfer.h \
	stress/tree.c stress/tree.h stress/tree_read.c \
	stress/usage.c stress/usage.h \
	stress/versus.c stress/versus.h \
	stress/versus_figures.c stress/versus_figures.h \
	stress/worker.c stress/worker.h
if POLLER_EPOLL
baton_stress_SOURCES += stress/loop_epoll.c
else
baton_stress_SOURCES += stress/loop_poll.c
endif
baton_stress_CPPFLAGS = $(stress_cppflags)
baton_stress_LDADD = $(PTHREAD_LIBS)
EXTRA_baton_stress_SOURCES = stress/loop_epoll.c stress/loop_poll.c

## The server to compare others with, and the load for comparing: Linux only.
if POLLER_EPOLL
noinst_PROGRAMS += stress/floor stress/blast
endif
stress_floor_SOURCES = stress/floor.c stress/floor_options.c \
	stress/floor_options.h stress/floor_reply.c stress/floor_reply.h
stress_floor_CPPFLAGS = $(stress_cppflags) $(CK_CFLAGS)
stress_floor_LDADD = $(LIBS_COMMON)
stress_blast_SOURCES = stress/blast.c stress/blast_dial.c \
	stress/blast_dial.h stress/blast_kind.c stress/blast_kind.h \
	stress/blast_options.c stress/blast_options.h \
	stress/clock.h stress/histogram.c stress/histogram.h
stress_blast_CPPFLAGS = $(stress_cppflags)
EXTRA_DIST += stress/compare stress/syscalls

## bash looks for completions by the name of the program.
bashcompdir = $(datadir)/bash-completion/completions
dist_bashcomp_DATA = stress/completion/baton-stress

## Its parts by themselves.
stress_checks = stress/check_units stress/check_judge stress/check_live
check_PROGRAMS += $(stress_checks)
TESTS += $(stress_checks)
stress_check_units_SOURCES = $(stress_core) stress/check.h stress/check_units.c
stress_check_units_CPPFLAGS = $(stress_cppflags)
stress_check_units_LDADD = $(PTHREAD_LIBS)
stress_check_judge_SOURCES = $(stress_core) stress/check.h stress/check_judge.c
stress_check_judge_CPPFLAGS = $(stress_cppflags)
stress_check_judge_LDADD = $(PTHREAD_LIBS)
stress_check_live_SOURCES = stress/frame.c stress/frame.h stress/live.c \
	stress/live.h stress/check.h stress/check_live.c
stress_check_live_CPPFLAGS = $(stress_cppflags)

## Those that drive the whole program against the server that lies.
stress_tests = tests/protocol/stress_open.py tests/protocol/stress_types.py \
	tests/protocol/stress_connections.py tests/protocol/stress_sweep.py \
	tests/protocol/stress_live.py tests/protocol/stress_papers.py
if HAVE_PYTHON
TESTS += $(stress_tests)
endif
EXTRA_DIST += $(stress_tests) tests/support/stress_support.py \
	tests/support/metronome.py
