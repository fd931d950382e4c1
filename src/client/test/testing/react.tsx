import { act, cleanup, render, type RenderResult } from '@testing-library/react';
import { StrictMode, type ReactNode } from 'react';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { Client } from '../../lib/index.js';
import { CarillonProvider } from '../../lib/react/index.js';
import { settled, type TestClock } from './test-clock.js';

/** Unmounts after each test, and fails those in which React or a browser would have complained. */
export function cleanConsole(): void {
  beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
  afterEach(() => {
    cleanup();
    const complaints = vi.mocked(console.error).mock.calls;
    vi.restoreAllMocks();
    expect(complaints).toEqual([]);
  });
}

/** Lets what is under way arrive on the screen, and time pass before if a clock is given. */
export const shown = (clock?: TestClock, ms = 0): Promise<void> => act(() => clock?.advance(ms) ?? settled());

/** What happens outside of React, and arrives on its screen. */
export const happens = (what: () => void): Promise<void> =>
  act(async () => {
    what();
    await settled();
  });

/** Mounts, unmounts and mounts, as the strict mode of development does. */
export async function strictly(client: Client, children: ReactNode): Promise<RenderResult> {
  const result = render(app(client, children));
  await shown();
  return result;
}

export const app = (client: Client, children: ReactNode): ReactNode => (
  <StrictMode>
    <CarillonProvider client={client}>{children}</CarillonProvider>
  </StrictMode>
);
