import type { Json, JsonObject } from '@parley/assembly/values';
import type { StackIdentity } from '@parley/assembly/stack-scope';
import type { ResourceRecord } from '../state/records.ts';

/** One resource to be made or changed, with evaluated properties. */
export interface ResourceRequest {
  stack: StackIdentity;
  logicalId: string;
  type: string;
  properties: JsonObject;
}

/** What `Ref` and `Fn::GetAtt` give afterwards. */
export interface ResourceResult {
  physicalId: string;
  attributes: { [name: string]: Json };
  /** It was there already (a run was cut after making it): undoing this step must not delete it. */
  adopted?: boolean;
}

/** How resources of one type come and go. */
export interface ResourceHandler {
  /**
   * Make the resource. It may be called again for one that was made when a run was cut: then it must find it.
   * @throws ResourceError when it cannot be made
   */
  create(request: ResourceRequest): Promise<ResourceResult> | ResourceResult;
  /**
   * Change the resource. Another physical id in the result means that it was replaced: `remove` is then called
   * for the old one, after the whole stack is up.
   * @default `create` again: right for types that are nothing but their record
   */
  update?(request: ResourceRequest, before: ResourceRecord): Promise<ResourceResult> | ResourceResult;
  /** Delete the resource. It must succeed when it is gone already. @default nothing to do */
  remove?(request: ResourceRequest, record: ResourceRecord): Promise<void>;
}
