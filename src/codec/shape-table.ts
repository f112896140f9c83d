/**
 * The shapes that one producer (a subtask's attempt, a section of a checkpoint) has met, with the ids under which its streams refer to
 * them. Several encoders may share a table: each stream defines a shape when it first refers to it, and again when the shape's
 * version has changed since (a field's kind was widened).
 *
 * Limits: SHAPE_COUNT_MAX shapes, SHAPE_FIELD_COUNT_MAX fields a shape. Objects beyond them are written with their field names,
 * after one warning.
 */
import { assert } from '../base/assert.ts';
import type { Fields } from './field-codec.ts';
import { ShapeCode } from './shape-code.ts';
import { ShapeLayout } from './shape-layout.ts';
import { SHAPE_COUNT_MAX, SHAPE_FIELD_COUNT_MAX } from './wire-format.ts';

export interface Shape {
  /** 0 to SHAPE_COUNT_MAX - 1. */
  readonly id: number;
  /** From 1; raised with each change of `code`. A shape can widen twice per field, so it stays below 256. */
  version: number;
  code: ShapeCode;
}

export interface ShapeTableOptions {
  /** Who produces, for the warning. */
  readonly owner?: string;
  readonly onWarning?: (message: string) => void;
}

export class ShapeTable {
  readonly #options: ShapeTableOptions;
  #withPrototype = new NameNode();
  #withoutPrototype = new NameNode();
  #count = 0;
  #hasWarned = false;
  #isShared = false;

  constructor(options: ShapeTableOptions = {}) {
    this.#options = options;
  }

  /** The shape of a plain object, learned if it is new; undefined beyond the limits. */
  find(object: Fields, hasPrototype: boolean): Shape | undefined {
    let node: NameNode | undefined = hasPrototype ? this.#withPrototype : this.#withoutPrototype;
    // Inherited enumerable names would show up here as well; `learn` looks at own names only, so they merely cost time.
    for (const name in object) {
      node = node.after(name);
      if (node === undefined) return this.#learn(object, hasPrototype);
    }
    return node.shape ?? this.#learn(object, hasPrototype);
  }

  /** Widens the shape so that it holds this object too. */
  widen(shape: Shape, object: Fields): void {
    const layout = shape.code.layout.widenedBy(object);
    if (layout === shape.code.layout) return;
    shape.code = ShapeCode.of(layout);
    shape.version++;
    assert(shape.version < 256, 'A shape that never settles');
  }

  /** Another stream refers to these shapes: they must stay. */
  share(): void {
    this.#isShared = true;
  }

  /** Forgets all shapes: for a producer of one stream, when the stream starts anew. */
  clear(): void {
    assert(!this.#isShared, 'Forgetting shapes that other streams refer to');
    if (this.#count === 0) return;
    this.#withPrototype = new NameNode();
    this.#withoutPrototype = new NameNode();
    this.#count = 0;
  }

  #learn(object: Fields, hasPrototype: boolean): Shape | undefined {
    const names = Object.keys(object);
    if (names.length > SHAPE_FIELD_COUNT_MAX) {
      return this.#refuse(`an object with ${names.length} fields (more than ${SHAPE_FIELD_COUNT_MAX})`);
    }
    let node = hasPrototype ? this.#withPrototype : this.#withoutPrototype;
    if (this.#count >= SHAPE_COUNT_MAX) {
      return nodeAt(node, names)?.shape ?? this.#refuse(`objects of more than ${SHAPE_COUNT_MAX} different shapes`);
    }
    for (const name of names) node = node.afterOrNew(name);
    node.shape ??= { id: this.#count++, version: 1, code: ShapeCode.of(ShapeLayout.of(object, names, hasPrototype)) };
    return node.shape;
  }

  #refuse(what: string): undefined {
    if (this.#hasWarned) return undefined;
    this.#hasWarned = true;
    const owner = this.#options.owner ?? 'an operator';
    this.#options.onWarning?.(
      `Values of '${owner}' are encoded slowly: they contain ${what}; a Map is meant for data whose field names vary`,
    );
    return undefined;
  }
}

/** A tree of field names: the path to a node is the start of a shape. */
class NameNode {
  shape: Shape | undefined = undefined;
  // The step that was taken last: nearly always the one that is taken next.
  #lastName: string | undefined = undefined;
  #lastNode: NameNode | undefined = undefined;
  #nodes: Map<string, NameNode> | undefined = undefined;

  after(name: string): NameNode | undefined {
    return this.#lastName === name ? this.#lastNode : this.#stepTo(name);
  }

  afterOrNew(name: string): NameNode {
    const known = this.after(name);
    if (known !== undefined) return known;
    const node = new NameNode();
    this.#nodes ??= new Map();
    this.#nodes.set(name, node);
    return node;
  }

  #stepTo(name: string): NameNode | undefined {
    const node = this.#nodes?.get(name);
    if (node === undefined) return undefined;
    this.#lastName = name;
    this.#lastNode = node;
    return node;
  }
}

function nodeAt(root: NameNode, names: readonly string[]): NameNode | undefined {
  let node: NameNode | undefined = root;
  for (const name of names) node = node?.after(name);
  return node;
}
