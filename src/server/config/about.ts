import { existsSync, readFileSync } from 'node:fs';

/** Go's names of processors, where Node.js' differ. */
const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The version of this release. */
export function ownVersion(): string {
  const content: unknown = JSON.parse(readFileSync(packageFile(), 'utf8'));
  const version =
    typeof content === 'object' && content !== null && 'version' in content ? content.version : '';
  return String(version);
}

/** The nearest package.json above this file, wherever the build has put it. */
function packageFile(): URL {
  let file = new URL('./package.json', import.meta.url);
  while (!existsSync(file) && file.pathname !== '/package.json') {
    file = new URL('../package.json', file);
  }
  return file;
}

/** The lines of `etcd --version`, which scripts parse from the top, and then our own. */
export function versionText(reportEtcdVersion: string): string {
  const { version, platform, arch } = process;
  return [
    `etcd Version: ${reportEtcdVersion}`,
    `Git SHA: none (Rollcall ${ownVersion()}, which speaks etcd's API)`,
    `Go Version: none (Node.js ${version})`,
    `Go OS/Arch: ${platform}/${goArchitectures[arch] ?? arch}`,
    `Rollcall Version: ${ownVersion()}`,
  ].join('\n');
}
