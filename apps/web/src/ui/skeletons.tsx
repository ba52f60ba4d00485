import type { ReactNode } from 'react';
import './skeletons.css';

// The shapes of what is on its way, so that nothing jumps when it comes.

export function CardsSkeleton(): ReactNode {
  return (
    <div className="cards" role="status" aria-label="Loading the chat apps">
      {[1, 2, 3].map((n) => (
        <div key={n} className="card">
          <div className="card-head">
            <div className="skeleton icon-shape" />
            <div className="skeleton line w55" />
          </div>
          <div className="skeleton line w90" />
          <div className="skeleton suggestion-shape" />
        </div>
      ))}
    </div>
  );
}

export function ListSkeleton(): ReactNode {
  return (
    <div className="thread-list" role="status" aria-label="Loading your chats">
      {[70, 90, 55, 80].map((width) => (
        <div key={width} className={`skeleton row w${width}`} />
      ))}
    </div>
  );
}

export function ThreadSkeleton(): ReactNode {
  return (
    <div className="thread-loading" role="status" aria-label="Loading the chat">
      <div className="skeleton bubble-shape" />
      <div className="skeleton line w90" />
      <div className="skeleton line w70" />
      <div className="skeleton block-shape" />
    </div>
  );
}
