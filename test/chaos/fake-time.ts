import { existsSync, readdirSync } from 'node:fs';

/** libfaketime for programs with threads, where Debian puts it; `undefined` if it is not installed. */
export function fakeTimeLibrary(): string | undefined {
  for (const base of ['/usr/lib', '/usr/local/lib']) {
    const folders = existsSync(base)
      ? [base, ...readdirSync(base).map((name) => `${base}/${name}`)]
      : [];
    for (const folder of folders) {
      for (const file of [
        `${folder}/faketime/libfaketimeMT.so.1`,
        `${folder}/libfaketimeMT.so.1`,
      ]) {
        if (existsSync(file)) return file;
      }
    }
  }
  return undefined;
}
