## SPDX-License-Identifier: BSD-2-Clause
type_sources = \
	src/type/dict.c src/type/dict.h \
	src/type/dict_room.c src/type/dict_room.h \
	src/type/dict_walk.c \
	src/type/list.c src/type/list.h \
	src/type/list_chain.c src/type/list_chain.h \
	src/type/list_edit.c \
	src/type/list_walk.c \
	src/type/hash.c src/type/hash.h src/type/hash_form.h \
	src/type/hash_walk.c \
	src/type/intset.c src/type/intset.h \
	src/type/object.h \
	src/type/set.c src/type/set.h \
	src/type/set_form.c src/type/set_form.h \
	src/type/set_walk.c \
	src/type/table.c src/type/table.h \
	src/type/pack.c src/type/pack.h \
	src/type/pack_code.c src/type/pack_code.h \
	src/type/pack_read.c \
	src/type/zpack.c src/type/zpack.h \
	src/type/zset.c src/type/zset.h src/type/zset_form.h \
	src/type/zset_walk.c \
	src/type/ztree.c src/type/ztree.h \
	src/type/ztree_node.c src/type/ztree_node.h \
	src/type/ztree_rank.c \
	src/type/ztree_sound.c
