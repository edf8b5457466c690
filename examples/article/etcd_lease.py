# An instance that goes with its program: what the article's put lacks. It lapses ten seconds after the last refresh.

import sys
import time

import etcd3

client = etcd3.client()
lease = client.lease(10)
client.put("/services/payment-service/leased-1", "10.0.1.47:8080", lease)
print("registered", flush=True)

while "--once" not in sys.argv:
    lease.refresh()
    time.sleep(3)
