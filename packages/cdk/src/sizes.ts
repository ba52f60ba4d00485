/** What one size preset means for a service. */
export interface ServiceSize {
  /** ECS CPU units; 1024 are one core. */
  cpu: number;
  memoryMiB: number;
  minTasks: number;
  maxTasks: number;
}

/**
 * Presets of Fargate's own CPU and memory pairs. `small` is the least Fargate offers, for one team trying
 * things out; from `medium` on there are always two tasks, so that losing one loses no service.
 */
export const sizes = {
  small: { cpu: 256, memoryMiB: 512, minTasks: 1, maxTasks: 2 },
  medium: { cpu: 512, memoryMiB: 1024, minTasks: 2, maxTasks: 6 },
  large: { cpu: 1024, memoryMiB: 2048, minTasks: 2, maxTasks: 20 },
} as const satisfies Record<string, ServiceSize>;
