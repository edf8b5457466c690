import { arch, cpus, freemem, hostname, totalmem } from 'node:os';

/** Go's names of processors, where Node.js' differ. */
const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** Facts about this process and its machine, for the APIs that tell them. */
export function processFacts(): {
  readonly heapBytes: () => number;
  readonly memoryTotalBytes: number;
  readonly memoryFreeBytes: () => number;
  readonly cpus: readonly { readonly model: string; readonly mhz: number }[];
  readonly hostname: string;
  readonly platform: string;
  readonly arch: string;
  readonly uptimeSeconds: () => number;
} {
  return {
    heapBytes: () => process.memoryUsage().heapUsed,
    memoryTotalBytes: totalmem(),
    memoryFreeBytes: freemem,
    cpus: cpus().map(({ model, speed }) => ({ model, mhz: speed })),
    hostname: hostname(),
    platform: process.platform,
    arch: goArchitectures[arch()] ?? arch(),
    uptimeSeconds: () => process.uptime(),
  };
}
