import type { FlagGroup } from './flag.ts';
import { boolean, count, path } from './values.ts';

/** The log of who did what. */
export const auditGroup: FlagGroup = {
  title: 'Audit',
  flags: [
    {
      name: 'audit-log',
      field: 'auditLog',
      type: path,
      default: '',
      help: 'A file that gets a line of JSON for each login, refusal, and call that needs root; none if empty. SIGHUP reopens it.',
    },
    {
      name: 'audit-log-writes',
      field: 'auditLogWrites',
      type: boolean,
      default: 'false',
      help: 'The audit log gets a line for each write, too.',
    },
    {
      name: 'audit-log-max-mib',
      field: 'auditLogMaxMib',
      type: count({ unit: 'MiB' }),
      default: '64',
      help: 'A file of the audit log that would grow beyond it is renamed to FILE.1, and so on; 0: never.',
    },
    {
      name: 'audit-log-files',
      field: 'auditLogFiles',
      type: count({ max: 1000 }),
      default: '8',
      help: 'Renamed files of the audit log that are kept.',
    },
  ],
};
