import { MillraceError } from '../base/errors.ts';

/** How instances of a class travel: as the value that `encode` returns, which must be in the value domain itself. */
export interface TypeCodec<T, Encoded> {
  readonly encode: (value: T) => Encoded;
  /** `version` is the one under which the value was written: the registered one or an older one. */
  readonly decode: (encoded: Encoded, version: number) => T;
}

/** Anything with a prototype of instances: private and abstract constructors are fine. */
interface ClassOf<T> {
  readonly name: string;
  readonly prototype: T;
}

export interface RegisteredType {
  readonly name: string;
  readonly version: number;
  readonly className: string;
  readonly encode: (value: object) => unknown;
  readonly decode: (encoded: unknown, version: number) => object;
}

const typeByName = new Map<string, RegisteredType>();
/** Exact prototypes: an instance of a subclass is not an instance of the registered class. */
const typeByPrototype = new WeakMap<object, RegisteredType>();

/**
 * Lets instances of a class be emitted and kept in state. Call it at the top of the job module, so that every thread has it.
 *
 * @param name stored with each value: stays the same when the class is renamed
 * @param version a positive integer; raise it when the encoded form changes, and let `decode` read the older ones
 */
export function registerType<T extends object, Encoded>(
  name: string,
  version: number,
  type: ClassOf<T>,
  codec: TypeCodec<T, Encoded>,
): void {
  if (!Number.isSafeInteger(version) || version < 1)
    throw refusal(name, `version ${version} is not a positive integer`);
  const known = typeByName.get(name);
  // A definition that is evaluated again declares its classes again: then the newest one is meant.
  if (known !== undefined && (known.className !== type.name || known.version !== version)) {
    throw refusal(name, `class '${known.className}' has that name, in version ${known.version}`);
  }
  const registered: RegisteredType = {
    name,
    version,
    className: type.name,
    // Values reach `encode` by their prototype and `decode` by the stored name, so they have these types.
    encode: codec.encode as (value: object) => unknown,
    decode: codec.decode as (encoded: unknown, version: number) => object,
  };
  typeByName.set(name, registered);
  typeByPrototype.set(type.prototype, registered);
}

export function registeredTypeOf(prototype: object): RegisteredType | undefined {
  return typeByPrototype.get(prototype);
}

/** Makes an instance of what was stored under `name` and `version`. Throws STATE_INCOMPATIBLE. */
export function decodeRegistered(name: string, version: number, encoded: unknown): object {
  const type = typeByName.get(name);
  if (type === undefined) throw incompatible(name, 'no such type is registered');
  if (version > type.version)
    throw incompatible(name, `it was written in version ${version}, registered is ${type.version}`);
  return type.decode(encoded, version);
}

function refusal(name: string, reason: string): MillraceError {
  return new MillraceError('JOB_DEFINITION_INVALID', `Registering type '${name}' failed: ${reason}`);
}

function incompatible(name: string, reason: string): MillraceError {
  return new MillraceError('STATE_INCOMPATIBLE', `Decoding a value of type '${name}' failed: ${reason}`);
}
