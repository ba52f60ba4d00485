import { isSeededPath } from '@parley/contract/names';
import { ssmInputs } from './graph.ts';
import { type Template, referencesOf } from './template/references.ts';
import { listAt, objectAt, textAt } from './template/values.ts';

/** An ECS service of a stack, by the name its image and log group have. */
export interface StackService {
  service: string;
  /** Logical ids of the service and of what it runs. */
  logicalId: string;
  taskDefinition: string;
}

/** The ECS services of a template whose image is one of Parley's: its tag comes from an SSM parameter. */
export function servicesOf(template: Template): StackService[] {
  return Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
    if (resource.Type !== 'AWS::ECS::Service') return [];
    const taskDefinition = textAt(objectAt(objectAt(resource, 'Properties'), 'TaskDefinition'), 'Ref') ?? '';
    const service = serviceOfTask(template, taskDefinition);
    return service === undefined ? [] : [{ service, logicalId, taskDefinition }];
  });
}

/** The name in the path of the parameter that a container's image takes its tag from. */
function serviceOfTask(template: Template, taskDefinition: string): string | undefined {
  const properties = objectAt(template.Resources[taskDefinition], 'Properties');
  const used = new Set(
    listAt(properties, 'ContainerDefinitions').flatMap((container) => [
      ...referencesOf(objectAt(container, 'Image')),
    ]),
  );
  const tag = ssmInputs(template).find(({ name, path }) => isSeededPath(path) && used.has(name));
  return tag?.path.split('/').at(-2);
}
