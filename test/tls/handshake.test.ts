import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { createAuthority, writePair } from './certificates.ts';
import type { Authority, Issued, LeafOptions } from './certificates.ts';
import { answers, echo, tempFolder } from './handshakes.ts';
import type { TlsSide } from '../../src/tls/index.ts';

let authority: Authority;
let stranger: Authority;
let own: Issued;

beforeAll(async () => {
  authority = await createAuthority();
  stranger = await createAuthority('a stranger');
  own = await authority.issue({ commonName: 'member', names: ['localhost', '127.0.0.1'] });
});

/** A server that requires certificates of the authority. */
function mutual(side: Partial<TlsSide> = {}, options = {}) {
  const folder = tempFolder();
  const trustedCaFile = join(folder, 'ca.crt');
  writeFileSync(trustedCaFile, authority.cert);
  const files = { ...writePair(folder, 'own', own), trustedCaFile };
  return { folder, start: () => echo({ ...files, clientCertAuth: true, ...side }, options) };
}

describe('a handshake', () => {
  test('is verified with the authority, and agrees on a protocol', async () => {
    const { port, dial } = await echo(writePair(tempFolder(), 'own', own));
    const socket = dial({
      ca: authority.cert,
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1', 'h2'],
      port,
    });
    await once(socket, 'secureConnect');
    // The server's preference counts.
    expect(socket.alpnProtocol).toBe('h2');
    expect(socket.getProtocol()).toBe('TLSv1.3');
    expect(await answers(socket)).toBe(true);
  });

  test('goes on without a common protocol if the client names none', async () => {
    const { dial } = await echo(writePair(tempFolder(), 'own', own));
    const socket = dial();
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe(false);
    expect(await answers(socket)).toBe(true);
  });

  test('below the minimum version is refused, and logged', async () => {
    const { dial, around } = await echo({
      ...writePair(tempFolder(), 'own', own),
      minVersion: 'TLS1.3',
    });
    const socket = dial({ maxVersion: 'TLSv1.2' });
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
    expect(await around.logged('rejected connection on client endpoint')).toMatchObject({
      level: 'warn',
      fields: { 'remote-addr': expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
    });
  });

  test.each(['GET /health HTTP/1.1\r\nHost: a\r\n\r\n', 'POST /v3/kv/range HTTP/1.0\r\n\r\n'])(
    'is missing before %j: the client is told so',
    async (request) => {
      const { dialPlain, around, server } = await echo(writePair(tempFolder(), 'own', own));
      const socket = await dialPlain();
      socket.write(request);
      const answer = await text(socket);
      expect(answer).toMatch(/^HTTP\/1\.0 400 Bad Request\r\n/);
      expect(answer).toMatch(/\r\n\r\nClient sent an HTTP request to an HTTPS server\.\n$/);
      expect(server.underWay).toBe(0);
      await around.logged('tls: first record does not look like a TLS handshake');
    },
  );

  test('that is wrong is logged without numbers of OpenSSL', async () => {
    const { dial, around } = await echo(writePair(tempFolder(), 'own', own));
    dial({ ALPNProtocols: ['foo'] });
    await around.logged('"tls: client requested unsupported application protocols"');
    dial({ maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA256' });
    await around.logged('"tls: no cipher suite supported by both client and server"');
  });

  test('uses the chosen suites only', async () => {
    const rsa = await authority.issue({ kind: 'rsa' });
    const { dial } = await echo({
      ...writePair(tempFolder(), 'own', rsa),
      cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
    });
    const socket = dial({ maxVersion: 'TLSv1.2' });
    await once(socket, 'secureConnect');
    expect(socket.getCipher().standardName).toBe('TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384');
    const [error] = await once(
      dial({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }),
      'error',
    );
    expect(error).toMatchObject({ code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' });
    // Those of TLS 1.3 are on all the same, as in Go.
    const newer = dial();
    await once(newer, 'secureConnect');
    expect(newer.getProtocol()).toBe('TLSv1.3');
  });

  test('cannot be begun again on an open connection', async () => {
    const { dial } = await echo(writePair(tempFolder(), 'own', own));
    const socket = dial({ maxVersion: 'TLSv1.2' });
    await once(socket, 'secureConnect');
    const refused = once(socket, 'error');
    socket.renegotiate({}, () => {});
    expect((await refused)[0]).toMatchObject({ code: 'ERR_SSL_NO_RENEGOTIATION' });
  });

  test('that stalls is closed after its time, whatever trickles in, and costs others nothing', async () => {
    const { dial, dialPlain, server, around } = await echo(writePair(tempFolder(), 'own', own));
    const stalled = await dialPlain();
    const closed = new Promise((resolve) => stalled.once('close', resolve));
    // The head of a record that says that more follows.
    stalled.write(Buffer.from([0x16, 3, 1, 2, 0]));
    while (server.underWay === 0) await new Promise(setImmediate);
    expect(await answers(dial())).toBe(true);
    around.clock.pass(9_999);
    stalled.write(Buffer.from([1]));
    expect(server.underWay).toBe(1);
    around.clock.pass(1);
    await closed;
    expect(await around.logged('took longer than 10000 ms')).toBeDefined();
    expect(server.underWay).toBe(0);
  });

  test('that is broken off is logged with whether the other side had seen the certificate', async () => {
    const { dial, dialPlain, around } = await echo(writePair(tempFolder(), 'own', own));
    await once(dial({ rejectUnauthorized: true }), 'error');
    await around.logged('when it had seen the certificate', 'remote error: tls: bad certificate');
    const plain = await dialPlain();
    plain.end();
    await around.logged('rejected connection on client endpoint', '"error":"EOF"');
  });

  test('takes the place of the oldest one where too many are under way', async () => {
    const { dial, dialPlain, server } = await echo(writePair(tempFolder(), 'own', own), {
      underWayMax: 2,
    });
    const first = await dialPlain();
    const firstClosed = new Promise((resolve) => first.once('close', resolve));
    while (server.underWay < 1) await new Promise(setImmediate);
    const second = await dialPlain();
    while (server.underWay < 2) await new Promise(setImmediate);
    expect(await answers(dial())).toBe(true);
    await firstClosed;
    expect(second.closed).toBe(false);
  });
});

describe('with certificates of clients', () => {
  test('the common name is handed on', async () => {
    const { dial, names } = await mutual().start();
    const client = await authority.issue({ commonName: 'root', usages: ['client'] });
    expect(await answers(dial({ cert: client.cert, key: client.key }))).toBe(true);
    expect(names).toEqual(['root']);
  });

  test('it is not handed on where certificates are required by an authority alone, as in etcd', async () => {
    const { dial, names } = await mutual({ clientCertAuth: false }).start();
    const client = await authority.issue({ commonName: 'root' });
    expect(await answers(dial({ cert: client.cert, key: client.key }))).toBe(true);
    expect(names).toEqual([undefined]);
    expect(await answers(dial())).toBe(false);
  });

  test('a connection without one is refused', async () => {
    const { dial, names, around } = await mutual().start();
    expect(await answers(dial())).toBe(false);
    expect(names).toEqual([]);
    expect(await around.logged("tls: client didn't provide a certificate")).toBeDefined();
  });

  const leaves: Record<string, [LeafOptions, string]> = {
    expired: [
      { validDays: [-2, -1] },
      'x509: certificate has expired or is not yet valid (CERT_HAS_EXPIRED)',
    ],
    'not valid yet': [
      { validDays: [1, 2] },
      'x509: certificate has expired or is not yet valid (CERT_NOT_YET_VALID)',
    ],
    'for servers only': [
      { usages: ['server'] },
      'x509: certificate specifies an incompatible key usage (INVALID_PURPOSE)',
    ],
  };
  test.each(Object.entries(leaves))('one that is %s is refused', async (_, [options, reason]) => {
    const { dial, names, around } = await mutual().start();
    const { cert, key } = await authority.issue(options);
    expect(await answers(dial({ cert, key }))).toBe(false);
    expect(names).toEqual([]);
    expect(await around.logged('failed to verify certificate', reason)).toMatchObject({
      fields: { 'remote-addr': expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
    });
  });

  test('one of another authority, or of none, is refused', async () => {
    const { dial, names } = await mutual().start();
    const strange = await stranger.issue({ commonName: 'root' });
    for (const { cert, key } of [strange, stranger]) {
      expect(await answers(dial({ cert, key }))).toBe(false);
    }
    expect(names).toEqual([]);
  });

  test('one that is revoked is refused', async () => {
    const { folder } = mutual();
    const bad = await authority.issue({ commonName: 'bad' });
    const good = await authority.issue({ commonName: 'good' });
    const crlFile = join(folder, 'crl.der');
    writeFileSync(crlFile, await authority.revoke('01', bad.serial));
    const { dial, names, around } = await mutual({ crlFile }).start();
    expect(await answers(dial({ cert: good.cert, key: good.key }))).toBe(true);
    expect(await answers(dial({ cert: bad.cert, key: bad.key }))).toBe(false);
    expect(names).toEqual(['good']);
    expect(
      await around.logged(`transport: certificate serial ${bad.serial} revoked`),
    ).toBeDefined();
  });

  test('one must have an allowed name where some are listed', async () => {
    const { dial, names, around } = await mutual({
      allowedHostnames: ['x.c.test', 'b.test', '::1'],
    }).start();
    const none = await authority.issue({ commonName: 'b.test', names: ['a.test'] });
    expect(await answers(dial({ cert: none.cert, key: none.key }))).toBe(false);
    expect(await around.logged('client certificate authentication failed')).toBeDefined();
    for (const name of ['b.test', '*.c.test', '::1']) {
      const one = await authority.issue({ commonName: name, names: ['a.test', name] });
      expect(await answers(dial({ cert: one.cert, key: one.key }))).toBe(true);
    }
    expect(names).toEqual(['b.test', '*.c.test', '::1']);
  });

  test('one must have an allowed common name where some are listed', async () => {
    const { dial, names } = await mutual({ allowedCommonNames: ['a', 'b'] }).start();
    for (const commonName of ['b', 'c', '']) {
      const one = await authority.issue({ commonName, names: ['a'] });
      expect(await answers(dial({ cert: one.cert, key: one.key }))).toBe(commonName === 'b');
    }
    expect(names).toEqual(['b']);
  });
});

describe('with addresses of members', () => {
  const resolver = {
    reverse: async (address: string) => (address === '127.0.0.1' ? ['host.peers.test.'] : []),
    lookup: async (name: string) => (name === 'looked-up.test' ? ['10.0.0.1', '127.0.0.1'] : []),
  };
  const cases: Record<string, [readonly string[], string | undefined]> = {
    'names no address and no host': [[], undefined],
    'names the address': [['10.0.0.1', '127.0.0.1'], undefined],
    'names another address': [
      ['10.0.0.1'],
      'x509: certificate is valid for 10.0.0.1, not 127.0.0.1',
    ],
    'names a host that the address has': [['host.peers.test'], undefined],
    'names a pattern of such hosts': [['*.peers.test'], undefined],
    'names a host that has the address': [['10.0.0.1', 'looked-up.test'], undefined],
    'names another host': [
      ['other.test', '*.else.test'],
      'tls: "127.0.0.1" does not match any of DNSNames ["other.test","*.else.test"]',
    ],
  };
  test.each(Object.entries(cases))('a certificate that %s', async (_, [names, refused]) => {
    const { dial, around } = await mutual(
      { name: 'peer', checksAddresses: true },
      { resolver },
    ).start();
    const { cert, key } = await authority.issue({ names });
    expect(await answers(dial({ cert, key }))).toBe(refused === undefined);
    if (refused === undefined) return;
    const line = await around.logged('rejected connection on peer endpoint');
    expect(line.fields['error']).toBe(refused);
  });
});
