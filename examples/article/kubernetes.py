# Discovery by the names of Kubernetes. As printed, but for the import.
#
# The name is found through the search list of resolv.conf, as a pod has it:
#
#     nameserver <a member with --dns-listen on port 53>
#     search default.svc.cluster.local svc.cluster.local cluster.local
#     options ndots:5

import requests

# In Kubernetes — just use the service name
response = requests.post("http://payment-service/charge", json={"amount": 100})
# No registry calls, no IP management — Kubernetes handles it

print(response.status_code)
