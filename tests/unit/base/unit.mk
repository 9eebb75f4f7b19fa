## SPDX-License-Identifier: BSD-2-Clause
if HAVE_CRITERION
base_unit_tests = tests/unit/base/test_buf.t \
	tests/unit/base/test_list.t \
	tests/unit/base/test_reclaim.t \
	tests/unit/base/test_sha256.t \
	tests/unit/base/test_slab.t \
	tests/unit/base/test_sync.t \
	tests/unit/base/test_text.t
check_PROGRAMS += $(base_unit_tests)
TESTS += $(base_unit_tests)
base_unit_cppflags = $(AM_CPPFLAGS) $(CRITERION_CFLAGS)
base_unit_ldadd = libbatonall.la $(CRITERION_LIBS) $(LIBS_COMMON)

tests_unit_base_test_sha256_t_SOURCES = tests/unit/base/test_sha256.c
tests_unit_base_test_sha256_t_CPPFLAGS = $(base_unit_cppflags)
tests_unit_base_test_sha256_t_LDADD = $(base_unit_ldadd)
tests_unit_base_test_buf_t_SOURCES = tests/unit/base/test_buf.c
tests_unit_base_test_buf_t_CPPFLAGS = $(base_unit_cppflags)
tests_unit_base_test_buf_t_LDADD = $(base_unit_ldadd)
tests_unit_base_test_list_t_SOURCES = tests/unit/base/test_list.c
tests_unit_base_test_list_t_CPPFLAGS = $(base_unit_cppflags)
tests_unit_base_test_list_t_LDADD = $(base_unit_ldadd)
tests_unit_base_test_reclaim_t_SOURCES = tests/unit/base/test_reclaim.c
tests_unit_base_test_reclaim_t_CPPFLAGS = $(base_unit_cppflags)
tests_unit_base_test_reclaim_t_LDADD = $(base_unit_ldadd)
## The real one: the library of a build with a sanitizer has malloc in its place.
tests_unit_base_test_slab_t_SOURCES = tests/unit/base/test_slab.c src/base/slab.c
tests_unit_base_test_slab_t_CPPFLAGS = $(base_unit_cppflags) -DBT_SLAB_REAL
tests_unit_base_test_slab_t_LDADD = $(base_unit_ldadd)
tests_unit_base_test_sync_t_SOURCES = tests/unit/base/test_sync.c
tests_unit_base_test_sync_t_CPPFLAGS = $(base_unit_cppflags)
tests_unit_base_test_sync_t_LDADD = $(base_unit_ldadd)
tests_unit_base_test_text_t_SOURCES = tests/unit/base/test_text.c
tests_unit_base_test_text_t_CPPFLAGS = $(base_unit_cppflags)
tests_unit_base_test_text_t_LDADD = $(base_unit_ldadd)
endif
