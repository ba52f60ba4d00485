import type { Check } from './check.ts';
import { asList, asObject, resourcesOf, textOf, type Template } from './template.ts';

/**
 * T36: two of the subnets that are used together lie in one zone, or may: a load balancer refuses them, and
 * what runs there does not survive the loss of the zone. Subnets that the stack writes to a parameter are used together.
 */
export const subnetZones: Check = (template) =>
  resourcesOf(template).flatMap(({ logicalId, type, properties }) =>
    subnetLists(type, properties).flatMap((subnets) => {
      const zones = subnets.map((subnet) => zoneOf(template, subnet));
      const shared = zones.find((zone, i) => zones.indexOf(zone) !== i);
      if (shared === undefined) return [];
      const names = subnets.filter((_, i) => zones[i] === shared).map(textOf);
      return [
        {
          at: logicalId,
          found: `its subnets ${names.join(' and ')} lie in one zone (${shared})`,
          expected: 'subnets in zones that differ',
          mend: 'give each a zone of its own: stack.availabilityZones[0], [1], …',
        },
      ];
    }),
  );

/** Design: a lookup makes a synth need credentials, and freezes what an account looked like on one day. */
export const lookups: Check = (_, { lookups: asked }) =>
  asked.map((what) => ({
    at: '',
    found: `synth would have to look up ${what} in an account`,
    expected: 'values from SSM parameters',
    mend: 'import by attributes (fromVpcAttributes, …) with values from readParameter, and no fromLookup',
  }));

/** Lists of two or more subnets anywhere in a resource. */
function subnetLists(type: string, properties: Record<string, unknown>): unknown[][] {
  const lists = type === 'AWS::SSM::Parameter' ? [joined(properties['Value'])] : [...listsBelow(properties)];
  return lists.filter((list) => list.length > 1);
}

const subnetKeys = /^(Subnets|SubnetIds|SubnetIDs|VPCZoneIdentifier)$/;

function* listsBelow(value: unknown): Generator<unknown[]> {
  for (const [key, child] of Object.entries(asObject(value))) {
    if (subnetKeys.test(key) && Array.isArray(child)) yield child;
    else if (typeof child === 'object') yield* listsBelow(child);
  }
}

/** What a value joins with commas, such as the subnets of a list parameter. */
function joined(value: unknown): unknown[] {
  const [separator, parts] = asList(asObject(value)['Fn::Join']);
  return separator === ',' ? asList(parts).filter((part) => typeof part === 'object') : [];
}

/** The zone of a subnet of the stack, else the subnet itself: the same one twice is in one zone too. */
function zoneOf({ Resources = {} }: Template, subnet: unknown): string {
  const own = Resources[String(asObject(subnet)['Ref'])];
  if (own?.Type !== 'AWS::EC2::Subnet') return JSON.stringify(subnet);
  const zone = own.Properties?.['AvailabilityZone'];
  if (zone === undefined) return 'whichever AWS takes';
  return typeof zone === 'string' ? zone : JSON.stringify(zone);
}
