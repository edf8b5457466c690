"""Scenarios for Python's etcd3, as programs use it.

Takes the addresses of members, host:port, and prints one line of JSON for each scenario: its name, and what went wrong.
"""

import io
import json
import sys
import threading
import traceback
import uuid

import etcd3

HOSTS = [address.rsplit(":", 1) for address in sys.argv[1:]]


def client(at=0):
    host, port = HOSTS[at]
    return etcd3.client(host=host, port=int(port), timeout=10)


def fresh():
    return "/py/" + uuid.uuid4().hex + "/"


def equal(seen, wanted):
    assert seen == wanted, f"{seen!r} instead of {wanted!r}"


def put_and_get():
    etcd, key = client(), fresh()
    equal(etcd.get(key), (None, None))
    etcd.put(key, "a")
    value, meta = etcd.get(key)
    equal((value, meta.key, meta.version), (b"a", key.encode(), 1))
    equal(etcd.put(key, "b", prev_kv=True).prev_kv.value, b"a")
    equal(client(1).get(key, serializable=False)[0], b"b")
    equal(etcd.delete(key), True)
    equal(etcd.delete(key), False)


def prefixes():
    etcd, key = client(), fresh()
    for name in "cab":
        etcd.put(key + name, name)
    equal([value for value, _ in etcd.get_prefix(key)], [b"a", b"b", b"c"])
    down = etcd.get_prefix(key, sort_order="descend", sort_target="key")
    equal([value for value, _ in down], [b"c", b"b", b"a"])
    equal([meta.key for _, meta in etcd.get_prefix(key, keys_only=True)][0], (key + "a").encode())
    equal([value for value, _ in etcd.get_range(key + "a", key + "c")], [b"a", b"b"])
    assert len(list(etcd.get_all())) >= 3
    equal(etcd.delete_prefix(key).deleted, 3)


def replacing():
    etcd, key = client(), fresh()
    equal(etcd.put_if_not_exists(key, "a"), True)
    equal(etcd.put_if_not_exists(key, "b"), False)
    equal(etcd.replace(key, "a", "b"), True)
    equal(etcd.replace(key, "a", "c"), False)
    equal(etcd.get(key)[0], b"b")


def transactions():
    etcd, key = client(), fresh()
    etcd.put(key, "a")
    done, answers = etcd.transaction(
        compare=[etcd.transactions.value(key) == "a", etcd.transactions.version(key) > 0],
        success=[etcd.transactions.put(key, "b"), etcd.transactions.get(key)],
        failure=[etcd.transactions.delete(key)],
    )
    equal(done, True)
    equal(answers[1][0][0], b"b")
    done, answers = etcd.transaction(
        compare=[etcd.transactions.create(key) == 0, etcd.transactions.mod(key) == 0],
        success=[],
        failure=[
            etcd.transactions.txn(
                compare=[etcd.transactions.value(key) == "b"],
                success=[etcd.transactions.put(key, "c")],
                failure=[],
            ),
        ],
    )
    equal(done, False)
    equal(etcd.get(key)[0], b"c")


def watching():
    etcd, key = client(), fresh()
    events, cancel = etcd.watch_prefix(key)
    other = client(1)
    other.put(key + "a", "1")
    other.put(key + "a", "2")
    other.delete(key + "a")
    first, second, third = next(events), next(events), next(events)
    equal((type(first).__name__, first.key, first.value), ("PutEvent", (key + "a").encode(), b"1"))
    equal(second.value, b"2")
    equal(type(third).__name__, "DeleteEvent")
    cancel()


def watching_the_past():
    etcd, key = client(), fresh()
    revision = etcd.put(key, "1").header.revision
    etcd.put(key, "2")
    events, cancel = etcd.watch(key, start_revision=revision)
    equal([next(events).value, next(events).value], [b"1", b"2"])
    cancel()
    etcd.compact(revision + 1)
    events, cancel = etcd.watch(key, start_revision=revision)
    try:
        next(events)
        raise AssertionError("a compacted revision was watched")
    except etcd3.exceptions.RevisionCompactedError as error:
        equal(error.compacted_revision, revision + 1)


def watching_with_a_callback():
    etcd, key = client(), fresh()
    told, seen = threading.Event(), []

    def callback(response):
        seen.extend(event.value for event in response.events)
        if len(seen) >= 2:
            told.set()

    watch_id = etcd.add_watch_callback(key, callback)
    etcd.put(key, "1")
    etcd.put(key, "2")
    assert told.wait(10), "no events came"
    equal(seen, [b"1", b"2"])
    etcd.cancel_watch(watch_id)


def leases():
    etcd, key = client(), fresh()
    lease = etcd.lease(60)
    equal((lease.granted_ttl, lease.ttl), (60, 60))
    etcd.put(key, "1", lease=lease)
    equal(list(lease.keys), [key.encode()])
    assert 0 < lease.remaining_ttl <= 60
    equal(lease.refresh()[0].TTL, 60)
    lease.revoke()
    equal(etcd.get(key), (None, None))
    equal(etcd.get_lease_info(lease.id).TTL, -1)
    equal(etcd.lease(60, lease_id=424242).id, 424242)
    etcd.revoke_lease(424242)


def lapsing():
    etcd, key = client(), fresh()
    etcd.put(key, "1", lease=etcd.lease(1))
    events, cancel = etcd.watch(key)
    equal(type(next(events)).__name__, "DeleteEvent")
    cancel()


def locking():
    name = uuid.uuid4().hex
    first, second = client().lock(name, ttl=20), client(1).lock(name, ttl=20)
    equal(first.acquire(), True)
    equal(first.is_acquired(), True)
    equal(second.acquire(timeout=0), False)
    equal(first.release(), True)
    equal(second.acquire(timeout=10), True)
    equal(second.release(), True)


def members():
    etcd = client()
    seen = sorted((member.name, member.client_urls) for member in etcd.members)
    equal(seen, [(f"m{at + 1}", [f"http://{host}:{port}"]) for at, (host, port) in enumerate(HOSTS)])
    status = etcd.status()
    assert status.version.startswith("3."), status.version
    assert status.leader.name in ("m1", "m2", "m3"), status.leader
    assert status.db_size > 0 and status.raft_index > 0 and status.raft_term > 0


def maintenance():
    etcd = client()
    etcd.put(fresh(), "x" * 1000)
    assert etcd.hash() > 0
    etcd.defragment()
    equal(list(etcd.list_alarms()), [])
    raised = etcd.create_alarm()
    equal(len(raised), 1)
    equal(len(list(etcd.list_alarms())), 1)
    etcd.disarm_alarm()
    equal(list(etcd.list_alarms()), [])
    snapshot = io.BytesIO()
    etcd.snapshot(snapshot)
    equal(len(snapshot.getvalue()) % 512, 32)


def errors():
    etcd, key = client(), fresh()
    for refused, wanted in [
        (lambda: etcd.put(key, "1", lease=4711), "requested lease not found"),
        (lambda: etcd.put("", "1"), "key is not provided"),
        (lambda: etcd.revoke_lease(4711), "requested lease not found"),
        (lambda: etcd.compact(1_000_000_000), "required revision is a future revision"),
    ]:
        try:
            refused()
        except Exception as error:
            text = str(error) or str(error.__cause__) or repr(error)
            details = getattr(error, "details", lambda: text)()
            assert wanted in str(details), details
        else:
            raise AssertionError(f"not refused: {wanted}")


SCENARIOS = [
    put_and_get,
    prefixes,
    replacing,
    transactions,
    watching,
    watching_the_past,
    watching_with_a_callback,
    leases,
    lapsing,
    locking,
    members,
    maintenance,
    errors,
]

if HOSTS:
    for scenario in SCENARIOS:
        try:
            scenario()
            problem = None
        except BaseException:
            problem = traceback.format_exc()
        print(json.dumps({"name": scenario.__name__, "problem": problem}), flush=True)
else:
    print(json.dumps([scenario.__name__ for scenario in SCENARIOS]))
