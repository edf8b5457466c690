import type { PlainAnswer } from './answers.ts';

const text = { 'content-type': 'text/plain; charset=utf-8' };

/** Refusals with 500 of calls that have an index have one, too. */
const refused = {
  headers: {
    ...text,
    'x-consul-index': 'there',
    'x-consul-knownleader': 'false',
    'x-consul-lastcontact': 'there',
  },
};

/** Parts of answers that are not as in Consul 1.12; `docs/consul.md` says why. */
export const different: Readonly<Record<string, Partial<PlainAnswer>>> = {
  // Refusals of what is wrong in itself have no index.
  'GET health/service/web?passing=x': { headers: text },
  'GET health/service/web?dc=other': refused,
  'GET health/service/db?filter=Foo%20%3D%3D%201': refused,
  'GET health/service/db?filter=Service.Tags%20%3D%3D%20x': refused,
  'GET health/service/db?filter=Service.ID%20matches%20%22%5B%22': refused,
  // Texts in our words.
  'PUT agent/service/register {"Name":"a","Check":{"HTTP":"http://127.0.0.1:1"}}': {
    body: 'Invalid check: Interval must be > 0 for Script, HTTP, H2PING, UDP, gRPC or TCP checks',
  },
  'PUT agent/service/register {"Name":"a","Check":{"Args":["true"],"Interval":"10s"}}': {
    body: 'Scripts are disabled on this agent; to run them, start every member with --enable-script-checks',
  },
  'PUT agent/service/register {"Name":"a","Port":"x"}': {
    body: 'Request decode failed: Port must be a whole number, and is a string',
  },
  'PUT agent/service/register {"Name":"a","Tags":"x"}': {
    body: 'Request decode failed: Tags must be a list, and is a string',
  },
  'PUT agent/service/register {"Name":"a","Meta":{"a":1}}': {
    body: 'Request decode failed: Meta.a must be a string, and is a number',
  },
  'PUT agent/service/register []': {
    body: 'Request decode failed: the body must be an object, and is a list',
  },
};
