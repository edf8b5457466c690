import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainInstance, History } from '../../../src/registry/index.ts';
import { Asking } from './asking.ts';

const history = new History({
  wallTimeMs: () => 0,
  memberName: 'm1',
  hasLease: () => true,
  isAlone: () => true,
});

/** How an instance may be reached; each has addresses of its own. */
const ways = {
  four: (at: number) => ({ address: `10.0.0.${at}` }),
  six: (at: number) => ({ address: `fd00::${at}` }),
  both: (at: number) => ({
    address: `10.0.0.${at}`,
    taggedAddresses: { lan_ipv6: { address: `fd00::${at}`, port: 80 } },
  }),
  host: (at: number) => ({ address: `h${at}.example` }),
  nowhere: () => ({ node: 'n1' }),
} as const;
const way = fc.constantFrom('four', 'six', 'both', 'host', 'nowhere');
const status = fc.constantFrom('passing', 'warning', 'critical');
const instances = fc.array(fc.record({ way, status, isTagged: fc.boolean() }), { maxLength: 4 });

test('an explanation says that an instance is in an answer of DNS exactly when the answer has it', async () => {
  await fc.assert(
    fc.asyncProperty(
      instances,
      fc.constantFrom<4 | 6>(4, 6),
      fc.boolean(),
      fc.boolean(),
      async (all, family, onlyPassing, asksTag) => {
        const dns = new Asking({ onlyPassing });
        for (const [at, one] of all.entries()) {
          const tags = one.isTagged ? ['V2'] : [];
          dns.put({ [`web/w${at}`]: { ...ways[one.way](at + 1), port: 80, tags } });
          dns.putKeys({ [`/checks/web/w${at}/c`]: { status: one.status } });
        }
        const name = asksTag ? 'v2.web.service.consul' : 'web.service.consul';
        const data = await dns.data(name, family === 4 ? 'A' : 'AAAA');
        const answered = all.map((one, at) => {
          const { address } = { address: '', ...ways[one.way](at + 1) };
          const own = one.way === 'both' && family === 6 ? `fd00::${at + 1}` : address;
          return data.includes(own);
        });
        const asked = {
          service: { namespace: 'default', service: 'web' },
          wanted: onlyPassing ? ('passing' as const) : ('not-critical' as const),
          tags: asksTag ? ['v2'] : [],
          zone: '',
          family,
          room: undefined,
        };
        const facts = { catalog: dns.catalog, history, zone: 'dc1' };
        const said = all.map((_, at) => explainInstance(facts, asked, `w${at}`).isInAnswer);
        expect(said).toEqual(answered);
      },
    ),
    { numRuns: 150 },
  );
});
