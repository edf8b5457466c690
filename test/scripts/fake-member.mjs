/** Stands in for a member: healthy on its client port, logs as one does, and ends when it is told to. */
import { createServer } from 'node:http';

const flag = (name) =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? '';
const { port } = new URL(flag('listen-client-urls'));
const log = (msg, fields) =>
  console.log(JSON.stringify({ level: 'info', ts: 'now', msg, ...fields }));

createServer((_, response) => response.end('{"health":"true"}')).listen(
  Number(port),
  '127.0.0.1',
  () => {
    log('ready to serve client requests', {
      state: flag('initial-cluster-state'),
      etcd: process.env.ETCD_NAME,
    });
  },
);
process.on('SIGTERM', () => {
  console.log('a line that is no JSON');
  process.exit(0);
});
