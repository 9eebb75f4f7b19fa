## SPDX-License-Identifier: BSD-2-Clause
type_sources = \
	src/type/object.h \
	src/type/pack.c src/type/pack.h
