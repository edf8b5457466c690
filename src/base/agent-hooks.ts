/** A process that was started as `consul agent`, and is more than a member. */
export interface AgentProcess {
  /** Its node, as the configuration says. */
  readonly node: {
    readonly name: string;
    readonly id: string | undefined;
    readonly address: string;
    readonly meta: Readonly<Record<string, string>>;
  };
  /** Reads the configuration files again. */
  readonly reload: () => Promise<void>;
  /** Ends the process as a signal does. */
  readonly leave: () => void;
}
