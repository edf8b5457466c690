import { unreachable } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Probe, Prober, ProbeResult } from '../registry/index.ts';
import { addressPolicy } from './address-policy.ts';
import { Dialer } from './dial.ts';
import { reasonOf } from './failure.ts';
import { probeGrpc } from './grpc.ts';
import { probeH2Ping } from './h2-ping.ts';
import { probeHttp } from './http.ts';
import { critical, TimedOut } from './look.ts';
import type { Look } from './look.ts';
import { probeScript, scriptsAreOff } from './script.ts';
import { Slots } from './slots.ts';
import { probeTcp } from './tcp.ts';
import { probeUdp } from './udp.ts';

export interface ProberOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** CIDR blocks that probes may connect to; empty: all. */
  readonly allow: readonly string[];
  /** CIDR blocks that probes must not connect to. */
  readonly deny: readonly string[];
  readonly scripts: boolean;
  /** Kills all processes of a group; one that is gone is no error. */
  readonly killGroup: (groupId: number) => void;
  /** Probes at once; scripts at once. */
  readonly probesMax?: number;
  readonly scriptsMax?: number;
}

/** Some tens of KiB and one socket each. */
const probesMaxByDefault = 1000;
/** A process each. */
const scriptsMaxByDefault = 32;
/** Targets that timed out the last time and are remembered for it. */
const slowTargetsMax = 20_000;

/** Looks at instances over the network, or by scripts. */
export function createProber(options: ProberOptions): Prober {
  return new NetworkProber(options);
}

class NetworkProber implements Prober {
  readonly #options: ProberOptions;
  readonly #dialer: Dialer;
  readonly #slots: Slots;
  readonly #scriptSlots: Slots;
  readonly #slowTargets = new Set<string>();

  constructor(options: ProberOptions) {
    this.#options = options;
    const { allow, deny, clock, metrics } = options;
    this.#dialer = new Dialer(addressPolicy(allow, deny), clock);
    this.#slots = new Slots(options.probesMax ?? probesMaxByDefault, clock);
    this.#scriptSlots = new Slots(options.scriptsMax ?? scriptsMaxByDefault, clock);
    const both = [this.#slots, this.#scriptSlots];
    metrics.gauge('rollcall_probes_running', 'Health checks that look at their targets now.', () =>
      both.reduce((sum, { busy }) => sum + busy, 0),
    );
    metrics.gauge(
      'rollcall_probes_waiting',
      'Health checks that are due, and wait because many others run.',
      () => both.reduce((sum, { waiting }) => sum + waiting, 0),
    );
  }

  async run(probe: Probe, signal: AbortSignal): Promise<ProbeResult | undefined> {
    if (probe.kind === 'script' && !this.#options.scripts) return scriptsAreOff;
    const slots = probe.kind === 'script' ? this.#scriptSlots : this.#slots;
    const name = nameOf(probe);
    const isSlow = this.#slowTargets.has(name);
    await slots.take(isSlow);
    try {
      return signal.aborted ? undefined : await this.#runNow(probe, name, signal);
    } finally {
      slots.release(isSlow);
    }
  }

  async #runNow(probe: Probe, name: string, signal: AbortSignal): Promise<ProbeResult | undefined> {
    const { clock } = this.#options;
    const end = new AbortController();
    const cancel = clock.after(probe.timeoutMs, () => end.abort(new TimedOut('i/o timeout')));
    const onAbort = (): void => end.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    let result: ProbeResult;
    try {
      result = await this.#look(probe, { dialer: this.#dialer, signal: end.signal });
    } catch (error) {
      result = critical(reasonOf(error));
    } finally {
      cancel();
      signal.removeEventListener('abort', onAbort);
    }
    if (signal.aborted) return undefined;
    this.#remember(name, end.signal.aborted);
    return result;
  }

  #look(probe: Probe, look: Look): Promise<ProbeResult> {
    switch (probe.kind) {
      case 'http':
        return probeHttp(probe, look);
      case 'tcp':
        return probeTcp(probe, look);
      case 'udp':
        return probeUdp(probe, look, this.#options.clock);
      case 'h2ping':
        return probeH2Ping(probe, look);
      case 'grpc':
        return probeGrpc(probe, look);
      case 'script':
        return probeScript(probe, look.signal, this.#options);
      default:
        return unreachable(probe);
    }
  }

  #remember(name: string, timedOut: boolean): void {
    if (!timedOut) this.#slowTargets.delete(name);
    else if (this.#slowTargets.size < slowTargetsMax) this.#slowTargets.add(name);
  }
}

/** A string that is equal for equal targets. */
function nameOf(probe: Probe): string {
  if (probe.kind === 'http') return `http ${probe.url}`;
  if (probe.kind === 'script') return `script ${probe.args.join('\0')}`;
  return `${probe.kind} ${probe.target}`;
}
