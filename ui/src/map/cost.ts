// What drawing costs on the machine at hand, so that a slow one is asked for less.

/** Frames after a change in which its cost can show. */
const WATCHED = 12;

/** The longest of the next frames, in milliseconds. */
export function longestFrame(): Promise<number> {
  return new Promise((resolve) => {
    let longest = 0;
    let frames = 0;
    let last = performance.now();
    const frame = (now: number): void => {
      longest = Math.max(longest, now - last);
      last = now;
      if (++frames < WATCHED) requestAnimationFrame(frame);
      else resolve(longest);
    };
    requestAnimationFrame(frame);
  });
}

/** How long to wait before a change that costs so much is made again: it may take one part in `share` of the time. */
export function waitFor(cost_ms: number, share: number, least_ms: number, most_ms: number): number {
  return Math.min(most_ms, Math.max(least_ms, cost_ms * share));
}
