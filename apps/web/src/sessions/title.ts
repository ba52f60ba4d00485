/** What to call a session that has no title yet. */
export function titleOf({ title }: { title: string }): string {
  return title || 'New chat';
}
