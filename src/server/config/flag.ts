import type { ServerConfig } from './server-config.ts';
import type { ValueType } from './values.ts';

/** What the flags say, each for itself; `resolve.ts` relates them to each other and makes the configuration. */
export interface Settings extends Omit<ServerConfig, 'dataDir' | 'autoCompactionRetention'> {
  /** Empty: made from the name. */
  readonly dataDir: string;
  /** Its meaning depends on the mode. */
  readonly autoCompactionRetention: string;
  /** etcd's features by name; some of them are settings here. */
  readonly featureGates: ReadonlyMap<string, boolean>;
  /** Further places to listen for clients. */
  readonly listenClientHttpUrls: readonly string[];
}

interface FlagText {
  /** Without dashes; the variable and the key in a file follow from it. */
  readonly name: string;
  readonly default: string;
  /** For the operator, in a sentence. */
  readonly help: string;
}

/** A flag that becomes a setting; its type has to fit. */
export type SettingFlag = {
  [F in keyof Settings]: FlagText & { readonly field: F; readonly type: ValueType<Settings[F]> };
}[keyof Settings];

/** A flag that becomes no setting. */
export interface OtherFlag extends FlagText {
  readonly type: ValueType<unknown>;
  /**
   * `command`: about the command line itself. `none`: accepted, so that what was written for etcd starts, and named
   * in the log. Any other value than the default of `tls` and `discovery` is refused: it asks for something that this
   * release cannot do, and that must not be left out in silence.
   */
  readonly effect: 'command' | 'none' | 'tls' | 'discovery';
}

export type Flag = SettingFlag | OtherFlag;

export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly Flag[];
}

/** The name of the environment variable that says the same as a flag. */
export function variableOf(flag: Pick<Flag, 'name'>): string {
  return `ETCD_${flag.name.toUpperCase().replaceAll('-', '_')}`;
}
