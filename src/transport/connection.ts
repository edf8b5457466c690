import { Client, credentials } from '@grpc/grpc-js';
import type { ChannelOptions } from '@grpc/grpc-js';

/**
 * Where gRPC listens or connects: "http://host:port" -> "host:port". The port is always there: gRPC's default is not
 * that of the scheme. A socket in the file system is "unix://path".
 */
export function addressOf(url: string): string {
  if (url.startsWith('unix://')) return `unix:${url.slice('unix://'.length)}`;
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? 80 : port}`;
}

/** The URL that was listened on, with the port that it got. */
export function boundUrlOf(url: string, port: number): string {
  if (url.startsWith('unix://')) return url;
  return `http://${new URL(url).hostname}:${port}`;
}

/** No message between members comes near this; what claims to be larger is not one of theirs. */
const messageBytesMax: number = 256 << 20;

/** For both ends of a connection. */
const messageOptions: ChannelOptions = {
  'grpc.max_receive_message_length': messageBytesMax,
  'grpc.max_send_message_length': -1,
};

/** A peer has a stream for as long as it is connected: who has none for so long is no peer. */
const callerWithoutCallMaxMs = 60_000;

export const serverOptions: ChannelOptions = {
  ...messageOptions,
  'grpc.max_connection_idle_ms': callerWithoutCallMaxMs,
};

const clientOptions: ChannelOptions = {
  ...messageOptions,
  'grpc.use_local_subchannel_pool': 1,
  // Members speak to each other directly, whatever proxy the environment names for others.
  'grpc.enable_http_proxy': 0,
  // Nobody puts options for this service into DNS; asking would cost a dial its time where DNS does not answer.
  'grpc.service_config_disable_resolution': 1,
  // Each call says by itself when it is made again.
  'grpc.enable_retries': 0,
};

/** A connection that is not shared with others of this process. */
export function openClient(url: string): Client {
  return new Client(addressOf(url), credentials.createInsecure(), clientOptions);
}
