// SPDX-License-Identifier: BSD-2-Clause
// The client package "redis", with the handshake that it makes by itself and
// with RESP2.
"use strict";
const assert = require("node:assert/strict");
const { createClient } = require("redis");

const socket = { path: process.env.BATON_SOCKET };

async function open(options) {
  const client = createClient({ socket, ...options });
  client.on("error", (error) => {
    throw error;
  });
  return client.connect();
}

async function values(client) {
  assert.equal(await client.set("s", "v", { expiration: { type: "EX", value: 100 } }), "OK");
  assert.equal(await client.get("s"), "v");
  assert.equal(await client.incr("n"), 1);
  assert.equal(await client.hSet("h", { a: "1", b: "2" }), 2);
  assert.deepEqual({ ...(await client.hGetAll("h")) }, { a: "1", b: "2" });
  assert.equal(await client.rPush("l", ["x", "y"]), 2);
  assert.deepEqual(await client.lRange("l", 0, -1), ["x", "y"]);
  assert.equal(await client.sAdd("set", ["a", "b"]), 2);
  assert.deepEqual([...(await client.sMembers("set"))].sort(), ["a", "b"]);
  assert.equal(await client.zAdd("z", [{ score: 1.5, value: "m" }]), 1);
  assert.deepEqual(await client.zRangeWithScores("z", 0, -1), [{ value: "m", score: 1.5 }]);
  assert.equal(await client.zScore("z", "m"), 1.5);
  await assert.rejects(client.lPush("s", "x"), /WRONGTYPE/);
}

async function together(client) {
  const replies = await Promise.all(
    Array.from({ length: 300 }, (_, i) => client.set("p" + i, String(i))));
  assert.ok(replies.every((r) => r === "OK"));
  assert.deepEqual(await client.multi().set("a", "1").incr("a").get("a").exec(),
    ["OK", 2, "2"]);
}

async function waiting(client) {
  const waiter = await client.duplicate().connect();
  const popped = waiter.blPop("queue", 5);
  setTimeout(() => client.lPush("queue", "job"), 50);
  assert.deepEqual({ ...(await popped) }, { key: "queue", element: "job" });
  waiter.destroy();
}

async function scanning(client) {
  const seen = new Set();
  for await (const keys of client.scanIterator({ MATCH: "p*", COUNT: 50 })) {
    [keys].flat().forEach((k) => seen.add(k));
  }
  assert.equal(seen.size, 300);
}

async function messages(client) {
  const subscriber = await client.duplicate().connect();
  const got = await new Promise(async (resolve) => {
    await subscriber.subscribe("news", (text, channel) => resolve([channel, text]));
    await client.publish("news", "text");
  });
  assert.deepEqual(got, ["news", "text"]);
  await subscriber.unsubscribe("news");
  subscriber.destroy();
}

async function main() {
  for (const options of [{}, { RESP: 2 }, { RESP: 3 }]) {
    const client = await open(options);
    await client.flushAll();
    for (const step of [values, together, waiting, scanning, messages]) {
      await step(client);
      console.log("redis %s: %s", JSON.stringify(options), step.name);
    }
    client.destroy();
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
