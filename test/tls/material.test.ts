import { renameSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openTls } from '../../src/tls/index.ts';
import { createAuthority, writePair } from './certificates.ts';
import type { Authority, Issued } from './certificates.ts';
import { answers, echo, noSide, outside, tempFolder } from './handshakes.ts';
import type { Echo } from './handshakes.ts';

let authority: Authority;
let first: Issued;
let second: Issued;

beforeAll(async () => {
  authority = await createAuthority();
  [first, second] = await Promise.all([
    authority.issue({ commonName: 'first' }),
    authority.issue({ commonName: 'second' }),
  ]);
});

async function shownBy(dial: Echo['dial']): Promise<unknown> {
  const socket = dial({ maxVersion: 'TLSv1.3' });
  await once(socket, 'secureConnect');
  return socket.getPeerCertificate().subject.CN;
}

/** Lets the files be looked at, and waits for what follows. */
async function look({ around }: Echo, ...texts: string[]): Promise<void> {
  around.clock.pass(1000);
  await around.logged(...texts);
}

/** Waits until the files were looked at, without a line that says so. */
async function looked({ around }: Echo): Promise<void> {
  const before = around.clock.timers;
  around.clock.pass(1000);
  await expect.poll(() => around.clock.timers).toBe(before);
}

const metricOf = async ({ around }: Echo, name: string): Promise<string | undefined> =>
  (await around.metrics.text()).split('\n').find((line) => line.startsWith(name));

async function sessionOf(socket: TLSSocket): Promise<Buffer> {
  const [session] = await once(socket, 'session');
  return session;
}

async function resumes(running: Echo, session: Buffer, more = {}): Promise<boolean> {
  const socket = running.dial({ session, ...more });
  const isAnswered = await answers(socket);
  return isAnswered && socket.isSessionReused();
}

const pair = () => writePair(tempFolder(), 'own', first);

const fileOf = (content: string | Buffer): string => {
  const path = join(tempFolder(), 'file');
  writeFileSync(path, content);
  return path;
};

describe('files that change', () => {
  test('are used by new connections, and open ones stay', async () => {
    const folder = tempFolder();
    const running = await echo(writePair(folder, 'own', first));
    const open = running.dial();
    expect(await answers(open)).toBe(true);
    writePair(folder, 'own', second);
    await look(running, 'certificates are read again');
    expect(await shownBy(running.dial)).toBe('second');
    expect(await answers(open)).toBe(true);
    expect(open.getPeerCertificate().subject.CN).toBe('first');
    expect(await metricOf(running, 'rollcall_tls_reloads_total{result="taken"')).toMatch(/ 1$/);
  });

  test('are seen behind a link that is replaced, as secrets of Kubernetes are', async () => {
    const folder = tempFolder();
    writePair(join(folder, 'one'), 'tls', first);
    writePair(join(folder, 'two'), 'tls', second);
    symlinkSync('one', join(folder, 'now'));
    const running = await echo({
      certFile: join(folder, 'now/tls.crt'),
      keyFile: join(folder, 'now/tls.key'),
    });
    symlinkSync('two', join(folder, 'next'));
    renameSync(join(folder, 'next'), join(folder, 'now'));
    await look(running, 'certificates are read again');
    expect(await shownBy(running.dial)).toBe('second');
  });

  test('that do not fit leave the old ones in use, with one line and a metric', async () => {
    const folder = tempFolder();
    const { keyFile } = writePair(folder, 'own', first);
    const running = await echo(writePair(folder, 'own', first));
    writeFileSync(keyFile, second.key);
    // Programs write one file after the other: one look more before a report.
    await looked(running);
    expect(running.around.lines).toEqual([]);
    await look(running, 'do not fit', 'private key does not match public key', '--key-file');
    await looked(running);
    expect(running.around.lines).toHaveLength(1);
    expect(await metricOf(running, 'rollcall_tls_reloads_total{result="refused"')).toMatch(/ 1$/);
    expect(await shownBy(running.dial)).toBe('first');
    writePair(folder, 'own', second);
    await look(running, 'certificates are read again');
    expect(await shownBy(running.dial)).toBe('second');
  });

  test('that are gone leave the old ones in use', async () => {
    const folder = tempFolder();
    const { certFile } = writePair(folder, 'own', first);
    const running = await echo(writePair(folder, 'own', first));
    unlinkSync(certFile);
    await looked(running);
    await look(running, 'do not fit', 'ENOENT');
    expect(await shownBy(running.dial)).toBe('first');
  });

  test('are read at once when that is asked for, and what does not fit is said at once', async () => {
    const folder = tempFolder();
    const { keyFile } = writePair(folder, 'own', first);
    const running = await echo(writePair(folder, 'own', first));
    writeFileSync(keyFile, 'nothing');
    await running.material.reload();
    expect(running.around.lines).toMatchObject([
      { message: expect.stringContaining('do not fit') },
    ]);
    writePair(folder, 'own', second);
    await running.material.reload();
    expect(await shownBy(running.dial)).toBe('second');
  });
});

describe('a session', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is resumed with %s, also behind a new certificate',
    async (maxVersion) => {
      const folder = tempFolder();
      const running = await echo(writePair(folder, 'own', first));
      const begun = running.dial({ maxVersion });
      const session = await sessionOf(begun);
      expect(await resumes(running, session, { maxVersion })).toBe(true);
      // The client may be through with its handshake before the server is.
      await vi.waitFor(async () => {
        const metric = await metricOf(running, 'rollcall_tls_handshakes_total{result="resumed"');
        expect(metric).toMatch(/ 1$/);
      });
      writePair(folder, 'own', second);
      await look(running, 'certificates are read again');
      expect(await resumes(running, session, { maxVersion })).toBe(true);
      const changed = new Promise<void>((resolve) => running.material.onChange(resolve));
      running.around.clock.pass(24 * 3_600_000 + 1);
      await changed;
      expect(await resumes(running, session, { maxVersion })).toBe(false);
    },
  );

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of a certificate that was revoked, or whose authority is gone, is not resumed with %s',
    async (maxVersion) => {
      const folder = tempFolder();
      const files = {
        ...writePair(folder, 'own', first),
        trustedCaFile: join(folder, 'ca.crt'),
        crlFile: join(folder, 'crl.pem'),
      };
      writeFileSync(files.trustedCaFile, authority.cert);
      writeFileSync(files.crlFile, await authority.revoke('01'));
      const running = await echo({ ...files, clientCertAuth: true });
      const client = { cert: second.cert, key: second.key, maxVersion };
      const begun = running.dial(client);
      const [session] = await Promise.all([sessionOf(begun), answers(begun)]);
      expect(await resumes(running, session, client)).toBe(true);
      expect(running.names).toEqual(['second', 'second']);
      writeFileSync(files.crlFile, await authority.revoke('01', second.serial));
      await look(running, 'certificates are read again');
      expect(await resumes(running, session, client)).toBe(false);
      expect(running.names).toHaveLength(2);
      writeFileSync(files.trustedCaFile, (await createAuthority('another')).cert);
      writeFileSync(files.crlFile, await authority.revoke('01'));
      await running.material.reload();
      expect(await resumes(running, session, client)).toBe(false);
      expect(running.names).toHaveLength(2);
    },
  );
});

describe('days until expiry', () => {
  test('are a metric, and a warning once a day when they are few', async () => {
    const soon = await authority.issue({ commonName: 'soon', validDays: [-30, 5.5] });
    const running = await echo(writePair(tempFolder(), 'own', soon));
    expect(
      await metricOf(running, 'rollcall_tls_certificate_expiry_days{flag="--cert-file"}'),
    ).toMatch(/ 5\.49\d*$/);
    expect(running.around.lines).toMatchObject([
      {
        level: 'warn',
        message: expect.stringContaining('expires soon'),
        fields: { days: 5, subject: 'CN=soon' },
      },
    ]);
    await looked(running);
    expect(running.around.lines).toHaveLength(1);
  });

  test.each([
    ['has expired', [-2, -1]],
    ['is not valid yet', [1, 2]],
  ] as const)(
    'a certificate that %s is served all the same, with an error in the log',
    async (what, validDays) => {
      const running = await echo(
        writePair(tempFolder(), 'own', await authority.issue({ validDays })),
      );
      expect(running.around.lines).toMatchObject([
        { level: 'error', message: expect.stringContaining(what) },
      ]);
      expect(await answers(running.dial())).toBe(true);
    },
  );
});

describe('at a start, files are refused that', () => {
  const cases: Record<string, [() => Parameters<typeof echo>[0], ...string[]]> = {
    'are missing': [
      () => ({ ...pair(), certFile: '/nowhere/c' }),
      '/nowhere/c (--cert-file): ENOENT',
    ],
    'are folders': [() => ({ ...pair(), keyFile: tempFolder() }), '(--key-file): EISDIR'],
    'hold no certificate': [
      () => ({ ...pair(), certFile: fileOf('x') }),
      '(--cert-file)',
      'must begin with a certificate as PEM',
    ],
    'hold no key': [
      () => ({ ...pair(), keyFile: fileOf('x') }),
      '(--key-file)',
      'must hold a private key as PEM, unencrypted',
    ],
    'hold the key of another certificate': [
      () => ({ ...pair(), keyFile: fileOf(second.key) }),
      'tls: private key does not match public key',
    ],
    'hold the key of another client certificate': [
      () => ({ ...pair(), clientCertFile: fileOf(first.cert), clientKeyFile: fileOf(second.key) }),
      '(--client-key-file)',
    ],
    'hold no authority': [
      () => ({ ...pair(), trustedCaFile: fileOf('x') }),
      '(--trusted-ca-file): there is no certificate in it',
    ],
    'hold no list of revoked certificates': [
      () => ({ ...pair(), crlFile: fileOf('x') }),
      '(--client-crl-file)',
      'X509 CRL',
    ],
    'hold a list that is cut short': [
      () => ({ ...pair(), crlFile: fileOf(Buffer.from('30820100300d', 'hex')) }),
      'cut short',
    ],
    'are of members': [
      () => ({ ...pair(), name: 'peer', crlFile: fileOf('x') }),
      '(--peer-crl-file)',
    ],
  };
  test.each(Object.entries(cases))('%s', (_, [side, ...texts]) => {
    const open = () => openTls({ ...noSide, ...side() }, outside());
    for (const text of texts) {
      expect(open).toThrow(
        expect.objectContaining({
          code: 'invalid-request',
          message: expect.stringContaining(text),
        }),
      );
    }
  });

  test('can be read by nobody but root', () => {
    const { certFile, keyFile } = pair();
    expect(statSync(keyFile).mode & 0o077).toBe(0);
    const material = openTls({ ...noSide, certFile, keyFile }, outside());
    onTestFinished(() => material.close());
    expect(material.serverContext.minVersion).toBe('TLSv1.2');
  });
});
