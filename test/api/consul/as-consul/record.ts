import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { answerTo } from './answers.ts';
import { requests } from './requests.ts';

/** Asks a fresh Consul (`consul agent -dev -node n1`) everything, and keeps its answers: `record.ts URL`. */
const [, , url = 'http://127.0.0.1:8500'] = argv;
const lines: string[] = [];
for (const request of requests) {
  // An agent tells its servers a moment later.
  if (request.method === 'GET') await setTimeout(500);
  lines.push(JSON.stringify({ ...request, answer: await answerTo(url, request) }));
}
writeFileSync(join(import.meta.dirname, 'consul-1.12.jsonl'), `${lines.join('\n')}\n`);
