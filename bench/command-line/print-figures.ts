/** A title, and below it names with their figures, one a line. */
export function printFigures(title: string, figures: readonly (readonly [string, string])[]): void {
  const width = Math.max(...figures.map(([name]) => name.length));
  console.log([title, ...figures.map(([name, figure]) => `  ${name.padEnd(width)}  ${figure}`)].join('\n'));
}
