/**
 * Runs etcd's own end-to-end suites against Rollcall, or against the etcd that they belong to, each test by itself:
 *
 *   npm run build && npx tsx scripts/etcd-suites.ts --folder=DIR --suite=common --only='Auth|User' [--etcd=3.7.3] [--real]
 *
 * Needs Linux, Go and `unshare`: the suites use fixed ports, so each test gets a network of its own. See docs/etcd-suites.md.
 */
import { parseArgs } from 'node:util';
import { prepareSuites, runTest, testsOf } from './lib/etcd-suites.ts';

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    etcd: { type: 'string', default: '3.7.3' },
    suite: { type: 'string', default: 'common' },
    only: { type: 'string', default: '.' },
    except: { type: 'string', default: '^$' },
    seconds: { type: 'string', default: '300' },
    real: { type: 'boolean', default: false },
  },
});
const { folder, etcd, suite, real } = values;
if (folder === undefined) {
  throw new Error('give --folder=DIR, which keeps the suites and programs of one release of etcd');
}

const suites = prepareSuites(folder, { etcd, suite });
const [only, except] = [new RegExp(values.only), new RegExp(values.except)];
const names = testsOf(suites).filter((name) => only.test(name) && !except.test(name));
const counts = { passed: 0, skipped: 0, failed: 0 };
for (const name of names) {
  const { verdict, seconds, log } = runTest(suites, name, {
    against: real ? 'etcd' : 'rollcall',
    secondsMax: Number(values.seconds),
  });
  counts[verdict]++;
  console.log(
    `${verdict.padEnd(7)} ${name}, ${seconds.toFixed(1)} s${verdict === 'failed' ? `: ${log}` : ''}`,
  );
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
if (counts.failed > 0 || names.length === 0) process.exitCode = 1;
