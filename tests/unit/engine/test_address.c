/* SPDX-License-Identifier: BSD-2-Clause */
#include <criterion/criterion.h>

#include "os/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

static struct sockaddr_storage ss;
static socklen_t len;

static int parse(const char *text)
{
    return bt_addr_parse(text, &ss, &len);
}

static const char *text_of(const char *address)
{
    static char out[128];
    struct bt_addr a;

    cr_assert_eq(parse(address), 0, "%s", address);
    a = bt_addr_of(&ss);
    bt_addr_text(&a, NULL, out, sizeof out);
    return out;
}

Test(address, ipv4)
{
    const struct sockaddr_in *in = (const void *)&ss;

    cr_assert_eq(parse("tcp://127.0.0.1:6379"), 0);
    cr_expect_eq(len, sizeof *in);
    cr_expect_eq(in->sin_family, AF_INET);
    cr_expect_eq(ntohs(in->sin_port), 6379);
    cr_expect_eq(ntohl(in->sin_addr.s_addr), INADDR_LOOPBACK);
    cr_expect_str_eq(text_of("tcp://1.2.3.4:0"), "1.2.3.4:0");
    cr_expect_str_eq(text_of("tcp://255.255.255.255:65535"),
                     "255.255.255.255:65535");
    cr_expect_str_eq(text_of("tcp://*:80"), "0.0.0.0:80");
}

Test(address, ipv6)
{
    const struct sockaddr_in6 *in6 = (const void *)&ss;

    cr_assert_eq(parse("tcp://[::1]:6379"), 0);
    cr_expect_eq(len, sizeof *in6);
    cr_expect_eq(in6->sin6_family, AF_INET6);
    cr_expect_eq(ntohs(in6->sin6_port), 6379);
    cr_expect_str_eq(text_of("tcp://[::]:1"), "[::]:1");
    cr_expect_str_eq(text_of("tcp://[2001:db8::7]:65535"),
                     "[2001:db8::7]:65535");
    cr_expect_str_eq(text_of("tcp://[::ffff:127.0.0.1]:9"),
                     "[::ffff:127.0.0.1]:9");
    cr_expect_str_eq(
        text_of("tcp://[0000:0000:0000:0000:0000:ffff:255.255.255.255]:9"),
        "[::ffff:255.255.255.255]:9", "the longest form");
}

Test(address, unix_domain)
{
    const struct sockaddr_un *un = (const void *)&ss;

    cr_assert_eq(parse("unix:///run/x.sock"), 0);
    cr_expect_eq(un->sun_family, AF_UNIX);
    cr_expect_str_eq(un->sun_path, "/run/x.sock");
    cr_assert_eq(parse("unix://relative"), 0);
    cr_expect_str_eq(un->sun_path, "relative");
}

Test(address, unix_path_length)
{
    const struct sockaddr_un *un = (const void *)&ss;
    char text[256] = "unix://";
    size_t most = sizeof un->sun_path - 1;

    memset(text + 7, 'p', most);
    text[7 + most] = '\0';
    cr_expect_eq(parse(text), 0);
    cr_expect_eq(strlen(un->sun_path), most);
    text[7 + most] = 'p';
    text[8 + most] = '\0';
    cr_expect_eq(parse(text), -ENAMETOOLONG);
}

Test(address, refused)
{
    static const char *const bad[] = {
        "",
        "127.0.0.1:80",
        "http://127.0.0.1:80",
        "TCP://127.0.0.1:80",
        "tcp://",
        "tcp://:80",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:",
        "tcp://127.0.0.1:x",
        "tcp://127.0.0.1:80x",
        "tcp://127.0.0.1:-1",
        "tcp://127.0.0.1:+80",
        "tcp://127.0.0.1: 80",
        "tcp://127.0.0.1:65536",
        "tcp://127.0.0.1:99999999999999999999",
        "tcp://127.0.0.256:80",
        "tcp://127.1:80",
        "tcp://localhost:80",
        "tcp://::1:80",
        "tcp://[::1]",
        "tcp://[::1]:",
        "tcp://[::1]80",
        "tcp://[::1:80",
        "tcp://[]:80",
        "tcp://[:80",
        "tcp://[127.0.0.1]:80",
        "tcp://[::1%lo%lo%lo%lo%lo%lo%lo%lo%lo%lo%lo%lo%lo%lo%lo]:80",
        "tcp://**:80",
        "unix://",
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_expect_eq(parse(bad[i]), -EINVAL, "%s", bad[i]);
    }
}

static bool local(const char *address)
{
    struct bt_addr a;

    cr_assert_eq(parse(address), 0, "%s", address);
    a = bt_addr_of(&ss);
    return bt_addr_local(&a);
}

Test(address, local)
{
    struct bt_addr none = {.family = BT_NO_ADDR};

    cr_expect(local("tcp://127.0.0.1:1"));
    cr_expect(local("tcp://127.255.0.9:1"));
    cr_expect_not(local("tcp://128.0.0.1:1"));
    cr_expect_not(local("tcp://126.255.255.255:1"));
    cr_expect_not(local("tcp://0.0.0.0:1"));
    cr_expect(local("tcp://[::1]:1"));
    cr_expect_not(local("tcp://[::2]:1"));
    cr_expect_not(local("tcp://[::]:1"));
    cr_expect(local("tcp://[::ffff:127.0.0.1]:1"));
    cr_expect_not(local("tcp://[::ffff:10.0.0.1]:1"));
    cr_expect_not(local("tcp://[::127.0.0.1]:1"));
    cr_expect(local("unix://x"));
    cr_expect_not(bt_addr_local(&none));
}

static bool wildcard(const char *address)
{
    struct bt_addr a;

    cr_assert_eq(parse(address), 0, "%s", address);
    a = bt_addr_of(&ss);
    return bt_addr_wildcard(&a);
}

Test(address, wildcard)
{
    cr_expect(wildcard("tcp://*:1"));
    cr_expect(wildcard("tcp://0.0.0.0:1"));
    cr_expect(wildcard("tcp://[::]:1"));
    cr_expect_not(wildcard("tcp://127.0.0.1:1"));
    cr_expect_not(wildcard("tcp://[::1]:1"));
    cr_expect_not(wildcard("unix://x"));
}

Test(address, text)
{
    struct bt_addr un = {.family = BT_UNIX}, none = {.family = BT_NO_ADDR};
    char out[16];

    bt_addr_text(&un, "/x", out, sizeof out);
    cr_expect_str_eq(out, "/x:0");
    bt_addr_text(&un, NULL, out, sizeof out);
    cr_expect_str_eq(out, ":0");
    bt_addr_text(&un, "/a/path/that/is/long", out, sizeof out);
    cr_expect_str_eq(out, "/a/path/that/is", "cut, and ended");
    bt_addr_text(&none, NULL, out, sizeof out);
    cr_expect_str_eq(out, "?:0");
}
