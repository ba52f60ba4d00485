import { useAuiState } from '@assistant-ui/react';
import type { MessageView } from '../conversation/view.ts';
import { useThread } from './thread-actions.ts';

/** The message that this component stands for, as the reducer shows it. */
export function useMessage(): MessageView | undefined {
  const id = useAuiState((state) => state.message.id);
  return useThread().branch.find((message) => message.id === id);
}
