import { Client, credentials } from '@grpc/grpc-js';
import type { ChannelOptions } from '@grpc/grpc-js';

/**
 * The gRPC address of a URL: "http://host:port" -> "host:port". The port is always given, because gRPC's default is
 * not that of the scheme. A socket in the file system is "unix://path".
 */
export function addressOf(url: string): string {
  if (url.startsWith('unix://')) return `unix:${url.slice('unix://'.length)}`;
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? 80 : port}`;
}

/** The URL that is listened on, with its actual port. */
export function boundUrlOf(url: string, port: number): string {
  if (url.startsWith('unix://')) return url;
  return `http://${new URL(url).hostname}:${port}`;
}

/** Far more than any message between members has. */
const messageBytesMax: number = 256 << 20;

/** Options of both ends of a connection. */
const messageOptions: ChannelOptions = {
  'grpc.max_receive_message_length': messageBytesMax,
  'grpc.max_send_message_length': -1,
};

/** A peer keeps a stream open while it is connected. A connection without a call for this long is no peer's. */
const callerWithoutCallMaxMs = 60_000;

export const serverOptions: ChannelOptions = {
  ...messageOptions,
  'grpc.max_connection_idle_ms': callerWithoutCallMaxMs,
};

const clientOptions: ChannelOptions = {
  ...messageOptions,
  'grpc.use_local_subchannel_pool': 1,
  // Members connect directly, whatever proxy the environment names.
  'grpc.enable_http_proxy': 0,
  // DNS has no service config for this service; the lookup would delay a dial where DNS does not answer.
  'grpc.service_config_disable_resolution': 1,
  // The calls decide themselves about retries.
  'grpc.enable_retries': 0,
};

/** A connection that is not shared with other clients in this process. */
export function openClient(url: string): Client {
  return new Client(addressOf(url), credentials.createInsecure(), clientOptions);
}
