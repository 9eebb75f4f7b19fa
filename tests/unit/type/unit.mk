## SPDX-License-Identifier: BSD-2-Clause
if HAVE_CRITERION
type_unit_tests = tests/unit/type/test_dict.t \
	tests/unit/type/test_list.t \
	tests/unit/type/test_hash.t \
	tests/unit/type/test_pack.t \
	tests/unit/type/test_set.t \
	tests/unit/type/test_zset.t \
	tests/unit/type/test_ztree.t
check_PROGRAMS += $(type_unit_tests)
TESTS += $(type_unit_tests)
type_unit_cppflags = $(AM_CPPFLAGS) $(CRITERION_CFLAGS)
type_unit_ldadd = libbatondb.la libbatonall.la $(CRITERION_LIBS) $(LIBS_COMMON)

tests_unit_type_test_dict_t_SOURCES = tests/unit/type/test_dict.c
tests_unit_type_test_dict_t_CPPFLAGS = $(type_unit_cppflags)
tests_unit_type_test_dict_t_LDADD = $(type_unit_ldadd)
tests_unit_type_test_list_t_SOURCES = tests/unit/type/test_list.c
tests_unit_type_test_list_t_CPPFLAGS = $(type_unit_cppflags)
tests_unit_type_test_list_t_LDADD = $(type_unit_ldadd)
tests_unit_type_test_hash_t_SOURCES = tests/unit/type/test_hash.c
tests_unit_type_test_hash_t_CPPFLAGS = $(type_unit_cppflags)
tests_unit_type_test_hash_t_LDADD = $(type_unit_ldadd)
tests_unit_type_test_pack_t_SOURCES = tests/unit/type/test_pack.c
tests_unit_type_test_pack_t_CPPFLAGS = $(type_unit_cppflags)
tests_unit_type_test_pack_t_LDADD = $(type_unit_ldadd)
tests_unit_type_test_set_t_SOURCES = tests/unit/type/test_set.c
tests_unit_type_test_set_t_CPPFLAGS = $(type_unit_cppflags)
tests_unit_type_test_set_t_LDADD = $(type_unit_ldadd)
tests_unit_type_test_zset_t_SOURCES = tests/unit/type/test_zset.c
tests_unit_type_test_zset_t_CPPFLAGS = $(type_unit_cppflags)
tests_unit_type_test_zset_t_LDADD = $(type_unit_ldadd)
tests_unit_type_test_ztree_t_SOURCES = tests/unit/type/test_ztree.c
tests_unit_type_test_ztree_t_CPPFLAGS = $(type_unit_cppflags)
tests_unit_type_test_ztree_t_LDADD = $(type_unit_ldadd)
endif
