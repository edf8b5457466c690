import { isIP } from 'node:net';
import { flapDampingOf } from '../../base/flap-damping.ts';
import type { FlagGroup } from './flag.ts';
import type { ValueType } from './values.ts';
import { boolean, count, words } from './values.ts';

/** CIDR blocks and addresses, with commas between; none if empty. */
const blocks: ValueType<readonly string[]> = {
  expects: 'CIDR blocks, as 10.0.0.0/8,fd00::/8, or nothing',
  placeholder: 'CIDR,…',
  parse: (given) => {
    const listed = words.parse(given) ?? [];
    return listed.every(isBlock) ? listed : undefined;
  },
};

function isBlock(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  // An IPv4 address in IPv6's notation is compared as an IPv4 address, so a block of them would hold none.
  if (/^::ffff:/i.test(address)) return false;
  const bitsMax = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
  return bitsMax >= 0 && Number(bits ?? bitsMax) <= bitsMax;
}

/** `5/10m`: more than 5 changes for the worse in 10 minutes. */
const damping: ValueType<string> = {
  expects: 'a number of failures and a duration, as 5/10m, or nothing',
  placeholder: 'N/DURATION',
  parse: (given) => (given === '' || flapDampingOf(given) !== undefined ? given : undefined),
};

const share: ValueType<number> = {
  expects: 'a share from 0 (off) to below 1, as 0.5',
  placeholder: 'SHARE',
  parse: (given) => {
    const value = /^(?:0|0?\.\d{1,9})$/.test(given) ? Number(given) : undefined;
    return value !== undefined && value < 1 ? value : undefined;
  },
};

/** Health checks that the cluster runs. */
export const checkGroup: FlagGroup = {
  title: 'Health checks',
  flags: [
    {
      name: 'enable-script-checks',
      field: 'enableScriptChecks',
      type: boolean,
      default: 'false',
      help: 'Runs checks that are scripts, with the rights of this member. Whoever may register a check can then run programs here.',
    },
    {
      name: 'probe-allow',
      field: 'probeAllow',
      type: blocks,
      default: '',
      help: 'CIDR blocks of addresses that checks may connect to; all if empty.',
    },
    {
      name: 'probe-deny',
      field: 'probeDeny',
      type: blocks,
      default: '169.254.0.0/16,fe80::/10,fd00:ec2::254/128,64:ff9b::a9fe:0/112',
      help: 'CIDR blocks of addresses that checks must not connect to, by default those where clouds serve secrets.',
    },
    {
      name: 'check-failures-before-critical',
      field: 'checkFailuresBeforeCritical',
      type: count({ min: 1 }),
      default: '1',
      help: 'Failures in a row after which a check is critical, unless it says FailuresBeforeCritical itself.',
    },
    {
      name: 'check-flap-damping',
      field: 'checkFlapDamping',
      type: damping,
      default: '',
      help: 'Keeps a check critical that fails more often than this within a time, as 5/10m, until it was well for that time. Off if empty.',
    },
    {
      name: 'protect-share',
      field: 'protectShare',
      type: share,
      default: '0',
      help: 'Answers keep instances that fail while more than this share of their service does, as 0.5; 0: never. The same on all members.',
    },
  ],
};
