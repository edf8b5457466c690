/** Chance, as far as the pure rooms know it. The real one lives in `platform`; the simulator's has a seed. */
export interface Random {
  /** A whole number from `low` to `high`, both included, each equally likely. */
  between(low: number, high: number): number;
  /** A number from 1 to 2^63 - 1, unguessable where it comes from the platform. */
  positiveInt63(): bigint;
}
