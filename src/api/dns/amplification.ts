/** Networks that are told apart. Several may share one entry, and its allowance. */
const entries = 1 << 14;

/**
 * Bounds what strangers can make this member send to a victim: a query over UDP may carry the victim's address, and its
 * response be many times as long. Each network has an allowance of bytes beyond those that came from it, which fills again
 * over one second. Takes the same memory however many networks there are.
 */
export class AmplificationLimit {
  readonly #bytesPerSecond: number;
  readonly #nowMs: () => number;
  readonly #seed: number;
  readonly #used = new Float64Array(entries);
  readonly #usedAtMs = new Float64Array(entries);

  constructor(bytesPerSecond: number, nowMs: () => number, seed: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#nowMs = nowMs;
    this.#seed = seed;
  }

  /** Whether a client may be sent some bytes beyond those that it sent. Takes them from its allowance. */
  allows(client: string, bytes: number): boolean {
    if (bytes <= 0 || this.#bytesPerSecond === 0 || isLoopback(client)) return true;
    const at = this.#entryOf(client);
    const nowMs = this.#nowMs();
    const refilled = ((nowMs - (this.#usedAtMs[at] ?? 0)) / 1000) * this.#bytesPerSecond;
    const used = Math.max(0, (this.#used[at] ?? 0) - refilled);
    const isAllowed = used + bytes <= this.#bytesPerSecond;
    this.#used[at] = isAllowed ? used + bytes : used;
    this.#usedAtMs[at] = nowMs;
    return isAllowed;
  }

  #entryOf(client: string): number {
    let hash = this.#seed;
    for (let at = 0, end = networkEnd(client); at < end; at++) {
      hash = Math.imul(hash ^ client.charCodeAt(at), 0x01000193);
    }
    return (hash ^ (hash >>> 15)) & (entries - 1);
  }
}

/** Packets with such an address cannot come from outside. */
function isLoopback(client: string): boolean {
  return client.startsWith('127.') || client === '::1' || client.startsWith('::ffff:127.');
}

/** The end of the part that names the network: /24 of IPv4, and the first three groups, a /48, of IPv6. */
function networkEnd(client: string): number {
  if (client.includes('.')) return client.lastIndexOf('.');
  let end = -1;
  for (let groups = 0; groups < 3; groups++) {
    const next = client.indexOf(':', end + 1);
    if (next === -1) break;
    end = next;
  }
  return end;
}
