// Registers an instance of a service, and follows all of its instances until Ctrl-C.
//
//   npx tsx examples/register-and-discover.ts [instance [address]]
//
// Run it twice, with different names, and stop one of them: the other sees it go.

// In a program of your own: import { Rollcall } from 'rollcall';
import { Rollcall } from '../src/client/index.ts';

const [instance = `instance-${process.pid}`, address = '10.0.1.45:8080'] = process.argv.slice(2);
const endpoints = (process.env['ROLLCALL_ENDPOINTS'] ?? '127.0.0.1:2379').split(',');

await using client = new Rollcall({ endpoints });

// There as long as this program lives: renewed by itself, registered anew if the lease was lost, and gone five
// seconds after a crash.
await using registration = await client.registerInstance('payment', instance, address, {
  ttlSeconds: 5,
});
registration.on('lost', (reason) => console.warn(`not registered: ${reason.message}`));
registration.on('regained', () => console.warn('registered again'));
console.log(`registered ${instance} at ${address}; stop with Ctrl-C`);

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

for await (const found of client.watchInstances('payment', { signal: stop.signal })) {
  console.log('payment is at', found.map((one) => one.address).join(', '));
}
console.log('bye');
