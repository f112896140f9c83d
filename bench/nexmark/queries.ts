/** The queries that there are, with the results that Apache Flink 2.3 gives. */
export interface ExpectedResult {
  /** Of the final row of each key where a query keeps such. */
  readonly rows: number;
  readonly check: number;
}

export interface Query {
  readonly module: URL;
  /** By number of events. */
  readonly expected: Readonly<Record<number, ExpectedResult>>;
  /** Set where the rows depend on the order in which events of several source subtasks come: they can be compared at 1 only. */
  readonly comparableParallelism?: 1;
}

function moduleOf(name: string): URL {
  return new URL(`./queries/${name}.ts`, import.meta.url);
}

export const QUERIES: Readonly<Record<string, Query>> = {
  q0: {
    module: moduleOf('q0'),
    expected: {
      100_000: { rows: 92_000, check: 561_368_687 },
      1_000_000: { rows: 920_000, check: 1_578_810_140 },
    },
  },
  q1: {
    module: moduleOf('q1'),
    expected: {
      100_000: { rows: 92_000, check: 1_966_048_634 },
      1_000_000: { rows: 920_000, check: 4_229_519_241 },
    },
  },
  q2: {
    module: moduleOf('q2'),
    expected: {
      100_000: { rows: 381, check: 3_484_078_862 },
      1_000_000: { rows: 6_940, check: 2_877_331_354 },
    },
  },
  q3: {
    module: moduleOf('q3'),
    expected: {
      100_000: { rows: 609, check: 689_705_649 },
      1_000_000: { rows: 5_840, check: 2_599_907_298 },
    },
  },
  q5: {
    module: moduleOf('q5'),
    expected: {
      100_000: { rows: 5, check: 3_681_684_483 },
      1_000_000: { rows: 13, check: 2_995_154_289 },
      3_000_000: { rows: 22, check: 1_513_678_267 },
    },
  },
  q7: {
    module: moduleOf('q7'),
    expected: {
      100_000: { rows: 101, check: 2_345_245_891 },
      1_000_000: { rows: 889, check: 3_881_254_512 },
      3_000_000: { rows: 2_721, check: 3_043_218_864 },
    },
  },
  q8: {
    module: moduleOf('q8'),
    expected: {
      100_000: { rows: 983, check: 404_056_819 },
      1_000_000: { rows: 10_639, check: 1_385_797_241 },
      3_000_000: { rows: 31_612, check: 3_644_133_220 },
    },
  },
  q11: {
    module: moduleOf('q11'),
    expected: {
      100_000: { rows: 2_894, check: 53_289_506 },
      1_000_000: { rows: 35_776, check: 2_637_664_956 },
      3_000_000: { rows: 108_787, check: 445_949_362 },
    },
  },
  q17lite: {
    module: moduleOf('q17lite'),
    expected: {
      100_000: { rows: 5_994, check: 720_976_713 },
      1_000_000: { rows: 59_964, check: 2_233_293_084 },
    },
  },
  q18: {
    module: moduleOf('q18'),
    expected: {
      100_000: { rows: 53_229, check: 1_588_363_243 },
      1_000_000: { rows: 534_222, check: 485_247_966 },
    },
    comparableParallelism: 1,
  },
  q18final: {
    module: moduleOf('q18final'),
    expected: {
      100_000: { rows: 28_224, check: 1_965_703_154 },
      1_000_000: { rows: 293_274, check: 2_412_338_836 },
    },
  },
  shuffle: {
    module: moduleOf('shuffle'),
    expected: {
      100_000: { rows: 92_000, check: 561_368_687 },
      1_000_000: { rows: 920_000, check: 1_578_810_140 },
    },
  },
  keyed: {
    module: moduleOf('keyed'),
    expected: {
      100_000: { rows: 95_226, check: 2_332_465_275 },
      1_000_000: { rows: 631_887, check: 2_024_818_238 },
    },
  },
};

/** Undefined where there is nothing to compare with. */
export function expectedResult(query: Query, events: number, parallelism: number): ExpectedResult | undefined {
  const { comparableParallelism = parallelism } = query;
  return parallelism === comparableParallelism ? query.expected[events] : undefined;
}
