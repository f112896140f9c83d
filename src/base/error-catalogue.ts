/**
 * Every error that Millrace reports: what it means, what to do, how it is answered. docs/errors.md is compared with this
 * table in both directions by a test.
 *
 * domain    user: the job or its configuration is wrong; external: disk, network, another process; internal: a bug of ours.
 * recovery  restart: the restart strategy decides; fail-job: no restart would help; fail-process: state of this process is
 *           not to be trusted any more.
 */
export type ErrorDomain = 'user' | 'external' | 'internal';
export type ErrorRecovery = 'restart' | 'fail-job' | 'fail-process';

export interface ErrorEntry {
  readonly domain: ErrorDomain;
  readonly recovery: ErrorRecovery;
  readonly httpStatus: number;
  /** Exit code of the command line, 1 to 125. */
  readonly exitCode: number;
  readonly meaning: string;
  readonly whatToDo: string;
}

export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'PARAMETER_MISSING'
  | 'PARAMETER_INVALID'
  | 'JOB_MODULE_INVALID'
  | 'JOB_DEFINITION_INVALID'
  | 'JOB_DEFINITION_NOT_DETERMINISTIC'
  | 'DUPLICATE_UID'
  | 'PARALLELISM_TOO_HIGH'
  | 'ENGINE_LOADED_TWICE'
  | 'USER_FUNCTION_FAILED'
  | 'PROMISE_NOT_ALLOWED'
  | 'VALUE_NOT_SERIALIZABLE'
  | 'RECORD_TOO_LARGE'
  | 'VALUE_MUTATED'
  | 'KEY_TYPE_UNSUPPORTED'
  | 'KEY_SELECTOR_NOT_PURE'
  | 'TIMESTAMP_MISSING'
  | 'TIMESTAMP_INVALID'
  | 'EMIT_OUTSIDE_CALL'
  | 'STATE_ACCESS_OUTSIDE_CALL'
  | 'STATE_VALUE_INVALID'
  | 'STATE_NOT_DECLARED'
  | 'TASK_STUCK'
  | 'FUNCTION_TIMEOUT'
  | 'MEMORY_BUDGET_EXCEEDED'
  | 'INPUT_NOT_FOUND'
  | 'INPUT_UNREADABLE'
  | 'INPUT_CHANGED'
  | 'RECORD_MALFORMED'
  | 'SCHEMA_MISMATCH'
  | 'NUMBER_NOT_SAFE'
  | 'OUTPUT_NOT_EMPTY'
  | 'OUTPUT_FAILED'
  | 'BUCKET_INVALID'
  | 'PEER_DEPENDENCY_MISSING'
  | 'CHECKPOINT_STORAGE_FAILED'
  | 'CHECKPOINT_CORRUPT'
  | 'CHECKPOINT_NOT_FOUND'
  | 'CHECKPOINT_VERSION_UNSUPPORTED'
  | 'CHECKPOINT_FAILED'
  | 'CHECKPOINT_FAILURES_EXCEEDED'
  | 'STATE_INCOMPATIBLE'
  | 'SOURCE_CHANGED'
  | 'JOB_ALREADY_RUNNING'
  | 'JOB_NAME_TAKEN'
  | 'JOB_FENCED'
  | 'TASK_THREAD_DIED'
  | 'RESTART_SUPPRESSED'
  | 'JOB_CANCELED'
  | 'PLATFORM_UNSUPPORTED'
  | 'INVARIANT_VIOLATED';

function user(exitCode: number, recovery: ErrorRecovery, meaning: string, whatToDo: string): ErrorEntry {
  return { domain: 'user', recovery, httpStatus: 400, exitCode, meaning, whatToDo };
}

function external(exitCode: number, recovery: ErrorRecovery, meaning: string, whatToDo: string): ErrorEntry {
  return { domain: 'external', recovery, httpStatus: 503, exitCode, meaning, whatToDo };
}

/** Exit codes: 1 job failed, 2 wrong usage or configuration, 3 wrong job definition, 4 state and checkpoints, 5 another run is in the way. */
export const ERROR_CATALOGUE: Readonly<Record<ErrorCode, ErrorEntry>> = {
  // configuration and command line
  CONFIG_INVALID: user(
    2,
    'fail-job',
    'One or more options are unknown or have a value that is not allowed',
    'Correct each option that the message lists',
  ),
  PARAMETER_MISSING: user(
    2,
    'fail-job',
    'The job requires a parameter that was not given',
    'Give it after --, as in millrace run job.ts -- --name value',
  ),
  PARAMETER_INVALID: user(
    2,
    'fail-job',
    'A job parameter has a value that cannot be read as its type',
    'Correct the value',
  ),

  // definition of the job
  JOB_MODULE_INVALID: user(
    3,
    'fail-job',
    'The job module is missing, does not load, or exports no job',
    'Name a module that loads and has export default job(name, (env) => { ... })',
  ),
  JOB_DEFINITION_INVALID: user(
    3,
    'fail-job',
    'The definition of the job contradicts itself',
    'Correct the stream that the message names',
  ),
  JOB_DEFINITION_NOT_DETERMINISTIC: user(
    3,
    'fail-job',
    'Two evaluations of the definition gave different job graphs',
    'Do not use clock, randomness or outside state inside define; read parameters through env.parameters',
  ),
  DUPLICATE_UID: user(3, 'fail-job', 'Two operators have the same uid', 'Give each operator its own uid'),
  PARALLELISM_TOO_HIGH: user(
    3,
    'fail-job',
    'A parallelism is above the max parallelism',
    'Lower the parallelism, or set a higher max parallelism before the first run',
  ),
  ENGINE_LOADED_TWICE: user(
    3,
    'fail-job',
    'Two copies of the millrace package are loaded in one process',
    'Let the job and the command resolve the same copy of millrace',
  ),

  // user functions and values
  USER_FUNCTION_FAILED: user(
    1,
    'restart',
    'A function of the job threw an error',
    'Look at the first frame of the stack: it is in the job',
  ),
  PROMISE_NOT_ALLOWED: user(
    1,
    'fail-job',
    'A synchronous function returned a promise',
    'Make the function synchronous: what has to wait belongs into open, or into a source or sink',
  ),
  VALUE_NOT_SERIALIZABLE: user(
    1,
    'fail-job',
    'A value cannot be carried between subtasks or into state',
    'Emit plain data, or register the class with registerType',
  ),
  RECORD_TOO_LARGE: user(
    1,
    'fail-job',
    'A record is larger than 256 MiB when it is encoded',
    'Emit it in smaller pieces, or emit where it can be found',
  ),
  VALUE_MUTATED: user(
    1,
    'fail-job',
    'A value was changed after it was emitted or read from state',
    'Copy the value before changing it',
  ),
  KEY_TYPE_UNSUPPORTED: user(
    1,
    'fail-job',
    'A key is of a type that cannot be hashed the same way everywhere',
    'Use a string, number, bigint, boolean, Date, or arrays and plain objects of these',
  ),
  KEY_SELECTOR_NOT_PURE: user(
    1,
    'fail-job',
    'A key selector returned two different keys for one value',
    'Let the key depend on the value alone',
  ),
  TIMESTAMP_MISSING: user(
    1,
    'fail-job',
    'A record without timestamp reached an event-time operator',
    'Give the source a watermark strategy with a timestamp assigner',
  ),
  TIMESTAMP_INVALID: user(
    1,
    'fail-job',
    'A timestamp is not an integer number of milliseconds',
    'Let the timestamp assigner return integer milliseconds',
  ),
  EMIT_OUTSIDE_CALL: user(
    1,
    'fail-job',
    'A record was emitted outside a call of its own subtask and attempt',
    'Emit only inside processElement, onTimer or finish, never from a promise or timer',
  ),
  STATE_ACCESS_OUTSIDE_CALL: user(
    1,
    'fail-job',
    'Keyed state was used where no key is current',
    'Use keyed state only inside processElement and onTimer',
  ),
  STATE_VALUE_INVALID: user(
    1,
    'fail-job',
    'A state was updated with a value that it cannot hold',
    'Use clear() to remove a value; undefined is not a value',
  ),
  STATE_NOT_DECLARED: user(
    3,
    'fail-job',
    'A state is used that the function does not declare',
    "Put it into the field 'state' of the keyed function that uses it; a window function also has the field 'windowState'",
  ),
  TASK_STUCK: user(
    1,
    'restart',
    'A slot made no progress within task.stuck.timeout and its thread was ended',
    'Look for an endless loop in the operator that the message names',
  ),
  FUNCTION_TIMEOUT: user(
    1,
    'restart',
    'open or close of a function, or the start of a source or sink, did not settle in time',
    'Let it settle, or raise task.function.open-timeout or task.function.close-timeout',
  ),
  MEMORY_BUDGET_EXCEEDED: user(
    1,
    'fail-job',
    'A slot uses more than its part of the memory budget',
    'Raise taskmanager.memory.process.size, or hold less state',
  ),

  // inputs and outputs
  INPUT_NOT_FOUND: user(1, 'fail-job', 'An input file or folder does not exist', 'Correct the path'),
  INPUT_UNREADABLE: external(1, 'restart', 'An input could not be read', 'Look at the cause'),
  INPUT_CHANGED: user(
    1,
    'fail-job',
    'An input file was changed or cut while it was being read',
    'Do not modify input files in place; start a new run with --fresh',
  ),
  RECORD_MALFORMED: user(
    1,
    'fail-job',
    'A record of an input cannot be parsed',
    'Correct the file at the place that the message names, or send such records to a side output',
  ),
  SCHEMA_MISMATCH: user(
    1,
    'fail-job',
    'The columns of an input do not fit the given schema',
    'Correct the schema or the input',
  ),
  NUMBER_NOT_SAFE: user(
    1,
    'fail-job',
    'A 64-bit integer cannot be held exactly by a number',
    'Read the column with bigint: true',
  ),
  OUTPUT_NOT_EMPTY: user(
    5,
    'fail-job',
    'The output folder holds the output of another run',
    'Use --append, --overwrite or another folder',
  ),
  OUTPUT_FAILED: external(
    1,
    'restart',
    'An output could not be written or committed',
    'Look at the cause: space, rights, connection',
  ),
  BUCKET_INVALID: user(
    1,
    'fail-job',
    'A bucket assigner returned a name that is not a folder inside the output folder',
    'Return a relative path without . and .. parts',
  ),
  PEER_DEPENDENCY_MISSING: user(
    2,
    'fail-job',
    'A connector needs a package that is not installed',
    'Install the package that the message names',
  ),

  // checkpoints and state
  CHECKPOINT_STORAGE_FAILED: external(
    4,
    'restart',
    'The checkpoint directory could not be read or written',
    'Look at the cause: space, rights, mount',
  ),
  CHECKPOINT_CORRUPT: external(
    4,
    'fail-job',
    'A completed checkpoint does not verify',
    'Restore the file from a backup, or name an older checkpoint with --restore-from',
  ),
  CHECKPOINT_NOT_FOUND: user(
    4,
    'fail-job',
    'The checkpoint to restore from does not exist',
    'Name a chk-<n> directory or its _metadata file',
  ),
  CHECKPOINT_VERSION_UNSUPPORTED: user(
    4,
    'fail-job',
    'A checkpoint was written by a newer version of Millrace',
    'Use that version or a newer one',
  ),
  CHECKPOINT_FAILED: external(
    4,
    'restart',
    'A checkpoint that was asked for did not complete',
    'Look at the reason that the message names, and ask again',
  ),
  CHECKPOINT_FAILURES_EXCEEDED: external(
    4,
    'restart',
    'More consecutive checkpoints failed than tolerated',
    'Look at the cause of the last failure',
  ),
  STATE_INCOMPATIBLE: user(
    4,
    'fail-job',
    'State of the checkpoint does not fit the job',
    'Restore the uid or the type, or drop the state with --allow-non-restored-state where it is unmatched',
  ),
  SOURCE_CHANGED: user(
    4,
    'fail-job',
    'A source reads something else than when the checkpoint was taken',
    'Give the source its former input, or start a new run with --fresh',
  ),

  // identity of the run
  JOB_ALREADY_RUNNING: external(
    5,
    'fail-process',
    'Another process runs this job on this checkpoint directory',
    'Stop that process, or go on past it with --takeover',
  ),
  JOB_NAME_TAKEN: user(
    5,
    'fail-job',
    'Another module uses this job name in this checkpoint directory',
    'Use another job name or --job-id, or take it over with --adopt',
  ),
  JOB_FENCED: external(5, 'fail-process', 'A newer process took this job over', 'Nothing: the newer process goes on'),

  // runtime
  TASK_THREAD_DIED: external(1, 'restart', 'A slot thread ended unexpectedly', 'Look at the cause'),
  RESTART_SUPPRESSED: user(
    1,
    'fail-job',
    'The restart strategy allows no further restart',
    'Look at the cause; raise the limits of restart-strategy.* if it is passing',
  ),
  JOB_CANCELED: user(1, 'fail-job', 'The job was canceled', 'Nothing'),
  PLATFORM_UNSUPPORTED: user(
    2,
    'fail-job',
    'The platform is not supported',
    'Use Linux or macOS with Node 24 or newer',
  ),
  INVARIANT_VIOLATED: {
    domain: 'internal',
    recovery: 'fail-process',
    httpStatus: 500,
    exitCode: 70,
    meaning: 'An assertion of the engine failed: a bug of Millrace',
    whatToDo: 'Report it with the message and the stack',
  },
};
