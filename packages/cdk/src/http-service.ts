import { CfnSecurityGroup, SecurityGroup, type ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  AwsLogDriverMode,
  ContainerImage,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LogDriver,
  OperatingSystemFamily,
  PropagatedTagSource,
  Secret as ContainerSecret,
  type ContainerDefinition,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationListenerRule,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Aws, Duration, Size } from 'aws-cdk-lib/core';
import {
  containerPort,
  env,
  imageRepository,
  serviceLogGroup,
  ssmPath,
  webSocketLabel,
  workspaceLabel,
} from '@parley/contract/names';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Access, Grantee } from './access.ts';
import { Foundation } from './foundation.ts';
import { logRemovalPolicy, logRetention } from './retention.ts';
import { ParleyStack } from './parley-stack.ts';
import { Variables } from './variables.ts';
import { readParameter } from './shared-parameter.ts';
import { sizes } from './sizes.ts';

export interface HttpServiceProps {
  /** Name within the stage: of the image repository, the log group and the image tag's parameter. */
  service: string;
  /** Workspace package whose build the image holds; local running starts it from there. */
  workspace: string;
  /** Which requests of the shared listener are the service's, and the rule's priority. */
  rule: { readonly paths: readonly string[]; readonly priority: number };
  /** Answers 200 when the service can take requests. */
  healthPath: string;
  /** Seconds from SIGTERM to SIGKILL: for requests in flight. At most 120 on Fargate. @default 30 */
  stopTimeoutSeconds?: number;
  /** Whether it talks over WebSockets: a user then stays with one task. @default false */
  webSocket?: boolean;
  /** @default none but what the construct and grants set */
  environment?: Record<string, string>;
  /** Environment variable → name of the Secrets Manager secret that fills it. @default none */
  secrets?: Record<string, string>;
}

/** A Fargate service behind the shared load balancer. */
export class HttpService extends Construct implements Grantee {
  /** What the service's own code may do. */
  readonly taskRole: IRole;
  private readonly container: ContainerDefinition;
  private readonly variables: Variables;

  constructor(scope: Construct, id: string, props: HttpServiceProps) {
    super(scope, id);
    const stack = ParleyStack.of(this);
    const stopTimeout = Duration.seconds(props.stopTimeoutSeconds ?? 30);
    const task = this.createTask(stack);
    this.taskRole = task.taskRole;
    this.container = this.addContainer(stack, task, props, stopTimeout);
    this.variables = new Variables(this.node.path, (name, value) =>
      this.container.addEnvironment(name, value),
    );
    this.variables.set({
      ...props.environment,
      [env.port]: String(containerPort),
      [env.stopTimeout]: String(stopTimeout.toSeconds()),
    });
    const service = this.createService(stack, task);
    this.route(props, service, stopTimeout);
  }

  /** Gives the service's code a permission, and the variables that say what it is for. */
  allow({ environment = {}, actions, resources, conditions }: Access): void {
    this.variables.set(environment);
    if (actions.length === 0) return;
    this.taskRole.addToPrincipalPolicy(
      new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) }),
    );
  }

  private createTask(stack: ParleyStack): FargateTaskDefinition {
    const { size, architecture } = stack.settings;
    const { cpu, memoryMiB } = sizes[size];
    const task = new FargateTaskDefinition(this, 'Task', {
      cpu,
      memoryLimitMiB: memoryMiB,
      runtimePlatform: {
        cpuArchitecture: architecture === 'arm64' ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
    });
    acknowledge(
      task,
      {
        id: 'AwsSolutions-ECS2',
        reason: 'Variables hold names and settings; secrets come from Secrets Manager.',
      },
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'IAM takes ecr:GetAuthorizationToken for no particular resource.',
      },
    );
    return task;
  }

  private addContainer(
    stack: ParleyStack,
    task: FargateTaskDefinition,
    props: HttpServiceProps,
    stopTimeout: Duration,
  ): ContainerDefinition {
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: serviceLogGroup(stack.prefix, props.service),
      retention: logRetention(stack),
      removalPolicy: logRemovalPolicy(stack),
    });
    const secrets = Object.entries(props.secrets ?? {}).map(([variable, name]) => [
      variable,
      ContainerSecret.fromSecretsManager(Secret.fromSecretNameV2(this, variable, name)),
    ]);
    return task.addContainer('Container', {
      image: ContainerImage.fromRegistry(this.image(stack, task, props.service)),
      command: ['node', 'server.mjs'],
      portMappings: [{ containerPort }],
      dockerLabels: {
        [workspaceLabel]: props.workspace,
        ...(props.webSocket ? { [webSocketLabel]: 'true' } : {}),
      },
      stopTimeout,
      user: '1000:1000',
      readonlyRootFilesystem: true,
      secrets: Object.fromEntries(secrets) as Record<string, ContainerSecret>,
      logging: LogDriver.awsLogs({
        logGroup,
        streamPrefix: props.service,
        // A service that cannot log goes on answering.
        mode: AwsLogDriverMode.NON_BLOCKING,
        maxBufferSize: Size.mebibytes(4),
      }),
    });
  }

  /** The image's address. Its tag is a parameter that the push step writes. */
  private image(stack: ParleyStack, task: FargateTaskDefinition, service: string): string {
    const repository = imageRepository(stack.prefix, service);
    const role = task.obtainExecutionRole();
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    );
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        resources: [stack.formatArn({ service: 'ecr', resource: 'repository', resourceName: repository })],
      }),
    );
    const tag = readParameter(this, ssmPath.imageTag(stack.prefix, service));
    return `${Aws.ACCOUNT_ID}.dkr.ecr.${stack.region}.${Aws.URL_SUFFIX}/${repository}:${tag}`;
  }

  private createService(stack: ParleyStack, taskDefinition: FargateTaskDefinition): FargateService {
    const { cluster, serviceSubnets, assignPublicIp } = Foundation.of(this);
    const { minTasks, maxTasks } = sizes[stack.settings.size];
    const service = new FargateService(this, 'Service', {
      cluster,
      taskDefinition,
      assignPublicIp,
      vpcSubnets: { subnets: serviceSubnets },
      securityGroups: [this.createSecurityGroup()],
      circuitBreaker: { enable: true, rollback: true },
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      healthCheckGracePeriod: Duration.seconds(30),
      enableECSManagedTags: true,
      propagateTags: PropagatedTagSource.SERVICE,
    });
    service
      .autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
    return service;
  }

  /** Reached by the load balancer on its one port; rules are inline, so that none outlives the group. */
  private createSecurityGroup(): ISecurityGroup {
    const { vpc, loadBalancerSecurityGroup } = Foundation.of(this);
    const group = new CfnSecurityGroup(this, 'SecurityGroup', {
      groupDescription: `${this.node.id}: reached by the shared load balancer only`,
      vpcId: vpc.vpcId,
      securityGroupIngress: [
        {
          ipProtocol: 'tcp',
          fromPort: containerPort,
          toPort: containerPort,
          sourceSecurityGroupId: loadBalancerSecurityGroup.securityGroupId,
          description: 'The shared load balancer',
        },
      ],
      securityGroupEgress: [
        { ipProtocol: '-1', cidrIp: '0.0.0.0/0', description: 'AWS, models and the issuer' },
      ],
    });
    return SecurityGroup.fromSecurityGroupId(this, 'OwnSecurityGroup', group.attrGroupId, { mutable: false });
  }

  private route(
    { rule, healthPath, webSocket }: HttpServiceProps,
    service: FargateService,
    stopTimeout: Duration,
  ): void {
    const { vpc, listener } = Foundation.of(this);
    const targetGroup = new ApplicationTargetGroup(this, 'Targets', {
      vpc,
      port: containerPort,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.IP,
      targets: [service],
      // A task that is stopping keeps its open streams for as long as it is given to finish them.
      deregistrationDelay: stopTimeout,
      // The requests that open a connection have to reach the task that holds it.
      ...(webSocket ? { stickinessCookieDuration: Duration.hours(8) } : {}),
      loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
      healthCheck: {
        path: healthPath,
        healthyHttpCodes: '200',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
    const listenerRule = new ApplicationListenerRule(this, 'Rule', {
      listener,
      priority: rule.priority,
      conditions: [ListenerCondition.pathPatterns([...rule.paths])],
      action: ListenerAction.forward([targetGroup]),
    });
    // ECS refuses a service whose target group no listener uses yet.
    service.node.addDependency(listenerRule);
  }
}
