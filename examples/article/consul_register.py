# Registration through Consul's client, with a health check that the cluster runs. As printed.
#
# "If it fails 3 times": Consul itself takes the first failure. Give `failures_before_critical`, or start the members with
# `--check-failures-before-critical 3`.

import consul

c = consul.Consul(host="consul.internal")

# Register this service on startup
c.agent.service.register(
    name="payment-service",
    service_id="payment-1",
    address="10.0.1.45",
    port=8080,
    check=consul.Check.http("http://10.0.1.45:8080/health", interval="10s")
)
# Consul runs /health check every 10s
# If it fails 3 times, marks service unhealthy
# Unhealthy services don't appear in discovery results
