import { prefixRange, singleKey } from '../../src/base/key.ts';
import type { KeyRange } from '../../src/base/key.ts';
import type {
  Compare,
  Operation,
  PutRequest,
  RangeRequest,
  SortTarget,
  TxnRequest,
} from '../../src/state/index.ts';
import { bytes, rangeRequest } from './requests.ts';

/**
 * The requests of the scripts, one operation:
 *
 *   put KEY VALUE [lease=ID] [prev] [keep-value] [keep-lease]     "-" is the empty value
 *   get RANGE [rev=N] [limit=N] [by=TARGET] [ascend|descend] [keys] [count] [min-mod=N] [max-mod=N] ...
 *   del RANGE [prev]
 *   txn if COMPARE & COMPARE then OPERATION ; OPERATION else OPERATION
 *
 * A RANGE is `a` (one key), `a*` (a prefix), `a..c` (c excluded), `a..` (a and all after it) or `*` (everything). A
 * COMPARE is `TARGET RANGE =|!=|<|> VALUE`. Within a txn, `[ txn ... ]` is a transaction in the transaction.
 */
export class RequestReader {
  readonly #words: string[];

  constructor(line: string) {
    this.#words = line.split(' ').filter((word) => word !== '');
  }

  /** The next word. */
  word(): string {
    const word = this.#words.shift();
    if (word === undefined) throw new Error('the line ends too soon');
    return word;
  }

  number(): number {
    return Number(this.word());
  }

  /** True, and gone, if the next word is `word`. */
  take(word: string): boolean {
    if (this.#words[0] !== word) return false;
    this.#words.shift();
    return true;
  }

  operation(): Operation {
    if (this.take('[')) {
      const operation = this.operation();
      if (!this.take(']')) throw new Error('a bracket is not closed');
      return operation;
    }
    const kind = this.word();
    switch (kind) {
      case 'put':
        return { kind: 'put', request: this.#put() };
      case 'get':
        return { kind: 'range', request: this.#get() };
      case 'del':
        return {
          kind: 'delete-range',
          request: { range: rangeFrom(this.word()), prevKv: this.take('prev') },
        };
      case 'txn':
        return { kind: 'txn', request: this.#txn() };
      default:
        throw new Error(`"${kind}" is no operation`);
    }
  }

  #put(): PutRequest {
    const key = this.word();
    const value = valueFrom(this.word());
    const options = this.#options();
    return {
      key,
      value,
      lease: BigInt(options.get('lease') ?? 0),
      prevKv: options.has('prev'),
      ignoreValue: options.has('keep-value'),
      ignoreLease: options.has('keep-lease'),
    };
  }

  #get(): RangeRequest {
    const range = rangeFrom(this.word());
    const options = this.#options();
    const number = (name: string): number => Number(options.get(name) ?? 0);
    const descends = options.has('descend');
    return rangeRequest(range, {
      revision: number('rev'),
      limit: number('limit'),
      sortTarget: targetFrom(options.get('by') ?? 'key'),
      sortOrder: descends ? 'descend' : options.has('ascend') ? 'ascend' : 'none',
      keysOnly: options.has('keys'),
      countOnly: options.has('count'),
      minModRevision: number('min-mod'),
      maxModRevision: number('max-mod'),
      minCreateRevision: number('min-create'),
      maxCreateRevision: number('max-create'),
    });
  }

  #txn(): TxnRequest {
    const compares: Compare[] = [];
    if (this.take('if'))
      do compares.push(this.#compare());
      while (this.take('&'));
    return {
      compares,
      success: this.take('then') ? this.#operations() : [],
      failure: this.take('else') ? this.#operations() : [],
    };
  }

  #operations(): Operation[] {
    const operations = [this.operation()];
    while (this.take(';')) operations.push(this.operation());
    return operations;
  }

  #compare(): Compare {
    const target = this.word();
    const range = rangeFrom(this.word());
    const result = resultFrom(this.word());
    const value = this.word();
    switch (target) {
      case 'value':
        return { range, result, against: { target, value: valueFrom(value) } };
      case 'lease':
        return { range, result, against: { target, value: BigInt(value) } };
      case 'version':
      case 'create':
      case 'mod':
        return { range, result, against: { target, value: Number(value) } };
      default:
        throw new Error(`"${target}" cannot be compared`);
    }
  }

  /** The words up to the end of the operation. */
  #options(): Map<string, string> {
    const options = new Map<string, string>();
    while (this.#words[0] !== undefined && !['then', 'else', ';', ']'].includes(this.#words[0])) {
      const [name = '', value = ''] = this.word().split('=');
      options.set(name, value);
    }
    return options;
  }
}

function rangeFrom(word: string): KeyRange {
  if (word.endsWith('*')) return prefixRange(word.slice(0, -1));
  const [start = '', end] = word.split('..');
  if (end === undefined) return singleKey(start);
  return { start, end: end === '' ? undefined : end };
}

function valueFrom(word: string): Uint8Array {
  return bytes(word === '-' ? '' : word);
}

function targetFrom(word: string): SortTarget {
  const targets: readonly SortTarget[] = ['key', 'version', 'create', 'mod', 'value'];
  const target = targets.find((known) => known === word);
  if (target === undefined) throw new Error(`nothing can be sorted by "${word}"`);
  return target;
}

function resultFrom(word: string): Compare['result'] {
  const results = { '=': 'equal', '!=': 'not-equal', '<': 'less', '>': 'greater' } as const;
  const found = Object.entries(results).find(([sign]) => sign === word);
  if (found === undefined) throw new Error(`"${word}" compares nothing`);
  return found[1];
}
