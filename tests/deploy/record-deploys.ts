/**
 * Does to an AWS account in memory what a deploy of every stack leaves there: values and records. Run in a workspace:
 *   node tests/deploy/record-deploys.ts <stage>
 * Prints the stacks that would stand, as name → template.
 */
import { ssmOutputs } from '@parley/assembly/graph';
import { planInput } from '@parley/cli/plan-input';
import { readCheckout } from '@parley/deploy/checkout';
import { planStage } from '@parley/deploy/plan';
import { writeRecord } from '@parley/deploy/record';
import { PutParameterCommand } from '@aws-sdk/client-ssm';

const stage = process.argv[2] ?? 'dev';
const input = await planInput([], { stage, set: {}, note: (line) => process.stderr.write(`${line}\n`) });
const { cloud, prefix, root } = input;
const ssm = await cloud.ssm();
for (const Name of input.assemblies.flatMap(({ template }) => ssmOutputs(template))) {
  await ssm.send(
    new PutParameterCommand({ Name, Value: `value of ${Name}`, Type: 'String', Overwrite: true }),
  );
}
const { commit = '' } = await readCheckout(root);
const { stacks } = await planStage(input);
for (const { stack, fingerprint } of stacks) {
  const at = new Date().toISOString();
  const outcome = 'succeeded';
  await writeRecord(cloud, prefix, {
    v: 1,
    stack,
    outcome,
    at,
    who: 'alice',
    commit,
    version: '0.1.0',
    fingerprint,
  });
}
process.stdout.write(
  JSON.stringify(Object.fromEntries(stacks.map(({ name, assembly }) => [name, assembly.template]))),
);
