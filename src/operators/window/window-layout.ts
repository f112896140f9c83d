import { MillraceError } from '../../base/errors.ts';
import type { StateDescriptorInfo } from '../../base/operator.ts';
import { isMergingAssigner } from './merging-window-assigner.ts';
import type { MergingWindowAssigner } from './merging-window-assigner.ts';
import { SESSIONS } from './merging-windows.ts';
import { SlidingEventTimeWindows } from './sliding-event-time-windows.ts';
import type { Window, WindowAssigner } from './window-assigner.ts';
import { contentsInfos } from './window-contents.ts';
import { mergesContents } from './window-function.ts';
import type { WindowFunction } from './window-function.ts';
import { WindowProcess } from './window-process.ts';

/** How the windows of an operator are kept (window-store.ts). */
export type WindowLayout<In> =
  | { readonly kind: 'separate' }
  | { readonly kind: 'panes'; readonly assigner: SlidingEventTimeWindows }
  | { readonly kind: 'merging'; readonly assigner: MergingWindowAssigner<In> };

/**
 * Decided when the job is defined, because states are part of the graph.
 *
 * @throws MillraceError JOB_DEFINITION_INVALID for windows that merge and a function that cannot follow
 */
export function windowLayout<In, Out, K, W extends Window>(
  assigner: WindowAssigner<In, W>,
  fn: WindowFunction<In, Out, K, W>,
): WindowLayout<In> {
  if (isMergingAssigner(assigner)) {
    checkMerging(fn);
    return { kind: 'merging', assigner };
  }
  const isMergeable = (fn.kind === 'reduce' || fn.kind === 'aggregate') && mergesContents(fn);
  const isOverlapping = assigner instanceof SlidingEventTimeWindows && assigner.slideMs < assigner.sizeMs;
  return isMergeable && isOverlapping ? { kind: 'panes', assigner } : { kind: 'separate' };
}

export function layoutInfos<In, Out, K, W extends Window>(
  layout: WindowLayout<In>,
  fn: WindowFunction<In, Out, K, W>,
): readonly StateDescriptorInfo[] {
  return layout.kind === 'merging' ? [...contentsInfos(fn), SESSIONS] : contentsInfos(fn);
}

/** What state of windows has to agree with at restore. */
export function layoutIdentity<In>(layout: WindowLayout<In>, { identity }: { readonly identity: string }): string {
  return layout.kind === 'panes' ? `${identity}, by pane` : identity;
}

function checkMerging<In, Out, K, W extends Window>(fn: WindowFunction<In, Out, K, W>): void {
  if (!mergesContents(fn)) {
    throw new MillraceError(
      'JOB_DEFINITION_INVALID',
      'Defining windows that merge failed: their aggregate function has no merge, which sessions that become one need',
    );
  }
  if (WindowProcess.hasWindowState(fn.process)) {
    throw new MillraceError(
      'JOB_DEFINITION_INVALID',
      'Defining windows that merge failed: their function declares windowState, which has no place when windows become one',
    );
  }
}
