// What pure folders may use beyond the language itself: cancellation, which has no clock and no I/O in it, and the address of a
// module, by which two copies of the package are told apart. Only tsconfig.pure.json reads this file; everywhere else the
// declarations come from Node's types.

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare const AbortController: { new (): AbortController };

interface ImportMeta {
  readonly url: string;
}
