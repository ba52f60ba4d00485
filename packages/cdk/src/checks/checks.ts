import { alarmActions } from './alarms.ts';
import { logBucketEncryption, oldVersions } from './buckets.ts';
import type { Check } from './check.ts';
import { synthTime } from './clock.ts';
import { codeKeys } from './code.ts';
import { customResourceTimeouts } from './custom-resources.ts';
import { keptData } from './data.ts';
import { domainCertificates } from './domains.ts';
import { environmentGrants, indexGrants } from './grants.ts';
import { imageArchitecture, imageTags, serviceWithRepository } from './images.ts';
import { environmentSize, templateSize } from './limits.ts';
import { generatedNames, stageInNames, statefulNames } from './names.ts';
import { lookups, subnetZones } from './network.ts';
import { wildcardActions, wildcardResources } from './permissions.ts';
import { publicAccess } from './public-access.ts';
import { stageTags } from './resource-tags.ts';
import { listenerRulesReached } from './routing.ts';
import { plainSecrets } from './secrets.ts';
import { crossStackExports, dynamicReferences, ownParameters, parameterDefaults } from './shared-values.ts';
import { textLengths } from './text-lengths.ts';
import { webSocketStickiness } from './web-sockets.ts';

/** Every check of a synth, by the name that turns it off for a resource. */
export const checks = {
  'alarm-actions': alarmActions,
  'code-keys': codeKeys,
  'cross-stack-exports': crossStackExports,
  'custom-resource-timeouts': customResourceTimeouts,
  'domain-certificates': domainCertificates,
  'dynamic-references': dynamicReferences,
  'environment-grants': environmentGrants,
  'environment-size': environmentSize,
  'generated-names': generatedNames,
  'image-architecture': imageArchitecture,
  'image-tags': imageTags,
  'index-grants': indexGrants,
  'kept-data': keptData,
  'listener-rules': listenerRulesReached,
  'log-bucket-encryption': logBucketEncryption,
  lookups,
  'old-versions': oldVersions,
  'own-parameters': ownParameters,
  'parameter-defaults': parameterDefaults,
  'plain-secrets': plainSecrets,
  'public-access': publicAccess,
  'service-with-repository': serviceWithRepository,
  'stage-in-names': stageInNames,
  'stage-tags': stageTags,
  'stateful-names': statefulNames,
  'subnet-zones': subnetZones,
  'synth-time': synthTime,
  'template-size': templateSize,
  'text-lengths': textLengths,
  'web-socket-stickiness': webSocketStickiness,
  'wildcard-actions': wildcardActions,
  'wildcard-resources': wildcardResources,
} satisfies Record<string, Check>;

export type CheckName = keyof typeof checks;
