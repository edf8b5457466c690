import type { ServerConfig } from './server-config.ts';
import type { ValueType } from './values.ts';

/** The value of each flag; `resolve.ts` relates them to each other and makes the configuration. */
export interface Settings extends Omit<ServerConfig, 'dataDir' | 'autoCompactionRetention'> {
  /** Empty: derived from the name. */
  readonly dataDir: string;
  /** Its meaning depends on the mode. */
  readonly autoCompactionRetention: string;
  /** etcd's feature gates by name; some are settings here. */
  readonly featureGates: ReadonlyMap<string, boolean>;
  /** Further URLs to listen on for clients. */
  readonly listenClientHttpUrls: readonly string[];
}

interface FlagText {
  /** Without dashes; the names of the variable and of the key in a file follow from it. */
  readonly name: string;
  readonly default: string;
  /** One sentence for the operator. */
  readonly help: string;
}

/** A flag that becomes a setting; its type must be the setting's. */
export type SettingFlag = {
  [F in keyof Settings]: FlagText & { readonly field: F; readonly type: ValueType<Settings[F]> };
}[keyof Settings];

/** A flag that does not become a setting. */
export interface OtherFlag extends FlagText {
  readonly type: ValueType<unknown>;
  /**
   * `command`: about the command line itself. `none`: accepted and logged, so that start scripts for etcd work.
   * `discovery`: refused with any other value than the default, because it asks for something that this
   * release cannot do, which must not be dropped silently.
   */
  readonly effect: 'command' | 'none' | 'discovery';
}

export type Flag = SettingFlag | OtherFlag;

export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly Flag[];
}

/** The environment variable of a flag. */
export function variableOf(flag: Pick<Flag, 'name'>): string {
  return `ETCD_${flag.name.toUpperCase().replaceAll('-', '_')}`;
}
