/**
 * Makes a synthesized template deployable to the emulator, by as little as possible: resources of the types
 * it lacks are taken out, and attributes it does not return are read from the resource's own properties.
 * Used by test:cloud only; what is taken out is printed, and stays unproved until a real account runs it.
 */

/** What MiniStack 1.5.33 lacks. A test of the run fails when a type listed here has become supported. */
export const emulatorGaps: EmulatorGaps = {
  resourceTypes: [
    'AWS::ApplicationAutoScaling::ScalableTarget',
    'AWS::ApplicationAutoScaling::ScalingPolicy',
    'AWS::CloudFront::VpcOrigin',
    'AWS::EC2::EIP',
    'AWS::EC2::FlowLog',
    'AWS::EC2::NatGateway',
    'AWS::EC2::SecurityGroupEgress',
    'AWS::EC2::SecurityGroupIngress',
  ],
  attributes: [{ type: 'AWS::EC2::VPC', attribute: 'CidrBlock' }],
};

export interface EmulatorGaps {
  resourceTypes: string[];
  /** Attributes that equal the property of the same name. */
  attributes: { type: string; attribute: string }[];
}

export interface Template {
  Resources: Record<string, TemplateResource>;
  [section: string]: unknown;
}

export interface TemplateResource {
  Type: string;
  DependsOn?: string | string[];
  Properties?: Record<string, unknown>;
  [key: string]: unknown;
}

export interface TransformedTemplate {
  template: Template;
  /** One line per change, in the order of the template. */
  changes: string[];
}

/**
 * Applies the gaps to one template; the input is left as it is.
 * A reference to a resource that was taken out becomes the literal `not-emulated-<logical id>`.
 * Throws when a reference cannot be replaced safely (an `Fn::Sub` that names such a resource).
 */
export function fitToEmulator(template: Template, gaps: EmulatorGaps = emulatorGaps): TransformedTemplate {
  const dropped = Object.entries(template.Resources).filter(([, { Type }]) =>
    gaps.resourceTypes.includes(Type),
  );
  const changes = new Set(dropped.map(([id, { Type }]) => `took out ${Type} ${id}`));
  const droppedIds = new Set(dropped.map(([id]) => id));
  const kept = Object.entries(template.Resources).filter(([id]) => !droppedIds.has(id));
  const resources = Object.fromEntries(
    kept.map(([id, resource]) => [id, withoutDependency(resource, droppedIds)]),
  );
  const replace = (node: Record<string, unknown>) =>
    replacement(node, { template, droppedIds, gaps, note: (change) => void changes.add(change) });
  const fitted = rewrite({ ...template, Resources: resources }, replace) as Template;
  return { template: fitted, changes: [...changes] };
}

function withoutDependency(resource: TemplateResource, droppedIds: Set<string>): TemplateResource {
  if (resource.DependsOn === undefined) return resource;
  const kept = [resource.DependsOn].flat().filter((id) => !droppedIds.has(id));
  const { DependsOn: _, ...rest } = resource;
  return kept.length > 0 ? { ...rest, DependsOn: kept } : rest;
}

interface ReplaceContext {
  template: Template;
  droppedIds: Set<string>;
  gaps: EmulatorGaps;
  note: (change: string) => void;
}

/** The literal that stands for an intrinsic function, or undefined when the function stays. */
function replacement(node: Record<string, unknown>, context: ReplaceContext): unknown {
  const [name, ...others] = Object.keys(node);
  if (name === undefined || others.length > 0) return undefined;
  const target = referenced(name, node[name]);
  if (target && context.droppedIds.has(target.id)) return `not-emulated-${target.id}`;
  if (name === 'Fn::Sub') refuseSub(node[name], context.droppedIds);
  return target?.attribute === undefined ? undefined : ownProperty(target.id, target.attribute, context);
}

function referenced(name: string, value: unknown): { id: string; attribute?: string } | undefined {
  if (name === 'Ref' && typeof value === 'string') return { id: value };
  if (name !== 'Fn::GetAtt') return undefined;
  const [id, attribute] = typeof value === 'string' ? value.split('.') : (value as string[]);
  return id !== undefined && attribute !== undefined ? { id, attribute } : undefined;
}

function ownProperty(id: string, attribute: string, { template, gaps, note }: ReplaceContext): unknown {
  const resource = template.Resources[id];
  const listed = gaps.attributes.some((gap) => gap.type === resource?.Type && gap.attribute === attribute);
  if (!listed) return undefined;
  const value = resource?.Properties?.[attribute];
  if (typeof value !== 'string') {
    throw new Error(
      `The emulator returns no ${attribute} of ${id}, and its property ${attribute} is ${JSON.stringify(value)}, not a string; ` +
        'give the resource a literal value or take the attribute off the list in emulator-transform.ts',
    );
  }
  note(`replaced ${id}.${attribute} by "${value}"`);
  return value;
}

function refuseSub(value: unknown, droppedIds: Set<string>): void {
  const text = Array.isArray(value) ? String(value[0]) : String(value);
  const named = [...droppedIds].find((id) => text.includes(`\${${id}}`) || text.includes(`\${${id}.`));
  if (named !== undefined) {
    throw new Error(
      `Fn::Sub "${text}" names ${named}, which the emulator lacks; use Ref or Fn::GetAtt there`,
    );
  }
}

function rewrite(node: unknown, replace: (node: Record<string, unknown>) => unknown): unknown {
  if (Array.isArray(node)) return node.map((each) => rewrite(each, replace));
  if (typeof node !== 'object' || node === null) return node;
  const literal = replace(node as Record<string, unknown>);
  if (literal !== undefined) return literal;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, rewrite(value, replace)]));
}
