## SPDX-License-Identifier: BSD-2-Clause
## Run by .ci/run: they need packages of other languages.
EXTRA_DIST += tests/clients/run.py tests/clients/package.json \
	tests/clients/package-lock.json tests/clients/check_ioredis.js \
	tests/clients/check_redis.js tests/clients/check_session.js \
	tests/clients/check_kombu.py
