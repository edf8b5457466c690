import { connect } from 'node:net';

const connectTimeoutMs = 2000;

/** The URLs at which nothing accepts a connection. Other schemes than `http` are left to the servers to judge. */
export async function silentUrls(urls: readonly string[]): Promise<readonly string[]> {
  const answers = await Promise.all(urls.map(async (url) => ({ url, ok: await accepts(url) })));
  return answers.filter(({ ok }) => !ok).map(({ url }) => url);
}

function accepts(url: string): Promise<boolean> {
  const { protocol, hostname, port } = URL.canParse(url) ? new URL(url) : noUrl;
  if (!/^https?:$/.test(protocol)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port === '' ? 80 : port),
      timeout: connectTimeoutMs,
    });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

const noUrl = { protocol: '', hostname: '', port: '' };
