# Client-side discovery: the caller asks the registry, picks an instance, and calls it.
#
# The article leaves out the import of `requests`; the rest is as printed.

import consul
import random
import requests

c = consul.Consul()

def get_payment_service_url() -> str:
    # Query registry for healthy instances
    index, services = c.health.service("payment-service", passing=True)
    if not services:
        raise Exception("No healthy payment service instances")
    # Pick one (simple round-robin or random)
    instance = random.choice(services)
    address = instance["Service"]["Address"]
    port = instance["Service"]["Port"]
    return f"http://{address}:{port}"

# Usage
url = get_payment_service_url()
response = requests.post(f"{url}/charge", json={"amount": 100})

print(url, response.status_code)
