/**
 * The address of the other end, without its port; undefined for a Unix socket, or one that was closed already. An IPv4
 * address is written as such also on a socket that takes IPv6.
 */
export function callerAddress({
  remoteAddress,
}: {
  readonly remoteAddress?: string | undefined;
}): string | undefined {
  return remoteAddress?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
