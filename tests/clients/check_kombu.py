#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A job queue: kombu, the messages of Celery. Its Redis transport needs no scripts
unless it is to give back messages of consumers that died (ack_emulation)."""

import os
import socket
import threading

from kombu import Connection, Exchange, Queue

URL = "redis+socket://" + os.environ["BATON_SOCKET"]
OPTIONS = {"ack_emulation": False}
JOBS = 500


def consume(queue, got, lock):
    with Connection(URL, transport_options=OPTIONS) as connection:
        def job(body, message):
            with lock:
                got.append(body["n"])
            message.ack()

        with connection.Consumer(queue, callbacks=[job]):
            while True:
                with lock:
                    if len(got) >= JOBS:
                        return
                try:
                    connection.drain_events(timeout=0.5)
                except socket.timeout:
                    pass


def main():
    queue = Queue("jobs", Exchange("jobs", type="direct"), routing_key="jobs")
    got, lock = [], threading.Lock()
    workers = [
        threading.Thread(target=consume, args=(queue, got, lock)) for _ in range(3)
    ]
    with Connection(URL, transport_options=OPTIONS) as connection:
        producer = connection.Producer()
        for n in range(JOBS // 2):
            producer.publish({"n": n}, exchange=queue.exchange,
                             routing_key="jobs", declare=[queue])
        for w in workers:
            w.start()
        for n in range(JOBS // 2, JOBS):
            producer.publish({"n": n}, exchange=queue.exchange, routing_key="jobs")
        for w in workers:
            w.join(60)
    assert sorted(got) == list(range(JOBS)), "%d of %d jobs, %d different" % (
        len(got), JOBS, len(set(got)))
    print("kombu: %d jobs, 3 consumers, each once" % JOBS)


main()
