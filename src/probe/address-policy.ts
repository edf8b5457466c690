import { BlockList, isIP, SocketAddress } from 'node:net';
import { ProbeFailure } from './failure.ts';

/** Decides which addresses probes may connect to. */
export interface AddressPolicy {
  /** Throws a `ProbeFailure` that names the flag to change, unless the address is allowed. */
  check(address: string, port: number): void;
}

/** An address has to be in `allow`, unless that is empty, and must not be in `deny`. Both are lists of CIDR blocks. */
export function addressPolicy(allow: readonly string[], deny: readonly string[]): AddressPolicy {
  const allowed = new Blocks(allow);
  const denied = new Blocks(deny);
  return {
    check(address, port) {
      const shown = isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
      if (denied.contains(address)) {
        throw new ProbeFailure(`dial ${shown}: checks must not connect to it (--probe-deny)`);
      }
      if (allow.length > 0 && !allowed.contains(address)) {
        throw new ProbeFailure(
          `dial ${shown}: checks may connect to some addresses only (--probe-allow)`,
        );
      }
    },
  };
}

/** Blocks of each family apart: in one list, `::/0` would contain all IPv4 addresses, too. */
class Blocks {
  readonly #ipv4 = new BlockList();
  readonly #ipv6 = new BlockList();

  constructor(blocks: readonly string[]) {
    for (const block of blocks) {
      const [address = '', bits] = block.split('/');
      if (isIP(address) === 4) this.#ipv4.addSubnet(address, Number(bits ?? 32), 'ipv4');
      else this.#ipv6.addSubnet(address, Number(bits ?? 128), 'ipv6');
    }
  }

  contains(address: string): boolean {
    // A zone, as in `fe80::1%eth0`, says nothing about the block.
    const [plain = ''] = address.split('%');
    if (isIP(plain) === 4) return this.#ipv4.check(plain, 'ipv4');
    const mapped = mappedIpv4(plain);
    if (mapped !== undefined) return this.#ipv4.check(mapped, 'ipv4');
    return this.#ipv6.check(plain, 'ipv6');
  }
}

/** The IPv4 address in `::ffff:10.0.0.1`, however it is written: a connection to it is one to the IPv4 address. */
function mappedIpv4(address: string): string | undefined {
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(canonical)?.[1];
}
