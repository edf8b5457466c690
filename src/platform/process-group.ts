/** Kills all processes of a group. One that is gone already is no error. */
export function killProcessGroup(groupId: number): void {
  try {
    process.kill(-groupId, 'SIGKILL');
  } catch {
    // All of them have ended.
  }
}
