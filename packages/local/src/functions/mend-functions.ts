import type { FunctionParts } from '../resources/lambda-function.ts';
import type { StackStore } from '../state/stack-store.ts';
import { objectAt, textAt } from '@parley/assembly/values';
import { mendCode } from './store-code.ts';

/** Copy the code of functions anew where the copy in the data folder is damaged. */
export async function mendFunctions(
  store: StackStore,
  dataFolder: string,
  asset: FunctionParts['asset'],
): Promise<void> {
  // One after the other: several functions may share one copy.
  for (const { stack, record } of store.ofType('AWS::Lambda::Function')) {
    const codeKey = textAt(record.attributes, 'codeKey');
    if (codeKey === undefined) continue;
    const code = objectAt(record.properties, 'Code');
    await mendCode(dataFolder, { codeKey, code }, (key) => asset(stack.name, key));
  }
}
