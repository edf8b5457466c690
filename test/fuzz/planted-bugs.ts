import type { PlantedBug } from '../simulation/planted-bugs.ts';

/** A bug, and the target that finds it. */
export interface FuzzBug extends PlantedBug {
  readonly target: string;
}

/** Bugs of the kinds that decoders of strangers' bytes have had elsewhere, and some that ours had. */
export const fuzzBugs: readonly FuzzBug[] = [
  {
    name: 'an index beyond the table of headers is looked up',
    target: 'http2',
    file: 'http2/header-decoder.ts',
    find: 'if (field === undefined) throw new CompressionError(`there is no header ${index}`);\n    return field;',
    replace: "return field ?? JSON.parse('');",
  },
  {
    name: 'the length of the padding is not checked',
    target: 'http2',
    file: 'http2/frame-reader.ts',
    find: 'if (padding >= content.length) {',
    replace: 'if (padding >= content.length && content.length === 0) {',
  },
  {
    name: 'bytes of a response that nobody reads stay counted',
    target: 'http2',
    file: 'http2/stream.ts',
    find: '    this.#hold(-this.#pendingBytes);\n    this.#pending = [];',
    replace: '    this.#pending = [];',
  },
  {
    name: 'a stream that ends twice is told twice',
    target: 'http2',
    file: 'http2/connection.ts',
    find: '    stream.remoteEnded = true;\n    stream.listener?.ended();',
    replace: '    stream.listener?.ended();',
  },
  {
    name: 'a message that is too large is an unexpected error',
    target: 'http2',
    file: 'http2/grpc-messages.ts',
    find: 'if (length > bytesMax) throw tooLarge(length, bytesMax);',
    replace: 'if (length > bytesMax) throw new Error(`a message of ${length} bytes`);',
  },
  {
    name: 'half of a surrogate pair is taken for text',
    target: 'json',
    file: 'api/gateway/json-reader.ts',
    find: 'if (code >= 0xdc_00 || !lowHalf',
    replace: 'if (code >= 0xdc_00 && !lowHalf',
  },
  {
    name: 'an escape is looked at again and again',
    target: 'json',
    file: 'api/gateway/json-reader.ts',
    find: 'at = bytes.indexOf(backslash, next);',
    replace: 'at = bytes.indexOf(backslash, code === 0x41 ? at : next);',
  },
  {
    name: 'a value that is cut before its last byte loses its beginning',
    target: 'json',
    file: 'api/gateway/json-scanner.ts',
    find: 'if (this.#pendingBytes === 0) {',
    replace: 'if (this.#pendingBytes === 0 || last.length > 0) {',
  },
  {
    name: 'a whole number that does not fit is cut to 64 bits',
    target: 'json',
    file: 'api/gateway/message-json.ts',
    find: 'return asLong(within(wholeIn(token, reader), 0n, 2n ** 64n), true);',
    replace: 'return asLong(within(wholeIn(token, reader), 0n, 2n ** 70n), true);',
  },
  {
    name: 'the data of EDNS may be cut off',
    target: 'dns',
    file: 'api/dns/usual-query.ts',
    find: 'if (at + optBytesMin + message.readUInt16BE(at + 9) > message.length) return false;',
    replace: '',
  },
  {
    name: 'a client gets more bytes than it takes',
    target: 'dns',
    file: 'api/dns/usual-query.ts',
    find: 'this.udpBytes = Math.max(512, message.readUInt16BE(at + 3));',
    replace: 'this.udpBytes = Math.max(1232, message.readUInt16BE(at + 3));',
  },
  {
    name: 'a response is answered',
    target: 'dns',
    file: 'api/dns/query.ts',
    find: 'if ((flags & 0x8000) !== 0) return { id: undefined };',
    replace: '',
  },
  {
    name: 'an escape beyond Unicode is not refused',
    target: 'filter',
    file: 'api/consul/filter/syntax.ts',
    find: 'if (point > 0x10_ff_ff) throw fault();',
    replace: '',
  },
  {
    name: 'an expression that is denied holds where it held',
    target: 'filter',
    file: 'api/consul/filter/compile.ts',
    find: 'return (environment) => !inner(environment);',
    replace: 'return inner;',
  },
  {
    name: 'a token of another cluster is valid',
    target: 'token',
    file: 'server/web-tokens.ts',
    find: 'if (cluster !== undefined && cluster !== clusterId) return undefined;',
    replace: '',
  },
  {
    name: 'the index of a simple token does not count',
    target: 'token',
    file: 'operations/login/logins.ts',
    find: 'if (login === undefined || String(login.index) !== index) return undefined;',
    replace: 'if (login === undefined) return undefined;',
  },
];
