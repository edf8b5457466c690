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
export const channelOptions: ChannelOptions = {
  'grpc.max_receive_message_length': messageBytesMax,
  'grpc.max_send_message_length': -1,
};

/** A connection that is not shared with others of this process. */
export function openClient(url: string): Client {
  return new Client(addressOf(url), credentials.createInsecure(), {
    ...channelOptions,
    'grpc.use_local_subchannel_pool': 1,
  });
}
