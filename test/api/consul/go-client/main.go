// Uses Consul's Go client as a program does; prints what was not as expected.
//
//	go-client HOST:PORT...
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/hashicorp/consul/api"
	"github.com/hashicorp/consul/api/watch"
)

var problems = []string{}

func expect(what string, got, wanted any) {
	if !reflect.DeepEqual(got, wanted) {
		problems = append(problems, fmt.Sprintf("%s: %v, not %v", what, got, wanted))
	}
}

func ok(what string, err error) {
	if err != nil {
		problems = append(problems, fmt.Sprintf("%s: %v", what, err))
	}
}

func main() {
	clients := []*api.Client{}
	for _, address := range os.Args[1:] {
		client, err := api.NewClient(&api.Config{Address: address})
		if err != nil {
			panic(err)
		}
		clients = append(clients, client)
	}
	first, second, third := clients[0], clients[1], clients[2]
	services(first, second, third)
	nodes(first, second)
	locks(first, second)
	others(first, second)
	text, _ := json.Marshal(map[string]any{"problems": problems})
	fmt.Println(string(text))
}

// newest makes a read see all that was acknowledged through other members.
var newest = &api.QueryOptions{RequireConsistent: true}

func services(first, second, third *api.Client) {
	seen := make(chan int, 100)
	plan, err := watch.Parse(map[string]any{"type": "service", "service": "go-web", "passingonly": true})
	ok("watch", err)
	plan.Handler = func(_ uint64, raw any) { seen <- len(raw.([]*api.ServiceEntry)) }
	go plan.RunWithClientAndHclog(third, nil)
	ok("register", first.Agent().ServiceRegister(&api.AgentServiceRegistration{
		ID: "go-1", Name: "go-web", Address: "10.3.0.1", Port: 80, Tags: []string{"blue"},
		Weights: &api.AgentWeights{Passing: 3, Warning: 1}, Check: &api.AgentServiceCheck{TTL: "60s"},
	}))
	ok("pass", second.Agent().UpdateTTL("service:go-1", "well", api.HealthPassing))
	entries, meta, err := third.Health().Service("go-web", "blue", true, newest)
	ok("health", err)
	expect("instances", len(entries), 1)
	expect("leader", meta.KnownLeader && meta.LastIndex > 0, true)
	if len(entries) == 1 {
		service := entries[0].Service
		expect("instance", []any{service.ID, service.Address, service.Port, service.Weights.Passing}, []any{"go-1", "10.3.0.1", 80, 3})
		expect("status", entries[0].Checks.AggregatedStatus(), api.HealthPassing)
	}
	awaited("it comes", seen, 1)
	ok("maintenance", second.Agent().EnableServiceMaintenance("go-1", "test"))
	awaited("it is in maintenance", seen, 0)
	ok("end of maintenance", second.Agent().DisableServiceMaintenance("go-1"))
	awaited("it comes back", seen, 1)
	ok("deregister", third.Agent().ServiceDeregister("go-1"))
	awaited("it goes", seen, 0)
	plan.Stop()
	err = first.Agent().ServiceDeregister("none")
	expect("an unknown service", err != nil, true)
}

func awaited(what string, seen chan int, wanted int) {
	for {
		select {
		case got := <-seen:
			if got == wanted {
				return
			}
		case <-time.After(15 * time.Second):
			problems = append(problems, what+": not seen in 15 s")
			return
		}
	}
}

func nodes(first, second *api.Client) {
	names := func() []string {
		rows, _, err := second.Catalog().Service("go-db", "", newest)
		ok("catalog", err)
		found := []string{}
		for _, row := range rows {
			found = append(found, row.Node+"/"+row.ServiceID)
		}
		return found
	}
	for _, node := range []string{"go-n1", "go-n2", "go-n3"} {
		_, err := first.Catalog().Register(&api.CatalogRegistration{
			Node: node, Address: "10.3.1.1", Service: &api.AgentService{ID: "same", Service: "go-db", Port: 5432},
			Checks: api.HealthChecks{{Node: node, CheckID: "up", Name: "up", Status: "passing", ServiceID: "same"}},
		}, nil)
		ok("register in the catalog", err)
	}
	expect("one ID on three nodes", names(), []string{"go-n1/same", "go-n2/same", "go-n3/same"})
	_, err := second.Catalog().Deregister(&api.CatalogDeregistration{Node: "go-n2", ServiceID: "same"}, nil)
	ok("deregister one", err)
	expect("the others", names(), []string{"go-n1/same", "go-n3/same"})
	for _, node := range []string{"go-n1", "go-n2", "go-n3"} {
		_, err := first.Catalog().Deregister(&api.CatalogDeregistration{Node: node}, nil)
		ok("deregister a node", err)
	}
	expect("none", names(), []string{})
}

func locks(first, second *api.Client) {
	mine, err := first.LockOpts(&api.LockOptions{Key: "go/lock", SessionTTL: "10s", LockDelay: time.Millisecond})
	ok("lock", err)
	lost, err := mine.Lock(nil)
	ok("lock", err)
	expect("held", lost != nil, true)
	theirs, err := second.LockOpts(&api.LockOptions{Key: "go/lock", SessionTTL: "10s", LockTryOnce: true, LockWaitTime: 200 * time.Millisecond})
	ok("second lock", err)
	none, err := theirs.Lock(nil)
	ok("second lock", err)
	expect("held by another one", none == nil, true)
	ok("unlock", mine.Unlock())
	lost, err = theirs.Lock(nil)
	ok("lock", err)
	expect("handed over", lost != nil, true)
	ok("unlock", theirs.Unlock())
	semaphore, err := first.SemaphorePrefix("go/semaphore", 2)
	ok("semaphore", err)
	lost, err = semaphore.Acquire(nil)
	ok("acquire", err)
	expect("acquired", lost != nil, true)
	ok("release", semaphore.Release())
}

func others(first, second *api.Client) {
	done, answer, _, err := first.Txn().Txn(api.TxnOps{
		{KV: &api.KVTxnOp{Verb: api.KVSet, Key: "go/key", Value: []byte("v"), Flags: 1 << 63}},
		{KV: &api.KVTxnOp{Verb: api.KVGet, Key: "go/key"}},
	}, nil)
	ok("transaction", err)
	expect("transaction", done && answer.Results[1].KV.Flags == 1<<63, true)
	_, err = second.KV().DeleteTree("go/", nil)
	ok("delete", err)
	id, _, err := first.PreparedQuery().Create(&api.PreparedQueryDefinition{Name: "go-query", Service: api.ServiceQuery{Service: "consul"}}, nil)
	ok("query", err)
	found, _, err := second.PreparedQuery().Execute("go-query", newest)
	ok("execute", err)
	if err == nil {
		expect("executed", len(found.Nodes), 3)
	}
	_, err = first.PreparedQuery().Delete(id, nil)
	ok("delete a query", err)
	_, err = first.Agent().Self()
	ok("self", err)
	health, err := first.Operator().AutopilotServerHealth(nil)
	ok("autopilot", err)
	if err == nil {
		expect("healthy", health.Healthy, true)
	}
	proxies, _, err := first.Health().Connect("go-web", "", true, nil)
	ok("proxies", err)
	expect("proxies", len(proxies), 0)
}
