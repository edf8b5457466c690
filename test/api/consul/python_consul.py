"""Uses python3-consul as a program does; prints what was not as expected.

python_consul.py register|deregister HOST:PORT...
"""

import json
import sys

import consul


def main():
    step, *addresses = sys.argv[1:]
    members = []
    for address in addresses:
        host, port = address.split(":")
        members.append(consul.Consul(host=host, port=int(port)))
    problems = []

    def expect(what, got, wanted):
        if got != wanted:
            problems.append("%s: %r, not %r" % (what, got, wanted))

    {"register": register, "deregister": deregister}[step](members, expect)
    print(json.dumps({"problems": problems}))


def register(members, expect):
    first, second, third = members
    expect(
        "register",
        first.agent.service.register(
            "py-web",
            service_id="py-1",
            address="10.2.0.1",
            port=80,
            tags=["blue"],
            check=consul.Check.ttl("60s"),
        ),
        True,
    )
    index, instances = third.health.service("py-web", passing=True)
    expect("passing before it was said", instances, [])
    expect("pass", second.agent.check.ttl_pass("service:py-1", "well"), True)
    # Blocks until this member knows.
    while not instances:
        index, instances = third.health.service("py-web", passing=True, index=index, wait="10s")
    expect("id", instances[0]["Service"]["ID"], "py-1")
    expect("address", instances[0]["Service"]["Address"], "10.2.0.1")
    output = [check["Output"] for check in instances[0]["Checks"]]
    expect("output", output, ["Agent alive and reachable", "well"])
    index, rows = second.catalog.service("py-web", tag="blue")
    expect("catalog", [row["ServiceID"] for row in rows], ["py-1"])
    expect("services", "py-web" in second.catalog.services()[1], True)
    expect("nodes", [node["Node"] for node in third.catalog.nodes()[1]], ["m1", "m2", "m3"])
    expect("agent services", "py-1" in third.agent.services(), True)
    expect("agent checks", third.agent.checks()["service:py-1"]["Status"], "passing")
    expect("maintenance", second.agent.service.maintenance("py-1", "true", "test"), True)
    expect("in maintenance", second.health.service("py-web", passing=True)[1], [])
    expect("end of maintenance", second.agent.service.maintenance("py-1", "false"), True)
    expect("node", second.catalog.register("py-node", "10.2.0.9", service={"service": "py-db"}), True)
    expect("its service", second.catalog.service("py-db")[1][0]["Address"], "10.2.0.9")
    expect("kv", first.kv.put("py/key", "value"), True)
    expect("kv value", first.kv.get("py/key")[1]["Value"], b"value")
    expect("an unknown check", first.agent.check.ttl_pass("none"), False)
    expect("an unknown service", first.agent.service.deregister("none"), False)


def deregister(members, expect):
    first, second, third = members
    expect("deregister", third.agent.service.deregister("py-1"), True)
    expect("gone", third.health.service("py-web")[1], [])
    expect("node", second.catalog.deregister("py-node"), True)
    expect("gone", second.catalog.node("py-node")[1], None)


main()
