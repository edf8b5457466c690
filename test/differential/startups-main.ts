/** `npx tsx test/differential/startups-main.ts [ETCD] [SEED] [COUNT]`: many start-ups, and how they differ from etcd's. */
import { commonFlags, compare, startups } from './startups.ts';
import { reasonFor } from './startups-allowed.ts';

const [etcd = 'etcd', seed = '1', count = '1000'] = process.argv.slice(2);
const reasons = new Map<string, number>();
let looked = 0;
for (const startup of startups(commonFlags(etcd), Number(seed))) {
  if (looked++ >= Number(count)) break;
  const difference = await compare(etcd, startup);
  if (difference === undefined) continue;
  const reason = reasonFor(difference);
  if (reason === undefined) {
    const { way, given } = startup;
    console.log(way, JSON.stringify(given), difference.about);
    console.log(`  etcd:     ${difference.etcd.why || 'serves'}`);
    console.log(`  rollcall: ${difference.rollcall.why || 'serves'}`);
    process.exitCode = 1;
  } else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}
console.log(`${looked - 1} start-ups with seed ${seed}; differences on purpose:`);
for (const [reason, times] of reasons) console.log(`${String(times).padStart(6)}  ${reason}`);
