let handedOver: { app: string; text: string } | undefined;

/** Lets the next page of a new chat with this app begin it with a suggestion; drafts stay as they are. */
export function beginWith(app: string, text: string): void {
  handedOver = { app, text };
}

/** The suggestion that a new chat with this app begins with, once. */
export function takeSuggestion(app: string): string | undefined {
  const text = handedOver?.app === app ? handedOver.text : undefined;
  handedOver = undefined;
  return text;
}
