"""Looks names up by dnspython's resolver. usage: resolver.py PORT NAME/TYPE…"""

import json
import sys

import dns.resolver

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = ["127.0.0.1"]
resolver.port = int(sys.argv[1])
resolver.lifetime = 10

found = {}
for question in sys.argv[2:]:
    name, kind = question.split("/")
    try:
        found[question] = sorted(record.to_text() for record in resolver.resolve(name, kind))
    except dns.resolver.NXDOMAIN:
        found[question] = "NXDOMAIN"
    except dns.resolver.NoAnswer as error:
        found[question] = "NoAnswer " + error.response().authority[0].to_text().split()[3]
print(json.dumps(found))
