import type {
  IIoHost,
  IoMessage,
  IoRequest,
  StackActivity,
  StackMonitoringControlEvent,
} from '@aws-cdk/toolkit-lib';
import type { Cloud } from '../cloud/connect.ts';
import type { Report } from './events.ts';

export interface ToolkitOptions {
  cloud: Cloud;
  stack: string;
  /** Folder of its cloud assembly. */
  assembly: string;
  /** Name for the change set. One of its own for each deploy: the toolkit removes what stands under a name. */
  changeSet: string;
  /** Whether to execute the change set, which is made by now; not asked when it is empty. */
  approve(): Promise<boolean>;
  /** Called when CloudFormation has begun to execute it. */
  onExecuting(): void;
  /** Milliseconds between two looks at what CloudFormation does. */
  pollMs: number;
  report: Report;
}

/**
 * Deploys one stack from its assembly by the CDK toolkit: publishes its assets, makes a change set, asks, executes.
 * @returns whether there was anything to change
 * @throws whatever the toolkit throws; an AbortError when `approve` said no
 */
export async function deployByToolkit(options: ToolkitOptions): Promise<'deployed' | 'unchanged'> {
  const { BaseCredentials, Toolkit } = await import('@aws-cdk/toolkit-lib');
  const host = toolkitHost(options);
  const toolkit = new Toolkit({
    ioHost: host,
    emojis: false,
    color: false,
    sdkConfig: { baseCredentials: BaseCredentials.awsCliCompatible({ defaultRegion: options.cloud.region }) },
  });
  const assembly = await toolkit.fromAssemblyDirectory(options.assembly);
  await toolkit.deploy(assembly, {
    // What was kept when its stack went, and has a fixed name, is taken back: ADR 9.
    deploymentMethod: {
      method: 'change-set',
      changeSetName: options.changeSet,
      importExistingResources: true,
    },
    assetBuildConcurrency: 2,
    stackEventPollingInterval: options.pollMs,
  });
  return host.wasAsked() ? 'deployed' : 'unchanged';
}

/** Turns the toolkit's messages into events, by their codes, which are part of its interface. */
function toolkitHost({
  stack,
  approve,
  onExecuting,
  report,
}: ToolkitOptions): IIoHost & { wasAsked(): boolean } {
  const began = performance.now();
  let asked = false;
  let publishing = false;
  const progress = { done: 0, of: undefined as number | undefined };
  return {
    wasAsked: () => asked,
    notify: async (message) => {
      if (message.code === 'CDK_TOOLKIT_I5220' && !publishing) {
        publishing = true;
        report({ type: 'stack', stack, state: 'assets' });
      }
      if (message.code === 'CDK_TOOLKIT_I5501') {
        progress.of = (message as IoMessage<StackMonitoringControlEvent>).data.resourcesTotal;
        onExecuting();
        report({ type: 'stack', stack, state: 'executing' });
      }
      if (message.code !== 'CDK_TOOLKIT_I5502') return;
      const { event, progress: now } = (message as IoMessage<StackActivity>).data;
      if (event.PhysicalResourceId === event.StackId) return;
      progress.done = now.completed;
      report({
        type: 'resource',
        stack,
        logicalId: event.LogicalResourceId ?? '',
        resourceType: event.ResourceType ?? '',
        status: event.ResourceStatus ?? '',
        ...(event.ResourceStatusReason ? { reason: event.ResourceStatusReason } : {}),
        seconds: (performance.now() - began) / 1000,
        done: now.completed,
        of: now.total ?? progress.of,
      });
    },
    requestResponse: async <T>({ code, defaultResponse }: IoRequest<unknown, T>) => {
      // I5060: the change set stands, shall it be executed? Any other question gets the toolkit's own default.
      if (code !== 'CDK_TOOLKIT_I5060') return defaultResponse;
      asked = true;
      return (await approve()) as T;
    },
  };
}
