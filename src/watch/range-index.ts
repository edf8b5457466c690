import { isSingleKey } from '../base/key.ts';
import type { Key, KeyRange } from '../base/key.ts';

/** One range and its items: a node of a treap ordered by the start of ranges. */
interface Node<T> {
  readonly range: KeyRange;
  readonly items: Set<T>;
  /** Random heap priority, which keeps the tree flat whatever ranges clients choose. */
  readonly priority: number;
  left: Node<T> | undefined;
  right: Node<T> | undefined;
  /** The greatest end in this subtree; undefined: unbounded. */
  furthestEnd: Key | undefined;
}

/**
 * Finds the items whose range contains a key, without visiting the others. Single keys are in a map. Ranges are in an
 * interval tree whose nodes know the greatest end below them, so a lookup costs the logarithm of the number of
 * distinct ranges, plus what it finds.
 */
export class RangeIndex<T> {
  readonly #single = new Map<Key, Set<T>>();
  #root: Node<T> | undefined;
  #chance: number;

  /** A client that knows the seed could choose ranges that make the tree as deep as it is large. */
  constructor(seed: number = 1) {
    this.#chance = seed | 0 || 1;
  }

  add(range: KeyRange, item: T): void {
    if (isSingleKey(range)) {
      const items = this.#single.get(range.start);
      if (items === undefined) this.#single.set(range.start, new Set([item]));
      else items.add(item);
      return;
    }
    const found = find(this.#root, range);
    if (found !== undefined) {
      found.items.add(item);
      return;
    }
    const node: Node<T> = {
      range,
      items: new Set([item]),
      priority: this.#draw(),
      left: undefined,
      right: undefined,
      furthestEnd: range.end,
    };
    this.#root = insert(this.#root, node);
  }

  /** Marsaglia's xorshift. */
  #draw(): number {
    let drawn = this.#chance;
    drawn ^= drawn << 13;
    drawn ^= drawn >>> 17;
    drawn ^= drawn << 5;
    this.#chance = drawn;
    return drawn >>> 0;
  }

  remove(range: KeyRange, item: T): void {
    if (isSingleKey(range)) {
      const items = this.#single.get(range.start);
      items?.delete(item);
      if (items?.size === 0) this.#single.delete(range.start);
      return;
    }
    const found = find(this.#root, range);
    if (found === undefined) return;
    found.items.delete(item);
    if (found.items.size === 0) this.#root = withoutNode(this.#root, range);
  }

  /** Calls `visit` for every item whose range contains the key. */
  forEachAt(key: Key, visit: (item: T) => void): void {
    const single = this.#single.get(key);
    if (single !== undefined) for (const item of single) visit(item);
    visitHolding(this.#root, key, visit);
  }
}

function visitHolding<T>(node: Node<T> | undefined, key: Key, visit: (item: T) => void): void {
  if (node === undefined || (node.furthestEnd !== undefined && node.furthestEnd <= key)) return;
  visitHolding(node.left, key, visit);
  if (node.range.start > key) return;
  if (node.range.end === undefined || key < node.range.end)
    for (const item of node.items) visit(item);
  visitHolding(node.right, key, visit);
}

/** Orders by start, then by end; unbounded comes last. */
function compareRanges(a: KeyRange, b: KeyRange): number {
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  if (a.end === b.end) return 0;
  if (a.end === undefined) return 1;
  return b.end === undefined || a.end < b.end ? -1 : 1;
}

function find<T>(node: Node<T> | undefined, range: KeyRange): Node<T> | undefined {
  let at = node;
  while (at !== undefined) {
    const order = compareRanges(range, at.range);
    if (order === 0) return at;
    at = order < 0 ? at.left : at.right;
  }
  return undefined;
}

function insert<T>(node: Node<T> | undefined, added: Node<T>): Node<T> {
  if (node === undefined) return added;
  if (compareRanges(added.range, node.range) < 0) {
    node.left = insert(node.left, added);
    if (node.left.priority > node.priority) return rotateRight(node, node.left);
  } else {
    node.right = insert(node.right, added);
    if (node.right.priority > node.priority) return rotateLeft(node, node.right);
  }
  return measure(node);
}

function withoutNode<T>(node: Node<T> | undefined, range: KeyRange): Node<T> | undefined {
  if (node === undefined) return undefined;
  const order = compareRanges(range, node.range);
  if (order === 0) return merge(node.left, node.right);
  if (order < 0) node.left = withoutNode(node.left, range);
  else node.right = withoutNode(node.right, range);
  return measure(node);
}

function merge<T>(left: Node<T> | undefined, right: Node<T> | undefined): Node<T> | undefined {
  if (left === undefined) return right;
  if (right === undefined) return left;
  if (left.priority > right.priority) {
    left.right = merge(left.right, right);
    return measure(left);
  }
  right.left = merge(left, right.left);
  return measure(right);
}

function rotateRight<T>(node: Node<T>, left: Node<T>): Node<T> {
  node.left = left.right;
  left.right = measure(node);
  return measure(left);
}

function rotateLeft<T>(node: Node<T>, right: Node<T>): Node<T> {
  node.right = right.left;
  right.left = measure(node);
  return measure(right);
}

function measure<T>(node: Node<T>): Node<T> {
  node.furthestEnd = furthest(
    node.range.end,
    node.left === undefined ? '' : node.left.furthestEnd,
    node.right === undefined ? '' : node.right.furthestEnd,
  );
  return node;
}

function furthest(...ends: readonly (Key | undefined)[]): Key | undefined {
  let far: Key = '';
  for (const end of ends) {
    if (end === undefined) return undefined;
    if (end > far) far = end;
  }
  return far;
}
