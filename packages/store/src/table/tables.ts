/**
 * Key schema of both tables, for whatever creates one: a stack, a test, local running.
 * There is no index: every access pattern in README.md is a read by key or of one partition.
 */
export const tableKeys = { partition: 'pk', sort: 'sk' } as const;

/** Input of `CreateTable` for one of our tables, billed on demand. */
export function createTableInput(tableName: string) {
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: [
      { AttributeName: tableKeys.partition, AttributeType: 'S' as const },
      { AttributeName: tableKeys.sort, AttributeType: 'S' as const },
    ],
    KeySchema: [
      { AttributeName: tableKeys.partition, KeyType: 'HASH' as const },
      { AttributeName: tableKeys.sort, KeyType: 'RANGE' as const },
    ],
  };
}
