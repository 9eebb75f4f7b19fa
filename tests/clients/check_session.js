// SPDX-License-Identifier: BSD-2-Clause
// A web application's sessions: express-session with connect-redis.
"use strict";
const assert = require("node:assert/strict");
const express = require("express");
const session = require("express-session");
const { RedisStore } = require("connect-redis");
const { createClient } = require("redis");

function application(client) {
  const app = express();
  app.use(session({
    store: new RedisStore({ client, prefix: "sess:", ttl: 60 }),
    secret: "not a secret",
    resave: false,
    saveUninitialized: false,
  }));
  app.get("/", (request, response) => {
    request.session.visits = (request.session.visits || 0) + 1;
    response.send(String(request.session.visits));
  });
  app.get("/out", (request, response) => {
    request.session.destroy(() => response.send("gone"));
  });
  return app;
}

async function browse(url) {
  const first = await fetch(url);
  const cookie = first.headers.get("set-cookie").split(";")[0];
  assert.equal(await first.text(), "1");
  for (let i = 2; i < 10; i++) {
    const next = await fetch(url, { headers: { cookie } });
    assert.equal(await next.text(), String(i));
  }
  return cookie;
}

async function main() {
  const client = await createClient({ socket: { path: process.env.BATON_SOCKET } }).connect();
  await client.flushAll();
  const server = application(client).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = "http://127.0.0.1:" + server.address().port;
  const cookies = await Promise.all(Array.from({ length: 20 }, () => browse(url + "/")));
  const keys = await client.keys("sess:*");
  assert.equal(keys.length, 20);
  assert.ok((await client.ttl(keys[0])) > 50);
  await (await fetch(url + "/out", { headers: { cookie: cookies[0] } })).text();
  assert.equal((await client.keys("sess:*")).length, 19);
  console.log("express-session: 20 sessions");
  server.closeAllConnections();
  server.close();
  client.destroy();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
