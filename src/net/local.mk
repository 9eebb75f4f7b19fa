## SPDX-License-Identifier: BSD-2-Clause
net_sources = \
	src/net/acceptor.c src/net/acceptor.h \
	src/net/admit.c src/net/admit.h \
	src/net/dispatch.c src/net/dispatch.h \
	src/net/histogram.c src/net/histogram.h \
	src/net/listener.c src/net/listener.h \
	src/net/pace.c src/net/pace.h
