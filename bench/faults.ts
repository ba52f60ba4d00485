/**
 * Whether anything of an answer is ever lost: thousands of streams on three processes that share one table, while
 * connections are cut, processes killed and paused, and the table throttles, breaks off and answers too late.
 *   node scripts/run.mjs bench/faults.ts [--help]
 */
import { optionsOrUsage, progress } from './command-line.ts';
import { readFaultOptions, usage, type FaultOptions } from './faults/options.ts';
import { trialText, violationCounts } from './faults/report.ts';
import { runTrial } from './faults/trial.ts';
import { buildService } from './stream/service.ts';

const options = optionsOrUsage(readFaultOptions, usage);
if (options) await run(options);

async function run(options: FaultOptions): Promise<void> {
  progress(`seed ${options.seed}; building inference-api`);
  await buildService();
  const trial = await runTrial(options, progress);
  const violations = [...trial.baseline.violations, ...trial.faulty.violations];
  const { seed, concurrency } = options;
  if (options.isJson)
    console.log(JSON.stringify({ seed, concurrency, ...trial, counts: violationCounts(violations) }));
  else console.log(trialText(options, trial));
  if (violations.length > 0) process.exitCode = 1;
}
