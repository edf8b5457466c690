import type { LogNotice } from './notice.ts';
import { ConfigProblem } from './problem.ts';
import type { ServerConfig } from './server-config.ts';
import { asksForTls } from './urls.ts';

/** Refuses settings of TLS that contradict each other, or that URLs lack; in etcd's words where it has some. */
export function checkTls(config: ServerConfig): void {
  checkVersions(config);
  for (const { isUsed, certFile, keyFile, certFlag, keyFlag } of pairsOf(config)) {
    if ((certFile === '') === (keyFile === '') || !isUsed) continue;
    throw new ConfigProblem(
      `KeyFile and CertFile must both be present[key: ${keyFile}, cert: ${certFile}]: ` +
        `give both ${certFlag} and ${keyFlag}, or neither`,
    );
  }
  checkClientUrls(config);
  checkPeerUrls(config);
  if ((config.autoTls || config.peerAutoTls) && config.selfSignedCertValidity === 0) {
    throw new ConfigProblem(
      'selfSignedCertValidity is invalid,it should be greater than 0: --self-signed-cert-validity counts years',
    );
  }
  const names = config.peerCertAllowedCommonNames;
  const hosts = config.peerCertAllowedHostnames;
  if (names.length > 0 && hosts.length > 0) {
    throw new ConfigProblem(
      `AllowedCNs and AllowedHostnames are mutually exclusive (cns=${JSON.stringify(names)}, ` +
        `hostnames=${JSON.stringify(hosts)}): give --peer-cert-allowed-cn or --peer-cert-allowed-hostname`,
    );
  }
}

/** Settings that are given and cannot have an effect, as etcd warns of them. */
export function tlsNotices(config: ServerConfig): LogNotice[] {
  const notices: LogNotice[] = [];
  const warn = (message: string, fields: LogNotice['fields'] = {}): void => {
    notices.push({ level: 'warn', message, fields });
  };
  const plain = config.listenClientUrls.filter((url) => !asksForTls(url));
  for (const url of plain) {
    if (config.certFile !== '') {
      warn(
        'scheme is http or unix while key and cert files are present; ignoring key and cert files',
        {
          'client-url': url,
        },
      );
    }
    if (config.clientCertAuth) {
      warn(
        'scheme is http or unix while --client-cert-auth is enabled; ignoring client cert auth for this URL',
        { 'client-url': url },
      );
    }
  }
  for (const url of config.listenPeerUrls.filter((one) => !asksForTls(one))) {
    if (config.peerCertFile !== '') {
      warn('scheme is HTTP while key and cert files are present; ignoring key and cert files', {
        'peer-url': url,
      });
    }
    if (config.peerClientCertAuth) {
      warn(
        'scheme is HTTP while --peer-client-cert-auth is enabled; ignoring client cert auth for this URL',
        { 'peer-url': url },
      );
    }
  }
  if (config.autoTls && config.certFile !== '') {
    warn('ignoring client auto TLS since certs given');
  }
  if (config.peerAutoTls && config.peerCertFile !== '') {
    warn('ignoring peer auto TLS since certs given');
  }
  return notices;
}

function checkVersions({ tlsMinVersion, tlsMaxVersion, cipherSuites }: ServerConfig): void {
  // In this order also as texts.
  if (tlsMaxVersion !== '' && tlsMinVersion > tlsMaxVersion) {
    throw new ConfigProblem(
      `min version (${tlsMinVersion}) is greater than max version (${tlsMaxVersion}): ` +
        'lower --tls-min-version or raise --tls-max-version',
    );
  }
  if (tlsMinVersion === 'TLS1.3' && cipherSuites.length > 0) {
    throw new ConfigProblem(
      'cipher suites cannot be configured when only TLS1.3 is enabled: leave out --cipher-suites, or --tls-min-version',
    );
  }
}

function pairsOf(config: ServerConfig): readonly {
  /** As with etcd, one file alone has no effect while no URL asks for it; for peers it is refused all the same. */
  readonly isUsed: boolean;
  readonly certFile: string;
  readonly keyFile: string;
  readonly certFlag: string;
  readonly keyFlag: string;
}[] {
  const { listenClientUrls, consulListen, listenMetricsUrls, listenPeerUrls } = config;
  const isForClients = listenClientUrls.concat(consulListen, listenMetricsUrls).some(asksForTls);
  return [
    {
      isUsed: isForClients,
      certFile: config.certFile,
      keyFile: config.keyFile,
      certFlag: '--cert-file',
      keyFlag: '--key-file',
    },
    {
      isUsed: isForClients,
      certFile: config.clientCertFile,
      keyFile: config.clientKeyFile,
      certFlag: '--client-cert-file',
      keyFlag: '--client-key-file',
    },
    {
      isUsed: true,
      certFile: config.peerCertFile,
      keyFile: config.peerKeyFile,
      certFlag: '--peer-cert-file',
      keyFlag: '--peer-key-file',
    },
    {
      isUsed: listenPeerUrls.some(asksForTls),
      certFile: config.peerClientCertFile,
      keyFile: config.peerClientKeyFile,
      certFlag: '--peer-client-cert-file',
      keyFlag: '--peer-client-key-file',
    },
  ];
}

function checkClientUrls(config: ServerConfig): void {
  if (config.certFile !== '' || config.autoTls) return;
  const client = config.listenClientUrls.find(asksForTls);
  if (client !== undefined) {
    throw new ConfigProblem(
      `TLS key/cert (--cert-file, --key-file) must be provided for client url ${client} with HTTPS scheme, or --auto-tls`,
    );
  }
  const consul = config.consulListen.find(asksForTls);
  if (consul !== undefined) {
    throw new ConfigProblem(
      `--consul-listen has ${consul}, which needs a certificate: give --cert-file and --key-file, or --auto-tls`,
    );
  }
  const metrics = config.listenMetricsUrls.find(asksForTls);
  if (metrics !== undefined) {
    throw new ConfigProblem(
      `client TLS key/cert (--cert-file, --key-file) must be provided for metrics secure url ${metrics}, or --auto-tls`,
    );
  }
}

function checkPeerUrls(config: ServerConfig): void {
  if (config.peerCertFile !== '' || config.peerAutoTls) return;
  const encrypted = config.listenPeerUrls.find(asksForTls);
  if (encrypted === undefined) return;
  throw new ConfigProblem(
    `cannot listen on TLS for ${encrypted.replace(/^\w+:\/\//, '')}: KeyFile and CertFile are not presented: ` +
      'give --peer-cert-file and --peer-key-file, or --peer-auto-tls, or http:// in --listen-peer-urls',
  );
}
