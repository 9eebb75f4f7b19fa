## SPDX-License-Identifier: BSD-2-Clause
dist_man_MANS += doc/batond.8 doc/batond.conf.5 doc/baton-stress.1
dist_man_MANS += doc/baton.3 doc/baton_client.3 doc/baton_new.3 \
	doc/baton_post.3 doc/baton_reply.3 doc/baton_service.3 doc/baton_stats.3
EXTRA_DIST += doc/DIFFERENCES.md doc/STATES.md doc/THREADS.md
