export type ImageErrorCode =
  | 'not-built'
  | 'template-differs'
  | 'probe-failed'
  | 'base-unavailable'
  | 'base-wrong'
  | 'no-builder'
  | 'build-failed'
  | 'registry-refused'
  | 'push-failed'
  | 'bad-tag'
  | 'image-missing';

/** Why there is no image: what was wrong, the value got, and what to do next. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly code: ImageErrorCode;

  constructor(code: ImageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
