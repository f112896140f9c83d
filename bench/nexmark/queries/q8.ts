/** Who registered and opened an auction in the same 10 s. */
import { job, TumblingEventTimeWindows } from 'millrace';
import { eventStream, isAuction, isPerson } from '../event-streams.ts';
import { resultSink } from '../result-sink.ts';

const SIZE_MS = 10_000;

interface NewPerson {
  readonly id: number;
  readonly name: string;
  readonly dateTime: number;
}

interface NewSeller {
  readonly id: number;
  readonly name: string;
  readonly windowStart: number;
}

export default job('nexmark-q8', (env) => {
  const events = eventStream(env);
  const persons = events.filter(isPerson).map(({ id, name, dateTime }): NewPerson => ({ id, name, dateTime }));
  const sellers = events.filter(isAuction).map(({ seller }) => seller);
  persons
    .coGroup(sellers)
    .where(({ id }) => id)
    .equalTo((seller) => seller)
    .window(TumblingEventTimeWindows.of(SIZE_MS))
    .apply<NewSeller>((registered, opened, out) => {
      if (isEmpty(opened)) return;
      for (const { id, name, dateTime } of registered) {
        out.collect({ id, name, windowStart: dateTime - (dateTime % SIZE_MS) });
      }
    })
    .uid('new-sellers')
    .sinkTo(
      resultSink(env.parameters, {
        number: ({ id }) => id,
        text: ({ id, name, windowStart }) => `${id}|${name}|${windowStart}`,
      }),
    )
    .uid('results');
});

function isEmpty(values: Iterable<unknown>): boolean {
  for (const _ of values) return false;
  return true;
}
