/** A process that was started as `consul agent`, and is more than a member. */
export interface AgentProcess {
  /** Reads the configuration files again. */
  readonly reload: () => Promise<void>;
  /** Ends the process as a signal does. */
  readonly leave: () => void;
}
