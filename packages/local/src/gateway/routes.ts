import type { StackStore } from '../state/stack-store.ts';
import {
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from '@parley/assembly/values';

/** What happens to a request. */
export type Action =
  | { type: 'forward'; targetGroups: string[] }
  | { type: 'redirect'; config: JsonObject }
  | { type: 'fixed-response'; status: number; contentType: string; body: string }
  | { type: 'unsupported'; name: string };

/** What rules look at. */
export interface Question {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
}

/** One listener rule. */
interface Rule {
  priority: number;
  matches(question: Question): boolean;
  action: Action;
}

/** The rules of all listeners, in order, and what happens when none matches. */
export interface Routes {
  find(question: Question): Action | undefined;
  fallback: Action;
}

const notFound: Action = {
  type: 'fixed-response',
  status: 404,
  contentType: 'text/plain',
  body: 'Not found\n',
};

/** The routes that the running stacks' listeners and rules make. */
export function routesOf(store: StackStore): Routes {
  const rules = store
    .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
    .map(({ record: { properties } }) => ({
      priority: numberAt(properties, 'Priority') ?? Number.MAX_SAFE_INTEGER,
      matches: conditionsOf(properties),
      action: actionOf(listAt(properties, 'Actions')),
    }))
    .sort((a: Rule, b: Rule) => a.priority - b.priority);
  const defaults = store
    .ofType('AWS::ElasticLoadBalancingV2::Listener')
    .map(({ record }) => actionOf(listAt(record.properties, 'DefaultActions')));
  return {
    find: (question) => rules.find((rule) => rule.matches(question))?.action,
    fallback: defaults.find(({ type }) => type !== 'redirect') ?? notFound,
  };
}

function conditionsOf(properties: JsonObject): (question: Question) => boolean {
  const conditions = listAt(properties, 'Conditions').map(conditionOf);
  return (question) => conditions.every((condition) => condition(question));
}

function conditionOf(condition: Json): (question: Question) => boolean {
  switch (textAt(condition, 'Field')) {
    case 'path-pattern': {
      const patterns = valuesOf(condition, 'PathPatternConfig').map((pattern) => wildcard(pattern));
      return ({ path }) => patterns.some((pattern) => pattern.test(path));
    }
    case 'http-request-method': {
      const methods = valuesOf(condition, 'HttpRequestMethodConfig');
      return ({ method }) => methods.includes(method);
    }
    case 'http-header': {
      const name = (textAt(objectAt(condition, 'HttpHeaderConfig'), 'HttpHeaderName') ?? '').toLowerCase();
      const patterns = valuesOf(condition, 'HttpHeaderConfig').map((pattern) => wildcard(pattern, 'i'));
      return ({ headers }) =>
        [headers[name] ?? []].flat().some((value) => patterns.some((one) => one.test(value)));
    }
    default:
      // Host names and source addresses of the cloud have no counterpart on one machine.
      return () => true;
  }
}

function valuesOf(condition: Json, config: string): string[] {
  return [...textsAt(objectAt(condition, config), 'Values'), ...textsAt(condition, 'Values')];
}

/** `*` stands for any characters, `?` for exactly one. */
export function wildcard(pattern: string, flags = ''): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`);
}

function actionOf(actions: Json[]): Action {
  const action = actions.at(-1) ?? null;
  const type = textAt(action, 'Type') ?? 'none';
  if (type === 'forward') {
    const groups = listAt(objectAt(action, 'ForwardConfig'), 'TargetGroups').flatMap((group) =>
      numberAt(group, 'Weight') === 0 ? [] : (textAt(group, 'TargetGroupArn') ?? []),
    );
    return { type, targetGroups: [textAt(action, 'TargetGroupArn') ?? [], groups].flat() };
  }
  if (type === 'redirect') return { type, config: objectAt(action, 'RedirectConfig') };
  if (type !== 'fixed-response') return { type: 'unsupported', name: type };
  const config = objectAt(action, 'FixedResponseConfig');
  return {
    type,
    status: numberAt(config, 'StatusCode') ?? 200,
    contentType: textAt(config, 'ContentType') ?? 'text/plain',
    body: textAt(config, 'MessageBody') ?? '',
  };
}

/** Where a redirect action leads, with `#{host}`, `#{path}`… filled in. Protocol and port stay the gateway's. */
export function redirectTarget(config: JsonObject, url: URL): { status: number; location: string } {
  const fill = (text: string): string =>
    text
      .replaceAll('#{host}', url.hostname)
      .replaceAll('#{path}', url.pathname.slice(1))
      .replaceAll('#{query}', url.search.slice(1));
  const path = fill(textAt(config, 'Path') ?? '/#{path}');
  const query = fill(textAt(config, 'Query') ?? '#{query}');
  return {
    status: textAt(config, 'StatusCode') === 'HTTP_301' ? 301 : 302,
    location: `${path}${query ? `?${query}` : ''}`,
  };
}

const defaultIdleSeconds = 60;

/** Seconds without a byte after which the stacks' load balancer ends a connection. @default 60, as on AWS */
export function idleTimeoutSeconds(store: StackStore): number {
  const [balancer] = store.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const attributes = listAt(balancer?.record.properties, 'LoadBalancerAttributes');
  const idle =
    attributes.find((attribute) => textAt(attribute, 'Key') === 'idle_timeout.timeout_seconds') ?? null;
  return numberAt(idle, 'Value') ?? defaultIdleSeconds;
}
