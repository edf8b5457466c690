/** "3.7.1" -> "3.7.0": what a cluster, or its data, is said to be of. */
export function minorOf(version: string): string {
  const [major = '0', minor = '0'] = version.split('.');
  return `${major}.${minor}.0`;
}
