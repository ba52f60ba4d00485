import type { Cloud } from '../cloud/connect.ts';

/** Greatest number of names in one GetParameters call. */
const batchSize = 10;

/** SSM parameters that stand, by path; those that nobody has written are left out. All batches go at once. */
export async function readValues(cloud: Cloud, paths: Iterable<string>): Promise<Map<string, string>> {
  const names = [...new Set(paths)].toSorted();
  if (names.length === 0) return new Map();
  const { GetParametersCommand } = await import('@aws-sdk/client-ssm');
  const client = await cloud.ssm();
  const batches = Array.from({ length: Math.ceil(names.length / batchSize) }, (_, i) =>
    names.slice(i * batchSize, (i + 1) * batchSize),
  );
  const answers = await Promise.all(batches.map((Names) => client.send(new GetParametersCommand({ Names }))));
  const found = answers.flatMap(({ Parameters = [] }) => Parameters);
  return new Map(found.map(({ Name = '', Value = '' }) => [Name, Value]));
}
