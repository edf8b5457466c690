/** One request to a member. In requests, text such as "$self" and "$rev+1" stands for the member's own values. */
export type Step =
  /** A call over gRPC: the request in its JSON form, and what is changed in its bytes before they leave. */
  | {
      readonly kind: 'call';
      readonly rpc: string;
      readonly request: unknown;
      readonly changes?: readonly ByteChange[];
    }
  /** A body to a path of the JSON gateway; one character for each byte. */
  | { readonly kind: 'post'; readonly path: string; readonly body: string }
  /** A stream of requests over gRPC, which is ended after the last. */
  | { readonly kind: 'stream'; readonly rpc: string; readonly requests: readonly unknown[] };

/** At this place, or the last one before it: another byte (up to 255), one byte less (256), or one more (above). */
export type ByteChange = readonly [at: number, what: number];

/** The responses, and how the call ended, as JSON that the tests can compare and keep. */
export interface Answer {
  readonly answers: readonly unknown[];
  /** Code and text of the refusal; over HTTP its status too. */
  readonly refusal?: { readonly status?: number; readonly code: number; readonly message: string };
}

/** A field of whatever it is; undefined if it has none. */
export function fieldOf(value: unknown, name: string): unknown {
  return Reflect.get(Object(value), name);
}
