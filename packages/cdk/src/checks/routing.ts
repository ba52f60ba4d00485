import { listenerRules } from '@parley/contract/names';
import type { Check, Finding } from './check.ts';
import { asList, asObject, resourcesOf, textOf, type Template } from './template.ts';

interface ListenerRule {
  logicalId: string;
  /** The listener, as the template names it: `{NetworkAlbListenerArnParameter}`. */
  listener: string;
  priority: number;
  /** `/*` when it asks for no path. */
  paths: string[];
  /** Whether it asks for something else than a path, such as a host. */
  asksForMore: boolean;
}

/**
 * T12: a rule of a listener that an earlier one leaves nothing for, or that leaves nothing for the rules of
 * other stacks. The services' own rules on the shared listener count as earlier ones.
 */
export const listenerRulesReached: Check = (template) => {
  const rules = rulesOf(template);
  return rules.flatMap((rule): Finding[] => {
    const others = [...rules, ...servicesRules(template, rule.listener)].filter(
      (other) => other !== rule && other.listener === rule.listener,
    );
    return [...samePriority(rule, others), ...shadowed(rule, others), ...catchesAll(template, rule)];
  });
};

function samePriority(rule: ListenerRule, others: ListenerRule[]): Finding[] {
  const twin = others.find(({ priority, paths }) => priority === rule.priority && !equal(paths, rule.paths));
  if (!twin) return [];
  return [
    {
      at: rule.logicalId,
      found: `priority ${rule.priority} is that of ${twin.logicalId} too`,
      expected: 'a priority of its own on each listener',
      mend: `choose another; chat apps begin at ${listenerRules.firstChatApp}`,
    },
  ];
}

function shadowed(rule: ListenerRule, others: ListenerRule[]): Finding[] {
  const earlier = others.filter(({ priority, asksForMore }) => priority < rule.priority && !asksForMore);
  return rule.paths.flatMap((path) => {
    const first = earlier.find(({ paths }) => paths.some((pattern) => covers(pattern, path)));
    if (!first) return [];
    return [
      {
        at: rule.logicalId,
        found: `no request for "${path}" reaches it: ${first.logicalId} (priority ${first.priority}) takes them first`,
        expected: 'paths that no earlier rule covers',
        mend: 'narrow the earlier rule, or give this one a lower number',
      },
    ];
  });
}

function catchesAll({ Resources = {} }: Template, rule: ListenerRule): Finding[] {
  const isOwnListener = rule.listener.slice(1, -1) in Resources;
  if (isOwnListener || rule.asksForMore || !rule.paths.some((path) => covers(path, '/*'))) return [];
  return [
    {
      at: rule.logicalId,
      found: `it takes every path ("${rule.paths.join('", "')}") of a listener that other stacks share`,
      expected: 'the paths of this stack alone, such as "/apps/my-app/*"',
      mend: 'name those paths',
    },
  ];
}

function rulesOf(template: Template): ListenerRule[] {
  return resourcesOf(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').map(
    ({ logicalId, properties }) => {
      const conditions = asList(properties['Conditions']).map(asObject);
      const ofPaths = conditions.filter(({ Field }) => Field === 'path-pattern');
      const paths = ofPaths.flatMap(({ PathPatternConfig, Values }) =>
        asList(asObject(PathPatternConfig)['Values'] ?? Values).map(textOf),
      );
      return {
        logicalId,
        listener: textOf(properties['ListenerArn']),
        priority: Number(properties['Priority']),
        paths: paths.length > 0 ? paths : ['/*'],
        asksForMore: conditions.length > ofPaths.length,
      };
    },
  );
}

/** Rules of the shared listener that other stacks make, which every stack knows of. */
function servicesRules({ Resources = {} }: Template, listener: string): ListenerRule[] {
  if (listener.slice(1, -1) in Resources) return [];
  const { registryApi, inferenceApi } = listenerRules;
  return Object.entries({ registryApi, inferenceApi }).map(([logicalId, { paths, priority }]) => ({
    logicalId,
    listener,
    priority,
    paths: [...paths],
    asksForMore: false,
  }));
}

/** True when every path that `path` matches is matched by `pattern`. */
function covers(pattern: string, path: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(path);
}

function equal(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((path) => b.includes(path));
}
