import type { Check, Finding } from './check.ts';
import { asList, asObject, resourcesOf, textOf, valueAt, type Template } from './template.ts';

interface Image {
  logicalId: string;
  image: string;
}

/**
 * T22, T23: an image whose tag is not the value of an SSM parameter. A tag in the template comes back with
 * every change of something else; a whole address as the parameter's value is one that two scripts write differently.
 * What a digest or the hash of its content identifies cannot change.
 */
export const imageTags: Check = (template) =>
  imagesOf(template).flatMap(({ logicalId, image }): Finding[] => {
    const [, before, parameter] = /^(.*)\{([^{}]+)\}$/.exec(image) ?? [];
    const isParameter = isSsmParameter(template, parameter);
    if (isParameter && before?.endsWith(':')) return [];
    if (!isParameter && /@sha256:|[0-9a-f]{64}/.test(image)) return [];
    const found = isParameter
      ? `the whole address of the image is the value of "${textOf(template.Parameters?.[parameter ?? '']?.Default)}"`
      : `the image is "${image}"`;
    return [
      {
        at: logicalId,
        found,
        expected: 'a repository that is spelled out, and a tag from an SSM parameter',
        mend: 'read the tag with readParameter(scope, ssmPath.imageTag(prefix, service)), or pin the image by its digest',
      },
    ];
  });

/** T21: nothing says for which processor an image is, and what AWS then assumes is not what is built here. */
export const imageArchitecture: Check = (template) =>
  [
    ...resourcesOf(template, 'AWS::ECS::TaskDefinition').map(({ logicalId, properties }) => ({
      logicalId,
      path: 'RuntimePlatform.CpuArchitecture',
      value: valueAt(properties, 'RuntimePlatform.CpuArchitecture'),
    })),
    ...resourcesOf(template, 'AWS::Lambda::Function')
      .filter(({ properties }) => properties['PackageType'] === 'Image')
      .map(({ logicalId, properties }) => ({
        logicalId,
        path: 'Architectures',
        value: properties['Architectures'],
      })),
  ]
    .filter(({ value }) => value === undefined)
    .map(({ logicalId, path }) => ({
      at: logicalId,
      found: `it has an image and no ${path}, which means x86-64`,
      expected: 'the processor that the image is built for',
      mend: 'set it, to ARM64 unless the image is built for another',
    }));

/** T32: a service and the repository of its image in one stack: the service waits for an image nobody could push. */
export const serviceWithRepository: Check = (template) => {
  const runsImages =
    resourcesOf(template, 'AWS::ECS::Service').length > 0 ||
    resourcesOf(template, 'AWS::Lambda::Function').some(
      ({ properties }) => properties['PackageType'] === 'Image',
    );
  if (!runsImages) return [];
  return resourcesOf(template, 'AWS::ECR::Repository').map(({ logicalId }) => ({
    at: logicalId,
    found: 'the stack has an image repository and something that runs images',
    expected: 'a repository that stands, with an image in it, before the first deploy',
    mend: 'remove it: deploy makes the repositories of services and pushes to them first',
  }));
};

function imagesOf(template: Template): Image[] {
  const containers = resourcesOf(template, 'AWS::ECS::TaskDefinition').flatMap(({ logicalId, properties }) =>
    asList(properties['ContainerDefinitions']).map((container) => ({
      logicalId,
      image: textOf(asObject(container)['Image']),
    })),
  );
  const functions = resourcesOf(template, 'AWS::Lambda::Function')
    .filter(({ properties }) => valueAt(properties, 'Code.ImageUri') !== undefined)
    .map(({ logicalId, properties }) => ({ logicalId, image: textOf(valueAt(properties, 'Code.ImageUri')) }));
  return [...containers, ...functions];
}

function isSsmParameter({ Parameters = {} }: Template, name: string | undefined): boolean {
  return name !== undefined && (Parameters[name]?.Type.startsWith('AWS::SSM::Parameter::Value') ?? false);
}
