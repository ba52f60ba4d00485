import { type Json, type JsonObject, listAt, objectAt, textAt } from '@parley/assembly/values';
import type { PartNotRun } from '../resources/partly-run.ts';
import { cachingDisabled } from './distribution.ts';

const noCache = 'nothing is kept between the origin and the browser';
const plainHttp = 'the gateway speaks plain HTTP on this machine';

/** Parts of a distribution that mean nothing on one machine, or are not carried out, with the reason. */
const configNotRun: Record<string, string> = {
  Aliases: 'the gateway is reached as localhost and 127.0.0.1',
  CustomErrorResponses: 'errors are answered as the origin gives them',
  Logging: 'requests are not logged here',
  OriginGroups: 'there is no second origin to fall back to',
  Restrictions: 'the gateway is reached from this machine only',
  ViewerCertificate: plainHttp,
  WebACLId: 'no web ACL stands before the local gateway',
};

const behaviorNotRun: Record<string, string> = {
  LambdaFunctionAssociations: 'Lambda@Edge functions are not run here',
  TrustedKeyGroups: 'signed addresses are not checked here',
};

/** The parts of an evaluated `AWS::CloudFront::Distribution` that have no effect here. */
export function distributionPartsNotRun(properties: JsonObject): PartNotRun[] {
  const config = objectAt(properties, 'DistributionConfig');
  const behaviors = [...listAt(config, 'CacheBehaviors'), objectAt(config, 'DefaultCacheBehavior')];
  const parts = [...named(config, configNotRun), ...behaviors.flatMap((each) => partsOfBehavior(each))];
  return [...new Map(parts.map((part) => [part.part, part])).values()];
}

function partsOfBehavior(behavior: Json): PartNotRun[] {
  const others = listAt(behavior, 'FunctionAssociations')
    .map((each) => textAt(each, 'EventType') ?? '')
    .filter((type) => type !== 'viewer-request');
  return [
    ...named(behavior, behaviorNotRun),
    ...others.map((type) => ({
      part: `function at ${type}`,
      reason: 'only viewer-request functions are run',
    })),
    ...(textAt(behavior, 'CachePolicyId') === cachingDisabled
      ? []
      : [{ part: 'CachePolicyId', reason: noCache }]),
  ];
}

function named(object: Json, reasons: Record<string, string>): PartNotRun[] {
  return Object.entries(reasons).flatMap(([part, reason]) => (isSet(object, part) ? [{ part, reason }] : []));
}

function isSet(object: Json, key: string): boolean {
  return (
    listAt(object, key).length > 0 ||
    Object.keys(objectAt(object, key)).length > 0 ||
    textAt(object, key) !== undefined
  );
}
