/** Files that were chosen before their session was there, until its page takes them. */
const handedOver = new Map<string, readonly File[]>();

export function handOver(sessionId: string, files: readonly File[]): void {
  handedOver.set(sessionId, files);
}

export function takeHandedOver(sessionId: string): readonly File[] {
  const files = handedOver.get(sessionId) ?? [];
  handedOver.delete(sessionId);
  return files;
}
