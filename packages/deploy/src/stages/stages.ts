export { findStages, type FoundStage } from './find-stages.ts';
export { deleteStage, type DeleteStageOptions, type StageDeleted } from './delete-stage.ts';
export { leftOfStage } from './left-of-stage.ts';
export { planStageDeletion, type StageDeletion } from './plan-deletion.ts';
export { nameProblem, sharedNames } from './stage-name.ts';
export type { StageResource } from './tagged-resources.ts';
