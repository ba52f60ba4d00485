/** Something that happens to a service while it rolls out. */
export type ServiceEvent = RolloutEvent | ServiceMessageEvent | TaskStoppedEvent | RunningImageEvent;

export type ReportService = (event: ServiceEvent) => void;

/** How far a service's deployment is; told when it changes. */
export interface RolloutEvent {
  type: 'rollout';
  stack: string;
  service: string;
  /** ECS's id of the deployment. */
  deployment: string;
  /** ECS's word, such as `IN_PROGRESS`; empty while ECS has not said. */
  state: string;
  running: number;
  wanted: number;
  /** Tasks of it that did not come up. */
  failed: number;
}

/** What ECS itself says of a service. */
export interface ServiceMessageEvent {
  type: 'service-message';
  stack: string;
  service: string;
  /** ISO 8601. */
  at: string;
  text: string;
}

/** A task of the new version that did not stay up. */
export interface TaskStoppedEvent {
  type: 'task-stopped';
  stack: string;
  service: string;
  task: StoppedTask;
}

/** The tasks that run were compared with the image that was wanted, and have it. */
export interface RunningImageEvent {
  type: 'running-image';
  stack: string;
  service: string;
  tag: string;
  digest: string;
  tasks: number;
}

/** Why a task is not there any more. */
export interface StoppedTask {
  /** Last part of its ARN. */
  id: string;
  /** ISO 8601; empty when ECS does not say. */
  at: string;
  /** Such as `Essential container in task exited`. */
  reason: string;
  containers: { name: string; exitCode: number | undefined; reason: string }[];
}
