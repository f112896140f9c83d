/** Reads what the flights job has committed and shows the airports with the longest mean delay, as a table. */
import { sortedOutput } from './sorted-output.ts';
import type { AirportDay } from './flight-delays.ts';

const AIRPORTS_SHOWN = 10;
/** Airports with fewer flights say little. */
const FLIGHTS_MIN = 5_000;

interface Airport {
  readonly origin: string;
  readonly flights: number;
  readonly delayed: number;
  /** Minutes over all flights. */
  readonly minutes: number;
}

export function worstAirports(folder: string): string {
  const airports = new Map<string, Airport>();
  const lines = sortedOutput(folder).split('\n');
  for (const line of lines) {
    const { origin, flights, delayed, meanDelay } = JSON.parse(line) as AirportDay;
    const sum = airports.get(origin) ?? { origin, flights: 0, delayed: 0, minutes: 0 };
    airports.set(origin, {
      origin,
      flights: sum.flights + flights,
      delayed: sum.delayed + delayed,
      minutes: sum.minutes + meanDelay * flights,
    });
  }
  const worst = [...airports.values()]
    .filter(({ flights }) => flights >= FLIGHTS_MIN)
    .toSorted((a, b) => b.minutes / b.flights - a.minutes / a.flights)
    .slice(0, AIRPORTS_SHOWN);
  return [
    `The ${worst.length} airports with the longest mean delay (of ${airports.size}; at least ${FLIGHTS_MIN.toLocaleString('en')} flights):`,
    '',
    row('airport', 'flights', 'delayed', 'mean delay'),
    ...worst.map(({ origin, flights, delayed, minutes }) =>
      row(
        origin,
        flights.toLocaleString('en'),
        `${((delayed / flights) * 100).toFixed(1)} %`,
        `${(minutes / flights).toFixed(1)} min`,
      ),
    ),
    '',
    `${lines.length.toLocaleString('en')} lines, one for each airport and day, in ${folder}`,
  ].join('\n');
}

function row(airport: string, flights: string, delayed: string, meanDelay: string): string {
  return `  ${airport.padEnd(8)} ${flights.padStart(9)} ${delayed.padStart(9)} ${meanDelay.padStart(11)}`;
}
