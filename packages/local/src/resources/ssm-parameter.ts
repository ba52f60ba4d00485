import { ResourceError } from '../errors.ts';
import type { ParameterStore } from '../state/parameter-store.ts';
import { textAt } from '@parley/assembly/values';
import type { ResourceHandler, ResourceRequest, ResourceResult } from './handler.ts';
import { generatedName } from './physical-names.ts';

/** `AWS::SSM::Parameter` */
export function ssmParameter(parameters: ParameterStore): ResourceHandler {
  const put = async (request: ResourceRequest): Promise<ResourceResult> => {
    const { properties } = request;
    const name = textAt(properties, 'Name') ?? `/${generatedName(request)}`;
    const value = textAt(properties, 'Value');
    if (!value) throw new ResourceError(`The value of ${name} is empty; SSM takes no empty values.`);
    const writer = writerOf(request);
    const other = parameters.get(name)?.writer;
    if (other !== undefined && other !== writer) {
      throw new ResourceError(
        `${name} already exists: ${other} writes it. Choose another name, or delete that one.`,
      );
    }
    const type = textAt(properties, 'Type') ?? 'String';
    await parameters.put(name, value, type, writer);
    return { physicalId: name, attributes: { Type: type, Value: value } };
  };
  return {
    create: put,
    update: put,
    async remove(request, { physicalId }) {
      if (parameters.get(physicalId)?.writer === writerOf(request)) await parameters.remove(physicalId);
    },
  };
}

function writerOf({ stack, logicalId }: ResourceRequest): string {
  return `${stack.name}/${logicalId}`;
}
