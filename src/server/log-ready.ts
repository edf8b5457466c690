import type { Logger } from '../base/logger.ts';

/** Logs that clients are served, and at which addresses with encryption or without, in the lines that etcd's scripts wait for. */
export function logReady(logger: Logger, clientUrls: readonly string[]): void {
  logger.info('ready to serve client requests', { clientUrls });
  for (const url of clientUrls) {
    const [, scheme = '', address = url] = /^(\w+):\/\/(.*)$/.exec(url) ?? [];
    const how = /^(?:https|unixs)$/.test(scheme)
      ? 'serving client traffic securely'
      : 'serving client traffic insecurely; this is strongly discouraged!';
    logger.info(how, { traffic: 'grpc+http', address });
  }
}
