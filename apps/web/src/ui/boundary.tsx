import { Component, type ReactNode } from 'react';

interface BoundaryProps {
  /** What is drawn; another value is tried anew. */
  of: unknown;
  /** Shown when it cannot be drawn. */
  instead: ReactNode;
  children: ReactNode;
}

interface BoundaryState {
  of: unknown;
  hasFailed: boolean;
}

/** Keeps a fault in drawing one thing from taking down all that stands round it. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { of: this.props.of, hasFailed: false };

  static getDerivedStateFromError(): Partial<BoundaryState> {
    return { hasFailed: true };
  }

  static getDerivedStateFromProps({ of }: BoundaryProps, state: BoundaryState): BoundaryState | null {
    return Object.is(of, state.of) ? null : { of, hasFailed: false };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
