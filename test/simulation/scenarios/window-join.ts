import { DataGenerator, EventTimeSessionWindows, job, TumblingEventTimeWindows, WatermarkStrategy } from 'millrace';
import type { JobDefinition } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { requireSameLines } from 'millrace/testing';
import type { SimulationScenario } from 'millrace/testing';

const CLICKS = 240;
const VIEWS = 80;
const PAGES = 5;
const WINDOW_MS = 30;
const GAP_MS = 4;
/** How far records are out of order: the watermarks leave room for it, so that none is late. */
const DISORDER_MS = 8;

interface Visit {
  readonly page: number;
  readonly id: number;
  readonly timeMs: number;
}

function clickOf(id: number): Visit {
  return { page: id % PAGES, id, timeMs: id + ((id * 7) % DISORDER_MS) };
}

function viewOf(id: number): Visit {
  return { page: (id * 3) % PAGES, id, timeMs: id * 3 + ((id * 5) % DISORDER_MS) };
}

/** A join and coGroups of the same streams, which run at different speed; the faster one ends long before the other. */
const windowJoinJob: JobDefinition = job('window-join', (env) => {
  env.enableCheckpointing('20 ms');
  const strategy = WatermarkStrategy.forBoundedOutOfOrderness<Visit>(`${DISORDER_MS} ms`).withTimestampAssigner(
    ({ timeMs }) => timeMs,
  );
  const clicks = env
    .fromSource(DataGenerator.of(clickOf, { count: CLICKS, recordsPerSecond: 1500 }), strategy, 'clicks')
    .uid('clicks');
  const views = env
    .fromSource(DataGenerator.of(viewOf, { count: VIEWS, recordsPerSecond: 250 }), strategy, 'views')
    .uid('views');
  const windows = TumblingEventTimeWindows.of(`${WINDOW_MS} ms`);
  clicks
    .join(views)
    .where(({ page }) => page)
    .equalTo(({ page }) => page)
    .window(windows)
    .apply((click, view) => pairLine(click, view))
    .uid('pairs')
    .sinkTo(FileSink.text('/pairs'))
    .uid('pair-files');
  clicks
    .coGroup(views)
    .where(({ page }) => page)
    .equalTo(({ page }) => page)
    .window(TumblingEventTimeWindows.of(`${WINDOW_MS} ms`))
    .apply<string>((left, right, out) => out.collect(groupLine([...left], [...right])))
    .uid('groups')
    .sinkTo(FileSink.text('/groups'))
    .uid('group-files');
  clicks
    .coGroup(views)
    .where(({ page }) => page)
    .equalTo(({ page }) => page)
    .window(EventTimeSessionWindows.withGap(GAP_MS))
    .apply<string>((left, right, out) => out.collect(groupLine([...left], [...right])))
    .uid('sessions')
    .sinkTo(FileSink.text('/sessions'))
    .uid('session-files');
});

export const windowJoin: SimulationScenario = {
  name: 'window-join',
  job: windowJoinJob,
  outputs: ['/pairs', '/groups', '/sessions'],
  check: (output) => {
    const clicks = Array.from({ length: CLICKS }, (_, id) => clickOf(id));
    const views = Array.from({ length: VIEWS }, (_, id) => viewOf(id));
    const clicksIn = Map.groupBy(clicks, windowOf);
    const viewsIn = Map.groupBy(views, windowOf);
    const groups = [...new Set([...clicksIn.keys(), ...viewsIn.keys()])].map(
      (window) => [clicksIn.get(window) ?? [], viewsIn.get(window) ?? []] as const,
    );
    const pairs = groups.flatMap(([left, right]) =>
      left.flatMap((click) => right.map((view) => pairLine(click, view))),
    );
    requireSameLines(output.lines('/pairs'), pairs, 'pairs');
    requireSameLines(
      output.lines('/groups'),
      groups.map(([left, right]) => groupLine(left, right)),
      'groups',
    );
    requireSameLines(output.lines('/sessions'), sessionLines(clicks, views), 'sessions');
  },
};

function windowOf({ page, timeMs }: Visit): string {
  return `${page} ${Math.floor(timeMs / WINDOW_MS)}`;
}

/** Visits of a page belong together as long as none is later than the gap after all before. */
function sessionLines(clicks: readonly Visit[], views: readonly Visit[]): readonly string[] {
  const lines: string[] = [];
  for (let page = 0; page < PAGES; page++) {
    const visits = [...clicks, ...views].filter((visit) => visit.page === page);
    let session: Visit[] = [];
    const end = (): void => {
      const isIn = (visit: Visit): boolean => session.includes(visit);
      if (session.length > 0) lines.push(groupLine(clicks.filter(isIn), views.filter(isIn)));
    };
    for (const visit of visits.toSorted((a, b) => a.timeMs - b.timeMs)) {
      const last = session.at(-1);
      if (last !== undefined && visit.timeMs > last.timeMs + GAP_MS) {
        end();
        session = [];
      }
      session.push(visit);
    }
    end();
  }
  return lines;
}

function pairLine(click: Visit, view: Visit): string {
  return `${click.id} ${view.id}`;
}

/** Says which visits are in the group, in no order. */
function groupLine(clicks: readonly Visit[], views: readonly Visit[]): string {
  const idsOf = (visits: readonly Visit[]): string =>
    visits
      .map(({ id }) => id)
      .toSorted((a, b) => a - b)
      .join(',');
  return `${idsOf(clicks)} | ${idsOf(views)}`;
}
