## SPDX-License-Identifier: BSD-2-Clause
if HAVE_CRITERION
resp_unit_tests = tests/unit/resp/test_parse.t tests/unit/resp/test_pieces.t \
	tests/unit/resp/test_reply.t tests/unit/resp/test_number.t \
	tests/unit/resp/test_memory.t
check_PROGRAMS += $(resp_unit_tests)
TESTS += $(resp_unit_tests)
resp_unit_cppflags = $(AM_CPPFLAGS) $(CRITERION_CFLAGS)
resp_unit_ldadd = libbatondb.la libbatonall.la $(CRITERION_LIBS) $(LIBS_COMMON)

tests_unit_resp_test_parse_t_SOURCES = tests/unit/resp/test_parse.c
tests_unit_resp_test_parse_t_CPPFLAGS = $(resp_unit_cppflags)
tests_unit_resp_test_parse_t_LDADD = $(resp_unit_ldadd)
tests_unit_resp_test_pieces_t_SOURCES = tests/unit/resp/test_pieces.c
tests_unit_resp_test_pieces_t_CPPFLAGS = $(resp_unit_cppflags)
tests_unit_resp_test_pieces_t_LDADD = $(resp_unit_ldadd)
tests_unit_resp_test_reply_t_SOURCES = tests/unit/resp/test_reply.c
tests_unit_resp_test_reply_t_CPPFLAGS = $(resp_unit_cppflags)
tests_unit_resp_test_reply_t_LDADD = $(resp_unit_ldadd)
tests_unit_resp_test_memory_t_SOURCES = tests/unit/resp/test_memory.c
tests_unit_resp_test_memory_t_CPPFLAGS = $(resp_unit_cppflags)
tests_unit_resp_test_memory_t_LDADD = $(resp_unit_ldadd)
tests_unit_resp_test_number_t_SOURCES = tests/unit/resp/test_number.c
tests_unit_resp_test_number_t_CPPFLAGS = $(resp_unit_cppflags)
tests_unit_resp_test_number_t_LDADD = $(resp_unit_ldadd)
endif
