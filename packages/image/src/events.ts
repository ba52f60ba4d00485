import type { ImageTag } from './image-tag.ts';

/** What happens to one service's image, as it happens. */
export interface ImageEvent {
  type: 'image';
  service: string;
  tag: ImageTag;
  /**
   * `present`: in the repository already. `probing`, `building`, `pushing`, then `built` or `pushed`.
   * `selected`: the next deploy uses it, unlike before; `unchanged`: it would have used it anyway.
   */
  state: 'present' | 'probing' | 'building' | 'built' | 'pushing' | 'pushed' | 'selected' | 'unchanged';
  /** What it is done with, or its digest. */
  detail?: string;
}

export type ReportImage = (event: ImageEvent) => void;
