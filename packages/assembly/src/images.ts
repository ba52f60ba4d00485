import { isSeededPath, workspaceLabel } from '@parley/contract/names';
import { ssmInputs } from './graph.ts';
import { type Template, referencesOf } from './template/references.ts';
import { listAt, objectAt, textAt } from './template/values.ts';

/** A container image that a stack runs: its tag is an SSM parameter, written by the push step. */
export interface StackImage {
  /** The service, which the repository and the parameter are named by. */
  service: string;
  /** SSM parameter that holds the tag. */
  path: string;
  /** Workspace package whose build is in the image; undefined when no container names it. */
  workspace: string | undefined;
}

/** The images of a stack's containers. */
export function imagesOf(template: Template): StackImage[] {
  return ssmInputs(template)
    .filter(({ path }) => isSeededPath(path))
    .map(({ name, path }) => ({
      service: path.split('/').at(-2) ?? '',
      path,
      workspace: workspaceOfImage(template, name),
    }));
}

/** The workspace package whose container's image comes from a template parameter, or undefined. */
export function workspaceOfImage(template: Template, parameter: string): string | undefined {
  for (const resource of Object.values(template.Resources)) {
    if (resource.Type !== 'AWS::ECS::TaskDefinition') continue;
    for (const container of listAt(objectAt(resource, 'Properties'), 'ContainerDefinitions')) {
      const image = objectAt(container, 'Image');
      if (referencesOf(image).has(parameter))
        return textAt(objectAt(container, 'DockerLabels'), workspaceLabel);
    }
  }
  return undefined;
}
