import type { Difference } from './startups.ts';

interface Allowed {
  /** As `docs/compatibility.md` says it. */
  readonly reason: string;
  readonly isIt: (difference: Difference) => boolean;
}

const ours = ({ rollcall }: Difference): string => rollcall.why;
const theirs = ({ etcd }: Difference): string => etcd.why;

/** Differences that are on purpose; each has its line in `docs/compatibility.md`, under "Flags". */
export const allowed: readonly Allowed[] = [
  {
    reason: 'values of another YAML type',
    isIt: (one) =>
      one.startup.way === 'file' && /cannot unmarshal (string|number)/.test(theirs(one)),
  },
  {
    reason: 'bad values in files for what etcd takes from the command line alone',
    isIt: (one) =>
      one.startup.way === 'file' &&
      one.etcd.accepted &&
      /for (raft-(read|write)-timeout|socket-reuse-\w+|v2-deprecation) in /.test(ours(one)),
  },
  {
    reason: 'values of older releases',
    isIt: (one) => one.rollcall.accepted && /"not-yet\W/.test(theirs(one)),
  },
  {
    reason: 'empty entries of lists',
    isIt: ({ startup, etcd, rollcall }) =>
      rollcall.accepted &&
      /URL scheme must be|invalid value|cipher suite|find local name|: $/.test(etcd.why) &&
      startup.given.some(([, value]) => value.split(',').some((entry) => entry.trim() === '')),
  },
  {
    reason: 'a number with a plus sign',
    isIt: ({ startup, etcd }) =>
      /parse error|invalid syntax/.test(etcd.why) &&
      startup.given.some(([, value]) => value === '+5'),
  },
  {
    reason: 'negative numbers and durations',
    isIt: (one) =>
      /whole number|at least|hours or a duration/.test(ours(one)) && /value "-/.test(ours(one)),
  },
  {
    reason: 'a user or a query in a URL',
    isIt: (one) => /does not have the form "host:port": \S*[@?]/.test(ours(one)),
  },
  {
    reason: 'unknown kinds of metrics',
    isIt: (one) => /expected basic or extensive/.test(ours(one)),
  },
  {
    reason: 'where one URL is needed, none',
    isIt: (one) => /invalid value "[ ,]*" for .*expected URLs/.test(ours(one)),
  },
  {
    reason: 'the same URL for gRPC and HTTP',
    isIt: (one) => theirs(one).includes('on the same url'),
  },
  {
    reason: 'a cluster of one follows from where it advertises itself',
    isIt: (one) =>
      one.rollcall.accepted &&
      theirs(one).includes('missing from') &&
      !one.startup.given.some(([flag]) => flag === 'initial-cluster'),
  },
  {
    reason: 'a variable that is empty says nothing',
    isIt: (one) => one.startup.way === 'environment' && /conflicting environment/.test(theirs(one)),
  },
  {
    reason: '0 where nothing could be done then',
    isIt: (one) => /value "0x?0?" for .*whole number, at least 1/.test(ours(one)),
  },
  {
    // etcd tells the flag, and uses its default.
    reason: 'a snapshot count of 0',
    isIt: ({ about }) => about === 'snapshot-count: etcd 0, rollcall 10000',
  },
  {
    reason: 'no bound of streams',
    isIt: ({ about }) => about === 'max-concurrent-streams: etcd 0, rollcall 4294967295',
  },
  {
    reason: 'ports that there are not',
    isIt: (one) => one.etcd.accepted && ours(one).includes('the port is above 65535'),
  },
  {
    reason: 'election timeouts that are no multiple of the heartbeat',
    isIt: ({ about }) => about.startsWith('election-timeout: '),
  },
];

/** Why a difference is on purpose; undefined: it is a bug. */
export function reasonFor(difference: Difference): string | undefined {
  return allowed.find(({ isIt }) => isIt(difference))?.reason;
}
