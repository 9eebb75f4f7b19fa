## SPDX-License-Identifier: BSD-2-Clause
type_sources = \
	src/type/object.h
