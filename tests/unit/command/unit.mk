## SPDX-License-Identifier: BSD-2-Clause
## A whole database in the process: for race tests too.
check_LTLIBRARIES += libtestdb.la
libtestdb_la_SOURCES = tests/support/testdb.c tests/support/testdb.h
libtestdb_la_CPPFLAGS = $(testnet_cppflags)
testdb_ldadd = libtestdb.la libtestnet.la libbatondparts.la libbatondb.la \
	libbatonall.la $(LIBS_COMMON)

if HAVE_CRITERION
command_unit_tests = tests/unit/command/test_table.t \
	tests/unit/command/test_text.t tests/unit/command/test_stats.t \
	tests/unit/command/test_syntax.t
check_PROGRAMS += $(command_unit_tests)
TESTS += $(command_unit_tests)
command_unit_cppflags = $(AM_CPPFLAGS) $(CRITERION_CFLAGS)
command_unit_ldadd = libbatondb.la libbatonall.la $(CRITERION_LIBS) \
	$(LIBS_COMMON)

tests_unit_command_test_table_t_SOURCES = tests/unit/command/test_table.c
tests_unit_command_test_table_t_CPPFLAGS = $(command_unit_cppflags)
tests_unit_command_test_table_t_LDADD = $(command_unit_ldadd)
tests_unit_command_test_text_t_SOURCES = tests/unit/command/test_text.c
tests_unit_command_test_text_t_CPPFLAGS = $(command_unit_cppflags)
tests_unit_command_test_text_t_LDADD = $(command_unit_ldadd)
tests_unit_command_test_stats_t_SOURCES = tests/unit/command/test_stats.c
tests_unit_command_test_stats_t_CPPFLAGS = $(command_unit_cppflags)
tests_unit_command_test_stats_t_LDADD = $(command_unit_ldadd)
tests_unit_command_test_syntax_t_SOURCES = tests/unit/command/test_syntax.c
tests_unit_command_test_syntax_t_CPPFLAGS = $(command_unit_cppflags)
tests_unit_command_test_syntax_t_LDADD = $(command_unit_ldadd)

if HAVE_LD_WRAP
check_PROGRAMS += tests/unit/command/test_starved.t
TESTS += tests/unit/command/test_starved.t
tests_unit_command_test_starved_t_SOURCES = tests/unit/command/test_starved.c
tests_unit_command_test_starved_t_CPPFLAGS = $(testnet_cppflags) \
	$(CRITERION_CFLAGS)
tests_unit_command_test_starved_t_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc \
	-Wl,--wrap=baton_post -Wl,--wrap=baton_post_worker \
	-Wl,--wrap=baton_message_post -Wl,--wrap=baton_job_post
tests_unit_command_test_starved_t_LDADD = $(testdb_ldadd) $(CRITERION_LIBS)
endif
endif
