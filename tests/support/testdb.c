/* SPDX-License-Identifier: BSD-2-Clause */
#include "testdb.h"

#include "batond/conf.h"
#include "command/service.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static struct config config;
static struct baton_service *service;

void testdb_start(struct testnet *net, unsigned workers)
{
    struct baton_options o;
    struct option_error e;

    if (config_init(&config, &e) != 0 || config_finish(&config, &e) != 0) {
        testnet_die(e.text, EINVAL);
    }
    config.log.fd = open("/dev/null", O_WRONLY);
    service = cmd_service_new(&config.settings, config_ops(&config));
    if (!service) {
        testnet_die("cmd_service_new", ENOMEM);
    }
    testnet_options(&o);
    o.workers = workers;
    testnet_start(net, &o, service);
}

void testdb_end(struct testnet *net)
{
    testnet_end(net);
    cmd_service_free(&service);
    close(config.log.fd);
    config_fini(&config);
}
