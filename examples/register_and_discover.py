"""Registers an instance of a service, finds it, and sees it come and go.

    python3 examples/register_and_discover.py

Uses the ordinary etcd3 package; nothing in it knows of Rollcall.
"""

import os
import threading

import etcd3

endpoint = os.environ.get("ROLLCALL_ENDPOINTS", "127.0.0.1:2379").split(",")[0]
host, port = endpoint.rsplit(":", 1)
client = etcd3.client(host=host, port=int(port), timeout=5)

gone = threading.Event()


def tell(response):
    for event in response.events:
        if isinstance(event, etcd3.events.PutEvent):
            print("came:", event.key.decode(), "at", event.value.decode())
        else:
            print("gone:", event.key.decode())
            gone.set()


watch = client.add_watch_prefix_callback("/services/payment/python-", tell)

# The instance lapses five seconds after the last refresh; a real one calls lease.refresh() every second or two.
lease = client.lease(5)
client.put("/services/payment/python-1", "10.0.1.46:8080", lease)
lease.refresh()

for value, metadata in client.get_prefix("/services/payment/"):
    print("found:", metadata.key.decode(), "at", value.decode())

lease.revoke()
if not gone.wait(timeout=10):
    raise SystemExit("the watch did not tell that the instance is gone")
client.cancel_watch(watch)
