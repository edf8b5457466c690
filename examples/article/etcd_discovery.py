# Discovery with etcd's client. Two changes: see the comments.

import etcd3

client = etcd3.client()

# Register
client.put("/services/payment/instance-1", "10.0.1.45:8080")

# Watch for changes
#
# The article prints `for event in client.watch_prefix(...)`. That does not watch: the method returns a pair, of the events and
# of a function that ends the watch, so the loop runs twice, over the pair. And as the events never end, the loop below ends
# the watch itself, at the deletion.
events, cancel = client.watch_prefix("/services/payment/")
client.put("/services/payment/instance-2", "10.0.1.46:8080")
client.delete("/services/payment/instance-2")
for event in events:
    print(f"Service changed: {event}")
    if isinstance(event, etcd3.events.DeleteEvent):
        cancel()

# Discover
instances = []
for value, metadata in client.get_prefix("/services/payment/"):
    instances.append(value.decode())

print(instances)
