/** Random numbers for the layers that do no I/O. `platform` takes them from the system; the simulation from its seed. */
export interface Random {
  /** A whole number from `low` to `high`, both included, each equally likely. */
  between(low: number, high: number): number;
  /** A number from 1 to 2^63 - 1; that of `platform` cannot be guessed. */
  positiveInt63(): bigint;
}
