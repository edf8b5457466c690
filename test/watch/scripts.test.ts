import { join } from 'node:path';
import type { KeyEvent, KeyValue } from '../../src/state/index.ts';
import { WatchHub } from '../../src/watch/index.ts';
import type { WatchMessage, WatchStream } from '../../src/watch/index.ts';
import { testScripts } from '../lib/scripts.ts';
import type { RunCommand } from '../lib/scripts.ts';
import { deleteOf, Past, putOf, rangeOf, requestOf } from './history.ts';

/*
 * The commands of the scripts. Streams come to be when they are named first.
 *
 *   put KEY VALUE, delete KEY       a write is one revision; several with `;` between them are one transaction, and with
 *                                   `&` revisions of one turn
 *   compact REVISION
 *   watch STREAM RANGE [start=N] [id=N] [prev] [notify] [noput] [nodelete]
 *   cancel STREAM ID, progress STREAM, close STREAM
 *   slow STREAM, ready STREAM       the reader takes nothing more after the next message, or takes more again
 *   work                            catching up, until nothing is left to do; `work once`: one batch
 *   tick                            a progress interval has passed
 *   restore N                       the state is exchanged for another, whose revision is N
 *   stats
 */

testScripts(join(import.meta.dirname, 'scripts'), () => {
  const world = new World();
  return (line) => world.run(line);
});

class World {
  #past = new Past();
  readonly #hub = new WatchHub(this.#past.state, { catchUpRevisionsMax: 3, catchUpBytesMax: 500 });
  readonly #streams = new Map<string, WatchStream>();
  readonly #slow = new Set<string>();
  #said: string[] = [];

  readonly run: RunCommand = (line) => {
    this.#said = [];
    this.#carryOut(line);
    return this.#said.map((text) => `  ${text}`).join('\n');
  };

  #carryOut(line: string): void {
    const [word = '', ...rest] = line.split(' ');
    const [first = '', second = ''] = rest;
    switch (word) {
      case 'put':
      case 'delete':
        this.#write(line);
        break;
      case 'compact':
        this.#past.compact(Number(first));
        this.#hub.compacted();
        break;
      case 'watch':
        this.#stream(first).create(requestOf(rangeOf(second), optionsOf(rest.slice(2))));
        break;
      case 'cancel':
        this.#stream(first).cancel(Number(second));
        break;
      case 'progress':
        this.#stream(first).requestProgress();
        break;
      case 'close':
        this.#stream(first).close();
        break;
      case 'slow':
        this.#slow.add(first);
        break;
      case 'ready':
        this.#slow.delete(first);
        this.#stream(first).drained();
        break;
      case 'work':
        if (first === 'once') this.#hub.work();
        else while (this.#hub.work());
        break;
      case 'tick':
        this.#hub.progressTick();
        break;
      case 'restore':
        this.#restore(Number(first));
        break;
      case 'stats':
        this.#said.push(
          Object.entries(this.#hub.stats)
            .map(([name, value]) => `${name} ${value}`)
            .join(', '),
        );
        break;
      default:
        throw new Error(`the script says "${line}"`);
    }
  }

  #write(line: string): void {
    for (const revision of line.split(' & ')) this.#publish(revision);
    this.#hub.flush();
  }

  #publish(line: string): void {
    const operations = line.split('; ').map((part) => {
      const [word, key = '', value = ''] = part.split(' ');
      return word === 'put' ? putOf(key, value) : deleteOf(key);
    });
    const { revision, events } = this.#past.txn(operations);
    this.#said.push(`revision ${revision}`);
    if (events.length > 0) this.#hub.publish(revision, events);
  }

  #restore(revision: number): void {
    this.#past = new Past();
    while (this.#past.state.revision < revision) {
      this.#past.txn([putOf('restored', String(this.#past.state.revision + 1))]);
    }
    this.#hub.replaceHistory(this.#past.state);
  }

  #stream(name: string): WatchStream {
    const found = this.#streams.get(name);
    if (found !== undefined) return found;
    const stream = this.#hub.open({
      push: (message) => {
        const watchIds = message.kind === 'events' ? message.watchIds : [message.watchId];
        for (const watchId of watchIds) {
          this.#said.push(`${name}: watch ${watchId} at ${message.revision} ${contentOf(message)}`);
        }
        return !this.#slow.has(name);
      },
      failed: (error) => {
        throw error;
      },
    });
    this.#streams.set(name, stream);
    return stream;
  }
}

function optionsOf(words: readonly string[]) {
  const numberOf = (name: string): number => {
    const found = words.find((word) => word.startsWith(`${name}=`));
    return found === undefined ? 0 : Number(found.slice(name.length + 1));
  };
  return {
    startRevision: numberOf('start'),
    watchId: numberOf('id'),
    prevKv: words.includes('prev'),
    progressNotify: words.includes('notify'),
    noPut: words.includes('noput'),
    noDelete: words.includes('nodelete'),
  };
}

function contentOf(message: WatchMessage): string {
  if (message.kind === 'events') {
    return message.events.map(({ event, previous }) => eventText(event, previous)).join(', ');
  }
  if (message.kind !== 'canceled') return message.kind;
  const words = [message.created ? 'created and canceled' : 'canceled'];
  if (message.compactRevision !== 0) words.push(`compacted ${message.compactRevision}`);
  if (message.reason !== '') words.push(`"${message.reason}"`);
  return words.join(' ');
}

function eventText({ kind, kv }: KeyEvent, previous: KeyValue | undefined): string {
  const what =
    kind === 'put' ? `put ${kv.key}=${Buffer.from(kv.value).toString()}` : `delete ${kv.key}`;
  const before = previous === undefined ? '' : ` (was ${Buffer.from(previous.value).toString()})`;
  return `${what}@${kv.modRevision}${before}`;
}
