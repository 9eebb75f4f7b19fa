// SPDX-License-Identifier: BSD-2-Clause
// ioredis as applications use it: commands, pipelines, transactions, blocking
// reads, scans, subscriptions.
"use strict";
const assert = require("node:assert/strict");
const Redis = require("ioredis");

const path = process.env.BATON_SOCKET;
const connect = () => new Redis({ path, maxRetriesPerRequest: 1 });

async function values(redis) {
  assert.equal(await redis.set("s", "v", "EX", 100), "OK");
  assert.equal(await redis.get("s"), "v");
  assert.equal(await redis.set("s", "w", "NX"), null);
  assert.equal(await redis.incrby("n", 5), 5);
  assert.deepEqual(await redis.mget("s", "none", "n"), ["v", null, "5"]);
  const bytes = Buffer.from([0, 255, 13, 10, 128]);
  await redis.set("bytes", bytes);
  assert.deepEqual(await redis.getBuffer("bytes"), bytes);
  assert.equal(await redis.hset("h", { a: 1, b: "two" }), 2);
  assert.deepEqual(await redis.hgetall("h"), { a: "1", b: "two" });
  assert.equal(await redis.rpush("l", 1, 2, 3), 3);
  assert.deepEqual(await redis.lrange("l", 0, -1), ["1", "2", "3"]);
  assert.equal(await redis.sadd("set", "a", "b"), 2);
  assert.deepEqual((await redis.smembers("set")).sort(), ["a", "b"]);
  assert.equal(await redis.zadd("z", 1, "one", 2.5, "more"), 2);
  assert.deepEqual((await redis.zrange("z", 0, -1, "WITHSCORES")).flat().map(String),
    ["one", "1", "more", "2.5"]);
  await assert.rejects(redis.lpush("s", "x"), /WRONGTYPE/);
}

async function together(redis) {
  const pipeline = redis.pipeline();
  for (let i = 0; i < 500; i++) {
    pipeline.set("p" + i, i).get("p" + i);
  }
  const replies = await pipeline.exec();
  replies.forEach(([error, value], i) => {
    assert.equal(error, null);
    assert.equal(value, i % 2 ? String((i - 1) / 2) : "OK");
  });
  assert.deepEqual(await redis.multi().set("a", 1).incr("a").exec(),
    [[null, "OK"], [null, 2]]);
  const other = connect();
  await redis.watch("a");
  await other.incr("a");
  assert.equal(await redis.multi().set("a", 0).exec(), null);
  other.disconnect();
}

async function waiting(redis) {
  const waiter = connect();
  const popped = waiter.blpop("queue", 5);
  setTimeout(() => redis.rpush("queue", "job"), 50);
  assert.deepEqual(await popped, ["queue", "job"]);
  assert.equal(await waiter.blpop("queue", 0.05), null);
  waiter.disconnect();
}

async function scanning(redis) {
  const seen = new Set();
  for await (const keys of redis.scanStream({ match: "p*", count: 50 })) {
    keys.forEach((k) => seen.add(k));
  }
  assert.equal(seen.size, 500);
}

async function messages(redis) {
  const subscriber = connect();
  const got = [];
  const done = new Promise((resolve) => {
    subscriber.on("message", (channel, text) => got.push([channel, text]));
    subscriber.on("pmessage", (pattern, channel, text) => {
      got.push([pattern, channel, text]);
      if (text === "last") resolve();
    });
  });
  await subscriber.subscribe("news");
  await subscriber.psubscribe("n?ws");
  assert.equal(await redis.publish("news", "first"), 2);
  await subscriber.unsubscribe("news");
  assert.equal(await redis.publish("news", "last"), 1);
  await done;
  assert.deepEqual(got, [["news", "first"], ["n?ws", "news", "first"], ["n?ws", "news", "last"]]);
  subscriber.disconnect();
}

async function main() {
  const redis = connect();
  await redis.flushall();
  for (const step of [values, together, waiting, scanning, messages]) {
    await step(redis);
    console.log("ioredis: %s", step.name);
  }
  await redis.quit();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
