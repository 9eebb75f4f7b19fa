## SPDX-License-Identifier: BSD-2-Clause
## A server in the process and clients: for race tests too, without Criterion.
check_LTLIBRARIES += libtestnet.la
libtestnet_la_SOURCES = tests/support/testnet.c tests/support/testnet.h \
	tests/support/testservice.c tests/support/testservice.h
testnet_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support

if HAVE_CRITERION
engine_unit_tests = \
	tests/unit/engine/test_address.t \
	tests/unit/engine/test_close.t \
	tests/unit/engine/test_dispatch.t \
	tests/unit/engine/test_histogram.t \
	tests/unit/engine/test_input.t \
	tests/unit/engine/test_message.t \
	tests/unit/engine/test_outq.t \
	tests/unit/engine/test_pace.t \
	tests/unit/engine/test_poller.t \
	tests/unit/engine/test_server_end.t \
	tests/unit/engine/test_server_faults.t \
	tests/unit/engine/test_server_limits.t \
	tests/unit/engine/test_server_park.t \
	tests/unit/engine/test_server_jobs.t \
	tests/unit/engine/test_server_posts.t \
	tests/unit/engine/test_server_replies.t \
	tests/unit/engine/test_server_states.t \
	tests/unit/engine/test_socket.t \
	tests/unit/engine/test_state.t \
	tests/unit/engine/test_table.t \
	tests/unit/engine/test_timer.t \
	tests/unit/engine/test_wake.t \
	tests/unit/engine/test_yield.t
check_PROGRAMS += $(engine_unit_tests)
TESTS += $(engine_unit_tests)
engine_unit_cppflags = $(testnet_cppflags) $(CRITERION_CFLAGS)
engine_unit_ldadd = libtestnet.la libbatonall.la $(CRITERION_LIBS) $(LIBS_COMMON)

tests_unit_engine_test_address_t_SOURCES = tests/unit/engine/test_address.c
tests_unit_engine_test_address_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_address_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_close_t_SOURCES = tests/unit/engine/test_close.c
tests_unit_engine_test_close_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_close_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_dispatch_t_SOURCES = tests/unit/engine/test_dispatch.c
tests_unit_engine_test_dispatch_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_dispatch_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_histogram_t_SOURCES = tests/unit/engine/test_histogram.c
tests_unit_engine_test_histogram_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_histogram_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_input_t_SOURCES = tests/unit/engine/test_input.c
tests_unit_engine_test_input_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_input_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_message_t_SOURCES = tests/unit/engine/test_message.c
tests_unit_engine_test_message_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_message_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_outq_t_SOURCES = tests/unit/engine/test_outq.c
tests_unit_engine_test_outq_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_outq_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_pace_t_SOURCES = tests/unit/engine/test_pace.c
tests_unit_engine_test_pace_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_pace_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_poller_t_SOURCES = tests/unit/engine/test_poller.c
tests_unit_engine_test_poller_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_poller_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_server_end_t_SOURCES = tests/unit/engine/test_server_end.c
tests_unit_engine_test_server_end_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_server_end_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_server_faults_t_SOURCES = tests/unit/engine/test_server_faults.c
tests_unit_engine_test_server_faults_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_server_faults_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_server_limits_t_SOURCES = tests/unit/engine/test_server_limits.c
tests_unit_engine_test_server_limits_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_server_limits_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_server_park_t_SOURCES = tests/unit/engine/test_server_park.c
tests_unit_engine_test_server_park_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_server_park_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_server_jobs_t_SOURCES = tests/unit/engine/test_server_jobs.c
tests_unit_engine_test_server_jobs_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_server_jobs_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_server_posts_t_SOURCES = tests/unit/engine/test_server_posts.c
tests_unit_engine_test_server_posts_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_server_posts_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_server_replies_t_SOURCES = tests/unit/engine/test_server_replies.c
tests_unit_engine_test_server_replies_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_server_replies_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_server_states_t_SOURCES = tests/unit/engine/test_server_states.c
tests_unit_engine_test_server_states_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_server_states_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_socket_t_SOURCES = tests/unit/engine/test_socket.c
tests_unit_engine_test_socket_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_socket_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_state_t_SOURCES = tests/unit/engine/test_state.c
tests_unit_engine_test_state_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_state_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_table_t_SOURCES = tests/unit/engine/test_table.c
tests_unit_engine_test_table_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_table_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_timer_t_SOURCES = tests/unit/engine/test_timer.c
tests_unit_engine_test_timer_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_timer_t_LDADD = $(engine_unit_ldadd)
tests_unit_engine_test_wake_t_SOURCES = tests/unit/engine/test_wake.c
tests_unit_engine_test_wake_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_wake_t_LDADD = $(engine_unit_ldadd)
endif

tests_unit_engine_test_yield_t_SOURCES = tests/unit/engine/test_yield.c
tests_unit_engine_test_yield_t_CPPFLAGS = $(engine_unit_cppflags)
tests_unit_engine_test_yield_t_LDADD = $(engine_unit_ldadd)
